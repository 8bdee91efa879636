"""What is sent to launch an item and to answer a receipt."""

from typing import Annotated

from pydantic import AfterValidator, Field

from forum.backlog.schemas import Id, Sentence, Title, WithWords
from forum.core.languages import _
from forum.core.schemas import Action
from forum.launches.status import Answer

MAX_ANNOUNCEMENT = 10_000  # characters
MAX_WORDS = 500

Announcement = Annotated[str, Field(max_length=MAX_ANNOUNCEMENT)]


def _address(text: str) -> str:
    """A web address, or a path of this site; nothing else becomes a link."""
    is_local = text.startswith("/") and not text.startswith("//") and "\\" not in text
    if text and not is_local and not text.startswith(("https://", "http://")):
        raise ValueError(_("Write an address that begins with https://"))
    if any(ord(sign) < 33 for sign in text):
        raise ValueError(_("An address has no spaces in it."))
    return text


class Launching(WithWords):
    """What was built, told to everybody behind it."""

    title_en: Title = ""
    title_nb: Title = ""
    title_da: Title = ""
    announcement_en: Announcement = ""
    announcement_nb: Announcement = ""
    announcement_da: Announcement = ""
    sentence_en: Sentence = ""  # what the roadmap says about it; the title, where it is left empty
    sentence_nb: Sentence = ""
    sentence_da: Sentence = ""
    link: Annotated[str, Field(max_length=500), AfterValidator(_address)] = ""
    leave_out: list[Id] = Field(default_factory=list, max_length=1_000)  # people not to be named


class Answering(Action):
    """One person's answer to *does this solve it?*"""

    answer: Answer
    words: str = Field("", max_length=MAX_WORDS)

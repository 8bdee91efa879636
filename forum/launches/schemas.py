"""What is sent to launch an item, to answer a receipt, and to run a pilot."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from config import settings
from forum.backlog.schemas import Id, Sentence, Title, WithWords
from forum.core.languages import _
from forum.core.schemas import Action
from forum.launches.status import Answer

MAX_ANNOUNCEMENT = 10_000  # characters
MAX_WORDS = 500
MAX_FEEDBACK = 1_000
MOST_SEATS = 500
MOST_QUOTED = 6  # sentences from before, and as many from after

Announcement = Annotated[str, Field(max_length=MAX_ANNOUNCEMENT)]


def _address(text: str) -> str:
    """A web address, or a path of this site; nothing else becomes a link."""
    is_local = text.startswith("/") and not text.startswith("//") and "\\" not in text
    if text and not is_local and not text.startswith(("https://", "http://")):
        raise ValueError(_("Write an address that begins with https://"))
    if any(ord(sign) < 33 for sign in text):
        raise ValueError(_("An address has no spaces in it."))
    return text


def _moment(moment: datetime) -> datetime:
    """A moment without a zone was typed by somebody who meant the site's."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings().time_zone))
    return local.astimezone(UTC)


def _few(ids: list[int]) -> list[int]:
    if len(ids) > MOST_QUOTED:
        raise ValueError(_("Choose at most {n}.", n=MOST_QUOTED))
    return ids


Chosen = Annotated[list[Id], Field(max_length=200), AfterValidator(_few)]
Alt = Annotated[str, Field(max_length=300)]
Seen = Annotated[str, Field(max_length=1_000)]  # marks of how it stood when the form was opened; empty: not looked


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
    before: Chosen = Field(default_factory=list)  # posts quoted from before; none: the most wanted
    picture_alt: Alt = ""
    launch_at: Annotated[datetime, AfterValidator(_moment)] | None = None  # None: now
    seen: Seen = ""  # the draft


class Retelling(Action):
    """Which of customers' words stand on the page of a launch, and what its picture shows."""

    before: Chosen = Field(default_factory=list)  # posts
    after: Chosen = Field(default_factory=list)  # people who answered and agree to be quoted
    picture_alt: Alt = ""
    seen: Seen = ""


class Answering(Action):
    """One person's answer to *does this solve it?*"""

    answer: Answer
    words: str = Field("", max_length=MAX_WORDS)
    may_quote: bool = False


class Piloting(WithWords):
    """What is tried early, and by how many."""

    title_en: Title = ""
    title_nb: Title = ""
    title_da: Title = ""
    about_en: Announcement = ""
    about_nb: Announcement = ""
    about_da: Announcement = ""
    seats: int = Field(ge=1, le=MOST_SEATS)
    invite: list[Id] = Field(default_factory=list, max_length=MOST_SEATS)


class Inviting(Action):
    """Who else is offered a seat."""

    invite: list[Id] = Field(default_factory=list, max_length=MOST_SEATS)


class Feedback(Action):
    """What somebody found who tried it."""

    solved: Answer
    words: str = Field("", max_length=MAX_FEEDBACK)

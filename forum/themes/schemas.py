"""What is sent to run, decide and steer themes."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from forum.core.database import Words
from forum.core.languages import _
from forum.core.schemas import Action
from forum.themes.status import Answer, Method, Rhythm

MAX_NAME = 60  # characters
MAX_SENTENCE = 300  # characters
_NUMBER = re.compile(r"(?:^|/posts/|#)\s*(\d{1,18})(?:[/?#].*)?\s*$")


def _post_number(value: object) -> object:
    """The number in "12", "#12" or the address of a post."""
    found = _NUMBER.search(value) if isinstance(value, str) else None
    if isinstance(value, str) and not found:
        raise ValueError(_("Write the number of a post, or paste its address."))
    return int(found[1]) if found else value


Id = Annotated[int, Field(ge=1, lt=2**63)]
PostNumber = Annotated[Id, BeforeValidator(_post_number)]


class RunWish(Action):
    """A run that somebody asks for; `finer` in notches of the slider: below 0 it looks for broader themes."""

    product: str = Field(min_length=1, max_length=40)
    finer: int = Field(0, ge=-2, le=2)
    method: Method = Method.GRAPH


class Scheduling(Action):
    """When runs of a product start by themselves; `posts` counts where they wait for new ones."""

    rhythm: Rhythm
    posts: int = Field(100, ge=10, le=100_000)
    version: int = Field(ge=0)  # of the schedule when the form was opened


class Placement(Action):
    """What an author says their post is about, where its theme is about something else."""

    text: str = Field("", max_length=500)


class PlaceAnswer(Action):
    """What becomes of a post whose author says that it is about something else; `theme` where it goes."""

    how: Literal["move", "keep_out", "stays"]
    theme: Id | None = None


class Naming(Action):
    """What a theme shall be called, and a sentence of the team's about it, per language."""

    name_en: str = Field("", max_length=MAX_NAME)
    name_nb: str = Field("", max_length=MAX_NAME)
    name_da: str = Field("", max_length=MAX_NAME)
    sentence_en: str = Field("", max_length=MAX_SENTENCE)
    sentence_nb: str = Field("", max_length=MAX_SENTENCE)
    sentence_da: str = Field("", max_length=MAX_SENTENCE)
    same_name: bool = False  # as another theme has, and meant so
    seen: str = Field("", max_length=5000)  # what it was called when the form was opened

    @property
    def name(self) -> Words:
        """The name in the languages that were filled in."""
        return _filled(en=self.name_en, nb=self.name_nb, da=self.name_da)

    @property
    def sentence(self) -> Words:
        """The sentence in the languages that were filled in."""
        return _filled(en=self.sentence_en, nb=self.sentence_nb, da=self.sentence_da)


class PostChoice(Action):
    """One post, by number or address."""

    post: PostNumber


class WordLists(Action):
    """The words that say nothing, one on each line, and those that are one, as in *seat = sete = sæde*."""

    own_names: str = Field("", max_length=20_000)
    equal_words: str = Field("", max_length=50_000)
    version: int = Field(ge=0)  # of the lists when the form was opened


class Destination(Action):
    """The theme that a post or another theme shall go to."""

    into: Id


class Moving(Action):
    """Some posts of a theme, and whether they go to another one or only out of this."""

    posts: list[Id] = Field([], max_length=100)
    theme: Id | None = None  # to which they go
    how: Literal["move", "keep_out"] = "move"


class Picking(Action):
    """Posts that were picked on the map, and what becomes of them: into a theme, pinned where they are, or out."""

    posts: list[Id] = Field([], max_length=1000)
    theme: Id | None = None  # to which they go
    how: Literal["move", "pin", "keep_out"] = "move"


class Reply(Action):
    """What somebody says to the question with this key."""

    question: str = Field(min_length=1, max_length=100)
    answer: Answer


class Splitting(Action):
    """What shall become a theme of its own: chosen posts, or the proposed part of which `part` is the first post."""

    posts: list[Id] = Field([], max_length=400)
    part: int = Field(0, ge=0, lt=2**63)
    name_en: str = Field("", max_length=MAX_NAME)
    name_nb: str = Field("", max_length=MAX_NAME)
    name_da: str = Field("", max_length=MAX_NAME)

    @property
    def name(self) -> Words:
        """The name in the languages that were filled in."""
        return _filled(en=self.name_en, nb=self.name_nb, da=self.name_da)


def _filled(**words: str) -> Words:
    return {language: " ".join(text.split()) for language, text in words.items() if text.strip()}

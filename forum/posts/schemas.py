"""What is sent to write and change posts and comments."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from forum.core import markup
from forum.core.errors import Invalid
from forum.core.languages import _
from forum.core.schemas import Action
from forum.posts.status import Interest, Kind, Severity, Visibility, Voice

MAX_TITLE = 140  # characters
MAX_BODY = 10_000  # characters
MAX_COMMENT = 5_000  # characters
_CODE = re.compile(r"[a-z]{2,3}")


def _visible(value: Any) -> Any:
    """Leave out what nobody sees, before the length is measured."""
    return markup.visible(value) if isinstance(value, str) else value


def _one_line(text: str) -> str:
    """Titles stand on one line."""
    return " ".join(text.split())


def _language_code(code: str) -> str:
    """Two or three letters of BCP 47, `no` as `nb`; empty means that it is guessed from the text."""
    code = code.lower()
    if code and not _CODE.fullmatch(code):
        raise ValueError(_("Choose a language from the list."))
    return "nb" if code == "no" else code


def _renderable(text: str) -> str:
    """Refuse text whose shape would make it slow to render, beside its field."""
    try:
        markup.check_cost(text)
    except Invalid as problem:
        raise ValueError(problem.message) from problem
    return text


Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE), BeforeValidator(_visible), AfterValidator(_one_line)]
Body = Annotated[str, Field(max_length=MAX_BODY), BeforeValidator(_visible), AfterValidator(_renderable)]
CommentBody = Annotated[
    str, Field(min_length=1, max_length=MAX_COMMENT), BeforeValidator(_visible), AfterValidator(_renderable)
]
LanguageCode = Annotated[str, Field(max_length=8), AfterValidator(_language_code)]


class NewPost(Action):
    """A post that somebody writes."""

    kind: Kind
    title: Title
    body: Body = ""
    area_id: int = Field(ge=1, lt=2**31)
    visibility: Visibility = Visibility.PUBLIC
    language: LanguageCode = ""


class Writing(NewPost):
    """A post as its page sends it."""

    instead: str = Field("", max_length=20)  # what was offered after a refusal: "complaint", or an open area's id
    draft: str = Field("", max_length=100)  # key of the draft that this was written from
    stamp: str = Field("", max_length=40)  # of that draft as it was opened

    def as_new(self) -> NewPost:
        """The post, with what was taken up of the offers."""
        fields = self.model_dump(exclude={"instead", "draft", "stamp"})
        if self.instead == Kind.COMPLAINT.value:
            fields["kind"] = Kind.COMPLAINT
        elif self.instead.isascii() and self.instead.isdigit():
            fields["area_id"] = int(self.instead)
        return NewPost(**fields)


class DraftFields(Action):
    """A post that is not finished: anything may still be missing."""

    kind: Kind | Literal[""] = ""
    title: str = Field("", max_length=1_000)
    body: str = Field("", max_length=20_000)
    area_id: str = Field("", max_length=20)
    visibility: Visibility | Literal[""] = ""
    language: str = Field("", max_length=8)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing yet that would be a pity to lose."""
        return not (self.title or self.body)


class PostChanges(Action):
    """How a post shall read from now on; `version` is the one that was opened for editing."""

    title: Title
    body: Body = ""
    area_id: int = Field(ge=1, lt=2**31)
    visibility: Visibility = Visibility.PUBLIC
    language: LanguageCode = ""
    version: int = Field(ge=1)


class NewComment(Action):
    """A comment, a reply to one, or an internal note."""

    body: CommentBody
    parent_id: int | None = Field(None, ge=1, lt=2**31)
    voice: Voice = Voice.PERSONAL
    is_internal: bool = False


class CommentChange(Action):
    """How a comment shall read from now on."""

    body: CommentBody
    version: int = Field(ge=1)


class SeverityAnswer(Action):
    """How bad a complaint is, in its author's words."""

    severity: Severity


class Saying(Action):
    """A comment as the post's page sends it."""

    body: CommentBody
    parent_id: int | None = Field(None, ge=1, lt=2**31)
    speaks: Literal["personal", "official", "note"] = "personal"

    def as_new(self) -> NewComment:
        """The comment in the voice that was chosen."""
        voice = Voice.OFFICIAL if self.speaks == "official" else Voice.PERSONAL
        return NewComment(body=self.body, parent_id=self.parent_id, voice=voice, is_internal=self.speaks == "note")


class VoteCast(Action):
    """How far a voter goes; `none` withdraws the vote."""

    interest: Interest | Literal["none"] = Interest.WANT


class PartsMeant(Action):
    """Which parts of a post that was split a voter meant; none for the post as a whole."""

    parts: list[Annotated[int, Field(ge=1, lt=2**31)]] = Field([], max_length=50)

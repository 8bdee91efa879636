"""What people send to moderation."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from forum.core.database import Words
from forum.core.schemas import Action
from forum.moderation.reasons import MAX_WORDS
from forum.moderation.status import Decision, Purpose, Reason, ReportReason
from forum.posts.schemas import MAX_TITLE, Body, CommentBody, Title
from forum.posts.splitting import Piece

MOST_PARTS = 6  # of a post that is split in one go
MOST_SENTENCES = 200  # to choose from

Choice = Reason | Annotated[int, Field(ge=1, lt=2**31)]  # of the library, see there


class Reporting(Action):
    """A reader reports a post or comment."""

    reason: ReportReason
    text: str = Field("", max_length=500)


class Deciding(Action):
    """A moderator decides a case, or acts unasked. Only some decisions need a reason."""

    decision: Decision
    reason: Choice | None = None
    words: str = Field("", max_length=MAX_WORDS)
    alike: bool = False  # and all that say nearly the same


class Joining(Action):
    """A moderator joins a post with another."""

    into: int = Field(ge=1, lt=2**31)


class Objecting(Action):
    """Somebody says that their post is different from the one it was joined with."""

    text: str = Field("", max_length=500)


class Bundling(Action):
    """A moderator writes the headline that several posts go under."""

    title: Title
    body: Body = ""
    posts: list[int] = Field([], max_length=20)


_Headline = Annotated[str, Field(max_length=MAX_TITLE)]
_AreaId = Annotated[int, Field(ge=1, lt=2**31)]


class Splitting(Action):
    """A moderator says of each sentence of a post which part it belongs to; 0 stays where it is alone."""

    places: list[Annotated[int, Field(ge=0, le=MOST_PARTS)]] = Field([], max_length=MOST_SENTENCES)
    version: int = Field(ge=1)
    title_1: _Headline = ""
    title_2: _Headline = ""
    title_3: _Headline = ""
    title_4: _Headline = ""
    title_5: _Headline = ""
    title_6: _Headline = ""
    area_id_1: _AreaId | None = None
    area_id_2: _AreaId | None = None
    area_id_3: _AreaId | None = None
    area_id_4: _AreaId | None = None
    area_id_5: _AreaId | None = None
    area_id_6: _AreaId | None = None

    @property
    def pieces(self) -> list[Piece]:
        """The parts that got a sentence, in the order of their numbers."""
        numbers = sorted(set(self.places) - {0})
        return [
            Piece(
                [place for place, part in enumerate(self.places) if part == number],
                str(getattr(self, f"title_{number}")),
                getattr(self, f"area_id_{number}"),
                number,
            )
            for number in numbers
        ]


class Keeping(Action):
    """A moderator moves, locks or pins a post, or takes that back."""

    how: Literal["move", "lock", "unlock", "pin", "unpin"]
    move_words: str = Field("", max_length=MAX_WORDS)
    lock_words: str = Field("", max_length=MAX_WORDS)
    pin_words: str = Field("", max_length=MAX_WORDS)
    area_id: int | None = Field(None, ge=1, lt=2**31)
    until: date | None = None
    on_board: bool = False

    @property
    def kind(self) -> str:
        """Which of the three it is."""
        return self.how.removeprefix("un")

    @property
    def words(self) -> str:
        """Why, as it was typed beside that button."""
        return str(getattr(self, f"{self.kind}_words"))


class Sanctioning(Action):
    """A moderator warns or suspends a person."""

    how: Literal["warn", "suspend"]
    reason: Choice
    words: str = Field("", max_length=MAX_WORDS)
    until: date | None = None


class Answering(Action):
    """A moderator answers an objection to a warning or suspension."""

    agrees: Literal["yes", "no"]
    answer_words: str = Field("", max_length=MAX_WORDS)


class DecidingSeveral(Action):
    """A moderator decides the cases that were ticked."""

    cases: list[int] = Field(min_length=1, max_length=200)
    decision: Decision
    several_reason: Choice | None = None
    several_words: str = Field("", max_length=MAX_WORDS)


class Wording(Action):
    """A reason of the library: what it is for, what moderators call it and what authors read, per language."""

    purpose: Purpose = Purpose.AWAY
    name_en: str = Field("", max_length=60)
    name_nb: str = Field("", max_length=60)
    name_da: str = Field("", max_length=60)
    words_en: str = Field("", max_length=300)
    words_nb: str = Field("", max_length=300)
    words_da: str = Field("", max_length=300)

    @property
    def name(self) -> Words:
        """The short name."""
        return {"en": self.name_en, "nb": self.name_nb, "da": self.name_da}

    @property
    def words(self) -> Words:
        """The sentence."""
        return {"en": self.words_en, "nb": self.words_nb, "da": self.words_da}


class EditingComment(Action):
    """A moderator changes a comment."""

    body: CommentBody
    closes: bool = False  # only its author and the moderators read how it read before
    reason: Choice | None = None
    words: str = Field("", max_length=MAX_WORDS)
    version: int = Field(ge=1)


class EditingPost(EditingComment):
    """A moderator changes a post."""

    title: Title
    body: Body = ""

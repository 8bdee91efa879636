"""What people send to moderation."""

from pydantic import Field

from forum.core.schemas import Action
from forum.moderation.reasons import MAX_WORDS
from forum.moderation.status import Decision, Reason, ReportReason


class Reporting(Action):
    """A reader reports a post or comment."""

    reason: ReportReason
    text: str = Field("", max_length=500)


class Deciding(Action):
    """A moderator decides a case, or acts unasked. Only some decisions need a reason."""

    decision: Decision
    reason: Reason | None = None
    words: str = Field("", max_length=MAX_WORDS)

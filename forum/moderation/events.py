"""What moderators decide, told to later stages in the same transaction."""

from dataclasses import dataclass

from forum.moderation.status import Decision


@dataclass(frozen=True)
class AuthorTold:
    """What a moderator decided about a post, or about a comment on it, stands; its author gets a letter about it."""

    post_id: int
    comment_id: int | None
    author_id: int
    decision: Decision
    reason: str  # in their language; may be empty
    by_id: int


@dataclass(frozen=True)
class ObjectionAnswered:
    """A moderator has looked again at what somebody objected to, and agreed or kept to it."""

    post_id: int
    user_id: int  # who objected
    is_granted: bool
    reason: str  # in their language; may be empty
    by_id: int
    case_id: int = 0
    is_about_theme: bool = False  # that it is about something else than its theme

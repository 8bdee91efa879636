"""What moderators decide, told to later stages in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ObjectionAnswered:
    """A moderator has looked again at what somebody objected to, and agreed or kept to it."""

    post_id: int
    user_id: int  # who objected
    is_granted: bool
    reason: str  # in their language; may be empty
    by_id: int

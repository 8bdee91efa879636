"""What waits for a moderator, and how it is decided."""

from enum import Enum


class CaseKind(Enum):
    """Why something is in the queue."""

    FIRST_POST = "first_post"
    REPORT = "report"


class Decision(Enum):
    """What a moderator did with a case."""

    APPROVED = "approved"
    HIDDEN = "hidden"
    REMOVED = "removed"
    ASKED = "asked"
    MERGED = "merged"


class ReportReason(Enum):
    """Why somebody reports a post or comment."""

    SPAM = "spam"
    RUDE = "rude"
    PRIVATE = "private"  # shows somebody's private matters
    OFF_TOPIC = "off_topic"
    OTHER = "other"

"""What waits for a moderator, how it can be decided, and the library of reasons."""

from enum import Enum

from forum.posts.status import Moderation


class CaseKind(Enum):
    """Why something is in the queue."""

    FIRST_POST = "first_post"  # or comment, of somebody of whom nothing was approved yet
    CHANGED = "changed"  # its author was asked to change it and did
    REPORT = "report"
    DIRECT = "direct"  # a moderator acted unasked, from the post's page; decided as soon as opened
    DUPLICATE = "duplicate"  # it says what another post says
    SPAM = "spam"  # it reads like what was removed as advertising
    APPEAL = "appeal"  # an author objects to what a moderator did with their words
    OBJECTION = "objection"  # an author or voter says: mine is different from the post it was joined with
    MISPLACED = "misplaced"  # an author says: mine is about something else than its theme


class Decision(Enum):
    """What a moderator did with a case."""

    APPROVED = "approved"
    KEPT = "kept"
    HIDDEN = "hidden"
    REMOVED = "removed"
    RESTORED = "restored"
    ASKED = "asked"
    MERGED = "merged"
    SEPARATED = "separated"  # a merge was undone
    EDITED = "edited"  # a moderator changed the words
    REVERTED = "reverted"  # the author's own words were put back
    PASSED_ON = "passed_on"  # to those who sort posts into themes


# What a decision makes of the post or comment; keeping changes nothing.
BECOMES = {
    Decision.APPROVED: Moderation.OPEN,
    Decision.HIDDEN: Moderation.HIDDEN,
    Decision.REMOVED: Moderation.REMOVED,
    Decision.ASKED: Moderation.ASKED,
    Decision.RESTORED: Moderation.OPEN,
    Decision.SEPARATED: Moderation.OPEN,
}
_NEED_REASON = frozenset((Decision.HIDDEN, Decision.REMOVED, Decision.RESTORED, Decision.ASKED, Decision.REVERTED))


def need_reason(kind: CaseKind) -> frozenset[Decision]:
    """The decisions about such a case whose reason its author reads; keeping to what was objected to is one."""
    return _NEED_REASON | {Decision.KEPT} if kind is CaseKind.APPEAL else _NEED_REASON


# The decisions on offer, by why it is in the queue and what the post or comment is at that moment.
OFFERED: dict[tuple[CaseKind, Moderation], tuple[Decision, ...]] = {
    (CaseKind.FIRST_POST, Moderation.WAITING): (Decision.APPROVED, Decision.ASKED, Decision.REMOVED),
    (CaseKind.CHANGED, Moderation.WAITING): (Decision.APPROVED, Decision.ASKED, Decision.REMOVED),
    (CaseKind.DUPLICATE, Moderation.WAITING): (Decision.APPROVED, Decision.ASKED, Decision.REMOVED),
    (CaseKind.SPAM, Moderation.WAITING): (Decision.APPROVED, Decision.ASKED, Decision.REMOVED),
    (CaseKind.DUPLICATE, Moderation.OPEN): (Decision.KEPT, Decision.ASKED, Decision.HIDDEN, Decision.REMOVED),
    (CaseKind.SPAM, Moderation.OPEN): (Decision.KEPT, Decision.ASKED, Decision.HIDDEN, Decision.REMOVED),
    (CaseKind.APPEAL, Moderation.HIDDEN): (Decision.RESTORED, Decision.KEPT),
    (CaseKind.APPEAL, Moderation.REMOVED): (Decision.RESTORED, Decision.KEPT),
    (CaseKind.APPEAL, Moderation.OPEN): (Decision.REVERTED, Decision.KEPT),  # against an edit
    (CaseKind.APPEAL, Moderation.WAITING): (Decision.REVERTED, Decision.KEPT),
    (CaseKind.REPORT, Moderation.WAITING): (Decision.KEPT, Decision.REMOVED),
    (CaseKind.REPORT, Moderation.OPEN): (Decision.KEPT, Decision.ASKED, Decision.HIDDEN, Decision.REMOVED),
    (CaseKind.REPORT, Moderation.HIDDEN): (Decision.KEPT, Decision.REMOVED),
    (CaseKind.OBJECTION, Moderation.MERGED): (Decision.SEPARATED, Decision.KEPT),
    (CaseKind.MISPLACED, Moderation.OPEN): (Decision.PASSED_ON, Decision.KEPT),
    (CaseKind.DIRECT, Moderation.WAITING): (Decision.REMOVED,),
    (CaseKind.DIRECT, Moderation.OPEN): (Decision.HIDDEN, Decision.REMOVED),
    (CaseKind.DIRECT, Moderation.HIDDEN): (Decision.RESTORED, Decision.REMOVED),
    (CaseKind.DIRECT, Moderation.REMOVED): (Decision.RESTORED,),
}


def offered(kind: CaseKind, now: Moderation) -> tuple[Decision, ...]:
    """How a case of this `kind` can be decided while its subject is `now`; what is settled can only be closed."""
    closing = () if kind is CaseKind.DIRECT else (Decision.KEPT,)
    return OFFERED.get((kind, now), closing)


class ReportReason(Enum):
    """Why somebody reports a post or comment."""

    SPAM = "spam"
    RUDE = "rude"
    PRIVATE = "private"  # shows somebody's private matters
    OFF_TOPIC = "off_topic"
    DIFFERENT = "different"  # said of a merge alone: mine is different
    MISPLACED = "misplaced"  # said by an author of a theme: mine is about something else
    APPEAL = "appeal"  # said by an author of a decision: look again
    OTHER = "other"


class SanctionKind(Enum):
    """What a moderator does about a person, beside what is done about their words."""

    WARNED = "warned"
    SUSPENDED = "suspended"


class Reason(Enum):
    """Why something is hidden, removed or restored: the short library, worded in `reasons`."""

    SPAM = "spam"
    RUDE = "rude"
    PRIVATE = "private"
    OFF_TOPIC = "off_topic"
    UNLAWFUL = "unlawful"
    UNCLEAR = "unclear"
    MISTAKE = "mistake"  # of ours, why something is restored
    STANDS = "stands"  # why an objection is not granted
    TYPING = "typing"  # the next three: why a moderator changed the words
    TITLE = "title"
    TAKEN_OUT = "taken_out"  # private matters, with the rest left as it was
    OTHER = "other"  # in the moderator's own words alone


class Purpose(Enum):
    """What a reason of the library is for."""

    AWAY = "away"  # to hide, remove or ask, and to warn or suspend
    BACK = "back"  # to restore
    STANDS = "stands"  # to keep to a decision that was objected to
    EDIT = "edit"  # to change somebody's words

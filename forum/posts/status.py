"""The kinds, states and readable statuses of posts, votes and comments."""

from enum import Enum

from forum.products.status import Kind as Kind  # what an area takes depends on it


class Visibility(Enum):
    """Who may read a post besides its author and the team."""

    PUBLIC = "public"
    PRIVATE = "private"


class Moderation(Enum):
    """What the moderators have made of it."""

    WAITING = "waiting"
    OPEN = "open"
    ASKED = "asked"  # the author was asked to change it
    HIDDEN = "hidden"
    REMOVED = "removed"
    MERGED = "merged"
    ERASED = "erased"


# Each state and those it may become.
MODERATION_MOVES: dict[Moderation, set[Moderation]] = {
    Moderation.WAITING: {
        Moderation.OPEN,
        Moderation.ASKED,
        Moderation.REMOVED,
        Moderation.ERASED,
    },
    Moderation.OPEN: {
        Moderation.WAITING,
        Moderation.HIDDEN,
        Moderation.REMOVED,
        Moderation.ASKED,
        Moderation.ERASED,
    },
    Moderation.ASKED: {Moderation.OPEN, Moderation.WAITING, Moderation.REMOVED, Moderation.ERASED},
    Moderation.HIDDEN: {Moderation.OPEN, Moderation.REMOVED, Moderation.ERASED},
    Moderation.REMOVED: {Moderation.OPEN, Moderation.WAITING, Moderation.HIDDEN, Moderation.ERASED},
    Moderation.MERGED: {Moderation.ERASED},  # it is open again when the merge is undone, see `posts.merging`
    Moderation.ERASED: set(),
}


class Status(Enum):
    """How far a post has come, as customers read it; later ones are more advanced."""

    NEW = "new"
    ANSWERED = "answered"
    NOT_NOW = "not now"
    IN_REVIEW = "in review"
    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    LAUNCHED = "launched"


class Severity(Enum):
    """How bad a complaint is, said by its author after posting."""

    ANNOYS = "annoys"
    IN_MY_WAY = "in_my_way"
    UNSAFE = "unsafe"


SEVERITY_WEIGHT = {None: 1, Severity.ANNOYS: 1, Severity.IN_MY_WAY: 2, Severity.UNSAFE: 3}


class Interest(Enum):
    """How far a voter goes."""

    WANT = "want"
    TRY = "try"
    BUY = "buy"


INTEREST_RANK = {Interest.WANT: 1, Interest.TRY: 2, Interest.BUY: 3}


class Voice(Enum):
    """In whose name a comment is written."""

    PERSONAL = "personal"
    OFFICIAL = "official"


class Order(Enum):
    """The orders of the board, as they stand in the address."""

    MIX = "mix"
    WANTED = "wanted"
    RISING = "rising"
    NEWEST = "newest"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"

"""What happens on the backlog, told to later stages in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from forum.backlog.status import CameBack, ItemStatus


@dataclass(frozen=True)
class ItemPromoted:
    """Themes or a post were put on the backlog."""

    item_id: int


@dataclass(frozen=True)
class ItemMoved:
    """An item changed its status, by a decision, a launch or a reopening."""

    item_id: int
    before: ItemStatus
    after: ItemStatus
    may_be_undone: bool = False  # it was moved with others, which one press takes back


@dataclass(frozen=True)
class ItemMovedBack:
    """A decision about several items was taken back: this one stands as before."""

    item_id: int
    before: ItemStatus  # where it had gone
    moved_at: datetime


@dataclass(frozen=True)
class ItemShown:
    """A person made an internal item public, or a public one internal."""

    item_id: int
    is_public: bool


@dataclass(frozen=True)
class RevisitDue:
    """What an item that is *not now* waited for has happened: it is on the desk again."""

    item_id: int
    why: CameBack

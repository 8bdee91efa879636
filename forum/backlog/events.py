"""What happens on the backlog, told to later stages in the same transaction."""

from dataclasses import dataclass

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

"""What hangs on themes beside their posts: later stages say how it stands before themes are joined, and give it back.

A join moves followers and the backlog item to the heir, and lets posts speak for it. Whoever undoes the join takes
that back as well.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forum.core.database import Json

Row = list[int]  # a theme, and the number of what hangs on it


@dataclass(frozen=True)
class Undone:
    """Themes whose posts are where they were before; what hung on them then, and while it was changed."""

    theme_ids: frozenset[int]  # with those that had been made, which end
    rows: list[Row]
    since: datetime
    until: datetime

    @property
    def pairs(self) -> set[tuple[int, int]]:
        """The rows, to be compared with those of now."""
        return {(theme, other) for theme, other in self.rows}


Look = Callable[[Session, Collection[int]], list[Row]]
GiveBack = Callable[[Session, Undone], None]
_KEEPERS: dict[str, tuple[Look, GiveBack]] = {}


def hangs(name: str, look: Look, give_back: GiveBack) -> None:
    """From now on what `look` sees on themes is kept under `name`, and undone by `give_back`."""
    _KEEPERS[name] = (look, give_back)


def look_at(session: Session, theme_ids: Collection[int]) -> Json:
    """What hangs on themes now; one query for each that keeps something."""
    return {name: look(session, theme_ids) for name, (look, _give_back) in _KEEPERS.items()}


def of_themes(hanging: Json, theme_ids: Collection[int]) -> Json:
    """The part of what hangs on some of the themes."""
    return {name: [row for row in rows if row[0] in theme_ids] for name, rows in hanging.items()}


def give_back(session: Session, hanging: Json, theme_ids: Collection[int], since: datetime, until: datetime) -> None:
    """Let what hung on themes hang there again; what was changed otherwise since `since` stays."""
    for name, (_look, back) in _KEEPERS.items():
        back(session, Undone(frozenset(theme_ids), hanging.get(name, []), since, until))

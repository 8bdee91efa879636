"""What other stages show of segments: the list of them, kept in memory, because it stands beside every theme."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from forum.segments.queries import Known, Share, extra_weight, read_segments, shares, whole
from forum.web.panels import forget, kept
from forum.web.session import db

KEPT = 60  # seconds; what was imported changes seldom, and votes come one by one
_LIST = "segments"  # under which the list is kept


def known_segments() -> list[Known]:
    """Every segment."""
    return kept(KEPT, lambda: read_segments(db), _LIST)


def forget_segments() -> None:
    """Read the segments afresh, because they have just changed."""
    forget(_LIST)


def stamp() -> tuple[tuple[int, float, int], ...]:
    """What changes when segments do: part of the key under which anything is kept that is counted by them."""
    return tuple((one.id, one.weight, one.people) for one in known_segments())


@dataclass(frozen=True, slots=True)
class Parts:
    """The people behind something, told apart."""

    whole: Share
    shares: list[tuple[Known, Share]]  # of the segments that some of them are in, the largest first
    extra: float  # by which they count for more than their heads

    @property
    def weighted(self) -> float:
        """As how many people they count by the weights of segments."""
        return self.whole.people + self.extra


_NOBODY = Share(0, 0, 0.0)


def parts_of(people: Callable[[], sa.Subquery]) -> Parts:
    """One group of people, told apart by segments; `people` makes the subquery, with the columns group and person."""
    segments = known_segments()
    found = people()
    every = next(iter(whole(db, found).values()), _NOBODY)
    if not segments:
        return Parts(every, [], 0.0)
    of_segment = next(iter(shares(db, found).values()), {})
    extra = next(iter(extra_weight(db, found).values()), 0.0) if weighs(segments) else 0.0
    rows = [(one, of_segment[one.id]) for one in segments if one.id in of_segment]
    return Parts(every, sorted(rows, key=lambda row: -row[1].people), extra)


def weighs(segments: list[Known]) -> bool:
    """Whether any segment counts for more or less than its heads."""
    return any(one.weight != 1 for one in segments)

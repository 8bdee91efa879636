"""A company's own model: criteria that it names and weighs, each a step from 1 to 5; pure arithmetic.

What comes from the evidence is turned into steps by fixed bounds and not by comparing items, so that one item's step
never changes because another one grew. The score is the mean of the steps, weighed; where less is better, a step
counts from the other end.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Protocol

from forum.backlog.status import Source
from forum.core.database import Words

STEPS = (1, 2, 3, 4, 5)
MOST = 8  # criteria of one model
# From which number on the second, third, fourth and fifth step begins.
BOUNDS: dict[Source, tuple[float, float, float, float]] = {
    Source.REACH: (10, 30, 100, 300),  # people in the last 90 days
    Source.VOTES: (10, 30, 100, 300),
    Source.COMPANIES: (2, 5, 15, 50),
    Source.PAIN: (0.5, 1.0, 1.5, 2.0),  # of 3
}


class Weighed(Protocol):
    """What the model looks at of an item."""

    reach: int
    pain: float
    votes: int
    companies: int
    ratings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that counts."""

    key: str
    name: Words
    weight: float
    source: Source
    is_less: bool = False  # less is better

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Criterion":
        """The criterion as it is stored with a model."""
        return cls(**{**stored, "source": Source(stored["source"])})

    def stored(self) -> dict[str, Any]:
        """What `read` reads."""
        return asdict(self) | {"source": self.source.value}


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion adds to a score."""

    criterion: Criterion
    number: float | None  # of the evidence; None where people set the step
    step: int | None  # None: nobody has set it
    counted: int | None  # the step, from the other end where less is better


def step_of(source: Source, number: float) -> int:
    """The step that a number of the evidence stands for.

    >>> [step_of(Source.REACH, people) for people in (0, 9, 10, 120, 1000)]
    [1, 1, 2, 4, 5]
    """
    return 1 + bisect_right(BOUNDS[source], number)


def parts(criteria: Sequence[Criterion], item: Weighed) -> list[Part]:
    """What each criterion says about an item."""
    return [_part(criterion, item) for criterion in criteria]


def _part(criterion: Criterion, item: Weighed) -> Part:
    if criterion.source is Source.TEAM:
        number, step = None, item.ratings.get(criterion.key)
    else:
        number = getattr(item, criterion.source.value)
        step = step_of(criterion.source, number)
    counted = step if step is None or not criterion.is_less else 6 - step
    return Part(criterion, number, step, counted)


def weighted(criteria: Sequence[Criterion], item: Weighed) -> float | None:
    """The weighed mean of an item's steps, from 1 to 5; None as long as a step that weighs something is missing."""
    total = sum(criterion.weight for criterion in criteria)
    if not total:
        return None
    points = 0.0
    for part in parts(criteria, item):
        if not part.criterion.weight:
            continue
        if part.counted is None:
            return None
        points += part.criterion.weight * part.counted
    return points / total


def places(scores: Mapping[int, float | None]) -> list[int]:
    """The ids by score, the best first; the older one first among equals, those without a score last.

    >>> places({1: 2.0, 2: 3.5, 3: None, 4: 2.0})
    [2, 1, 4, 3]
    """
    return sorted(scores, key=lambda one: (scores[one] is None, -(scores[one] or 0.0), one))


def passes(before: Sequence[int], after: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours in the order `after` that stood the other way round `before`: (now above, now below).

    When any two trade places, some neighbours do.

    >>> passes([1, 2, 3], [2, 1, 3])
    [(2, 1)]
    """
    was = {one: place for place, one in enumerate(before)}
    return [(above, below) for above, below in pairwise(after) if was[above] > was[below]]

"""What a run of the engine found, in plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forum.themes.status import Solidity


@dataclass(frozen=True)
class Group:
    """A group that a run found; `ref` is the theme that it continues, or a negative number."""

    ref: int
    label: str
    terms: list[str]
    exemplars: list[int]
    odd_one: int | None
    solidity: Solidity
    size: int


@dataclass(frozen=True)
class Unmet:
    """A decision of a person's that the engine could not obey."""

    kind: str
    about: list[int]
    reason: str


@dataclass(frozen=True)
class Proposal:
    """What a fit found, in plain values, and how to save the model."""

    groups: list[Group]
    places: dict[int, tuple[int, float]]  # post → group's ref and likeness to its centre, in [0, 1]
    unmet: list[Unmet]
    pairs: list[tuple[int, int, float]]  # look-alikes, when there are too few posts for themes
    is_too_few: bool
    is_provisional: bool
    save: Callable[[Path], None]
    notches: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)  # of the slider: what it would find there
    is_without_vectors: bool = False  # none are installed: posts were compared by their words alone

    @property
    def coverage(self) -> float:
        """Share of the posts that are in a group, in [0, 1]."""
        shown = {group.ref for group in self.groups}
        return sum(ref in shown for ref, _likeness in self.places.values()) / max(len(self.places), 1)


@dataclass(frozen=True)
class Change:
    """What became of standing themes: the kind of a diff's line, themes before, groups after."""

    kind: str
    old: tuple[int, ...]
    new: tuple[int, ...]
    shared: int
    jaccard: float

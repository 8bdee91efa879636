"""What people told the engine, as it holds now: later words overrule earlier ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.themes.models import Steering, Theme
from forum.themes.status import SteeringKind, ThemeState


@dataclass
class Rulings:
    """Live steering, resolved: each post is pinned to one theme at most, and to none that it is kept out of."""

    pins: dict[int, int] = field(default_factory=dict)  # post → theme
    keep_out: set[tuple[int, int]] = field(default_factory=set)  # (post, theme)
    merged: dict[int, int] = field(default_factory=dict)  # theme → the one it lives on in
    dismissed: set[int] = field(default_factory=set)
    together: dict[int, int] = field(default_factory=dict)  # post → post; each in one pair at most
    apart: dict[int, int] = field(default_factory=dict)  # likewise

    def among(self, posts: set[int], themes: Mapping[int, Any]) -> dict[str, Any]:
        """The arguments of the engine's constraints, as far as they speak of these posts and standing themes."""
        return {
            "pins": {post: theme for post, theme in self.pins.items() if post in posts and theme in themes},
            "keep_out": {(post, theme) for post, theme in self.keep_out if post in posts and theme in themes},
            "merged": dict(self.merged),
            "dismissed": {theme for theme in self.dismissed if theme in themes},
            "together": self._pairs(self.together, posts),
            "apart": self._pairs(self.apart, posts),
        }

    def _pairs(self, pairs: Mapping[int, int], posts: set[int]) -> set[tuple[int, int]]:
        """The pairs of which nobody said where one of the two belongs: that says more than what a pair says."""
        placed = set(self.pins) | {post for post, _theme in self.keep_out}
        return {pair for pair in pairs.items() if posts.issuperset(pair) and placed.isdisjoint(pair)}

    def pair(self, pairs: dict[int, int], posts: Iterable[int]) -> None:
        """Put two posts into `pairs`, in place of what was said about either before."""
        first, second = posts
        for old in (self.together, self.apart):
            for one in [one for one, other in old.items() if {one, other} & {first, second}]:
                del old[one]
        pairs[first] = second


def read_rulings(session: Session, product_id: int) -> Rulings:
    """The steering of a product that was not undone, in the order it was said.

    A pin or keep-out follows its theme into the heir when the two were merged since. The seeds of a split are
    pinned to its halves: that keeps both halves apart and alive.
    """
    rows = session.scalars(
        sa.select(Steering).where(Steering.product_id == product_id, Steering.undone_at.is_(None)).order_by(Steering.id)
    ).all()
    heirs = _heirs(session, product_id)
    found = Rulings()
    for row in rows:
        _apply(found, row, heirs)
    return found


def _apply(found: Rulings, row: Steering, heirs: Mapping[int, int]) -> None:
    theme = _last_heir(row.theme_id, heirs)
    match row.kind:
        case SteeringKind.PIN if row.post_id:
            _pin(found, [row.post_id], theme)
        case SteeringKind.KEEP_OUT if row.post_id:
            _keep_out(found, row.post_id, theme, was_merged=theme != row.theme_id)
        case SteeringKind.MERGE if row.other_theme_id:
            found.merged[row.theme_id] = row.other_theme_id
        case SteeringKind.SPLIT if row.other_theme_id:
            _pin(found, row.values.get("stay", ()), theme)
            _pin(found, row.values.get("go", ()), _last_heir(row.other_theme_id, heirs))
        case SteeringKind.DISMISS:
            found.dismissed.add(theme)
        case SteeringKind.APART if _last_heir(row.other_theme_id or 0, heirs) != theme:
            found.pair(found.apart, row.values["shown"])
        case SteeringKind.TOGETHER:
            found.pair(found.together, row.values["shown"])


def _pin(found: Rulings, posts: Iterable[int], theme: int) -> None:
    for post in posts:
        found.pins[post] = theme
        found.keep_out.discard((post, theme))


def _keep_out(found: Rulings, post: int, theme: int, *, was_merged: bool) -> None:
    if found.pins.get(post) == theme:
        if was_merged:  # the two themes became one since, and the post is pinned to the other: that is the later word
            return
        del found.pins[post]
    found.keep_out.add((post, theme))


def _heirs(session: Session, product_id: int) -> dict[int, int]:
    rows = session.execute(
        sa.select(Theme.id, Theme.heir_id).where(Theme.product_id == product_id, Theme.state == ThemeState.MERGED)
    )
    return {theme_id: heir_id for theme_id, heir_id in rows if heir_id}


def _last_heir(theme: int, heirs: Mapping[int, int]) -> int:
    seen = {theme}
    while theme in heirs and heirs[theme] not in seen:
        theme = heirs[theme]
        seen.add(theme)
    return theme

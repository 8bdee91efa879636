"""Whether the last run obeyed what people told the engine: read from where it put the posts, wish by wish."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.themes.models import RunCluster, RunMember, Steering, Theme, ThemeRun
from forum.themes.status import RunState, SteeringKind


class Obedience(Enum):
    """What the last run made of a wish."""

    OBEYED = "obeyed"
    VIOLATED = "violated"
    NOT_YET = "not_yet"  # said after the run began
    NOT_READ = "not_read"  # the run did not read its posts: private, removed or of another product
    NOTHING = "nothing"  # asks nothing of runs


@dataclass(frozen=True, slots=True)
class LastRun:
    """Where the last finished run put what people spoke of."""

    id: int
    places: Mapping[int, int]  # post → group's ref, 0 for unsorted
    groups: Collection[int]
    heirs: Mapping[int, int]  # merged theme → the one it lives on in

    def heir(self, theme: int | None) -> int:
        """The theme that one lives on in, itself where it stands."""
        found, seen = theme or 0, set[int]()
        while found in self.heirs and found not in seen:
            seen.add(found)
            found = self.heirs[found]
        return found


def read_obedience(session: Session, product_id: int) -> tuple[int | None, dict[int, Obedience]]:
    """The last finished run of a product, and what it made of each piece of steering that still holds."""
    run = session.execute(
        sa.select(ThemeRun.id, ThemeRun.started_at)
        .where(
            ThemeRun.product_id == product_id,
            ThemeRun.state.in_((RunState.PROPOSED, RunState.DECIDED, RunState.REPLACED)),
        )
        .order_by(ThemeRun.id.desc())
        .limit(1)
    ).one_or_none()
    rows = session.scalars(
        sa.select(Steering).where(Steering.product_id == product_id, Steering.undone_at.is_(None))
    ).all()
    if run is None:
        return None, dict.fromkeys((row.id for row in rows), Obedience.NOT_YET)
    if not rows:
        return run.id, {}
    posts = {post for row in rows for post in _posts_of(row)}
    found = sa.select(RunMember.post_id, RunMember.ref).where(RunMember.run_id == run.id, RunMember.post_id.in_(posts))
    places = {row.post_id: row.ref for row in session.execute(found)}
    groups = set(session.scalars(sa.select(RunCluster.ref).where(RunCluster.run_id == run.id)))
    heirs = sa.select(Theme.id, Theme.heir_id).where(Theme.product_id == product_id, Theme.heir_id.is_not(None))
    last = LastRun(run.id, places, groups, {theme: heir for theme, heir in session.execute(heirs) if heir})
    return run.id, {row.id: Obedience.NOT_YET if row.said_at > run.started_at else judge(row, last) for row in rows}


def _posts_of(row: Steering) -> list[int]:
    values: dict[str, Any] = row.values
    own = [row.post_id] if row.post_id else []
    return [*own, *values.get("stay", ()), *values.get("go", ()), *values.get("shown", ())]


def judge(row: Steering, run: LastRun) -> Obedience:
    """What a run made of one wish."""
    theme, other = run.heir(row.theme_id), run.heir(row.other_theme_id)
    if row.kind in (SteeringKind.RENAME, SteeringKind.UNSURE):
        return Obedience.OBEYED if row.kind is SteeringKind.RENAME else Obedience.NOTHING
    if row.kind in (SteeringKind.MERGE, SteeringKind.DISMISS):
        return _is(row.theme_id not in run.groups)
    places = [run.places[post] for post in _posts_of(row) if post in run.places]
    match row.kind:
        case SteeringKind.PIN if places:
            return _is(run.heir(places[0]) == theme)
        case SteeringKind.KEEP_OUT if places:
            return _is(places[0] != row.theme_id)
        case SteeringKind.SPLIT if places:
            return _is(_stays(row, "stay", theme, run) and _stays(row, "go", other, run))
        case SteeringKind.APART if len(places) == 2:
            return _is(places[0] != places[1] or places[0] == 0 or theme == other)
        case SteeringKind.TOGETHER if len(places) == 2:
            return _is(places[0] == places[1])
    return Obedience.NOT_READ


def _stays(row: Steering, side: str, theme: int, run: LastRun) -> bool:
    """Whether most of the posts that hold one side of a split are in its theme; single ones may be pinned elsewhere."""
    places = [run.places[post] for post in row.values.get(side, ()) if post in run.places]
    return 2 * sum(run.heir(place) == theme for place in places) >= len(places)


def _is(obeyed: bool) -> Obedience:
    return Obedience.OBEYED if obeyed else Obedience.VIOLATED

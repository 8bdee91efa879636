"""Counting what people complained of before and after a launch, for `effect`.

Complaints count by the theme that they were first put into, which no later run, move or merger of themes changes; what
lies in no theme yet does not count. Merged posts are still complaints. Private and imported ones are left out, and so
are those of which nobody knows the day. Themes that went into one of the item's, or were split off from one, count
as it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.backlog.models import ItemTheme
from forum.core.clock import utcnow
from forum.launches.effect import WEEK, Effect, whole_weeks
from forum.launches.models import Launch
from forum.posts.models import Post
from forum.posts.status import Kind, Moderation, Visibility
from forum.themes.counting import seconds
from forum.themes.models import FirstAssignment, RunCluster, RunLine, Steering, Theme, ThemeRun
from forum.themes.status import LineDecision, LineKind, SteeringKind

_SECONDS = int(WEEK.total_seconds())
_HEARD = sa.and_(
    Post.visibility == Visibility.PUBLIC,
    Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)),
    Post.is_dated,
    Post.source != "import",
)


class Measured(NamedTuple):
    """A launch and what was counted around it."""

    launch_id: int
    launched_at: datetime
    effect: Effect


def measure(session: Session, launch_id: int) -> Measured | None:
    """The effect of a launch as of now; None when its item has no theme by which to count."""
    row = session.execute(_around(Launch.id == launch_id)).one_or_none()
    return _measured(session, row) if row else None


def measure_latest(session: Session, theme_id: int) -> Measured | None:
    """The effect of the latest launch of the item that a theme stands behind; None without one."""
    of_theme = sa.select(ItemTheme.item_id).where(ItemTheme.theme_id == theme_id).scalar_subquery()
    latest = _around(Launch.item_id == of_theme).order_by(Launch.launched_at.desc(), Launch.id.desc())
    row = session.execute(latest.limit(1)).one_or_none()
    return _measured(session, row) if row else None


Around = tuple[int, int, int, datetime, datetime | None, datetime | None]


def _around(which: sa.ColumnElement[bool]) -> sa.Select[*Around]:
    """Launches with the moments of those before and after them of the same item."""
    other = aliased(Launch)
    same = other.item_id == Launch.item_id
    before = sa.select(sa.func.max(other.launched_at)).where(same, other.launched_at < Launch.launched_at)
    after = sa.select(sa.func.min(other.launched_at)).where(same, other.launched_at > Launch.launched_at)
    return sa.select(
        Launch.id,
        Launch.item_id,
        Launch.product_id,
        Launch.launched_at,
        before.correlate(Launch).scalar_subquery(),
        after.correlate(Launch).scalar_subquery(),
    ).where(which)


def _measured(session: Session, row: sa.Row[*Around]) -> Measured | None:
    launch_id, item_id, product_id, launched_at, last, following = row
    themes = set(session.scalars(sa.select(ItemTheme.theme_id).where(ItemTheme.item_id == item_id)))
    if not themes:
        return None
    launched_at = launched_at.replace(microsecond=0)  # weeks are told apart by whole seconds
    since = max(last or launched_at - 100 * WEEK, first_heard(session, product_id) or launched_at)
    since = since.replace(microsecond=0)
    sides = whole_weeks(launched_at, since=since, until=following or utcnow())
    counts = _complaints(session, _kin(session, product_id, themes), launched_at, *sides)
    effect = Effect(before=tuple(counts[: sides[0]]), after=tuple(counts[sides[0] :]))
    return Measured(launch_id, launched_at, effect)


def first_heard(session: Session, product_id: int) -> datetime | None:
    """When a product was first spoken of here; what was imported was said elsewhere."""
    first = sa.select(Post.created_at).where(
        Post.product_id == product_id, Post.is_listed, Post.is_dated, Post.source != "import"
    )
    return session.scalars(first.order_by(Post.created_at).limit(1)).one_or_none()


def _complaints(
    session: Session, theme_ids: Collection[int], launched_at: datetime, before: int, after: int
) -> list[int]:
    """Complaints in each of so many weeks before and after a launch, the oldest first."""
    start, end = launched_at - before * WEEK, launched_at + after * WEEK
    week = ((seconds(session, Post.created_at) - int(start.timestamp())) // _SECONDS).label("week")
    rows = session.execute(
        sa.select(week, sa.func.count())
        .join(FirstAssignment, FirstAssignment.post_id == Post.id)
        .where(
            FirstAssignment.theme_id.in_(theme_ids),
            Post.kind == Kind.COMPLAINT,
            _HEARD,
            Post.created_at >= start,
            Post.created_at < end,
        )
        .group_by(week)
    )
    found = {row[0]: row[1] for row in rows}
    return [found.get(number, 0) for number in range(before + after)]


def _kin(session: Session, product_id: int, theme_ids: Collection[int]) -> set[int]:
    """Some themes, those that went into them, and those that were split off, at any depth."""
    pairs = {
        (heir_id, theme_id)
        for theme_id, heir_id in session.execute(
            sa.select(Theme.id, Theme.heir_id).where(Theme.product_id == product_id, Theme.heir_id.is_not(None))
        )
    }
    pairs |= _split_off(session, product_id)
    kin = set(theme_ids)
    while new := {below for above, below in pairs if above in kin} - kin:
        kin |= new
    return kin


def _split_off(session: Session, product_id: int) -> set[tuple[int, int]]:
    """Themes with those that were split off from them: by hand, or by accepting what a run proposed."""
    by_hand = sa.select(Steering.theme_id, Steering.other_theme_id).where(
        Steering.product_id == product_id, Steering.kind == SteeringKind.SPLIT, Steering.undone_at.is_(None)
    )
    by_run = session.execute(
        sa.select(RunLine.theme_ids, RunLine.refs, RunCluster.ref, RunCluster.theme_id)
        .join(ThemeRun, ThemeRun.id == RunLine.run_id)
        .join(RunCluster, RunCluster.run_id == RunLine.run_id)
        .where(
            ThemeRun.product_id == product_id,
            RunLine.kind == LineKind.SPLIT,
            RunLine.decision == LineDecision.ACCEPTED,
            RunCluster.theme_id.is_not(None),
        )
    )
    pairs = {(above, new) for above, new in session.execute(by_hand) if new is not None}
    return pairs | {(above, new) for themes, refs, ref, new in by_run if new and ref in refs for above in themes}


def weeks_of(measured: Measured) -> list[datetime]:
    """When each counted week of a launch began, the oldest first."""
    first = -len(measured.effect.before)
    return [measured.launched_at + n * WEEK for n in range(first, len(measured.effect.after))]

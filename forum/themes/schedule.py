"""Runs that start by themselves: at night, once a week, or after so many new posts.

They ask for what the last run was asked for whose lines were decided. None starts when nothing new was said, or
while people are deciding the lines of a diff, which it would replace.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.rules import may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.database import Json, transaction
from forum.core.errors import Conflict, require
from forum.core.jobs import enqueue, job
from forum.core.languages import _
from forum.core.people import Reader
from forum.products.models import Product
from forum.themes.desk import read_figures
from forum.themes.jobs import begin_run
from forum.themes.models import RunLine, RunSchedule, ThemeRun
from forum.themes.status import Method, Rhythm, RunState

HOUR = 3  # o'clock in the site's time zone, when few people are about
GATHER = 600  # seconds after a new post, for more to arrive


def read_schedule(session: Session, product_id: int) -> RunSchedule:
    """When runs of a product start by themselves; never, where nobody has said anything."""
    found = session.get(RunSchedule, product_id)
    return found or RunSchedule(product_id=product_id, rhythm=Rhythm.NEVER, posts=100, version=0)


def set_schedule(
    session: Session, product: Product, rhythm: Rhythm, posts: int, *, by: Reader, version: int
) -> RunSchedule:
    """Have runs of `product` start by themselves in this rhythm; `posts` counts in the last of them alone.

    Raises `NotAllowed` unless `by` plans the backlog, and `Conflict` when somebody changed it since `version`.
    """
    require(may_plan(by), _("Only product managers start a run."))
    session.flush()
    standing = session.get(RunSchedule, product.id, with_for_update=True)
    if (standing.version if standing else 0) != version:
        raise Conflict(_("Somebody else changed this while you were looking. Choose again."))
    schedule = standing or RunSchedule(product_id=product.id, version=0)
    schedule.rhythm, schedule.posts = rhythm, posts
    schedule.version += 1
    session.add(schedule)
    session.flush()
    record(session, "theme.schedule", by=by.id, subject="product", subject_id=product.id, rhythm=rhythm.value)
    _plan_next(session, schedule)
    return schedule


def next_start(rhythm: Rhythm, now: datetime) -> datetime | None:
    """When the next run of a rhythm starts, in UTC as `now` is; None where it does not go by the clock."""
    if rhythm not in (Rhythm.NIGHTLY, Rhythm.WEEKLY):
        return None
    zone = ZoneInfo(settings().time_zone)
    local = now.astimezone(zone)
    days = 0 if rhythm is Rhythm.NIGHTLY else (7 - local.weekday()) % 7  # a week's run is there on Monday
    start = datetime.combine(local.date() + timedelta(days=days), time(HOUR), zone)
    if start <= local:
        start = datetime.combine(start.date() + timedelta(days=1 if rhythm is Rhythm.NIGHTLY else 7), time(HOUR), zone)
    return start.astimezone(now.tzinfo)


def waits_for_posts(session: Session, product_id: int) -> RunSchedule | None:
    """The schedule of a product whose runs start after so many new posts."""
    found = session.get(RunSchedule, product_id)
    return found if found is not None and found.rhythm is Rhythm.POSTS else None


def _plan_next(session: Session, schedule: RunSchedule) -> None:
    start = next_start(schedule.rhythm, utcnow())
    delay = (start - utcnow()).total_seconds() if start else GATHER
    if schedule.rhythm is not Rhythm.NEVER:
        enqueue(session, start_scheduled, delay=delay, product_id=schedule.product_id, version=schedule.version)


@job("themes.start_scheduled")
def start_scheduled(*, product_id: int, version: int) -> Json:
    """Start a run whose time has come, and plan the next; a schedule that was changed since has its own job."""
    with transaction() as session:
        schedule = session.get(RunSchedule, product_id)
        if schedule is None or schedule.version != version:
            return {"started": False}
        if schedule.rhythm is not Rhythm.POSTS:
            _plan_next(session, schedule)
        if not _is_wanted(session, schedule):
            return {"started": False}
        resolution, method = usual(session, product_id)
        try:
            run = begin_run(session, product_id, by_id=None, resolution=resolution, method=method)
        except Conflict:  # one is under way
            return {"started": False}
        return {"started": True, "run_id": run.id}


def _is_wanted(session: Session, schedule: RunSchedule) -> bool:
    """Whether enough was said since the last run, and nobody is in the middle of deciding."""
    last = session.scalar(
        sa.select(ThemeRun.started_at)
        .where(ThemeRun.product_id == schedule.product_id, ThemeRun.posts > 0, ThemeRun.finished_at.is_not(None))
        .order_by(ThemeRun.id.desc())
        .limit(1)
    )
    figures = read_figures(session, schedule.product_id, last)
    new = figures.since_run if last else figures.posts
    begun = (
        sa.select(RunLine.id)
        .join(ThemeRun, ThemeRun.id == RunLine.run_id)
        .where(
            ThemeRun.product_id == schedule.product_id,
            ThemeRun.state == RunState.PROPOSED,
            RunLine.decided_by_id.is_not(None),
        )
        .limit(1)
    )
    return new >= (schedule.posts if schedule.rhythm is Rhythm.POSTS else 1) and session.scalar(begun) is None


def usual(session: Session, product_id: int) -> tuple[float, Method]:
    """The resolution and method that the last run was asked for whose lines were decided."""
    row = session.execute(
        sa.select(ThemeRun.resolution, ThemeRun.method)
        .where(ThemeRun.product_id == product_id, ThemeRun.state == RunState.DECIDED, ThemeRun.posts > 0)
        .order_by(ThemeRun.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else (1.0, Method.GRAPH)

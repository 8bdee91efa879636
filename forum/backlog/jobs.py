"""Keeping the counts of items: soon after a vote, and once a day because reach looks back 90 days.

What was set aside is brought back by the same job: its votes and companies have just been counted, and its day begins
in the night.
"""

from datetime import UTC, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.backlog import evidence
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.revisiting import bring_back, is_waiting
from forum.backlog.status import ItemStatus
from forum.core.clock import utcnow
from forum.core.database import transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.posts.models import Post

SOON = 60  # seconds in which further votes are gathered
DAY = 86_400  # seconds
MORNING = 300  # seconds after midnight
_NAME = "backlog.recount"

# Asked on every vote: built once, from tables and not from models.
_items, _evidence, _posts = (cast(sa.Table, model.__table__) for model in (BacklogItem, Evidence, Post))
_tree = sa.select(_posts.c.id, _posts.c.merged_into_id).where(_posts.c.id == sa.bindparam("post")).cte(recursive=True)
_ABOVE = _tree.union(  # who is behind a merged post is behind what it stands under
    sa.select(_posts.c.id, _posts.c.merged_into_id).join(_tree, _tree.c.merged_into_id == _posts.c.id)
)
_MARK = (
    sa.update(_items)
    .where(
        ~_items.c.is_count_due,
        _items.c.id.in_(
            sa.select(_evidence.c.item_id).where(
                _evidence.c.post_id.in_(sa.select(_ABOVE.c.id)), _evidence.c.removed_at.is_(None)
            )
        ),
    )
    .values(is_count_due=True)
    .returning(_items.c.id)
)


@job(_NAME, timeout=300)
def recount() -> None:
    """Count the items that are due, or were counted a day ago, bring back what was waited for, and come back tomorrow.

    It comes back as long as there is an item that is not launched.
    """
    with transaction() as session:
        old = utcnow() - timedelta(seconds=DAY - MORNING)
        is_open = BacklogItem.status.not_in((ItemStatus.LAUNCHED, ItemStatus.NOT_NOW))
        due = sa.select(BacklogItem.id).where(BacklogItem.is_count_due | (is_open & (BacklogItem.counted_at < old)))
        for item_id in session.scalars(due).all():
            evidence.recount(session, [item_id])
        bring_back(session)
        if session.scalars(sa.select(BacklogItem.id).where(is_open | is_waiting()).limit(1)).first():
            plan(session, until_morning())


def until_morning() -> float:
    """Seconds until the next day has begun at the site, so that what waits for that day comes back early in it."""
    zone = ZoneInfo(settings().time_zone)
    now = utcnow().astimezone(zone)
    morning = datetime.combine(now.date() + timedelta(days=1), time(), zone) + timedelta(seconds=MORNING)
    return (morning.astimezone(UTC) - now.astimezone(UTC)).total_seconds()


def mark_due(session: Session, post_id: int) -> None:
    """Have the items that a post speaks for counted soon, or what it was merged into."""
    session.flush()
    if session.connection().execute(_MARK, {"post": post_id}).all():
        plan(session, SOON)


def plan(session: Session, delay: float) -> None:
    """Have items counted within `delay` seconds, unless that is planned already."""
    latest = utcnow() + timedelta(seconds=delay)
    planned = sa.select(Job.id).where(Job.name == _NAME, Job.state == JobState.QUEUED, Job.run_at <= latest)
    if session.scalars(planned.limit(1)).first() is None:
        enqueue(session, recount, delay=delay)

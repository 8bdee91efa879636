"""Keeping the index of similar posts up with the posts, without writing it anew for every one of them."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import Json, reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job, plan_alone
from forum.search.similar import Drift, drift, write_index

EVERY = 600  # seconds
FEW = 200  # posts that a web process takes in by itself without anybody noticing
SHARE = 0.02  # of the posts, which may be newer than the file
SOON = timedelta(hours=1)  # after which words of posts that were taken away leave the file
AT_LAST = timedelta(days=1)  # after which any change is reason enough


def is_due(behind: Drift) -> bool:
    """Whether it is worth writing the index anew, which takes about 20 seconds per 100,000 posts."""
    if behind.age is None:
        return behind.posts > 0
    changed = behind.newer + behind.gone
    return (
        changed > max(FEW, SHARE * behind.posts)
        or (behind.gone > 0 and behind.age > SOON)
        or (changed > 0 and behind.age > AT_LAST)
    )


@job("search.look_after_index", timeout=120)
def look_after_index() -> Json:
    """Have the index written anew if it is behind, and look again in ten minutes."""
    with transaction() as session:
        plan(session, delay=EVERY)  # first, so that a failure does not end it
    with reading() as session:
        due = is_due(drift(session))
    if due:
        with transaction() as session:
            enqueue(session, write_index_anew)
    return {"due": due}


@job("search.write_index", timeout=1800, heavy=True)
def write_index_anew() -> Json:
    """Write the index of similar posts; in a process of its own, for what it takes in memory."""
    with reading() as session:
        return {"posts": write_index(session)}


def plan(session: Session, *, delay: float = 0) -> None:
    """Have the index looked after within `delay` seconds, unless that is queued already."""
    plan_alone(session)
    queued = sa.select(Job.id).where(Job.name == look_after_index.job_name, Job.state == JobState.QUEUED)  # type: ignore[attr-defined]
    if session.scalar(queued.limit(1)) is None:
        enqueue(session, look_after_index, delay=delay)

"""Runs that start by themselves: when, what they wait for, and what stops them."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, NotAllowed
from forum.core.jobs import Job, JobState
from forum.products.models import Product
from forum.themes.models import ThemeRun
from forum.themes.receivers import _place
from forum.themes.schedule import next_start, set_schedule, start_scheduled
from forum.themes.status import LineDecision, Rhythm, RunState

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "now", "day"),
    [
        (Rhythm.NIGHTLY, FRIDAY, 21),
        (Rhythm.NIGHTLY, FRIDAY.replace(hour=0), 20),
        (Rhythm.WEEKLY, FRIDAY, 23),
        (Rhythm.WEEKLY, FRIDAY.replace(day=23), 30),
    ],
)
def test_a_clock_rhythm_starts_in_the_next_night(rhythm, now, day):
    start = next_start(rhythm, now)

    assert (start.day, start > now) == (day, True)
    assert next_start(Rhythm.POSTS, now) is None


@pytest.fixture
def product(session, make):
    posts = [make.post(f"Cold seat {n}") for n in range(12)]
    session.commit()
    return session.get_one(Product, posts[0].product_id)


def queued(session):
    wanted = sa.select(Job).where(Job.name == "themes.start_scheduled", Job.state == JobState.QUEUED)
    return session.scalars(wanted).all()


def test_enough_new_posts_start_a_run_and_a_second_one_waits_for_new_ones(session, make, product, manager):
    schedule = set_schedule(session, product, Rhythm.POSTS, 10, by=manager, version=0)
    session.commit()

    assert start_scheduled(product_id=product.id, version=schedule.version)["started"]
    session.expire_all()
    run = session.scalars(sa.select(ThemeRun)).one()
    assert (run.started_by_id, run.state) == (None, RunState.FITTING)
    assert not start_scheduled(product_id=product.id, version=schedule.version)["started"]  # one is under way
    run.state, run.active_key, run.posts, run.finished_at = RunState.DECIDED, None, 12, run.started_at
    session.commit()
    assert not start_scheduled(product_id=product.id, version=schedule.version)["started"]  # nothing new


def test_a_changed_schedule_leaves_the_old_job_without_effect(session, product, manager, make):
    first = set_schedule(session, product, Rhythm.NIGHTLY, 100, by=manager, version=0).version
    with pytest.raises(Conflict):
        set_schedule(session, product, Rhythm.NEVER, 100, by=manager, version=0)
    set_schedule(session, product, Rhythm.NEVER, 100, by=manager, version=first)
    session.commit()

    assert not start_scheduled(product_id=product.id, version=first)["started"]
    with pytest.raises(NotAllowed):
        set_schedule(session, product, Rhythm.NIGHTLY, 100, by=make.reader("Kari"), version=2)


def test_a_run_does_not_replace_a_diff_that_somebody_is_deciding(session, make, product, manager, propose, lines):
    posts = [make.post(f"Loud fan {n}") for n in range(4)]
    session.commit()
    run = propose({-1: posts[:2], -2: posts[2:]})
    line = lines(run)[0]
    line.decision, line.decided_by_id = LineDecision.DECLINED, manager.id
    make.post("One more")
    schedule = set_schedule(session, product, Rhythm.NIGHTLY, 100, by=manager, version=0)
    session.commit()

    assert not start_scheduled(product_id=product.id, version=schedule.version)["started"]


def test_a_new_post_asks_the_schedule_only_where_runs_wait_for_posts(session, make, product, manager):
    class Published:
        post_id = make.post("Another").id

    _place(session, Published)
    assert queued(session) == []
    set_schedule(session, product, Rhythm.POSTS, 10, by=manager, version=0)
    session.commit()
    _place(session, Published)

    assert [job.arguments["version"] for job in queued(session)] == [1]  # and not one job for each post

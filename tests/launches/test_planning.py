"""A launch that is written before its day, and happens by itself."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.backlog.services import move_item
from forum.backlog.status import ItemStatus
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.jobs import Job, JobState, perform
from forum.core.people import ANYBODY
from forum.launches.models import Launch, LaunchPlan
from forum.launches.planning import cancel_plan, plan_launch
from forum.launches.schemas import Launching
from tests.backlog.conftest import decision


@pytest.fixture
def plan(session, seats, build, planner):
    """An item that is to be launched tomorrow, with the plan of it."""
    item = build(seats[0])
    words = {"title_en": "Warm in four minutes", "announcement_en": "At last."}
    return item, plan_launch(session, item, Launching(**words, launch_at=utcnow() + timedelta(days=1)), by=planner)


def come_due(session) -> Job:
    """Have the planned launch come due, and say what became of it."""
    job = session.scalars(sa.select(Job).where(Job.name == "launches.launch")).one()
    job.run_at = utcnow()
    session.commit()
    perform(job.id)
    session.expire_all()
    session.refresh(job)
    return job


def test_it_happens_by_itself_as_it_was_written(session, plan):
    item, _plan = plan

    assert come_due(session).state is JobState.DONE

    launch = session.scalars(sa.select(Launch)).one()
    assert (launch.title, launch.launched_by_id, item.status) == (
        {"en": "Warm in four minutes"},
        item.owner_id,
        ItemStatus.LAUNCHED,
    )
    assert session.get(LaunchPlan, item.id) is None


def test_a_cancelled_one_does_not_happen_and_what_was_written_stays(session, planner, plan):
    item, kept = plan
    cancel_plan(session, item, by=planner)

    assert come_due(session).state is JobState.DONE
    assert (session.scalars(sa.select(Launch)).all(), item.status) == ([], ItemStatus.IN_PROGRESS)
    assert kept.fields["title_en"] == "Warm in four minutes"


def test_what_went_wrong_is_told_on_the_item(session, planner, plan, manager, visitor):
    item, _plan = plan
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)

    assert come_due(session).state is JobState.FAILED

    assert session.scalars(sa.select(Launch)).all() == []
    visitor.sign_in(manager).open(f"/backlog/{item.id}")
    assert "It was not launched as planned: Only an item in progress can be launched." in visitor.text


def test_only_planners_plan_and_only_moments_to_come(session, make, seats, build, planner, promote):
    item, words = build(seats[0]), {"title_en": "Warm", "announcement_en": "At last."}
    later, over = utcnow() + timedelta(days=1), utcnow() - timedelta(minutes=1)
    with pytest.raises(NotAllowed):
        plan_launch(session, item, Launching(**words, launch_at=later), by=ANYBODY)
    with pytest.raises(Invalid) as refused:
        plan_launch(session, item, Launching(**words, launch_at=over), by=planner)
    assert list(refused.value.fields) == ["launch_at"]
    with pytest.raises(Invalid):
        plan_launch(session, item, Launching(title_en="Warm", launch_at=later), by=planner)
    with pytest.raises(Conflict):
        plan_launch(session, promote(make.theme("B", [make.post()])), Launching(**words, launch_at=later), by=planner)


def test_a_moment_without_a_zone_is_one_of_the_site():
    moment = Launching(launch_at="2026-12-01T09:00").launch_at

    assert moment.isoformat() == "2026-12-01T08:00:00+00:00"  # Oslo in winter


def test_the_form_plans_and_shows_the_draft_again(session, seats, build, manager, visitor):
    item = build(seats[0])
    visitor.sign_in(manager).open(f"/backlog/{item.id}/launch")
    visitor.send("Keep as a draft", title_en="Warm at last", announcement_en="Now **warm**.")
    assert "The draft is kept." in visitor.text
    assert 'value="Warm at last"' in visitor.html

    visitor.send("Launch", into="/launch", launch_at="2099-12-01T09:00")

    assert "It will be launched by itself on 1 December 2099" in visitor.text
    visitor.send("Do not launch by itself")
    assert "A draft of the launch is kept since" in visitor.text

"""Very many cases are decided in the background, and taken back, whenever the worker dies."""

import pytest
import sqlalchemy as sa

from forum.core import jobs
from forum.core.jobs import Job, JobState
from forum.moderation import batches
from forum.moderation.schemas import Reporting
from forum.moderation.services import report
from forum.moderation.status import Decision, ReportReason
from forum.posts.status import Moderation

MANY = 9


class Killed(BaseException):
    """The worker dies here."""


@pytest.fixture
def waiting(session, make, monkeypatch):
    """Cases of open posts, more than are decided in a request."""
    monkeypatch.setattr(batches, "FEW", 4)
    monkeypatch.setattr(batches, "PIECE", 2)
    rita, about = make.reader("Rita"), Reporting(reason=ReportReason.SPAM)
    cases = [report(session, make.post(f"Post {n}"), about, by=rita) for n in range(MANY)]
    session.flush()
    return cases


@pytest.fixture
def work(session):
    """Lets the worker perform what is queued, or die when it begins the piece with this number."""

    def work(*, dies_at=None, monkeypatch=None) -> Job:
        session.commit()
        job = session.scalars(sa.select(Job).where(Job.name.like("%several")).order_by(Job.id.desc())).first()
        session.commit()
        step = jobs.Progress.step
        if dies_at is not None:

            def count(progress, name, done, of, share=0.0):
                if share >= dies_at:
                    raise Killed
                step(progress, name, done, of, share)

            monkeypatch.setattr(jobs.Progress, "step", count)
            with pytest.raises(Killed):
                jobs.perform(job.id)
            monkeypatch.setattr(jobs.Progress, "step", step)
            session.commit()
            session.refresh(job)
            job.state = JobState.QUEUED  # as the sweep does once its heart is silent
            session.commit()
        else:
            jobs.perform(job.id)
        session.expire_all()
        session.refresh(job)
        session.commit()
        return job

    return work


def states(cases):
    return [(case.decision, case.batch is not None) for case in cases]


def test_many_are_decided_and_taken_back_although_the_worker_dies_in_between(
    visitor, session, make, waiting, work, monkeypatch
):
    visitor.sign_in(make.moderator()).open("/moderation")
    visitor.send("Take them away", cases=[case.id for case in waiting], several_reason="spam")
    assert "Waiting for a worker" in visitor.text
    address = visitor.path

    work(dies_at=0.5, monkeypatch=monkeypatch)
    assert states(waiting).count((Decision.REMOVED, True)) == 6
    visitor.open(address)
    assert "Waiting for a worker" in visitor.text
    job = work()
    assert job.result == {"decided": MANY, "left": 0}
    assert states(waiting) == [(Decision.REMOVED, True)] * MANY
    visitor.open(address)
    assert "Removed: 9 cases." in visitor.text

    visitor.send("Undo")
    work(dies_at=0.5, monkeypatch=monkeypatch)
    job = work()
    visitor.open(visitor.path)

    assert job.result == {"decided": MANY, "left": 0}
    assert "9 cases wait again." in visitor.text
    assert states(waiting) == [(None, False)] * MANY
    assert {case.before.get("moderation") for case in waiting} == {None}
    assert set(session.scalars(sa.select(sa.text("moderation")).select_from(sa.text("posts")))) == {
        Moderation.OPEN.value
    }


def test_who_moderates_no_more_decides_no_more_of_them(visitor, session, make, waiting, work):
    kari = make.moderator()
    visitor.sign_in(kari).open("/moderation")
    visitor.send("Let them stand", cases=[case.id for case in waiting])
    session.execute(sa.text("DELETE FROM user_roles"))

    job = work()

    assert job.result == {"decided": 0, "left": MANY}
    assert states(waiting) == [(None, False)] * MANY


def test_deciding_many_is_cancelled(visitor, session, make, waiting, work):
    visitor.sign_in(make.moderator()).open("/moderation")
    visitor.send("Let them stand", cases=[case.id for case in waiting])
    visitor.send("Cancel")

    assert "Cancelled after 0 of 9 cases." in visitor.text
    assert work().state is JobState.CANCELLED
    assert states(waiting) == [(None, False)] * MANY

"""The doctor says how things are in whole sentences."""

from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState


def test_one_job_that_failed_is_one_job(app, session):
    now = utcnow()
    session.add(Job(name="x", arguments={}, state=JobState.FAILED, run_at=now, created_at=now, finished_at=now))
    session.commit()

    assert "1 job failed in the last week." in app.test_cli_runner().invoke(args=["doctor"]).output

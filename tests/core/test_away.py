"""A database that is away for a while: what has happened is written down once it is back, and is not done twice."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from forum.core import database, jobs, outbox
from forum.core.database import insist, reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.core.outbox import MailState, OutboxMail, send_mail

met: list[str] = []


@job("tests.meet")
def meet() -> None:
    """Find the database away the first time."""
    met.append("it")
    if len(met) == 1:
        raise OperationalError("INSERT", {}, Exception("database is locked"))


class Away:
    """Lets so many transactions that write fail, as those of a locked database do."""

    times = 0

    def __call__(self, connection: sa.Connection) -> None:
        if self.times and not connection.get_execution_options().get("reading"):
            self.times -= 1
            raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))


@pytest.fixture
def away(monkeypatch):
    monkeypatch.setattr(database, "_BETWEEN", 0.01)
    monkeypatch.setattr(jobs, "announce", lambda job_id: None)
    listening = Away()
    event.listen(database.engine(), "begin", listening)
    yield listening
    event.remove(database.engine(), "begin", listening)


def look(job_id: int) -> tuple[JobState, int, str]:
    """State, attempts and error of a job."""
    with reading() as session:
        row = session.get_one(Job, job_id)
        return row.state, row.attempts, row.error


def test_a_job_that_finds_the_database_away_is_tried_again_and_has_not_failed(away, monkeypatch):
    met.clear()
    monkeypatch.setattr(jobs, "AWHILE", 0)
    with transaction() as session:
        job_id = enqueue(session, meet).id
    jobs.perform(job_id)
    assert look(job_id) == (JobState.QUEUED, 1, "")

    jobs.perform(job_id)

    assert look(job_id) == (JobState.DONE, 2, "")


def test_how_a_job_ended_is_written_once_the_database_is_back(away):
    met[:] = ["before"]
    with transaction() as session:
        job_id = enqueue(session, meet).id
    attempt = jobs.claim(job_id).attempts
    away.times = 3
    jobs.run_here(job_id, attempt)

    assert (look(job_id), met, away.times) == ((JobState.DONE, 1, ""), ["before", "it"], 0)


def test_a_mail_that_has_left_is_not_sent_again_because_the_database_was_away_just_then(away, monkeypatch):
    sent = []

    def send(_line: object, message: object) -> None:
        sent.append(message)
        away.times = 3

    monkeypatch.setattr(outbox._Line, "send", send)
    with transaction() as session:
        mail = send_mail(session, to="kari@example.com", subject="Hei", text="Hei\n", cause="test", language="nb").id
    (job_id,) = jobs.sweep()
    jobs.perform(job_id)

    with reading() as session:
        row = session.get_one(OutboxMail, mail)
        assert (row.state, row.tries, len(sent)) == (MailState.SENT, 0, 1)
    assert look(job_id) == (JobState.DONE, 1, "")


def test_what_never_gets_through_says_so_in_the_end(away):
    away.times = 1000
    with pytest.raises(OperationalError):
        insist(lambda session: session.connection(), patience=0.05)
    away.times = 0

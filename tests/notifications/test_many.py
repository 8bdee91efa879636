"""Telling very many people: a few statements whoever they are, and nobody twice however often it is begun."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from config import settings
from forum.core import outbox
from forum.core.database import engine
from forum.core.jobs import Job
from forum.core.outbox import DELAYS, OutboxMail
from forum.notifications import jobs, telling
from forum.notifications.models import Happening, Notice
from forum.notifications.services import choose, follow
from forum.notifications.status import How, Subject, Topic
from forum.posts import commenting
from forum.posts.schemas import NewComment


@pytest.fixture
def crowd(session, make):
    """So many people who follow a post hear of comments in the way they chose; a comment on it."""

    def crowd(n, how=How.INSTANTLY):
        post = make.post("Cold seat")
        people = [make.person() for _number in range(n)]
        for person in people:
            follow(session, Subject.POST, post.id, by=make.as_reader(person))
            choose(session, person.id, {Topic.COMMENTS: how})
        commenting.add_comment(session, post, NewComment(body="Mine too."), by=make.reader("Ida"))
        session.commit()
        return people

    return crowd


def dies_at(monkeypatch, place, name, call):
    """Have the function `name` of `place` die at this call of it, as a worker that is killed."""
    real, calls = getattr(place, name), count(1)

    def function(*arguments, **chosen):
        if next(calls) == call:
            raise MemoryError
        return real(*arguments, **chosen)

    monkeypatch.setattr(place, name, function)


@pytest.mark.parametrize("call", [2, 3])
def test_nobody_is_told_twice_when_the_worker_is_killed_half_way(crowd, session, work, postbox, monkeypatch, call):
    people = crowd(5)
    monkeypatch.setattr(jobs, "PIECE", 2)
    dies_at(monkeypatch, telling, "tell_some", call)
    happening = session.scalars(sa.select(Happening.id)).one()
    session.commit()

    with suppress(MemoryError):
        jobs.tell(happening_id=happening)
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 2 * (call - 1)
    assert postbox.received == []  # mail leaves when everybody was told
    work()

    assert Counter(session.scalars(sa.select(Notice.user_id))) == Counter(one.id for one in people)
    assert [len(postbox.to(one)) for one in people] == [1] * 5


def test_nobody_gets_two_mails_of_a_day_when_the_worker_is_killed_half_way(crowd, session, work, postbox, monkeypatch):
    people = crowd(5, How.DAILY)
    monkeypatch.setattr(jobs, "PIECE", 2)
    work()
    dies_at(monkeypatch, telling, "write_digests", 2)
    (planned,) = session.scalars(sa.select(Job.arguments).where(Job.name == jobs.digest.job_name))
    session.commit()
    with suppress(MemoryError):
        jobs.digest(**planned)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 2
    work(timedelta(days=1))

    assert [len(postbox.to(one)) for one in people] == [1] * 5


def test_telling_many_takes_as_many_statements_as_telling_a_few(crowd, session):
    statements = []
    sa.event.listen(engine(), "before_cursor_execute", lambda *said: statements.append(said[2]))
    counts = []
    for n in (3, 30):
        crowd(n)
        happening = session.scalars(sa.select(Happening.id).order_by(Happening.id.desc())).first()
        session.commit()
        statements.clear()
        jobs.tell(happening_id=happening)
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_mail_to_many_waits_untried_while_the_server_is_away_and_lets_others_go_first(
    crowd, session, work, postbox, monkeypatch
):
    people = crowd(5)
    there = settings().smtp_url
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    monkeypatch.setattr(settings(), "smtp_url", "smtp://127.0.0.1:1")
    work()
    assert sorted(session.scalars(sa.select(OutboxMail.tries))) == [0, 0, 0, 0, 1]

    monkeypatch.setattr(settings(), "smtp_url", there)
    work(timedelta(seconds=DELAYS[0] + 1))

    assert [len(postbox.to(one)) for one in people] == [1] * 5

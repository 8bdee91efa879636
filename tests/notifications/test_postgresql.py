"""Telling on a real PostgreSQL: the same notices, mail and pages as on SQLite."""

import pytest
import sqlalchemy as sa

from forum.core.outbox import OutboxMail
from forum.notifications import jobs, queries
from forum.notifications.models import Happening, Notice
from forum.notifications.services import follow, leave_post
from forum.notifications.status import Subject
from forum.posts import commenting
from forum.posts.schemas import NewComment
from tests.make import Make

pytestmark = pytest.mark.postgresql


def test_people_are_told_there_as_well(postgresql_session):
    session, make = postgresql_session, Make(postgresql_session)
    kari, ola = make.person("Kari"), make.person("Ola")
    post = make.post("Cold seat", author=kari)
    for person in (kari, ola):
        follow(session, Subject.POST, post.id, by=make.as_reader(person))
        follow(session, Subject.POST, post.id, by=make.as_reader(person))
    commenting.add_comment(session, post, NewComment(body="Mine too."), by=make.reader("Ida"))
    leave_post(session, ola.id, post.id)
    session.commit()
    jobs.tell(happening_id=session.scalars(sa.select(Happening.id)).one())
    session.commit()

    assert session.scalars(sa.select(Notice.user_id)).all() == [kari.id]
    assert session.scalars(sa.select(OutboxMail.user_id)).all() == [kari.id]
    (row,) = queries.page_of(session, make.as_reader(kari), before=2**31 - 1)
    assert (row.title, row.receipt_id) == ("Cold seat", None)
    assert [one.title for one in queries.followed(session, make.as_reader(kari), 10)] == ["Cold seat"]
    jobs.digest()

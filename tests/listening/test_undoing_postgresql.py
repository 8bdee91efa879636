"""Taking an import back on PostgreSQL, where people vote at the same moment."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import THE_SITE
from forum.core import database
from forum.listening.models import Import
from forum.listening.services import Plan, import_file
from forum.listening.undoing import take_back
from forum.posts.models import Post
from forum.posts.status import Moderation
from forum.posts.voting import cast_vote
from tests.make import Make

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(300)]


@pytest.fixture
def session(postgresql_session):
    """The test's session, on PostgreSQL."""
    return postgresql_session


def wait_until_somebody_waits() -> None:
    """Return once a lock is waited for, or after five seconds."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _turn in range(50):
        with database.reading() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.1)


def test_a_vote_cast_at_the_same_moment_keeps_its_post(session: Session, tmp_path) -> None:
    make = Make(session)
    area, reader = make.area("cabin", product_id=make.product("car").id), make.reader()
    session.commit()
    path = tmp_path / "heard.jsonl"
    path.write_text("".join(json.dumps({"id": n, "body": f"Complaint {n}"}) + "\n" for n in range(3)))
    import_file(Plan(path, area.product_id, "heard", area_id=area.id))
    import_id = session.scalars(sa.select(Import.id)).one()
    voted = session.scalars(sa.select(Post).order_by(Post.id)).all()[1]

    with ThreadPoolExecutor(1) as pool:
        cast_vote(session, voted, by=reader)
        taking = pool.submit(take_back, import_id, by=THE_SITE)
        wait_until_somebody_waits()
        session.commit()
        assert taking.result(30) == (2, 1)

    session.rollback()  # look at it afresh
    states = session.scalars(sa.select(Post.moderation).order_by(Post.id)).all()
    assert states == [Moderation.REMOVED, Moderation.OPEN, Moderation.REMOVED]

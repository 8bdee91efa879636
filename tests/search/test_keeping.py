"""The worker keeps the index of similar posts, and the command writes it when asked."""

import pytest
import sqlalchemy as sa

from forum.core.database import new_session
from forum.core.jobs import Job, JobState
from forum.search import jobs
from forum.search.services import index_post
from forum.search.similar import index_file, open_index


@pytest.fixture
def heater(app, make):
    """A post that stands in the full-text index."""
    post = make.post("Slow seat heater")
    index_post(make.session, post.id)
    make.session.commit()
    return post


def queued() -> list[str]:
    """The names of the jobs that wait."""
    with new_session(reading=True) as session:
        return list(session.scalars(sa.select(Job.name).where(Job.state == JobState.QUEUED).order_by(Job.id)))


def test_the_index_is_looked_after_again_and_again_and_written_when_it_is_due(heater):
    assert jobs.look_after_index() == {"due": True}
    assert queued() == ["search.look_after_index", "search.write_index"]

    assert jobs.write_index_anew() == {"posts": 1}
    assert jobs.look_after_index() == {"due": False}
    assert queued() == ["search.look_after_index", "search.write_index"]


def test_a_damaged_index_is_written_anew(heater):
    index_file().write_bytes(b"no index")

    assert jobs.look_after_index() == {"due": True}
    jobs.write_index_anew()
    assert heater.id in open_index()


def test_the_command_writes_the_index(app, heater):
    done = app.test_cli_runner().invoke(args=["search", "rebuild"])

    assert (done.exit_code, done.output) == (0, "1 posts can be compared.\n")
    assert open_index().query("seat")[0].id == heater.id

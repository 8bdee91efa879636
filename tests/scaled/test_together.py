"""Two web processes and two workers are one site: sessions, limits, jobs, themes and what is kept in memory agree."""

import os
import subprocess
import sys
from datetime import timedelta

import sqlalchemy as sa

from config import HOME, settings
from forum.accounts import passwords
from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState
from forum.core.people import Role
from tests.browser import Visitor
from tests.flow import test_post_to_credit as story
from tests.flow.story import set_the_scene
from tests.make import Make
from tests.scaled.processes import Browser, wait_for_workers

PASSWORD = "seven slow green trams"


def visit(scaled, session, address="192.0.2.1") -> Visitor:
    """Somebody whose every request goes to the other process."""
    visitor = Visitor.__new__(Visitor)
    visitor.session, visitor.path, visitor.client = session, "/", Browser(scaled, address)
    return visitor


def test_the_whole_loop_through_both(scaled, postgresql_session, monkeypatch):
    session = postgresql_session
    monkeypatch.setattr(story, "work_off_jobs", wait_for_workers)
    ids = set_the_scene(session, Make(session))
    everybody = iter(range(2, 100))

    def sign_in(name):
        return visit(scaled, session, f"192.0.2.{next(everybody)}").sign_in(session.get_one(User, ids[name]))

    kari, mona, petra = visit(scaled, session), sign_in("moderator"), sign_in("manager")

    story.writes_before_having_an_account(kari, ids["cabin"])
    post = story.proves_her_address(kari)
    story.is_let_in_by_a_moderator(kari, mona, post)
    story.is_joined_by_others([sign_in("voter"), sign_in("other voter")], post)
    theme = story.is_grouped_with_others(petra, post)
    item = story.is_promoted(petra, theme)
    story.is_decided_about(petra, item)
    story.reads_the_decision(kari, post)
    launch = story.is_launched(petra, item)
    story.finds_the_receipt(kari, post, launch)
    story.answers(kari, petra, item, launch)
    story.is_taken_up_again(petra, kari, item, post)

    wait_for_workers()
    session.expire_all()
    planned = sa.select(sa.func.count()).where(Job.name == "search.look_after_index")
    assert session.scalar(planned) == 2  # two workers began at once, and planned it once: done, and the next one
    jobs = session.scalars(sa.select(Job).where(Job.state != JobState.QUEUED)).all()
    assert {(job.name, job.state, job.attempts) for job in jobs} == {(job.name, JobState.DONE, 1) for job in jobs}


def test_limits_and_sessions_hold_in_both(scaled, postgresql_session):
    session = postgresql_session
    make = Make(session)
    make.person("Kari", email="kari@example.com", password_hash=passwords.hash_password(PASSWORD))
    session.commit()
    kari, stranger = visit(scaled, session), visit(scaled, session, "192.0.2.2")

    for n in range(10):
        stranger.open("/sign-in").send("Sign in", email=f"nobody{n}@example.com", password="wrong", status=422)
    for _process in range(2):
        stranger.client.asked += 1
        stranger.open("/sign-in").send("Sign in", email="kari@example.com", password=PASSWORD, status=429)

    kari.open("/sign-in").send("Sign in", email="kari@example.com", password=PASSWORD)
    assert ["Sign out" in kari.open("/").text for _process in range(2)] == [True, True]
    kari.send("Sign out")
    assert ["Sign out" in kari.open("/").text for _process in range(2)] == [False, False]


def test_what_one_changes_the_other_shows_at_once(scaled, postgresql_session):
    session = postgresql_session
    make = Make(session)
    post, mona = make.post("The seat stays cold"), make.person("Mona", Role.MODERATOR)
    reader, moderator = visit(scaled, session), visit(scaled, session, "192.0.2.2").sign_in(mona)
    for _process in range(2):
        assert "Pinned by" not in reader.open("/").text

    day = utcnow() + timedelta(days=2)
    pinned = {"until": day.date().isoformat(), "on_board": "yes", "pin_words": "Everybody asks."}
    moderator.open(f"/moderation/posts/{post.id}/keep").send("Pin", **pinned)

    assert ["Pinned by" in reader.open("/").text for _process in range(2)] == [True, True]
    assert (settings().data_dir / "changed").exists() is False  # by Redis alone


def test_two_that_migrate_at_once_do_it_once(bare_postgresql, tmp_path):
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    environment = os.environ | {"FORUM_DATABASE_URL": bare_postgresql, "FORUM_DATA_DIR": str(tmp_path)}
    both = [subprocess.Popen(command, cwd=HOME, env=environment) for _n in range(2)]

    assert [one.wait(60) for one in both] == [0, 0]

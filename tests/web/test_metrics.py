"""What programs that watch the site are told, and what they are not."""

import re
from datetime import timedelta

import pytest

from config import Settings, settings
from forum.core import workers
from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState
from forum.core.workers import WorkerSign
from forum.web import metrics
from tests.browser import Visitor

TOKEN = "a-token-of-twenty-letters"


@pytest.fixture
def watched(monkeypatch, new_app, session):
    """A visitor of a site that counts, for whoever has the token."""
    monkeypatch.setattr(settings(), "metrics", TOKEN)
    monkeypatch.setattr(metrics, "COUNTS", metrics.Counts())
    return Visitor(new_app(), session)


def test_it_is_ready_with_its_schema_and_a_worker(visitor, session, monkeypatch):
    assert visitor.open("/readyz", status=503).response.json == {"status": "not ready", "missing": ["worker"]}

    workers.give_sign(session)
    workers.give_sign(session)
    assert visitor.open("/readyz").response.json == {"status": "ready", "missing": []}
    assert visitor.response.headers["Cache-Control"] == "no-cache"

    monkeypatch.setattr("forum.core.schema.head", lambda: "9999")
    assert visitor.open("/readyz", status=503).response.json["missing"] == ["schema"]


def test_a_worker_that_is_silent_or_has_left_counts_no_more(session):
    long_ago = utcnow() - timedelta(seconds=workers.SILENT + 1)
    session.add(WorkerSign(name="elsewhere 7", seen_at=long_ago))
    workers.give_sign(session)
    assert workers.count_workers(session) == 1

    workers.take_leave(session)
    assert workers.count_workers(session) == 0


@pytest.mark.sqlite
def test_without_the_database_it_is_not_ready(visitor, monkeypatch, tmp_path):
    (settings().data_dir / "forum.db").write_bytes(b"this is no database" * 1000)

    assert visitor.open("/readyz", status=503).response.json["missing"] == ["database"]


def test_requests_are_counted_by_route_and_what_waits_is_told(watched, session):
    soon = utcnow() - timedelta(seconds=30)
    for state in (JobState.QUEUED, JobState.FAILED):
        session.add(Job(name="x", arguments={}, state=state, run_at=soon, created_at=soon))
    watched.open("/").open("/").open("/posts/4711", status=404).open("/nowhere/secret", status=404)

    text = watched.open("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).html

    said = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert said['cabin_requests_total{route="posts.board",status="2xx"}'] == "2"
    assert said['cabin_requests_total{route="posts.show",status="4xx"}'] == "1"
    assert said['cabin_requests_total{route="none",status="4xx"}'] == "1"
    assert (said['cabin_request_seconds_bucket{le="+Inf"}'], said["cabin_request_seconds_count"]) == ("4", "4")
    assert (said['cabin_jobs{state="queued"}'], said['cabin_jobs{state="failed"}']) == ("1", "1")
    assert (said["cabin_jobs_due"], said['cabin_mails{state="waiting"}'], said["cabin_workers"]) == ("1", "0", "0")
    assert 30 <= float(said["cabin_oldest_due_job_seconds"]) < 60
    assert watched.response.headers["Content-Type"] == metrics.TYPE
    assert all(re.fullmatch(r'[a-z_]+(\{([a-z]+="[\w.+]+",?)+\})? [0-9.]+', f"{k} {v}") for k, v in said.items())
    assert "secret" not in text


def test_whoever_may_not_ask_finds_nothing(watched, visitor, monkeypatch):
    for headers in ({}, {"Authorization": "Bearer another-token-of-letters"}, {"Authorization": TOKEN}):
        watched.open("/metrics", status=404, headers=headers)

    monkeypatch.setattr(settings(), "metrics", "")
    visitor.open("/metrics", status=404, headers={"Authorization": "Bearer "})


def test_programs_may_ask_by_number_for_what_is_theirs_alone(new_app, session, monkeypatch):
    monkeypatch.setattr(settings(), "site_url", "https://forum.example.com")
    visitor = Visitor(new_app(), session)

    for host in ("10.0.0.5:8000", "127.0.0.1:8000", "[::1]:8000"):
        visitor.open("/healthz", headers={"Host": host})
        visitor.open("/", status=400, headers={"Host": host})
    visitor.open("/healthz", status=400, headers={"Host": "rebound.example"})


def test_this_machine_may_ask_but_nobody_through_a_proxy(watched, monkeypatch):
    monkeypatch.setattr(settings(), "metrics", "local")

    watched.open("/metrics")
    watched.open("/metrics", status=404, headers={"X-Forwarded-For": "127.0.0.1"})
    watched.open("/metrics", status=404, environ_base={"REMOTE_ADDR": "192.0.2.1"})


def test_a_token_is_hard_to_guess():
    with pytest.raises(ValueError, match="at least 20 characters"):
        Settings(metrics="secret")

"""The doctor says how things are in whole sentences."""

import os
import stat
import subprocess
import sys

import pytest

from config import HOME, settings
from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState


def test_one_job_that_failed_is_one_job(app, session):
    now = utcnow()
    session.add(Job(name="x", arguments={}, state=JobState.FAILED, run_at=now, created_at=now, finished_at=now))
    session.commit()

    assert "1 job failed in the last week." in app.test_cli_runner().invoke(args=["doctor"]).output


@pytest.mark.sqlite
def test_what_others_can_read_is_said(app):
    folder = settings().data_dir
    folder.chmod(0o755)
    (folder / "forum.db").chmod(0o644)
    output = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "LOOK  Others on this machine can read forum.db" in output
    assert f"in {folder}. Close it: chmod -R go= {folder}" in output

    folder.chmod(0o700)
    output = app.test_cli_runner().invoke(args=["doctor"]).output
    assert f"What is in {folder} is readable by its owner alone." in output


@pytest.mark.sqlite
def test_what_commands_write_is_readable_by_its_owner_alone(tmp_path):
    folder = tmp_path / "var"
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    environment = os.environ | {"FORUM_DATA_DIR": str(folder), "FORUM_SECRET_KEY": ""}
    subprocess.run(command, cwd=HOME, env=environment, umask=0o022, check=True, capture_output=True)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "forum.db").exists()
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()} == {0o600}


def test_missing_word_vectors_are_said(app, monkeypatch):
    doctor = app.test_cli_runner().invoke
    assert "Themes use word vectors." in doctor(args=["doctor"]).output

    monkeypatch.setattr("forum.engine.wordvectors.find", lambda: None)
    assert "LOOK  Word vectors are missing" in doctor(args=["doctor"]).output


@pytest.mark.sqlite
def test_a_version_of_sqlite_that_can_damage_the_file_is_said(app, monkeypatch):
    assert "can damage the file" not in app.test_cli_runner().invoke(args=["doctor"]).output

    monkeypatch.setattr("forum.doctor.SAFE_SQLITE", (99, 0, 0))
    assert "can damage the file when web and worker write" in app.test_cli_runner().invoke(args=["doctor"]).output

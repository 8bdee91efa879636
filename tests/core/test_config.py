"""What commands know of the site that runs beside them."""

import os
import stat

import pytest

from config import RUNNING, Settings, note_running, running_at, settings


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Settings read anew, with data of their own and no address set."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.delenv("FORUM_SITE_URL", raising=False)
    monkeypatch.setenv("FORUM_DATA_DIR", str(tmp_path))
    return settings.__wrapped__


def test_commands_know_the_address_that_the_site_runs_at(fresh, monkeypatch, tmp_path):
    assert fresh().site_url == "http://127.0.0.1:8000"
    note_running(tmp_path, "http://127.0.0.1:8321")

    assert fresh().site_url == "http://127.0.0.1:8321"
    assert stat.S_IMODE((tmp_path / RUNNING).stat().st_mode) == 0o600
    monkeypatch.setenv("FORUM_SITE_URL", "https://forum.example.com")
    assert fresh().site_url == "https://forum.example.com"


def test_the_address_of_a_site_that_has_ended_is_forgotten(tmp_path):
    process = os.fork()
    if not process:
        os._exit(0)
    os.waitpid(process, 0)
    for words in (f"http://127.0.0.1:8321 {process}", "http://127.0.0.1:8321", "", "a b c", "x y"):
        (tmp_path / RUNNING).write_text(words)
        assert running_at(tmp_path) == ""


def test_a_note_that_cannot_be_read_says_nothing(tmp_path):
    (tmp_path / RUNNING).mkdir()
    assert running_at(tmp_path) == ""


def test_a_weak_key_is_refused_at_the_start(new_app, monkeypatch):
    monkeypatch.setattr("forum.app.settings", lambda: Settings(secret_key="secret", data_dir=settings().data_dir))

    with pytest.raises(ValueError, match="at least 32 characters"):
        new_app()


def test_debugging_is_off(app):
    assert not app.debug

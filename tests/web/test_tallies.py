"""What is counted for limits, by several processes at once."""

import time

import pytest

from config import settings
from forum.web.tallies import Tallies

KARI = "LIMITS:LIMITER/shared person 5/posts.vote/60/1/minute"
READING = "LIMITS:LIMITER/192.0.2.1/posts.board/200/1/minute"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


def test_processes_count_together_what_people_do_and_each_what_they_read(folder):
    one, other = Tallies(), Tallies()

    assert [one.incr(KARI, 60), other.incr(KARI, 60), one.incr(KARI, 60)] == [1, 2, 3]
    assert (other.get(KARI), one.incr(READING, 60), other.incr(READING, 60)) == (3, 1, 1)
    assert 0 < other.get_expiry(KARI) - time.time() <= 60
    assert b"person" not in (folder / "tallies.db").read_bytes()


def test_a_count_ends_with_its_time():
    one = Tallies()
    one.incr(KARI, 0)

    assert (one.get(KARI), one.incr(KARI, 60), one.get(KARI)) == (0, 1, 1)
    one.reset()
    assert one.get(KARI) == 0


def test_a_damaged_file_is_made_anew(folder):
    (folder / "tallies.db").write_bytes(b"no database, but long enough to look like one" * 100)

    assert [Tallies().incr(KARI, 60), Tallies().incr(KARI, 60)] == [1, 2]


def test_without_the_file_each_process_counts_for_itself(folder):
    (folder / "tallies.db").mkdir()
    one, other = Tallies(), Tallies()

    assert [one.incr(KARI, 60), one.incr(KARI, 60), other.incr(KARI, 60), one.get(KARI)] == [1, 2, 1, 2]

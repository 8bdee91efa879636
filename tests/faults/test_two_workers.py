"""Two workers on one queue: each job is done once, also when the database was locked meanwhile."""

import os
import subprocess
import sys
import time
from collections import Counter

import sqlalchemy as sa

from config import HOME
from forum.core import database, jobs
from forum.core.database import reading, transaction
from forum.core.jobs import Job, JobState, enqueue
from tests.faults.counting_worker import done_file, write_down

JOBS = 400
LOCKED = 13.0  # seconds: longer than a writer waits for others
WITHIN = 90.0  # seconds


def test_each_job_is_done_once_by_two_workers_also_while_the_database_is_locked(monkeypatch, record_property):
    jobs.queue.cache_clear()  # its file lies in the data folder of this test
    jobs._carrier.cache_clear()
    _queue(range(JOBS // 2))
    command = [sys.executable, "-m", "tests.faults.counting_worker"]
    workers = [subprocess.Popen(command, cwd=HOME, env=os.environ | {"PYTHONPATH": str(HOME)}) for _n in range(2)]
    try:
        _wait_until(lambda: len(_done()) > JOBS // 8)
        _queue(range(JOBS // 2, JOBS))
        with database.engine().begin():  # takes the write lock
            time.sleep(LOCKED)
        _wait_until(lambda: _states() == {JobState.DONE})
    finally:
        for one in workers:
            one.terminate()
        for one in workers:
            one.wait(20)
    done = _done()

    assert Counter(number for number, _process in done) == Counter(range(JOBS))
    assert {process for _number, process in done} == {one.pid for one in workers}
    with reading() as session:
        assert session.scalars(sa.select(Job.attempts).distinct()).all() == [1]
    shares = sorted(Counter(process for _number, process in done).values())
    record_property(
        "figure", f"{JOBS} jobs done once each by two workers ({shares[0]} and {shares[1]}), locked {LOCKED:g} s"
    )


def _queue(numbers: range) -> None:
    with transaction() as session:
        for number in numbers:
            enqueue(session, write_down, number=number)


def _done() -> list[tuple[int, int]]:
    lines = done_file().read_text().splitlines() if done_file().exists() else []
    return [(int(number), int(process)) for number, process in map(str.split, lines)]


def _states() -> set[JobState]:
    with reading() as session:
        return set(session.scalars(sa.select(Job.state).distinct()))


def _wait_until(is_so) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)

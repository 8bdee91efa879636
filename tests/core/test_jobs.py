"""A job is a row: made with its cause, taken once, found again when its worker dies."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from config import HOME
from forum.core import jobs
from forum.core.clock import standing_at, utcnow
from forum.core.database import new_session, reading, transaction
from forum.core.jobs import Job, JobCancelled, JobState, Progress, enqueue, job
from tests.core import slow_worker


@job("tests.add")
def add(*, one: int, other: int) -> dict[str, int]:
    return {"sum": one + other}


@job("tests.fail")
def fail() -> None:
    raise ValueError("no such file")


@job("tests.three_steps")
def three_steps(*, cancel_at: int, progress: Progress) -> None:
    for n in range(3):
        if n == cancel_at:
            with transaction() as session:
                jobs.cancel(session, session.get_one(Job, progress.job_id))
        progress.step(f"step {n}", n, 3, 0.5)


@pytest.fixture(autouse=True)
def own_queue():
    """The carrier's file lies in the data folder of this test."""
    jobs.queue.cache_clear()
    jobs._carrier.cache_clear()


@pytest.fixture
def announced(monkeypatch):
    """The ids that were handed over."""
    ids: list[int] = []
    monkeypatch.setattr(jobs, "announce", ids.append)
    return ids


def queued(function=add, **arguments):
    """A committed job; one that adds, unless told otherwise."""
    if function is add:
        arguments = {"one": 1, "other": 2} | arguments
    with transaction() as session:
        return enqueue(session, function, **arguments).id


def look(job_id: int) -> Job:
    with reading() as session:
        return session.get_one(Job, job_id)


def test_a_job_exists_only_when_its_cause_is_committed(announced):
    with new_session() as session:
        enqueue(session, add, one=1, other=2)
        session.rollback()
    kept = queued()

    assert announced == [kept]
    with reading() as session:
        assert [(row.id, row.state) for row in session.query(Job)] == [(kept, JobState.QUEUED)]


def test_the_queue_carries_ids_alone_and_running_them_keeps_the_result():
    job_id = queued()
    task = jobs.queue().dequeue()

    assert (task.name, task.args, task.kwargs) == ("perform", (job_id,), {})
    jobs.queue().execute(task)

    row = look(job_id)
    assert (row.state, row.result, row.percent, row.attempts, row.error) == (JobState.DONE, {"sum": 3}, 100.0, 1, "")


def test_a_queue_that_cannot_be_written_is_no_harm(monkeypatch):
    monkeypatch.setattr(jobs, "_carrier", lambda: 1 / 0)

    job_id = queued()

    assert jobs.sweep() == [job_id]


def test_one_of_many_workers_gets_the_job(announced):
    job_id = queued()

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(jobs.claim, [job_id] * 8))

    assert len([row for row in claimed if row]) == 1
    assert look(job_id).attempts == 1


def test_a_delayed_job_waits_for_its_time(announced):
    job_id = queued(delay=60)

    assert announced == []
    assert jobs.claim(job_id) is None
    assert jobs.sweep() == []
    with standing_at(utcnow() + timedelta(seconds=61)):
        assert jobs.sweep() == [job_id]
        assert jobs.claim(job_id)


def test_a_failure_is_kept_in_words(announced):
    job_id = queued(fail)
    jobs.perform(job_id)

    row = look(job_id)
    assert (row.state, row.error) == (JobState.FAILED, "ValueError: no such file")
    assert row.finished_at is not None


def test_a_job_that_nobody_knows_fails(announced):
    job_id = queued()
    with transaction() as session:
        session.get_one(Job, job_id).name = "from.a.newer.release"
    jobs.perform(job_id)

    assert (look(job_id).state, look(job_id).error) == (JobState.FAILED, "unknown job from.a.newer.release")


def test_a_queued_job_is_cancelled_at_once(announced):
    job_id = queued()
    with transaction() as session:
        jobs.cancel(session, session.get_one(Job, job_id))

    assert look(job_id).state is JobState.CANCELLED
    assert jobs.claim(job_id) is None


def test_a_running_job_is_cancelled_at_its_next_step(announced):
    job_id = queued(three_steps, cancel_at=2)
    jobs.perform(job_id)

    row = look(job_id)
    assert (row.state, row.step, row.steps_done, row.steps) == (JobState.CANCELLED, "step 1", 1, 3)
    assert row.percent == pytest.approx(50)


def test_a_silent_job_is_queued_again_and_its_first_attempt_can_write_no_more(announced):
    job_id = queued()
    first = jobs.claim(job_id)
    progress = Progress(job_id, first.attempts)
    progress.step("reading", 0, 2)
    assert jobs.sweep() == []

    with standing_at(utcnow() + timedelta(seconds=jobs.SILENCE + 1)):
        assert jobs.sweep() == [job_id]
        second = jobs.claim(job_id)
    with pytest.raises(JobCancelled):
        progress.step("grouping", 1, 2)
    with pytest.raises(JobCancelled), transaction() as session:
        progress.fence(session)
    jobs.finish(job_id, first.attempts, JobState.FAILED, error="too late")

    assert second.attempts == 2
    assert (look(job_id).state, look(job_id).error) == (JobState.RUNNING, "")
    jobs.finish(job_id, second.attempts, JobState.DONE, result={"by": "second"})
    assert (look(job_id).state, look(job_id).result) == (JobState.DONE, {"by": "second"})


def test_a_job_whose_worker_dies_every_time_is_given_up(announced):
    job_id = queued()
    moment = utcnow()
    for _attempt in range(jobs.MAX_ATTEMPTS):
        with standing_at(moment):
            assert jobs.claim(job_id)
        moment += timedelta(seconds=jobs.SILENCE + 1)
        with standing_at(moment):
            jobs.sweep()

    assert (look(job_id).state, look(job_id).error) == (JobState.FAILED, "given up: its worker died every time")


def test_a_job_whose_process_is_ended_from_outside_is_tried_three_times(announced):
    job_id = queued()
    for attempt in (1, 2):
        jobs.lose(job_id, jobs.claim(job_id).attempts, signal.SIGKILL)
        assert (look(job_id).state, look(job_id).attempts) == (JobState.QUEUED, attempt)
    jobs.lose(job_id, jobs.claim(job_id).attempts, signal.SIGKILL)

    row = look(job_id)
    assert (row.state, row.error) == (JobState.FAILED, "its process was ended by signal 9")
    assert row.problem.startswith("Its process was ended from outside again and again.")
    assert row.result["problem"]["da"].startswith("Processen")


@pytest.mark.long
def test_a_heavy_job_whose_own_process_is_killed_is_run_again_by_the_same_worker(tmp_path):
    began = tmp_path / "began"
    job_id = queued(slow_worker.hang_once_apart, began=str(began))
    worker = start_worker(tmp_path, silence=60)
    try:
        wait_for(began.exists)
        os.kill(int(began.read_text()), signal.SIGKILL)
        wait_for(lambda: look(job_id).state not in (JobState.RUNNING, JobState.QUEUED))
    finally:
        worker.terminate()
        worker.wait(20)

    assert (look(job_id).state, look(job_id).attempts, look(job_id).error) == (JobState.DONE, 2, "")


def test_a_working_job_keeps_its_heart_beating(announced, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.02)
    beats = []

    @job("tests.watch_itself")
    def watch_itself(*, progress):
        for _n in range(3):
            wait_for(lambda: look(progress.job_id).heartbeat_at not in beats)
            beats.append(look(progress.job_id).heartbeat_at)

    jobs.perform(queued(watch_itself))

    assert beats == sorted(set(beats))


def start_worker(folder: Path, *, silence: float) -> subprocess.Popen[bytes]:
    """A worker of its own; heavy jobs find the test's jobs in the `wsgi.py` of `folder`."""
    code = "import tests.core.slow_worker\nfrom forum.app import create_app\n\napp = create_app()\n"
    (folder / "wsgi.py").write_text(code)
    command = [sys.executable, "-m", "tests.core.slow_worker", str(silence)]
    return subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(HOME)})


def wait_for(condition, *, seconds: float = 30):
    """Wait until `condition()` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("function", "end", "silence"),
    [
        pytest.param(slow_worker.hang_once, signal.SIGKILL, 1.5, id="killed"),
        pytest.param(slow_worker.hang_once, signal.SIGTERM, 1.5, id="stopped"),
        pytest.param(slow_worker.hang_once_apart, signal.SIGKILL, 3, id="killed-apart", marks=pytest.mark.long),
        pytest.param(slow_worker.hang_once_apart, signal.SIGTERM, 3, id="stopped-apart", marks=pytest.mark.long),
    ],
)
def test_a_job_whose_worker_ends_is_finished_by_another(function, end, silence, tmp_path):
    began = tmp_path / "began"
    job_id = queued(function, began=str(began))

    first = start_worker(tmp_path, silence=silence)
    try:
        wait_for(began.exists)
        first.send_signal(end)
        first.wait(20)
        assert look(job_id).state in (JobState.RUNNING, JobState.QUEUED)
    finally:
        first.kill()
    second = start_worker(tmp_path, silence=silence)
    try:
        wait_for(lambda: look(job_id).state not in (JobState.RUNNING, JobState.QUEUED))
    finally:
        second.terminate()
        second.wait(20)

    row = look(job_id)
    assert (row.state, row.attempts, row.error) == (JobState.DONE, 2, "")
    if function is slow_worker.hang_once:
        assert row.result == {"process": second.pid}

"""The worker: takes jobs from huey, sweeps up lost ones, and runs heavy ones in processes of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from forum.core import jobs, workers
from forum.core.clock import utcnow
from forum.core.database import transaction
from forum.core.jobs import HEARTBEAT, JobState

SWEEP_EVERY = 3  # seconds
NICE = 10  # on a busy machine, what somebody waits for goes before what nobody does

_children: set[subprocess.Popen[bytes]] = set()
_stopping = threading.Event()


def work(*, threads: int = 2) -> None:
    """Work until SIGTERM or SIGINT; light jobs run in `threads`, heavy ones in child processes."""
    from huey.consumer import Consumer

    os.nice(NICE)  # the heavy jobs' processes have it from here
    jobs.carrier()
    stop = threading.Event()
    threading.Thread(target=_sweep_until, args=(stop,), daemon=True).start()
    consumer = Consumer(
        jobs.queue(), workers=threads, periodic=False, check_worker_health=True, backoff=1.05, max_delay=1
    )
    try:
        consumer.run()
    finally:
        stop.set()
        _stopping.set()
        for child in list(_children):
            child.terminate()
        with suppress(DBAPIError), transaction() as session:
            workers.take_leave(session)


class Calm:
    """Tells whether nothing has kept running jobs from giving signs of life: then who is silent is lost.

    A clock that was set, a machine that slept and a database that was away make all of them seem silent.
    """

    def __init__(self) -> None:
        self._since = -float("inf")  # seconds of the monotonic clock
        self._offset = self._measure()

    def _measure(self) -> float:
        return utcnow().timestamp() - time.monotonic()

    def disturb(self) -> None:
        """Begin again to wait for a sign of life of each."""
        self._since = time.monotonic()

    def holds(self) -> bool:
        """Whether it has been calm for as long as a job may be silent."""
        before, self._offset = self._offset, self._measure()
        if abs(self._offset - before) > HEARTBEAT:
            self.disturb()
        return time.monotonic() - self._since >= jobs.SILENCE


def _sweep_until(stop: threading.Event) -> None:
    calm, sign_at = Calm(), 0.0
    while True:
        try:
            for job_id in jobs.sweep(finds_lost=calm.holds()):
                jobs.announce(job_id)
            if time.monotonic() >= sign_at:
                with transaction() as session:
                    workers.give_sign(session)
                sign_at = time.monotonic() + workers.SIGN_EVERY
        except Exception:
            from structlog import get_logger

            calm.disturb()
            get_logger().exception("sweep failed")  # the database may be away; try again
        if stop.wait(SWEEP_EVERY):
            return


def run_in_process(job_id: int, attempt: int, *, timeout: int) -> None:
    """Run a claimed heavy job in a child process; a child that overruns `timeout` seconds is killed."""
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "worker",
        "--job",
        str(job_id),
        "--attempt",
        str(attempt),
    ]
    child = subprocess.Popen(command)  # noqa: S603  # our own interpreter and arguments
    _children.add(child)
    try:
        with jobs.heartbeat(job_id, attempt):  # the child's own begins once it has started, which takes seconds
            child.wait(timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        jobs.finish(job_id, attempt, JobState.FAILED, error=f"took longer than {timeout} seconds")
    else:
        # One that we end by stopping is lost, not failed: the next worker finds it by its silence.
        if child.returncode < 0 and not _stopping.is_set():
            jobs.lose(job_id, attempt, -child.returncode)
        elif child.returncode and not _stopping.is_set():
            jobs.finish(job_id, attempt, JobState.FAILED, error=f"its process ended with {child.returncode}")
    finally:
        _children.discard(child)


def run_one(job_id: int, attempt: int) -> None:
    """What the child process does: run the job, and end when the worker that started it is gone."""
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the worker, which ends its children
    jobs.run_here(job_id, attempt)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)  # orphaned: another worker will start this job afresh

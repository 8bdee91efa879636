"""Background jobs: a row in our database says what is to be done; huey only carries its id.

huey delivers at most once, so the row is the truth: a job that was running when its worker died is
found by its silent heartbeat and queued again. Jobs are idempotent. A *heavy* job runs in a process
of its own, which may be killed at any moment without harm. A job that found the database away is tried again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from config import settings
from forum.core import shared
from forum.core.clock import utcnow
from forum.core.database import AWAY, Json, Model, insist, new_session, transaction
from forum.core.errors import ForumError
from forum.core.languages import in_each_language, lazy, pick

HEARTBEAT = 5  # seconds between two signs of life
SILENCE = 20  # seconds without one after which a running job counts as lost
AHEAD = 60  # seconds by which clocks of machines may differ; what is later was written before ours was set back
AWHILE = 5  # seconds after which a job that found the database away is tried again
MAX_ATTEMPTS = 5
_PLANNING = 0x706C616E  # number of a lock
KILLED_MOST = 3  # attempts whose process was ended from outside; a fourth would most likely end like that too


class JobState(Enum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Model):
    """One piece of work to be done outside a request, and how far it is."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    arguments: Mapped[Json]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    run_at: Mapped[datetime]  # not before
    step: Mapped[str] = mapped_column(sa.String(60), default="")  # stable name; pages translate it
    steps_done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    percent: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)  # also the fence: an older attempt may not write
    heartbeat_at: Mapped[datetime | None]
    started_by: Mapped[int | None]  # person; None: the site itself
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    result: Mapped[Json] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(sa.Text, default="")

    @property
    def problem(self) -> str:
        """Why it failed, in the reader's language where it is for readers; else as the log has it."""
        return pick(self.result.get("problem")) or self.error

    __table_args__ = (sa.Index("ix_jobs_state_run_at", "state", "run_at"),)


class JobCancelled(Exception):
    """The job was cancelled, or a newer attempt has taken it over."""


@dataclass(frozen=True)
class _Kind:
    name: str
    function: Callable[..., Any]
    heavy: bool
    timeout: int  # seconds


_kinds: dict[str, _Kind] = {}


def job(name: str, *, timeout: int = 60, heavy: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function as the job `name`.

    It is called with the keyword arguments it was enqueued with; when it has a parameter `progress` it
    gets a `Progress`. What it returns (a dict or None) is kept as the job's result. `heavy` jobs run in
    a process of their own and are ended after `timeout` seconds.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _kinds[name] = _Kind(name, function, heavy, timeout)
        function.job_name = name  # type: ignore[attr-defined]
        return function

    return register


def kind_of(name: str) -> _Kind:
    """The registered kind of job called `name`; raises `KeyError`."""
    return _kinds[name]


def enqueue(
    session: Session,
    function: Callable[..., Any],
    *,
    delay: float = 0,
    by: int | None = None,
    **arguments: Any,
) -> Job:
    """Queue a job in this transaction: it exists if and only if the caller commits. `delay` in seconds."""
    now = utcnow()
    row = Job(
        name=function.job_name,  # type: ignore[attr-defined]
        arguments=arguments,
        state=JobState.QUEUED,
        run_at=now + timedelta(seconds=delay),
        created_at=now,
        started_by=by,
        result={},
    )
    session.add(row)
    session.flush()
    session.info.setdefault("enqueued", []).append(row.id)
    if not delay:
        session.info.setdefault("queued_jobs", []).append(row.id)
    return row


def plan_alone(session: Session) -> None:
    """Until the transaction ends, have nobody else plan what should be queued once: several workers look at once.

    SQLite lets one write at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_PLANNING)))


def drop_enqueued(session: Session) -> None:
    """Take back every job that was queued in this session, for an importer of the past that has seen to it all."""
    session.flush()
    session.info.pop("queued_jobs", None)
    session.execute(sa.delete(Job).where(Job.id.in_(session.info.pop("enqueued", []))))


@event.listens_for(Session, "after_commit")
def _hand_over(session: Session) -> None:
    """Give the committed jobs' ids to huey; when that fails the worker's sweep finds the rows."""
    for job_id in session.info.pop("queued_jobs", ()):
        announce(job_id)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("queued_jobs", None)


@lru_cache
def queue() -> Any:
    """The huey queue that carries job ids: in a file of its own, or in Redis where the settings name one."""
    from huey import Huey, SqliteHuey

    if shared.is_set():
        from huey.serializer import SignedSerializer

        from forum.core.carrying import ThroughRedis

        # What huey reads it unpickles: only what this site has signed.
        signed = SignedSerializer(secret=settings().secret, salt="cabin jobs")
        return Huey("cabin", storage_class=ThroughRedis, results=False, utc=True, serializer=signed)
    return SqliteHuey("cabin", filename=str(settings().data_dir / "queue.db"), results=False, utc=True)


@lru_cache
def _carrier() -> Any:
    return queue().task(name="perform")(perform)


def announce(job_id: int) -> None:
    """Tell the worker that this job is due. Never raises: the row is what counts."""
    try:
        _carrier()(job_id)
    except Exception:
        # The queue may be locked, full or gone; the sweep comes by within seconds.
        return


def carrier() -> Any:
    """The task that huey's consumer must know; called once when a worker starts."""
    return _carrier()


class Progress:
    """How a running job tells where it is, and learns that it shall stop."""

    def __init__(self, job_id: int, attempt: int, steps: int = 0) -> None:
        self.job_id = job_id
        self.attempt = attempt
        self.steps = steps

    def step(self, name: str, done: int, of: int, share: float = 0.0) -> None:
        """Say that step number `done` (from 0) `of` so many, called `name`, has come to `share` in [0, 1].

        Raises `JobCancelled` when somebody cancelled the job or another attempt has taken over.
        """
        percent = 100 * (done + min(max(share, 0.0), 1.0)) / max(of, 1)
        with transaction() as session:
            touched = session.execute(
                sa.update(Job)
                .where(Job.id == self.job_id, Job.attempts == self.attempt, Job.state == JobState.RUNNING)
                .where(~Job.cancel_asked)
                .values(step=name, steps_done=done, steps=of, percent=percent, heartbeat_at=utcnow())
            )
            if not touched.rowcount:  # type: ignore[attr-defined]
                raise JobCancelled

    def fence(self, session: Session) -> None:
        """Raise `JobCancelled` unless this attempt still owns the job; call before writing results."""
        mine = sa.select(Job.id).where(
            Job.id == self.job_id,
            Job.attempts == self.attempt,
            Job.state == JobState.RUNNING,
            ~Job.cancel_asked,
        )
        if session.scalar(mine.with_for_update()) is None:
            raise JobCancelled


def claim(job_id: int) -> Job | None:
    """Take a queued job for this worker, or None when it is taken, cancelled or not due yet."""
    now = utcnow()
    with transaction() as session:
        taken = session.execute(
            sa.update(Job)
            .where(Job.id == job_id, Job.state == JobState.QUEUED, Job.run_at <= now)
            .values(
                state=JobState.RUNNING,
                attempts=Job.attempts + 1,
                heartbeat_at=now,
                started_at=now,
                error="",
                percent=0.0,
            )
        )
        return session.get(Job, job_id) if taken.rowcount else None  # type: ignore[attr-defined]


def perform(job_id: int) -> None:
    """Run one queued job to its end, here or in a process of its own; what huey calls."""
    row = claim(job_id)
    if row is None:
        return
    kind = _kinds.get(row.name)
    if kind is None:
        finish(row.id, row.attempts, JobState.FAILED, error=f"unknown job {row.name}")
    elif kind.heavy:
        from forum.core.worker import run_in_process  # the worker's business; imported where it happens

        run_in_process(row.id, row.attempts, timeout=kind.timeout)
    else:
        run_here(row.id, row.attempts)


def run_here(job_id: int, attempt: int) -> None:
    """Run a claimed job in this process, and keep its heart beating."""
    with new_session(reading=True) as session:
        row = session.get_one(Job, job_id)
    kind = kind_of(row.name)
    arguments = dict(row.arguments)
    if (
        "progress"
        in kind.function.__code__.co_varnames[
            : kind.function.__code__.co_argcount + kind.function.__code__.co_kwonlyargcount
        ]
    ):
        arguments["progress"] = Progress(job_id, attempt)
    try:
        with heartbeat(job_id, attempt):
            result = kind.function(**arguments)
    except JobCancelled:
        finish(job_id, attempt, JobState.CANCELLED)
    except AWAY as error:
        _put_off(job_id, attempt, f"{type(error).__name__}: {error}"[:2000])
    except ForumError as problem:
        words = in_each_language(problem)
        finish(job_id, attempt, JobState.FAILED, error=problem.message[:2000], result={"problem": words})
    except Exception as error:
        from structlog import get_logger

        get_logger().exception("job failed", job=row.name, id=job_id)
        finish(job_id, attempt, JobState.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
    else:
        finish(job_id, attempt, JobState.DONE, result=result or {})


@contextmanager
def heartbeat(job_id: int, attempt: int) -> Iterator[None]:
    """Give signs of life of an attempt from a thread, as long as the block lasts."""
    stop = threading.Event()
    threading.Thread(target=_beat, args=(job_id, attempt, stop), daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def _beat(job_id: int, attempt: int, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT):
        # A beat that the busy database does not take is no harm: the next one comes in seconds.
        with suppress(*AWAY), transaction() as session:
            session.execute(
                sa.update(Job).where(Job.id == job_id, Job.attempts == attempt).values(heartbeat_at=utcnow())
            )


def finish(job_id: int, attempt: int, state: JobState, *, result: Json | None = None, error: str = "") -> None:
    """Write how an attempt ended, unless a newer attempt has taken the job over.

    Where the database stays away for a minute, the attempt is found by its silence and made again.
    """
    values: Json = {"state": state, "finished_at": utcnow(), "error": error, "result": result or {}}
    if state is JobState.DONE:
        values["percent"] = 100.0
    mine = sa.update(Job).where(Job.id == job_id, Job.attempts == attempt, Job.state == JobState.RUNNING)
    with suppress(*AWAY):
        insist(lambda session: session.execute(mine.values(**values)))


def _put_off(job_id: int, attempt: int, error: str) -> None:
    """Queue an attempt again that found the database away, as often as any other that was lost."""
    mine = sa.update(Job).where(Job.id == job_id, Job.attempts == attempt, Job.state == JobState.RUNNING)
    again = mine.where(Job.attempts < MAX_ATTEMPTS)

    def write(session: Session) -> None:
        now = utcnow()
        session.execute(again.values(state=JobState.QUEUED, run_at=now + timedelta(seconds=AWHILE)))
        session.execute(mine.values(state=JobState.FAILED, finished_at=now, error=error))

    with suppress(*AWAY):
        insist(write)


def lose(job_id: int, attempt: int, signal: int) -> None:
    """Queue an attempt again whose process was ended by a `signal` from outside; after three such, give it up."""
    now = utcnow()
    mine = sa.update(Job).where(Job.id == job_id, Job.attempts == attempt, Job.state == JobState.RUNNING)
    said = in_each_language(
        lazy("Its process was ended from outside again and again. Perhaps the machine has too little memory.")
    )
    with transaction() as session:
        session.execute(
            mine.where(Job.attempts >= KILLED_MOST).values(
                state=JobState.FAILED,
                finished_at=now,
                error=f"its process was ended by signal {signal}",
                result={"problem": said},
            )
        )
        session.execute(mine.where(Job.attempts < KILLED_MOST).values(state=JobState.QUEUED, run_at=now))


def cancel(session: Session, row: Job) -> None:
    """Ask a job to stop: a queued one is cancelled at once, a running one at its next step."""
    row.cancel_asked = True
    if row.state is JobState.QUEUED:
        row.state = JobState.CANCELLED
        row.finished_at = utcnow()


def sweep(*, finds_lost: bool = True) -> list[int]:
    """Queue lost jobs again and return the ids of all that are due; the worker calls this every few seconds.

    It `finds_lost` ones by their silence, unless something has kept all jobs from giving signs of life.
    """
    now = utcnow()
    with transaction() as session:
        if finds_lost:
            _queue_lost(session, now)
        _bring_back(session, now)
        due = sa.select(Job.id).where(Job.state == JobState.QUEUED, Job.run_at <= now).order_by(Job.run_at).limit(100)
        return list(session.scalars(due))


def _queue_lost(session: Session, now: datetime) -> None:
    is_silent = Job.heartbeat_at < now - timedelta(seconds=SILENCE)
    is_from_before = Job.heartbeat_at > now + timedelta(seconds=AHEAD)
    lost = sa.update(Job).where(Job.state == JobState.RUNNING, is_silent | is_from_before)
    given_up = {"state": JobState.FAILED, "finished_at": now, "error": "given up: its worker died every time"}
    session.execute(lost.where(Job.attempts >= MAX_ATTEMPTS).values(**given_up))
    session.execute(lost.where(Job.attempts < MAX_ATTEMPTS).values(state=JobState.QUEUED, run_at=now))


def _bring_back(session: Session, now: datetime) -> None:
    """Have jobs that were queued before the clock was set back wait as long as they were to, and no longer."""
    since = sa.func.coalesce(Job.heartbeat_at, Job.created_at, type_=Job.created_at.type)
    waiting = sa.select(Job).where(Job.state == JobState.QUEUED, Job.run_at > now)
    for row in session.scalars(waiting.where(since > now + timedelta(seconds=AHEAD)).limit(1000)):
        row.run_at = now + max(row.run_at - (row.heartbeat_at or row.created_at), timedelta())
        row.created_at, row.heartbeat_at = min(row.created_at, now), None

"""What programs that watch the site ask for: is it ready, and how is it doing. Neither tells anything of anybody.

Requests are counted by each web process from its start; what waits is read from the database. The text is what
Prometheus reads.
"""

import hmac
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

import sqlalchemy as sa
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config import settings
from forum.core import schema
from forum.core.clock import utcnow
from forum.core.database import engine
from forum.core.jobs import Job, JobState
from forum.core.outbox import MailState, OutboxMail
from forum.core.workers import count_workers

TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class Counts:
    """What this process has answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.answers: Counter[tuple[str, str]] = Counter()  # by route and class of status
        self.seconds: Counter[str] = Counter()  # by route
        self.within: Counter[float] = Counter()  # answers that took up to so many seconds

    def add(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        bound = next((bound for bound in BOUNDS if seconds <= bound), float("inf"))
        with self._lock:
            self.answers[route, f"{status // 100}xx"] += 1
            self.seconds[route] += seconds  # type: ignore[assignment]  # a counter adds up anything
            self.within[bound] += 1

    def lines(self) -> Iterator[str]:
        """The counts as Prometheus reads them."""
        with self._lock:
            answers, seconds, within = self.answers.copy(), self.seconds.copy(), self.within.copy()
        yield "# TYPE cabin_requests_total counter"
        for (route, status), n in sorted(answers.items()):
            yield f'cabin_requests_total{{route="{route}",status="{status}"}} {n}'
        yield "# TYPE cabin_request_seconds_total counter"
        for route, spent in sorted(seconds.items()):
            yield f'cabin_request_seconds_total{{route="{route}"}} {spent:.6f}'
        yield "# TYPE cabin_request_seconds histogram"
        so_far = 0
        for bound in (*BOUNDS, float("inf")):
            so_far += within[bound]
            yield f'cabin_request_seconds_bucket{{le="{"+Inf" if bound == float("inf") else bound}"}} {so_far}'
        yield f"cabin_request_seconds_sum {sum(seconds.values()):.6f}"
        yield f"cabin_request_seconds_count {so_far}"


COUNTS = Counts()


def init_metrics(app: Flask) -> None:
    """Count every answer, if the settings want it."""
    if not settings().metrics:
        return

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        if "began" in g:  # not where the request was refused before
            route = request.endpoint or "none"  # an address that is none of ours is whatever strangers write
            COUNTS.add(route, response.status_code, time.perf_counter() - g.began)
        return response


def may_read() -> bool:
    """Whether whoever asks may read the metrics: with the token, or from this machine and through no proxy."""
    wanted = settings().metrics
    if wanted != "local":
        said = request.headers.get("Authorization", "")
        return bool(wanted) and hmac.compare_digest(said.encode(), f"Bearer {wanted}".encode())
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def write(session: Session) -> str:
    """Everything, as Prometheus reads it. Four queries."""
    return "\n".join((*COUNTS.lines(), *_waiting(session), ""))


def _waiting(session: Session) -> Iterator[str]:
    now = utcnow()
    yield "# TYPE cabin_jobs gauge"
    jobs = {row[0]: row[1] for row in session.execute(sa.select(Job.state, sa.func.count()).group_by(Job.state))}
    for state in JobState:
        yield f'cabin_jobs{{state="{state.value}"}} {jobs.get(state, 0)}'
    due = sa.select(sa.func.count(), sa.func.min(Job.run_at)).where(Job.state == JobState.QUEUED, Job.run_at <= now)
    n, oldest = session.execute(due).one()
    yield from _gauge("cabin_jobs_due", n)
    yield from _gauge("cabin_oldest_due_job_seconds", _age(oldest, now))
    yield "# TYPE cabin_mails gauge"
    mails = sa.select(OutboxMail.state, sa.func.count(), sa.func.min(OutboxMail.created_at))
    found = {row[0]: row for row in session.execute(mails.group_by(OutboxMail.state))}
    for kind in MailState:
        yield f'cabin_mails{{state="{kind.value}"}} {found[kind][1] if kind in found else 0}'
    waiting = found.get(MailState.WAITING)
    yield from _gauge("cabin_oldest_waiting_mail_seconds", _age(waiting[2] if waiting else None, now))
    yield from _gauge("cabin_workers", count_workers(session))


def _gauge(name: str, value: float) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, round((now - moment).total_seconds(), 1)) if moment else 0.0


def faults(session: Session) -> list[str]:
    """Why the site is not ready: `database`, `schema`, `worker`; nothing when it is."""
    try:
        if not schema.is_current(engine()):
            return ["schema"]
        return [] if count_workers(session) else ["worker"]
    except DBAPIError:
        return ["database"]

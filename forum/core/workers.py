"""Which workers there are: each gives a sign of life every few seconds, so that the web server knows of them."""

import os
import platform
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.core.clock import utcnow
from forum.core.database import Model, insert_into

SIGN_EVERY = 10  # seconds
SILENT = 45  # seconds without a sign after which a worker counts as gone
_FORGOTTEN = timedelta(days=1)


class WorkerSign(Model):
    """A worker process, and when it last gave a sign of life."""

    __tablename__ = "workers"
    name: Mapped[str] = mapped_column(sa.String(120), primary_key=True)  # machine and process
    seen_at: Mapped[datetime]


def _own_name() -> str:
    return f"{platform.node()[:100]} {os.getpid()}"


def give_sign(session: Session) -> None:
    """Say that this process works, and forget those that have been silent for a day."""
    now = utcnow()
    sign = insert_into(session, WorkerSign).values(name=_own_name(), seen_at=now)
    session.execute(sign.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))
    session.execute(sa.delete(WorkerSign).where(WorkerSign.seen_at < now - _FORGOTTEN))


def take_leave(session: Session) -> None:
    """Say that this process works no more."""
    session.execute(sa.delete(WorkerSign).where(WorkerSign.name == _own_name()))


def count_workers(session: Session) -> int:
    """How many workers have given a sign of life lately."""
    since = utcnow() - timedelta(seconds=SILENT)
    return session.scalar(sa.select(sa.func.count()).select_from(WorkerSign).where(WorkerSign.seen_at > since)) or 0

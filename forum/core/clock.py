"""The time, in one place, so that tests and the demo's year can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def utcnow() -> datetime:
    """Now, in UTC, with its time zone."""
    return _moved.get() or datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Have it be `moment` inside the `with` block."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)

"""The time, in one place, so that tests and the demo's year can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from config import settings

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def utcnow() -> datetime:
    """Now, in UTC, with its time zone."""
    return _moved.get() or datetime.now(UTC)


def today() -> date:
    """The day it is in the site's time zone."""
    return utcnow().astimezone(ZoneInfo(settings().time_zone)).date()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Have it be `moment` inside the `with` block."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)


def next_at(hour: int) -> datetime:
    """When the site's time zone next has this full hour; never now."""
    zone = ZoneInfo(settings().time_zone)
    local = utcnow().astimezone(zone)
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if due <= local:
        due = (due + timedelta(days=1)).replace(tzinfo=zone)
    return due

"""The time, in one place, so that tests can move it."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Now, in UTC, with its time zone."""
    return datetime.now(UTC)

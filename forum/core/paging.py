"""Paging by key: a page starts after the last row's key, so that page 3,000 costs what page 1 costs."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")
PAGE_SIZE = 30

_ID_BITS = 31  # room for two thousand million rows, with 32 bits for the value, within 63


def sort_key(value: float, row_id: int) -> int:
    """One number that sorts by `value` first and by the newest row second; unique, and fits 63 bits.

    `value` is rounded down and must lie in [0, 2³²).
    """
    return (int(value) << _ID_BITS) | row_id


def moment_key(moment: datetime, row_id: int) -> int:
    """The sort key of a moment, to the second; good until 2106."""
    return sort_key(max(0.0, moment.timestamp()), row_id)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list and how to go on from them."""

    rows: Sequence[Row]
    after: str = ""  # cursor of the next page, empty on the last one
    is_first: bool = True


def write_cursor(*keys: int) -> str:
    """The keys as one short word for the address."""
    raw = ",".join(str(key) for key in keys)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(word: str, count: int = 1) -> tuple[int, ...] | None:
    """The keys in a cursor, or None when it is empty or was tampered with: the list then starts over."""
    if not word or len(word) > 120:
        return None
    try:
        raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()
        keys = tuple(int(key) for key in raw.split(","))
    except (ValueError, binascii.Error):
        return None
    return keys if len(keys) == count and all(0 <= key < 2**63 for key in keys) else None

"""The formulas behind the orders of the board; pure arithmetic."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import log2

from forum.core.paging import moment_key, sort_key

BURST = 10  # votes of one hour on one post that count in full
BURST_SHARE = 0.1  # of those beyond
HALF_DAY = 12.5  # hours that weigh as much as a doubling of votes
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
OWED_VIEWS = 30  # distinct readers promised to every post before ranking counts
OWED_DAYS = 14
SAID_HERE = sort_key(2**30, 0)  # keys of the unanswered: above it posts of this site, below it those said elsewhere
_SCALE = 10_000  # trending is kept to four decimals


def effective_votes(per_hour: Iterable[int]) -> float:
    """Votes without bursts: of each hour's votes those beyond the tenth count a tenth."""
    return sum(min(n, BURST) + BURST_SHARE * max(0, n - BURST) for n in per_hour)


def weight(others: int) -> float:
    """What a vote counts beside so many others of its hour."""
    return 1.0 if others < BURST else BURST_SHARE


def trending_key(effective: float, published_at: datetime, post_id: int, *, is_dated: bool = True) -> int:
    """Sort key of log₂(1 + effective votes) + published / 12.5 h: fresh posts need fewer votes.

    The time is that of publishing, so the value changes on a vote only and can be stored and indexed. A post
    of which nobody knows the day is not taken for a fresh one: its votes alone place it, below all others.
    """
    hours = max(0.0, (published_at - EPOCH).total_seconds() / 3600) if is_dated else 0.0
    return sort_key(_SCALE * (log2(1 + max(0.0, effective)) + hours / HALF_DAY), post_id)


def unanswered_key(published_at: datetime, post_id: int, *, is_said_here: bool) -> int:
    """Sort key of a post without an answer: the newest of this site last, below them all what was said elsewhere.

    Nobody who was heard elsewhere waits on this site for an answer, so these do not stand before those who do.
    """
    if is_said_here:
        return moment_key(published_at, post_id)
    return sort_key(max(0.0, published_at.timestamp()) / 4, post_id)  # a quarter of 2³² stays below SAID_HERE

"""Which way a theme is going: pure arithmetic on its numbers."""

from forum.themes.status import Direction

LEAST_CHANGE = 3  # posts; a difference of one or two says nothing
NOTABLE = 1.25  # times as many


def direction(posts: int, recent: int, before_that: int) -> Direction:
    """New, growing, steady or fading: the last four weeks against the four before.

    *New* themes have no post older than four weeks; *growing* ones have at least a quarter more posts than
    in the four weeks before, and at least three more; *fading* is the same the other way round.
    """
    if posts and recent == posts:
        return Direction.NEW
    if recent - before_that >= LEAST_CHANGE and recent >= NOTABLE * before_that:
        return Direction.GROWING
    if before_that - recent >= LEAST_CHANGE and before_that >= NOTABLE * recent:
        return Direction.FADING
    return Direction.STEADY


def percent_change(before: int, after: int) -> int:
    """By how many percent `after` is more than `before`, rounded; 0 when there was nothing before."""
    return round(100 * (after - before) / before) if before else 0

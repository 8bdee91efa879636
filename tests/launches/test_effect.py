"""The arithmetic of effects: exact against tables, honest in two thousand replays."""

from datetime import UTC, datetime, timedelta
from math import inf

import numpy as np
import pytest
from scipy.special import betainc
from scipy.stats import beta

from forum.launches.effect import Effect, beta_reached, binomial_limits, whole_weeks
from forum.launches.status import Change

REPLAYS = 2_000
WEEKS = 12


@pytest.mark.parametrize(("found", "of"), [(0, 1), (1, 1), (3, 40), (40, 40), (60, 204), (900, 1000), (20_000, 41_000)])
def test_limits_are_those_of_the_beta_distribution(found, of):
    low, high = binomial_limits(found, of)

    exact = (
        (beta.ppf(0.025, found, of - found + 1) if found else 0.0),
        (beta.ppf(0.975, found + 1, of - found) if found < of else 1.0),
    )
    assert (low, high) == pytest.approx(exact, abs=1e-10)
    assert beta_reached(found + 1, of, 0.4) == pytest.approx(betainc(found + 1, of, 0.4), abs=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((12,) * 12, (5,) * 12, Change.FEWER),
        ((5,) * 12, (12,) * 12, Change.MORE),
        ((12,) * 12, (11,) * 12, Change.NOT_SEEN),
        ((12,) * 12, (0,) * 3, Change.TOO_EARLY),  # weeks
        ((2,) * 12, (0,) * 4, Change.TOO_EARLY),  # eight would have come
        ((3,) * 12, (0,) * 4, Change.FEWER),
        ((0,) * 12, (9,) * 12, Change.TOO_EARLY),  # nothing to compare with
        ((), (9,) * 12, Change.TOO_EARLY),
        ((9,) * 12, (), Change.TOO_EARLY),
    ],
)
def test_what_can_be_said(before, after, change):
    assert Effect(before, after).change is change


def test_nothing_known_is_said_to_be_nothing():
    nothing = Effect((), ())

    assert (nothing.ratio, nothing.interval, nothing.expected, nothing.a_week_after) == (None, (0.0, inf), 0.0, 0.0)
    assert Effect((0, 0), (4, 4)).interval[1] == inf
    assert Effect((0, 0), (4, 4)).ratio is None


def test_weeks_are_whole_and_reach_no_further_than_is_known():
    wednesday = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)

    def weeks(before, after):
        since, until = wednesday - timedelta(**before), wednesday + timedelta(**after)
        return whole_weeks(wednesday, since=since, until=until)

    assert weeks({"days": 400}, {"days": 6, "hours": 23}) == (12, 0)
    assert weeks({"days": 13, "hours": 23}, {"days": 7}) == (1, 1)
    assert weeks({"days": -3}, {"days": 83}) == (0, 11)  # first spoken of after the launch


def replays(rate_before: float, rate_after: float) -> list[Effect]:
    """The same launch, again and again, with complaints coming at these rates a week."""
    dice = np.random.default_rng(20261122)
    before, after = (dice.poisson(rate, (REPLAYS, WEEKS)).tolist() for rate in (rate_before, rate_after))
    return [Effect(tuple(b), tuple(a)) for b, a in zip(before, after, strict=True)]


@pytest.mark.long
def test_a_real_effect_is_seen_and_its_interval_covers_the_truth():
    found = replays(12, 5)
    truth = 5 / 12

    covered = sum(low <= truth <= high for low, high in (one.interval for one in found)) / REPLAYS
    fewer = sum(one.change is Change.FEWER for one in found) / REPLAYS

    assert covered >= 0.94, covered
    assert fewer >= 0.99, fewer


@pytest.mark.long
def test_where_nothing_changed_no_effect_is_seen():
    unseen = sum(one.change is Change.NOT_SEEN for one in replays(12, 12)) / REPLAYS

    assert unseen >= 0.94, unseen

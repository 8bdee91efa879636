"""Rises beyond a theme's own history: what is noticed, what is not, and how often chance alone is taken for one."""

import numpy as np
import pytest
from scipy.stats import nbinom

from forum.engine import weigh_weeks
from tests.engine.replays import QUIET_KINDS, RATES, Quiet, looked_at, risen

QUIET_WEEKS = [3, 2, 4, 3, 1, 3, 5, 2, 3, 4, 2, 3, 3]
PER_RATE = -(-2000 // len(RATES))  # 2,000 theme-years of each kind


def test_more_than_chance_is_a_rise_and_the_usual_is_not():
    counts = np.arange(20)
    weighed = weigh_weeks(np.column_stack([counts, np.tile(QUIET_WEEKS, (20, 1))]))

    assert weighed.usual == pytest.approx(np.full(20, 2.96), abs=0.01)
    assert np.all(np.diff(weighed.chance) < 0)
    assert (weighed.chance[0], counts[weighed.is_rise][0], counts[weighed.is_quiet][-1]) == (1.0, 11, 5)


def test_with_a_spread_of_one_the_chance_is_that_of_a_gamma_poisson_mixture():
    counts, weeks = np.array([1, 3, 8, 40]), np.tile([10, 12] * 13, (4, 1))
    weighed = weigh_weeks(np.column_stack([counts, weeks]))

    exact = nbinom.sf(counts - 1, weeks[0].sum() + 0.5, 26 / 27)

    assert np.all(weighed.spread == 1)
    assert weighed.chance == pytest.approx(exact, rel=1e-6, abs=1e-12)


def test_large_counts_are_weighed_too():
    weighed = weigh_weeks([[3000] + [3000, 3100, 2900] * 8, [9000] + [3000, 3100, 2900] * 8])

    assert weighed.chance == pytest.approx([0.5, 0], abs=0.05)


def test_under_five_is_never_a_rise_however_rare():
    assert [bool(weigh_weeks([count] + [0] * 26).is_rise) for count in (3, 4, 5)] == [False, False, True]


def test_with_fewer_than_eight_weeks_nothing_is_said():
    few, enough = weigh_weeks([90] + [1] * 7), weigh_weeks([90] + [1] * 8)

    assert (bool(few.is_rise), float(few.chance), bool(few.is_quiet)) == (False, 1.0, True)
    assert bool(enough.is_rise)


def test_weeks_longer_ago_than_half_a_year_say_nothing():
    assert weigh_weeks([9] + [3] * 26 + [500] * 26).chance == weigh_weeks([9] + [3] * 26).chance


def test_restless_weeks_ask_for_more_than_calm_ones():
    calm, restless = weigh_weeks([12] + [3] * 26), weigh_weeks([12] + [0, 0, 9] * 8 + [3, 3])

    assert (bool(calm.is_rise), bool(restless.is_rise)) == (True, False)
    assert restless.spread > 2 * calm.spread


def test_one_rise_does_not_hide_the_next():
    weeks = [75] + [30] * 8 + [90] * 3 + [30] * 14

    assert weigh_weeks(weeks).is_rise
    assert weigh_weeks(weeks).usual == pytest.approx(32, abs=2)


def test_what_grows_everywhere_is_no_rise_here():
    weeks = [30] + [12] * 26

    assert weigh_weeks(weeks).is_rise
    assert weigh_weeks(weeks, [200] * 27).is_rise
    assert not weigh_weeks(weeks, [500] + [200] * 26).is_rise
    assert weigh_weeks(weeks, [100] + [200] * 26).growth == 1  # a quiet week elsewhere makes nothing improbable


@pytest.mark.parametrize(
    ("weeks", "others", "problem"),
    [
        ([], None, "the week in question"),
        (3, None, "the week in question"),
        ([3, -1], None, "none below 0"),
        ([3, float("nan")], None, "finite"),
        ([3, 1], [3], "one shape"),
    ],
)
def test_what_are_no_counts_is_refused(weeks, others, problem):
    with pytest.raises(ValueError, match=problem):
        weigh_weeks(weeks, others)


@pytest.mark.long
@pytest.mark.parametrize("kind", QUIET_KINDS)
def test_quiet_years_raise_less_than_one_warning_each(kind):
    warnings, _first = looked_at(*QUIET_KINDS[kind](Quiet(20261123, PER_RATE)))

    assert warnings < (0.1 if "chance" in kind else 0.6)  # at most 1 is promised


@pytest.mark.long
def test_a_young_forum_raises_no_more():
    assert looked_at(*Quiet(8, PER_RATE // 4).by_chance(), known=8)[0] < 0.2


@pytest.mark.long
def test_counted_by_posts_a_loud_person_would_raise_many():
    assert looked_at(*Quiet(9, 20, [0.3, 1, 3]).with_a_loud_one(by_person=False))[0] > 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("rate", "times", "days", "share"),
    [(3, 3, 28, 0.6), (3, 5, 7, 0.6), (10, 2, 28, 0.6), (10, 3, 7, 0.7), (30, 2, 10, 0.8), (30, 3, 7, 0.95)],
)
def test_a_rise_is_noticed(rate, times, days, share):
    _raised, first = looked_at(risen(20261123, rate, times, themes=300))

    assert np.mean(first <= days) > share

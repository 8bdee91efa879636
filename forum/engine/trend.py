"""Say whether a week's count is more than chance: a count model that knows small numbers.

A week is weighed by the weeks before it. How many to expect follows a gamma-Poisson mixture, which is a negative
binomial distribution; its gamma part is what so few weeks leave open about the usual count, its spread is what
the weeks themselves show beyond Poisson's. Past rises count less than quiet weeks, so that one rise does not
hide the next, and what all else gets tells how much of it is the growth of the whole.

This is the quasi-Poisson approach of outbreak surveillance (Farrington et al. 1996, A statistical algorithm for the
early detection of outbreaks of infectious disease, J. R. Stat. Soc. A 159; Noufaily et al. 2013, Statistics in
Medicine 32) without its seasons, which half a year of a theme cannot show. The prior on the usual count is Jeffreys'
for a Poisson rate.
"""

from dataclasses import dataclass

import numpy as np

WEEKS = 26  # before the one in question that are looked at, at most
LEAST_WEEKS = 8  # before it that must be known; with fewer nothing is said
LEAST_COUNT = 5  # in a week, under which it is never a rise
IMPROBABLE = 0.001  # chance of a week's count under which it is a rise
QUIET = 0.1  # chance from which a rise is over

_SPREAD, _SPREAD_WEEKS = 1.5, 6  # what variance over mean is taken to be beforehand, and how many weeks that is worth
_RECENT = 8  # weeks whose own level counts where it is surely above that of all
_HIGH = 5  # the highest one in so many weeks is left out of the first look
_ODD = 2.58  # Anscombe residual from which a past week counts less: one quiet week in a hundred reaches it
_NOISE = 25  # posts a week elsewhere, under which their ups and downs are mostly chance


@dataclass(frozen=True)
class WeighedWeek:
    """What was to be expected in a week, and how improbable what came is.

    Attributes
    ----------
    usual : ndarray of shape (...)
        Expected count of the week, growth of the whole included.
    spread : ndarray of shape (...)
        Variance over mean of single weeks; 1 is Poisson's, and never less.
    growth : ndarray of shape (...)
        How many times as much as before is to be expected because all else got more; never below 1.
    chance : ndarray of shape (...)
        Probability of as many or more in a week like those before, in [0, 1]; 1 where too few weeks are known.
    is_rise, is_quiet : ndarray of bool of shape (...)
        More than chance: at least 5, with a chance under 0.001. Within the usual: a chance of at least 0.1.
    """

    usual: np.ndarray
    spread: np.ndarray
    growth: np.ndarray
    chance: np.ndarray
    is_rise: np.ndarray
    is_quiet: np.ndarray


def weigh_weeks(weeks, others=None):
    """Weigh the newest week of one or many counts by the weeks before it.

    Parameters
    ----------
    weeks : array-like of shape (..., 1 + n)
        Counts of whole weeks, the newest first, which is the one in question and not part of its own baseline.
        Count people rather than posts where one person may write many: one loud voice is not ten.
        A week that is still going on may be given as it is: its count can only grow.
    others : array-like of shape (..., 1 + n), optional
        Counts of everything else in the same weeks. When all else grows, more is expected here too; when all
        else shrinks, not less.

    Returns
    -------
    WeighedWeek
        With fewer than 8 weeks before it no week is a rise: that is too little to know what is usual.

    Raises
    ------
    ValueError
        When counts are negative or not finite, when there is no week, or when `others` has another shape.

    Notes
    -----
    With baseline counts `y`, weights `w` and expected growth `e` of its weeks, and ``a = sum(w y) + 1/2``, the usual
    count is ``m = e0 a / sum(w e)`` (more where the last eight weeks were surely above that), the spread `phi` is
    Pearson's statistic shrunk towards 1.5, and the count of the week is negative binomial with mean `m` and size `r`,
    where ``1 / r = (phi - 1) / m + phi / a``. With a spread of 1 that is the gamma-Poisson predictive distribution.

    Examples
    --------
    >>> weighed = weigh_weeks([9, 3, 2, 4, 3, 1, 3, 5, 2, 3, 4, 2])
    >>> round(float(weighed.usual), 1), bool(weighed.is_rise)
    (3.0, False)
    >>> bool(weigh_weeks([14, 3, 2, 4, 3, 1, 3, 5, 2, 3, 4, 2]).is_rise)
    True
    """
    weeks = _counts(weeks, "weeks")
    others = np.zeros_like(weeks) if others is None else _counts(others, "others")
    if weeks.shape != others.shape:
        raise ValueError(f"weeks and others must have one shape, not {weeks.shape} and {others.shape}.")
    now, before = weeks[..., 0], weeks[..., 1 : 1 + WEEKS]
    if before.shape[-1] < LEAST_WEEKS:
        return _unknown(now, before)
    growth, growths = _growth(others[..., 0], others[..., 1 : 1 + WEEKS])
    weights = _weights(before, growths)
    total = (weights * before).sum(-1) + 0.5
    level = total / (weights * growths).sum(-1)
    spread = _spread(before, level[..., None] * growths, weights, before.shape[-1])
    usual = growth * np.maximum(level, _recent_level(before, growths, weights, spread))
    chance = _chance(now, usual, 1 / ((spread - 1) / usual + spread / total))
    return WeighedWeek(usual, spread, growth, chance, (now >= LEAST_COUNT) & (chance < IMPROBABLE), chance >= QUIET)


def _counts(values, name):
    counts = np.asarray(values, dtype=np.float64)
    if counts.ndim == 0 or not counts.shape[-1]:
        raise ValueError(f"{name} must have the week in question, at least.")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError(f"{name} must be counts: finite, and none below 0.")
    return counts


def _unknown(now, before):
    """Too few weeks to say anything but their mean."""
    usual = (before.sum(-1) + 0.5) / max(before.shape[-1], 1)
    one, no = np.ones_like(now), np.zeros(now.shape, dtype=bool)
    return WeighedWeek(usual, one * _SPREAD, one, one, no, ~no)


def _growth(now, before):
    """How much more than on average was to be expected in each week, as far as all else tells."""
    mean = before.mean(-1)
    trust = mean / (mean + _NOISE)
    mean = np.maximum(mean, 1e-9)
    growths = 1 + trust[..., None] * (before / mean[..., None] - 1)
    return np.maximum(1, 1 + trust * (now / mean - 1)), np.maximum(growths, 0.1)


def _weights(before, growths):
    """One for a quiet week and less for one that rose above the others, by a first look without the highest."""
    n = before.shape[-1]
    rates = np.sort(before / growths, axis=-1)[..., : n - n // _HIGH]
    level = rates.mean(-1, keepdims=True) + 0.5 / n
    ones = np.ones_like(rates)
    # Without the highest a variance is about two and a half times too small, and the mean a third of its root too low.
    spread = _spread(rates, level * ones, 2.5 * ones, rates.shape[-1])[..., None]
    level = level + 0.3 * np.sqrt(spread * level)
    mean = level * growths
    residual = 1.5 * (before ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * np.sqrt(spread))
    return np.where(residual > _ODD, (_ODD / np.maximum(residual, _ODD)) ** 2, 1.0)


def _spread(counts, means, weights, n):
    """Pearson's variance over mean, shrunk towards what is taken to be so beforehand; never under Poisson's."""
    pearson = (weights * (counts - means) ** 2 / means).sum(-1)
    return np.maximum(1, (_SPREAD_WEEKS * _SPREAD + pearson) / (_SPREAD_WEEKS + n - 1))


def _recent_level(before, growths, weights, spread):
    """The level of the last weeks alone, less its standard error: it counts only where it is surely higher."""
    recent = weights[..., :_RECENT] * before[..., :_RECENT]
    exposure = (weights[..., :_RECENT] * growths[..., :_RECENT]).sum(-1)
    level = (recent.sum(-1) + 0.5) / exposure
    return level - np.sqrt(spread * level / exposure)


def _chance(count, mean, size):
    """The probability of `count` or more under a negative binomial of this mean and size, to about 1e-12.

    Summed up from nought in logarithms, one step per count: scipy's incomplete beta function would do the same.
    """
    odds = np.log(mean / (mean + size))
    term = -size * np.log1p(mean / size)
    below = np.zeros_like(mean)
    for k in range(int(count.max(initial=0))):
        below += np.where(k < count, np.exp(term), 0)
        term = term + odds + np.log((k + size) / (k + 1))
    return np.clip(1 - below, 0, 1)

"""What a launch changed: complaints a week before and after it, and how sure that is. Pure arithmetic.

- *Weeks* are whole spans of seven days counted from the moment of the launch, at most twelve on each side. So a launch
  in mid-week has no broken week in its middle, every week has each weekday once, and the week that is still running is
  left out. Before, they reach back no further than the product was spoken of; after, no further than today; and neither
  side reaches past another launch of the same item.
- The *ratio* of the two rates is (complaints after ÷ weeks after) ÷ (complaints before ÷ weeks before): 0.4 means that
  four in ten are left.
- Its *interval* is exact and covers the truth in at least 95 of 100 cases. If complaints come independently of each
  other (Poisson), then of all n of them, x after the launch, x is binomial with the chance p = ρ·w ÷ (ρ·w + v) for w
  weeks after, v before and the true ratio ρ (Przyborowski and Wilenski, 1940, Biometrika 31, 313–323). The limits of p
  are those of Clopper and Pearson (1934, Biometrika 26, 404–413), and ρ = p ÷ (1 − p) · v ÷ w.
- It is *too early to tell* under four whole weeks after the launch, and as long as fewer than ten complaints would have
  come since if nothing had changed (complaints before ÷ weeks before · weeks after). Else there are *fewer* when the
  whole interval lies below 1, *more* when it lies above, and otherwise *no effect* is seen.

People who complain together are not independent of each other. One loud week makes the interval too narrow, so look at
the weeks before believing a figure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, inf, lgamma, log, log1p

from forum.launches.status import Change

WEEK = timedelta(days=7)
MOST_WEEKS = 12  # on each side
LEAST_WEEKS = 4  # after the launch
LEAST_EXPECTED = 10  # complaints since the launch, if nothing had changed
SURE = 0.95  # how often the interval is to cover the truth
_HALVINGS = 60  # of the interval in which a limit lies: more than a float holds
_TERMS = 10_000  # of the fraction; it takes about the square root of the number of complaints
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Effect:
    """Complaints in the whole weeks before and after a launch, the oldest first."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def a_week_before(self) -> float:
        """Complaints a week before the launch.

        >>> Effect(before=(3, 5), after=(1,)).a_week_before
        4.0
        """
        return sum(self.before) / len(self.before) if self.before else 0.0

    @property
    def a_week_after(self) -> float:
        """Complaints a week since the launch."""
        return sum(self.after) / len(self.after) if self.after else 0.0

    @property
    def expected(self) -> float:
        """Complaints that would have come since the launch if nothing had changed."""
        return self.a_week_before * len(self.after)

    @property
    def ratio(self) -> float | None:
        """The rate after the launch by the rate before it; None where none came before.

        >>> Effect(before=(4, 4), after=(1, 3)).ratio
        0.5
        """
        return self.a_week_after / self.a_week_before if self.before and any(self.before) else None

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the true ratio lies, in at least 95 of 100 cases; up to infinity where nothing is known.

        >>> low, high = Effect(before=(12,) * 12, after=(5,) * 12).interval
        >>> round(low, 2), round(high, 2)
        (0.3, 0.57)
        """
        if not self.before or not self.after:
            return 0.0, inf
        low, high = binomial_limits(sum(self.after), sum(self.before) + sum(self.after))
        weeks = len(self.before) / len(self.after)
        return low / (1 - low) * weeks, high / (1 - high) * weeks if high < 1 else inf

    @property
    def is_early(self) -> bool:
        """Whether it is too early to tell."""
        return len(self.after) < LEAST_WEEKS or self.expected < LEAST_EXPECTED

    @property
    def change(self) -> Change:
        """What can be said of it.

        >>> Effect(before=(12,) * 12, after=(5,) * 12).change
        <Change.FEWER: 'fewer'>
        >>> Effect(before=(1,) * 12, after=(0,) * 9).change
        <Change.TOO_EARLY: 'too early'>
        """
        if self.is_early:
            return Change.TOO_EARLY
        low, high = self.interval
        if high < 1:
            return Change.FEWER
        return Change.MORE if low > 1 else Change.NOT_SEEN


def whole_weeks(launched_at: datetime, *, since: datetime, until: datetime) -> tuple[int, int]:
    """How many whole weeks count before and after a launch, when it can be known from `since` to `until`.

    >>> from datetime import UTC
    >>> day = datetime(2026, 3, 4, 15, tzinfo=UTC)  # a Wednesday
    >>> whole_weeks(day, since=day - timedelta(days=20), until=day + timedelta(days=200))
    (2, 12)
    """
    return tuple(max(0, min(MOST_WEEKS, span // WEEK)) for span in (launched_at - since, until - launched_at))  # type: ignore[return-value]


def binomial_limits(found: int, of: int, sure: float = SURE) -> tuple[float, float]:
    """Between which chances p an event lies that was `found` so many times `of` so many, by Clopper and Pearson.

    >>> low, high = binomial_limits(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.3085)
    """
    rest = (1 - sure) / 2
    low = 0.0 if found == 0 else _solve(found, of - found + 1, rest)
    high = 1.0 if found == of else _solve(found + 1, of - found, 1 - rest)
    return low, high


def _solve(a: int, b: int, share: float) -> float:
    """The p at which the beta distribution with `a` and `b` has reached `share`."""
    low, high = 0.0, 1.0
    for _n in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_reached(a, b, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_reached(a: float, b: float, x: float) -> float:
    """How much of the beta distribution lies below `x`: the regularised incomplete beta function.

    By its continued fraction (DLMF 8.17.22), which converges quickly below the mean; above it by symmetry.

    >>> round(beta_reached(2, 3, 0.4), 4)
    0.5248
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_reached(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    return front * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction, by the method of Lentz."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            step = c * d
            value *= step
        if abs(step - 1) < 1e-15:
            break
    return value


def _not_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY

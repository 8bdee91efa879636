"""Theme-years replayed day by day: quiet ones of several kinds, and ones with a rise. Seeds are fixed.

`python -m tests.engine.replays` prints the table of docs/engine.md.
"""

import numpy as np

from forum.engine.trend import LEAST_COUNT, WEEKS, weigh_weeks

BEFORE = 7 * (WEEKS + 1)  # days that are known before the first look
YEAR = 365
RATES = (0.1, 0.3, 1, 3, 10, 30, 50)  # people a week
ELSEWHERE = 100  # posts a week in all other themes
NEVER = 10**6


def looked_at(days, others=None, *, known=WEEKS):
    """Look at each theme on each day after the first `BEFORE`, as the site does; count warnings.

    `days` are counts of shape (themes, days). Returns warnings per theme and year, and of each theme the number of
    days until the first one, the day itself included (`NEVER` without one).
    """
    weeks, other_weeks = _seven_days(days), None if others is None else _seven_days(others)
    themes, end = weeks.shape
    is_live, raised = np.zeros(themes, dtype=bool), np.zeros(themes, dtype=int)
    first = np.full(themes, NEVER)
    for day in range(BEFORE, end):
        asked = np.flatnonzero((weeks[:, day] >= LEAST_COUNT) | is_live)
        back = day - 7 * np.arange(known + 1)
        weighed = weigh_weeks(
            weeks[np.ix_(asked, back)], None if other_weeks is None else other_weeks[np.ix_(asked, back)]
        )
        new = asked[weighed.is_rise & ~is_live[asked]]
        raised[new] += 1
        first[new] = np.minimum(first[new], day - BEFORE + 1)
        is_live[new] = True
        is_live[asked[weighed.is_quiet]] = False
    return raised.sum() / themes / ((end - BEFORE) / YEAR), first


def _seven_days(days):
    """The counts of the seven days that end with each day."""
    sums = np.cumsum(days, axis=1)
    return np.concatenate([sums[:, :7], sums[:, 7:] - sums[:, :-7]], axis=1)


class Quiet:
    """Quiet theme-years, `per_rate` of each rate."""

    def __init__(self, seed, per_rate, rates=RATES):
        self.dice = np.random.default_rng(seed)
        self.rate = np.repeat(rates, per_rate)[:, None] / 7.0
        self.shape = (len(self.rate), BEFORE + YEAR)

    def by_chance(self):
        """Poisson counts of an unchanging rate."""
        return self.dice.poisson(self.rate, self.shape), None

    def lumpy(self, spread):
        """Weeks whose variance is `spread` times their mean."""
        shape = 7 * self.rate / (spread - 1)
        return self._weekly(self.dice.gamma(shape, 1 / shape, (len(self.rate), self.shape[1] // 7 + 1))), None

    def wild(self):
        """Weeks whose rate scatters by seven tenths of itself, so that a large theme's spread is 26."""
        return self._weekly(self.dice.gamma(2, 1 / 2, (len(self.rate), self.shape[1] // 7 + 1))), None

    def _weekly(self, factors):
        return self.dice.poisson(np.repeat(factors, 7, axis=1)[:, : self.shape[1]] * self.rate)

    def with_threads(self):
        """One in two who write draws in up to three others within a day."""
        starts = self.dice.poisson(self.rate / 2, self.shape)
        return starts + self.dice.binomial(3 * starts, 1 / 3), None

    def with_seasons(self):
        """Half as much more in its season and half less out of it."""
        turn = np.arange(self.shape[1]) / YEAR + self.dice.random((len(self.rate), 1))
        return self.dice.poisson(self.rate * (1 + 0.5 * np.sin(2 * np.pi * turn))), None

    def in_a_growing_forum(self):
        """Twice as much within the year, here and everywhere."""
        growth = np.exp(np.log(2) * (np.arange(self.shape[1]) - BEFORE) / YEAR)
        return self.dice.poisson(self.rate * growth, self.shape), self.dice.poisson(ELSEWHERE / 7 * growth, self.shape)

    def with_a_loud_one(self, *, by_person):
        """Every tenth week somebody writes twelve posts in a day; counted as twelve or, by person, as one."""
        days = self.dice.poisson(self.rate, self.shape)
        return days + (self.dice.random(self.shape) < 1 / 70) * (1 if by_person else 12), None


def risen(seed, rate, times, *, themes, days=28):
    """Themes of `rate` people a week that rise to `times` as much for `days` days, after half a year of quiet."""
    dice = np.random.default_rng(seed)
    factor = np.where(np.arange(BEFORE + days) >= BEFORE, times, 1)
    return dice.poisson(np.full((themes, 1), rate / 7) * factor)


QUIET_KINDS = {
    "by chance alone (Poisson)": lambda quiet: quiet.by_chance(),
    "variance twice the mean": lambda quiet: quiet.lumpy(2),
    "variance three times the mean": lambda quiet: quiet.lumpy(3),
    "weekly rate scatters by 70 %": lambda quiet: quiet.wild(),
    "threads that draw others in": lambda quiet: quiet.with_threads(),
    "seasons of ±50 %": lambda quiet: quiet.with_seasons(),
    "forum doubles in the year": lambda quiet: quiet.in_a_growing_forum(),
    "a loud person every tenth week": lambda quiet: quiet.with_a_loud_one(by_person=True),
}


def _print_tables(per_rate=2000):
    print("| quiet weeks |", " | ".join(f"{rate}" for rate in RATES), "| all |")
    for name, kind in QUIET_KINDS.items():
        rates = [looked_at(*kind(Quiet(1, per_rate, [rate])))[0] for rate in RATES]
        print(f"| {name} |", " | ".join(f"{rate:.2f}" for rate in rates), f"| {np.mean(rates):.2f} |", flush=True)
    print("| rise | " + " | ".join(f"{rate}" for rate in RATES[2:]) + " |")
    for times in (2, 3, 5):
        cells = []
        for rate in RATES[2:]:
            first = looked_at(risen(2, rate, times, themes=per_rate))[1]
            middle = f"{int(np.median(first))} d" if np.median(first) < NEVER else "–"
            cells.append(f"{middle}, {np.mean(first <= 28):.0%}")
        print(f"| × {times} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    _print_tables()

"""When an item is meant to be there, as coarse as the team is sure.

A month (`2027-03`), a quarter (`2027 Q1`), a season (`2027 spring`), a year (`2027`), or `later`.
"""

import re
from datetime import date
from typing import NamedTuple

from forum.core.languages import _, month_words

LATER = "later"
_TARGET = re.compile(r"(20\d\d)(?: Q([1-4])|-(0[1-9]|1[0-2])| (spring|summer|autumn))?")
SEASONS = {"spring": 5, "summer": 8, "autumn": 11}  # the last month of each
_WHOLE_YEAR = 12


class Target(NamedTuple):
    """A time to come, in the order in which such times end; the more exact one first."""

    year: int
    month: int  # the last one that is meant
    months: int  # how many of them; 0: nobody knows


def read_target(text: str) -> Target | None:
    """What a target means, or None when `text` is none.

    >>> read_target("2027 Q1"), read_target("2027 spring"), read_target("soon")
    (Target(year=2027, month=3, months=3), Target(year=2027, month=5, months=3), None)
    >>> sorted(["later", "2027", "2027 Q1", "2027-03", "2026 autumn"], key=read_target)
    ['2026 autumn', '2027-03', '2027 Q1', '2027', 'later']
    """
    if text == LATER:
        return Target(9999, _WHOLE_YEAR, 0)
    found = _TARGET.fullmatch(text)
    if found is None:
        return None
    year, quarter, month, season = found.groups()
    if month:
        return Target(int(year), int(month), 1)
    if quarter:
        return Target(int(year), int(quarter) * 3, 3)
    return Target(int(year), SEASONS[season], 3) if season else Target(int(year), _WHOLE_YEAR, 12)


def target_words(text: str) -> str:
    """A target as a sentence says it: *the first quarter of 2027*; empty for none."""
    target = read_target(text)
    if target is None:
        return text
    if target.months == 0:
        return _("some time later")
    if target.months == 1:
        return month_words(date(target.year, target.month, 1))
    year = target.year
    return {
        "": str(year),
        "Q1": _("the first quarter of {year}", year=year),
        "Q2": _("the second quarter of {year}", year=year),
        "Q3": _("the third quarter of {year}", year=year),
        "Q4": _("the fourth quarter of {year}", year=year),
        "spring": _("the spring of {year}", year=year),
        "summer": _("the summer of {year}", year=year),
        "autumn": _("the autumn of {year}", year=year),
    }[text[5:]]


def heading_words(text: str) -> str:
    """A target as a heading says it, with a capital letter."""
    said = target_words(text)
    return said[:1].upper() + said[1:]


def choices(today: date, chosen: str = "") -> list[tuple[str, str]]:
    """The targets to choose from, the most exact ones first: (`2027 Q1`, its words).

    Six months from now on, six quarters, the seasons of a year and a half, three years, and *later*. A target
    `chosen` before that is not among them any more stays first.
    """
    months = range(today.year * 12 + today.month - 1, today.year * 12 + today.month + 5)
    first = today.year * 4 + (today.month - 1) // 3
    texts = [f"{place // 12}-{place % 12 + 1:02}" for place in months]
    texts += [f"{place // 4} Q{place % 4 + 1}" for place in range(first, first + 6)]
    seasons = [f"{year} {season}" for year in (today.year, today.year + 1) for season in SEASONS]
    now = Target(today.year, today.month, 0)
    texts += [text for text in seasons if (read_target(text) or now) >= now]
    texts += [str(today.year + n) for n in range(3)]
    texts.append(LATER)
    if chosen and chosen not in texts:
        texts.insert(0, chosen)
    return [(text, heading_words(text)) for text in texts]

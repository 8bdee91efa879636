"""When an item is meant to be there, as coarse as the team is sure: a quarter, `2027 Q1`, or a year, `2027`."""

import re
from datetime import date

from forum.core.languages import _

_TARGET = re.compile(r"(20\d\d)(?: Q([1-4]))?")


def read_target(text: str) -> tuple[int, int] | None:
    """Year and quarter (0 for the whole year), or None when `text` is no target.

    >>> read_target("2027 Q1"), read_target("2027"), read_target("soon")
    ((2027, 1), (2027, 0), None)
    """
    found = _TARGET.fullmatch(text)
    return (int(found[1]), int(found[2] or 0)) if found else None


def target_words(text: str) -> str:
    """A target as a sentence says it: *the first quarter of 2027*; empty for none."""
    target = read_target(text)
    if target is None:
        return text
    year, quarter = target
    return (
        str(year),
        _("the first quarter of {year}", year=year),
        _("the second quarter of {year}", year=year),
        _("the third quarter of {year}", year=year),
        _("the fourth quarter of {year}", year=year),
    )[quarter]


def choices(today: date, chosen: str = "") -> list[tuple[str, str]]:
    """The targets to choose from: six quarters from now on, three years; (`2027 Q1`, its words).

    A target `chosen` before that has passed since then stays among them.
    """
    first = today.year * 4 + (today.month - 1) // 3
    texts = [f"{place // 4} Q{place % 4 + 1}" for place in range(first, first + 6)]
    texts += [str(today.year + n) for n in range(3)]
    if chosen and chosen not in texts:
        texts.insert(0, chosen)
    words = {text: target_words(text) for text in texts}
    return [(text, said[:1].upper() + said[1:]) for text, said in words.items()]

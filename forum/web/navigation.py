"""The menu: stages add their entries when the application is assembled; each shows only to whom it works for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from markupsafe import Markup

from forum.core.languages import _, current_language
from forum.core.people import Rule
from forum.web.panels import draw, kept
from forum.web.permissions import me
from forum.web.templates import url_for

KEPT = 3600  # seconds


@dataclass(frozen=True)
class Entry:
    """One entry of the menu, in the group `public`, `team`, `me` or `foot`, which stands below every page."""

    endpoint: str
    label: str  # source words; translated when shown
    group: str
    rule: Rule
    order: int
    count: Callable[[], int] | None = None  # how much waits there; asked only where the entry shows
    says: Callable[[int], str] | None = None  # the count as it is said on the closed menu


_entries: list[Entry] = []


def menu(
    endpoint: str,
    label: str,
    *,
    rule: Rule,
    group: str = "public",
    order: int = 50,
    count: Callable[[], int] | None = None,
    says: Callable[[int], str] | None = None,
) -> None:
    """Add an entry to the menu for readers for whom `rule` holds; `count` is asked on each of their pages."""
    entry = Entry(endpoint, label, group, rule, order, count, says)
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: one.order)


def nav(*groups: str) -> list[dict[str, Any]]:
    """The entries of `groups` that this reader may open, for the base template."""
    return [_shown(entry) for entry in _open_to_me(groups)]


def frame(part: str, *groups: str) -> Markup:
    """A part of every page that hangs on nothing but the menu of `groups`: the template `frame/PART.html`.

    It is drawn once for all readers to whom the menu is the same, unless an entry counts what waits.
    """
    entries = _open_to_me(groups)

    def make() -> Markup:
        return draw(f"frame/{part}.html", menu=[_shown(entry) for entry in entries])

    if any(entry.count for entry in entries):
        return make()
    return kept(KEPT, make, part, current_language(), request.endpoint, *[entry.endpoint for entry in entries])


def _open_to_me(groups: tuple[str, ...]) -> list[Entry]:
    reader = me()
    return [entry for entry in _entries if entry.group in groups and entry.rule(reader)]


def _shown(entry: Entry) -> dict[str, Any]:
    count = entry.count() if entry.count else 0
    return {
        "label": _(entry.label),
        "href": url_for(entry.endpoint),
        "group": entry.group,
        "current": request.endpoint == entry.endpoint,
        "count": count,
        "says": entry.says(count) if entry.says and count else "",
    }

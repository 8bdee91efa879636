"""The menu: stages add their entries when the application is assembled; each shows only to whom it works for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request

from forum.core.languages import _
from forum.core.people import Rule
from forum.web.permissions import me
from forum.web.templates import url_for


@dataclass(frozen=True)
class Entry:
    """One entry of the menu, in the group `public`, `team`, `me` or `foot`, which stands below every page."""

    endpoint: str
    label: str  # source words; translated when shown
    group: str
    rule: Rule
    order: int
    count: Callable[[], int] | None = None  # how much waits there; asked only where the entry shows


_entries: list[Entry] = []


def menu(
    endpoint: str,
    label: str,
    *,
    rule: Rule,
    group: str = "public",
    order: int = 50,
    count: Callable[[], int] | None = None,
) -> None:
    """Add an entry to the menu for readers for whom `rule` holds; `count` costs each of their pages a query."""
    entry = Entry(endpoint, label, group, rule, order, count)
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: one.order)


def nav() -> list[dict[str, Any]]:
    """The entries that this reader may open, for the base template."""
    reader, here = me(), request.endpoint
    return [
        {
            "endpoint": entry.endpoint,
            "label": _(entry.label),
            "href": url_for(entry.endpoint),
            "group": entry.group,
            "current": here == entry.endpoint,
            "count": entry.count() if entry.count else 0,
        }
        for entry in _entries
        if entry.rule(reader)
    ]

"""Panels: what later stages show on earlier stages' pages, registered when the application is assembled.

Slots: `board.top`, `board.side`, `post.side`, `post.below`, `post.merged`, `joined.actions`, `part.actions`,
`merge.preview`, `theme.top`, `theme.side`, `theme.follow`, `item.top`, `item.side`, `item.follow`, `roadmap.item`,
`profile`, `me`, `erase`.
A panel gets the reader and the slot's values and returns a template's name and values, or None to stay away.
A panel that is the same for everybody may be kept in memory for some seconds; it then gets no reader.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import render_template
from markupsafe import Markup

from forum.core.languages import current_language
from forum.web import agreeing
from forum.web.permissions import me
from forum.web.session import afterwards

Value = TypeVar("Value")
Panel = Callable[..., tuple[str, dict[str, Any]] | None]
_panels: dict[str, list[tuple[int, int, Panel]]] = defaultdict(list)
_kept: dict[tuple[Any, ...], tuple[float, Any]] = {}  # until when, and what
_MOST = 5_000  # things kept; beyond, all are forgotten


def panel(slot: str, *, order: int = 50, keep: int = 0) -> Callable[[Panel], Panel]:
    """Show what the decorated function answers in `slot`; smaller `order` comes first.

    With `keep` the panel is the same for everybody, and its HTML is kept for so many seconds per language.
    """

    def register(function: Panel) -> Panel:
        if all(known is not function for _order, _keep, known in _panels[slot]):
            _panels[slot].append((order, keep, function))
            _panels[slot].sort(key=lambda entry: entry[0])
        return function

    return register


def panels(slot: str, **values: Any) -> Markup:
    """The HTML of all panels in `slot`, in their order; for templates."""
    parts = []
    for _order, keep, function in _panels[slot]:
        parts.append(_keep(function, keep) if keep else _draw(function(reader=me(), **values)))
    return Markup("").join(parts)


def draw(template: str, **shown: Any) -> Markup:
    """A template on its own, to be set into another."""
    return Markup(render_template(template, **shown))  # noqa: S704  # escaped there


def _draw(answer: tuple[str, dict[str, Any]] | None) -> Markup:
    if answer is None:
        return Markup("")
    template, shown = answer
    return draw(template, **shown)


def _keep(function: Panel, seconds: int) -> Markup:
    return kept(seconds, lambda: _draw(function()), function, current_language())


def kept(seconds: int, make: Callable[[], Value], *key: Hashable) -> Value:
    """What `make` answers, kept in memory for so many seconds under `key`: for what is the same for everybody."""
    if agreeing.is_outdated():
        _kept.clear()
    now = time.monotonic()
    until, value = _kept.get(key, (0.0, None))
    if now >= until:
        if len(_kept) >= _MOST:
            _kept.clear()
        value = make()
        _kept[key] = (now + seconds, value)
    return cast(Value, value)


def forget(*key: Hashable) -> None:
    """Forget what is kept under `key`, because it has just changed; once it is committed, in all processes."""
    _kept.pop(key, None)
    afterwards(agreeing.tell_others)


def forget_panels() -> None:
    """Forget what is kept; for tests."""
    _kept.clear()

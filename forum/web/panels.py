"""Panels: what later stages show on earlier stages' pages, registered when the application is assembled.

Slots: `board.side`, `post.side`, `post.below`, `profile`, `me`. A panel gets the reader and the slot's
values and returns a template's name and values, or None to stay away.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import render_template
from markupsafe import Markup

from forum.web.permissions import me

Panel = Callable[..., tuple[str, dict[str, Any]] | None]
_panels: dict[str, list[tuple[int, Panel]]] = defaultdict(list)


def panel(slot: str, *, order: int = 50) -> Callable[[Panel], Panel]:
    """Show what the decorated function answers in `slot`; smaller `order` comes first."""

    def register(function: Panel) -> Panel:
        if all(known is not function for _order, known in _panels[slot]):
            _panels[slot].append((order, function))
            _panels[slot].sort(key=lambda entry: entry[0])
        return function

    return register


def panels(slot: str, **values: Any) -> Markup:
    """The HTML of all panels in `slot`, in their order; for templates."""
    parts = []
    for _order, function in _panels[slot]:
        answer = function(reader=me(), **values)
        if answer is not None:
            template, shown = answer
            parts.append(render_template(template, **shown))
    return Markup("").join(Markup(part) for part in parts)  # noqa: S704  # rendered templates, escaped there

"""What makes templates quick: globals in one plain dict, and addresses whose pattern is looked up once."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import request
from flask import url_for as flask_url_for
from flask.templating import Environment
from markupsafe import Markup, escape

_patterns: dict[tuple[str, ...], str] = {}
_MARK = 770_000_000_000  # numbers that stand in a pattern for those to come


class PlainEnvironment(Environment):
    """Jinja's environment without the chain of maps that it copies for each template of each page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own globals, where a template adds none."""
        return {**self.globals, **d} if d else self.globals


def url_for(endpoint: str, **values: Any) -> str:
    """The address of a page, as Flask makes it.

    Flask asks its whole map each time. An address with no values, or with numbers alone, follows a pattern that
    Flask made once.
    """
    if endpoint.startswith(".") or any(type(value) is not int for value in values.values()):
        return flask_url_for(endpoint, **values)
    key = (request.root_path, endpoint, *values)
    pattern = _patterns.get(key)
    if pattern is None:
        pattern = _patterns[key] = _pattern(endpoint, list(values))
    return pattern.format(*values.values()) if values else pattern


def _pattern(endpoint: str, names: list[str]) -> str:
    """The address with a place for each of the numbers called `names`, in braces; without numbers as it is."""
    marks: dict[str, Any] = {name: _MARK + place for place, name in enumerate(names)}
    address = flask_url_for(endpoint, **marks)
    if not names:
        return address
    address = address.replace("{", "{{").replace("}", "}}")
    for place in range(len(names)):
        address = address.replace(str(_MARK + place), f"{{{place}}}")
    return address


def esc(text: str) -> str:
    """What `| e` gives, for where autoescaping is off: the same words are escaped once, not on every page."""
    return text if isinstance(text, Markup) else _escaped(text)


@lru_cache(maxsize=10_000, typed=True)
def _escaped(text: str) -> str:
    return str(escape(text))


def key_of(value: Any) -> str:
    """An enum member, or its text in any spelling, as templates compare it: *in_review* as *in review*."""
    return str(getattr(value, "value", value)).lower().replace("_", " ")

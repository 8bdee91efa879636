"""What makes templates quick: globals in one plain dict, and addresses without values looked up once."""

from collections.abc import MutableMapping
from typing import Any

from flask import request
from flask import url_for as flask_url_for
from flask.templating import Environment

_addresses: dict[tuple[str, str], str] = {}


class PlainEnvironment(Environment):
    """Jinja's environment without the chain of maps that it copies for each template of each page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own globals, where a template adds none."""
        return {**self.globals, **d} if d else self.globals


def url_for(endpoint: str, **values: Any) -> str:
    """The address of a page, as Flask makes it. One without values is always the same."""
    if values or endpoint.startswith("."):
        return flask_url_for(endpoint, **values)
    key = (endpoint, request.root_path)
    if key not in _addresses:
        _addresses[key] = flask_url_for(endpoint)
    return _addresses[key]

"""Larger requests for the few addresses that take files, from those alone who may send them."""

from flask import Flask, current_app, request

from forum.core.people import Rule
from forum.web.permissions import me

_large: dict[str, tuple[int, Rule | None]] = {}


def takes_files(endpoint: str, *, megabytes: int, rule: Rule | None = None) -> None:
    """Let `endpoint` take requests of up to so many megabytes, from those for whom `rule` or else its own holds."""
    _large[endpoint] = megabytes * 1024 * 1024, rule


def init_uploads(app: Flask) -> None:
    """Lift the request limit where a file is expected, before anything reads the form."""

    @app.before_request
    def lift_limit() -> None:
        if request.endpoint not in _large:
            return
        limit, rule = _large[request.endpoint]
        rule = rule or getattr(current_app.view_functions[request.endpoint], "rule", None)
        if rule is None or rule(me()):
            request.max_content_length = limit

"""Larger requests for the few addresses that take files, from those alone who may send them."""

from flask import Flask, current_app, request

from forum.web.permissions import me

_large: dict[str, int] = {}


def takes_files(endpoint: str, *, megabytes: int) -> None:
    """Let `endpoint` take requests of up to so many megabytes."""
    _large[endpoint] = megabytes * 1024 * 1024


def init_uploads(app: Flask) -> None:
    """Lift the request limit where a file is expected, before anything reads the form."""

    @app.before_request
    def lift_limit() -> None:
        limit = _large.get(request.endpoint or "")
        if limit is None:
            return
        rule = getattr(current_app.view_functions[str(request.endpoint)], "rule", None)
        if rule is None or rule(me()):
            request.max_content_length = limit

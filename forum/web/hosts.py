"""Only requests for the configured host are answered; addresses never come from the request."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, abort, request

from config import settings

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
FOR_PROGRAMS = ("web.health", "web.ready", "web.show_metrics")  # which know machines by number; no link is in them


def init_hosts(app: Flask) -> None:
    """Answer 400 to an unknown Host."""
    parts = urlsplit(settings().site_url)
    known = {parts.netloc, parts.hostname}

    @app.before_request
    def check_host() -> None:
        host = request.host
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if host in known or name in known or (name in LOOPBACK and settings().is_loopback):
            return
        if request.endpoint in FOR_PROGRAMS and _is_number(name):
            return
        abort(400)


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True

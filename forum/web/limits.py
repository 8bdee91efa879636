"""Limits per address and person; views add their own with `limited`.

What people do is counted for all web processes together; see `tallies`. What could be guessed is `guarded`.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

from config import settings
from forum.core import shared
from forum.core.errors import TooMany
from forum.core.languages import _, span_words
from forum.web.permissions import me
from forum.web.tallies import GUARDED, SHARED


def client_address() -> str:
    """The client's address; of IPv6 the /64, which is what one household has."""
    address = get_remote_address()
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if isinstance(parsed, IPv6Address) else address


def _person() -> str:
    reader = me()
    return f"person {reader.id}" if reader.is_authenticated else client_address()


def _refuse(limit: RequestLimit) -> Any:
    import time

    span = limit.limit.get_expiry()  # seconds
    seconds = min(span, max(1, ceil(limit.reset_at - time.time())))  # its end is kept in whole seconds, a little late
    words = _(
        "The limit here is {n} within {span}. You can try again in {time}.",
        n=limit.limit.amount,
        span=span_words(span),
        time=span_words(seconds),
    )
    raise TooMany(words, retry_after=seconds)


_limiter = Limiter(
    client_address,
    default_limits=["200/minute", "50/10 seconds"],
    storage_uri="cabin://",
    strategy="fixed-window",
    on_breach=_refuse,
    headers_enabled=False,
)


def limits_are_on() -> bool:
    """Whether anything is limited; a setting switches it off on loopback only."""
    return not (settings().rate_limits == "off" and settings().is_loopback)


def init_limits(app: Flask) -> None:
    """Limit every address; a setting switches it off on loopback only, for benches and tests.

    Raises `ValueError` where the settings name a Redis and the package for it is missing.
    """
    shared.check()
    app.config["RATELIMIT_ENABLED"] = limits_are_on()
    _limiter.init_app(app)
    _limiter.request_filter(lambda: request.endpoint in ("web.static_file", "web.health"))


def _is_done(response: Response) -> bool:
    return response.status_code < 400


def limited(
    rate: str,
    *,
    methods: tuple[str, ...] = ("POST",),
    key: Callable[[], str] | None = None,
    counts: Callable[[Response], bool] | None = None,
) -> Callable[[Any], Any]:
    """Limit a view to `rate` (say `"20/day"`) per person, or per address where nobody is signed in.

    `key` says what else to count by; `counts` which answers count, say those that refuse. Without it a form that
    was sent counts when it was taken, so that mistakes cost nothing.
    """
    who = key or _person
    if counts is None and methods == ("POST",):
        counts = _is_done
    decorate: Callable[[Any], Any] = _limiter.limit(
        rate,
        key_func=(lambda: SHARED + who()) if methods == ("POST",) else who,
        methods=list(methods),
        deduct_when=counts,
        override_defaults=False,
    )
    return decorate


def guarded(
    rate: str, *, key: Callable[[], str] | None = None, counts: Callable[[Response], bool] | None = None
) -> Callable[[Any], Any]:
    """Like `limited`, for forms by which secrets could be guessed or strangers bothered.

    While Redis is away, so that nobody knows how often it was tried elsewhere, they are answered with 503.
    """
    who = key or _person
    decorate: Callable[[Any], Any] = _limiter.limit(
        rate,
        key_func=lambda: GUARDED + who(),
        methods=["POST"],
        deduct_when=counts or _is_done,
        override_defaults=False,
    )
    return decorate


def unlimited(view: Any) -> Any:
    """Leave a view out of the limits."""
    return _limiter.exempt(view)

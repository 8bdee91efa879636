"""Answering with a feed: the same for everybody, and not sent again to those who have it."""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from urllib.parse import urlencode

from flask import Response, request

from forum.core.feeds import Entry, atom, last_change
from forum.core.languages import LANGUAGES, current_language, set_language


def speak_as_asked() -> None:
    """Speak the language that the address asks for: programs that fetch feeds say no other way what they want."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        set_language(asked)


def feed(title: str, *, page: str, entries: Sequence[Entry], **narrowed: str) -> Response:
    """The feed called `title` about the page at the local address `page`, or that nothing is new.

    `narrowed` are the values of its own address that narrow it, the empty ones left out.
    """
    chosen = {name: value for name, value in narrowed.items() if value}
    path = f"{request.path}?{urlencode(chosen | {'lang': current_language()})}"
    text = atom(title, path=path, page=page, entries=entries, language=current_language())
    response = Response(text, content_type="application/atom+xml; charset=utf-8")
    response.set_etag(hashlib.sha256(text).hexdigest()[:32], weak=True)  # it may be compressed on its way
    response.last_modified = last_change(entries).astimezone(UTC)
    response.make_conditional(request)
    return response

"""Who makes this request: Flask-Login asks here, and our own sign-in rows answer."""

from flask import Flask, Request, request
from flask_login import LoginManager

from forum.accounts.seen import mark_seen
from forum.accounts.sessions import reader_of
from forum.core.database import reading
from forum.core.languages import best_language, set_language
from forum.core.people import ANYBODY, Reader
from forum.web.cookies import read_cookie
from forum.web.permissions import me

COOKIE = "cabin_sign_in"


def init_identity(app: Flask) -> None:
    """Know the reader and speak their language on every request."""
    manager = LoginManager()
    manager.anonymous_user = lambda: ANYBODY
    manager.request_loader(_load)
    manager.init_app(app)
    # Our rows decide; Flask-Login must neither store nor read anything in the cookie session.
    manager.session_protection = None
    app.before_request(_speak)


def _load(request: Request) -> Reader | None:
    key = read_cookie(request, COOKIE)
    if not key:
        return None
    with reading() as session:
        reader = reader_of(session, key)
    if reader and reader.sign_in_id:
        mark_seen(reader.sign_in_id)
    return reader


def _speak() -> None:
    if request.endpoint == "web.static_file":
        return
    chosen = me().language or read_cookie(request, "cabin_language")
    set_language(chosen or best_language(request.headers.get("Accept-Language", "")))

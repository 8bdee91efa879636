"""Cookies: names and flags follow the site's address."""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from config import settings

DAY = 86_400  # seconds


class FormSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, which proves that a form is ours: signed by one signer, sent only when it changed."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer, made once."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when something in it changed; that answers vary by cookie is said elsewhere."""
        if session.modified:
            super().save_session(app, session, response)


def cookie_name(name: str) -> str:
    """`name` with the prefix that binds a cookie to this host, on https."""
    return f"__Host-{name}" if settings().is_https else name


def set_cookie(response: Response, name: str, value: str, *, days: float) -> None:
    """Set a cookie that scripts cannot read, or with an empty value remove it."""
    secure = settings().is_https
    if value:
        response.set_cookie(
            cookie_name(name), value, max_age=int(days * DAY), httponly=True, samesite="Lax", secure=secure, path="/"
        )
    else:
        response.delete_cookie(cookie_name(name), path="/", secure=secure, httponly=True, samesite="Lax")


def read_cookie(request: Request, name: str) -> str:
    """The value of a cookie of ours, or nothing."""
    return request.cookies.get(cookie_name(name), "")

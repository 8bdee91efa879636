"""Cookies: names and flags follow the site's address."""

from flask import Request, Response

from config import settings

DAY = 86_400  # seconds


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

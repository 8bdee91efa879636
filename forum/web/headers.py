"""The headers of every answer, set in one place."""

from flask import Flask, Response, request
from flask_login import current_user

from config import settings

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def init_headers(app: Flask) -> None:
    """Have every answer carry the strict headers, errors and files included."""
    fixed = {
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "X-Frame-Options": "DENY",
    }
    if settings().is_https:
        fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    fixed_items = tuple(fixed.items())

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        for name, value in fixed_items:
            headers[name] = value
        if request.endpoint != "web.static_file":
            if current_user.is_authenticated or "Set-Cookie" in headers:
                headers["Cache-Control"] = "no-store"
            else:
                headers.setdefault("Cache-Control", "no-cache")
            headers.add("Vary", "Cookie, Accept-Language")
        return response

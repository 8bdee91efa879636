"""The headers of every answer, set in one place."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from config import settings
from forum.web.permissions import me

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

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
        "worker-src 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
FRAMED = "/embed/"  # the only pages that other sites may show in a frame
PREVIEWS = "/backlog/embed"  # shows one of those in a frame itself
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
    app.wsgi_app = _carrying(app.wsgi_app, fixed)  # type: ignore[method-assign, assignment]

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        if request.endpoint != "web.static_file":
            if me().is_authenticated or "Set-Cookie" in headers:
                headers["Cache-Control"] = "no-store"
            else:
                headers.setdefault("Cache-Control", "no-cache")
            own = headers.get("Vary")  # one header: what compresses later keeps only the first of several
            headers["Vary"] = f"{own}, Cookie, Accept-Language" if own else "Cookie, Accept-Language"
        return response


def _framed(fixed: dict[str, str]) -> dict[str, str]:
    """The headers of a page that may be shown in a frame: by this site and those that were allowed; it has no forms."""
    ancestors = " ".join(("frame-ancestors", "'self'", *settings().framing_origins))
    policy = CONTENT_POLICY.replace("frame-ancestors 'none'", ancestors)
    for name in ("script-src", "form-action", "connect-src", "worker-src"):
        policy = policy.replace(f"{name} 'self'", f"{name} 'none'")
    headers = fixed | {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": "cross-origin"}
    del headers["X-Frame-Options"]  # it knows no list, and would win in old browsers
    return headers


def _carrying(wsgi_app: "WSGIApplication", fixed: dict[str, str]) -> "WSGIApplication":
    """The application with `fixed` headers on every answer, added where the list of headers is one already."""
    usual, framed = tuple(fixed.items()), tuple(_framed(fixed).items())
    previewing = fixed | {"Content-Security-Policy": f"{CONTENT_POLICY}; frame-src 'self'"}
    preview = tuple(previewing.items())

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        headers = framed if path.startswith(FRAMED) else preview if path == PREVIEWS else usual

        def start_with(status: str, own: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start(status, [*own, *headers], exc_info)

        return wsgi_app(environ, start_with)

    return answer

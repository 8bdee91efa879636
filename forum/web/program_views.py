"""What programs look for at fixed addresses: search engines, and people who report weaknesses."""

from datetime import timedelta

from flask import Response, url_for

from config import settings
from forum.core.clock import utcnow
from forum.core.errors import NotFound
from forum.core.feeds import whole
from forum.core.languages import LANGUAGES, _
from forum.core.people import anybody
from forum.web import sitemaps
from forum.web.permissions import allowed
from forum.web.session import db
from forum.web.views import bp

FIXED = ("posts.board", "products.areas", "themes.index", "backlog.roadmap", "launches.index")
# Of no use in a search engine: what people see only signed in, forms, and lists in every order.
DISALLOWED = (
    *("/me", "/admin/", "/backlog", "/decisions", "/moderation", "/listening", "/themes/review", "/themes/runs"),
    *("/themes/steering", "/sign-in", "/register", "/reset", "/preferences", "/search", "/posts/new", "/posts/similar"),
    *("/offline", "/*?after=", "/*?order=", "/posts/*/vote", "/posts/*/follow", "/report"),
)
SOON = timedelta(days=180)  # until which security.txt holds; it is made anew each time


@bp.get("/robots.txt")
@allowed(anybody)
def robots() -> Response:
    """What search engines may read."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED), f"Sitemap: {whole('/sitemap.xml')}"]
    return _text("\n".join(lines) + "\n")


@bp.get("/sitemap.xml")
@allowed(anybody)
def sitemap() -> Response:
    """The list of the sitemap's files."""
    return _xml(sitemaps.index(db))


@bp.get("/sitemap-<name>-<int(min=1, max=100000):n>.xml")
@allowed(anybody)
def sitemap_pages(name: str, n: int) -> Response:
    """One file of the sitemap: pages that everybody may read."""
    if name == "site" and n == 1:
        return _xml(sitemaps.fixed(url_for(endpoint) for endpoint in FIXED))
    found = sitemaps.pages(db, name, n)
    if found is None:
        raise NotFound(_("There is no such sitemap. Begin with /sitemap.xml."))
    return _xml(found)


@bp.get("/.well-known/security.txt")
@allowed(anybody)
def security() -> Response:
    """Whom to tell of a weakness (RFC 9116), where the operator has said so."""
    contact = settings().security_contact
    if not contact:
        raise NotFound(_("The people who run this site have given no address for reports of weaknesses."))
    lines = {
        "Contact": contact,
        "Expires": f"{utcnow() + SOON:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": ", ".join(LANGUAGES),
        "Canonical": whole("/.well-known/security.txt"),
    }
    return _text("".join(f"{name}: {value}\n" for name, value in lines.items()))


def _text(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")


def _xml(text: str) -> Response:
    return Response(text, content_type="application/xml; charset=utf-8")

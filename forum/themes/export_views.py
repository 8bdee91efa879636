"""Taking themes away: all of a product, or the posts of one, as a table or as plain data."""

from collections.abc import Callable, Iterator

from flask import Response, request
from sqlalchemy.orm import Session

from forum.accounts.rules import is_team
from forum.core import audit
from forum.core.database import new_session
from forum.core.languages import current_language, set_language
from forum.products.queries import find_product
from forum.themes import exporting, queries
from forum.themes.exporting import ThemeFile
from forum.themes.views import bp
from forum.web.limits import limited
from forum.web.pages import find_or_404
from forum.web.permissions import allowed, me
from forum.web.session import db

Write = Callable[[Session, ThemeFile], Iterator[bytes]]


@bp.post("/themes/export/<slug>")
@allowed(is_team)
@limited("20/hour")
def export_themes(slug: str) -> Response:
    """Send the themes of a product as a file; that it was taken is itself written down."""
    product, reader = find_or_404(db, find_product(slug)), me()
    audit.record(db, "themes.export", by=reader.id, subject="product", subject_id=product.id)
    return _send(
        f"themes-{product.slug}",
        lambda session, kind: exporting.write_themes(session, kind, product.id, by=reader),
    )


@bp.post("/themes/<int:theme_id>/export")
@allowed(is_team)
@limited("20/hour")
def export_posts(theme_id: int) -> Response:
    """Send the public posts of a theme as a file; that it was taken is itself written down."""
    reader = me()
    theme = find_or_404(db, queries.find_theme(reader, theme_id))
    audit.record(db, "theme.export_posts", by=reader.id, subject="theme", subject_id=theme.id)
    return _send(
        f"theme-{theme.id}-posts", lambda session, kind: exporting.write_posts(session, kind, theme, by=reader)
    )


def _send(name: str, write: Write) -> Response:
    kind = ThemeFile.JSON if request.form.get("kind") == "json" else ThemeFile.CSV
    response = Response(_pieces(kind, write, current_language()), content_type=kind.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind.value}"'
    return response


def _pieces(kind: ThemeFile, write: Write, language: str) -> Iterator[bytes]:
    """The file, read by a session of its own: that of the request is closed when its first piece leaves."""
    set_language(language)
    session = new_session(reading=True)
    try:
        yield from write(session, kind)
    finally:
        session.close()

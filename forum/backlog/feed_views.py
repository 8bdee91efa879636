"""The feed of the roadmap: what the company promises, looks at, or has set aside, the latest decision first."""

from flask import Response, request, url_for
from markupsafe import escape

from forum.backlog import queries
from forum.backlog.models import BacklogItem
from forum.backlog.views import bp
from forum.backlog.wording import standing_words
from forum.core.feeds import MOST, Entry
from forum.core.languages import _, pick
from forum.core.people import anybody
from forum.web.feeds import feed, speak_as_asked
from forum.web.permissions import allowed
from forum.web.session import db
from forum.web.sitemaps import list_pages


@bp.get("/roadmap/feed.atom")
@allowed(anybody)
def roadmap_feed() -> Response:
    """The public items whose status changed last, of one product (its slug) or of all."""
    speak_as_asked()
    product = request.args.get("product", "")[:40]
    shown = [row for rows in queries.public_items(db, product).values() for row in rows]
    entries = [
        Entry(
            path=url_for("backlog.public_item", item_id=row.id),
            title=pick(row.title),
            at=row.status_at,
            updated=row.status_at,
            html=_told(row),
            labels=(row.status.value,),
        )
        for row in sorted(shown, key=lambda row: row.status_at, reverse=True)[:MOST]
    ]
    page = url_for("backlog.roadmap", product=product or None)
    return feed(_("Roadmap"), page=page, entries=entries, product=product)


def _told(row: queries.AnyRow) -> str:
    """Where an item stands and what the company says about it, as HTML."""
    revisit = row.revisit_on.isoformat() if row.revisit_on else ""
    reason = row.reason.value if row.reason else ""
    stands = standing_words(pick(row.title), row.status, row.target, reason, revisit)
    said = (stands, pick(row.reason_text) if row.reason else pick(row.public_sentence))
    return "".join(f"<p>{escape(words)}</p>" for words in said if words)


items = BacklogItem.__table__
list_pages("roadmap", id=items.c.id, shown=items.c.is_public, changed=items.c.status_at, address="/roadmap/{id}")

"""The feed of launches: what was built because people asked for it."""

from flask import Response, request, url_for

from forum.core.feeds import Entry
from forum.core.languages import _, pick
from forum.core.people import anybody
from forum.launches import queries
from forum.launches.models import Launch
from forum.launches.views import bp
from forum.web.feeds import feed, speak_as_asked
from forum.web.permissions import allowed
from forum.web.session import db
from forum.web.sitemaps import list_pages


@bp.get("/launches/feed.atom")
@allowed(anybody)
def launches_feed() -> Response:
    """The latest public launches with their announcements, of one product (its slug) or of all."""
    speak_as_asked()
    product = request.args.get("product", "")[:40]
    entries = [
        Entry(
            path=url_for("launches.show", launch_id=row.id),
            title=pick(row.title),
            at=row.launched_at,
            updated=row.launched_at,
            html=pick(row.announcement_html),
        )
        for row in queries.latest_announcements(db, product)
    ]
    page = url_for("launches.index", product=product or None)
    return feed(_("Launches"), page=page, entries=entries, product=product)


launches = Launch.__table__
list_pages(
    "launches", id=launches.c.id, shown=launches.c.is_public, changed=launches.c.launched_at, address="/launches/{id}"
)

"""The roadmap inside pages of other sites: for everybody, without cookies, forms or scripts."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from config import settings
from forum.backlog import queries, rules
from forum.backlog.roadmap import PROMISED, By, by_time, read_roadmap
from forum.backlog.status import ItemStatus
from forum.backlog.targets import target_words
from forum.backlog.views import bp, member
from forum.backlog.wording import reason_words
from forum.core.feeds import whole
from forum.core.languages import LANGUAGES
from forum.core.people import ANYBODY, anybody
from forum.products.queries import products
from forum.web.feeds import speak_as_asked
from forum.web.known import unless_known
from forum.web.pages import find_or_404, page
from forum.web.permissions import allowed
from forum.web.session import db

SCHEMES = ("light", "dark")


@bp.get("/embed/roadmap")
@allowed(anybody)
def embedded_roadmap() -> Response:
    """What everybody may read of the roadmap, of one product or of all, by status or by time."""
    speak_as_asked()
    product = request.args.get("product", "")[:40]
    by = member(By, request.args.get("by", "")) or By.STATUS
    items = read_roadmap(db, queries.shown_to(ANYBODY), product)
    spans = by_time(items) if by is By.TIME else []
    return _framed("backlog/embed_roadmap.html", items=items, promised=PROMISED, by=by, spans=spans, product=product)


@bp.get("/embed/roadmap/<int:item_id>")
@allowed(anybody)
def embedded_item(item_id: int) -> Response:
    """One item that everybody may read."""
    speak_as_asked()
    item = find_or_404(db, queries.find_item(ANYBODY, item_id))
    return _framed("backlog/embed_item.html", item=item, reason_words=reason_words)


def _framed(template: str, **values: Any) -> Response:
    """A page for a frame: the same whoever looks at it."""
    scheme = request.args.get("scheme", "")
    scheme = scheme if scheme in SCHEMES else ""
    answer = page(template, me=ANYBODY, scheme=scheme, target_words=target_words, whole=whole, **values)
    return unless_known(answer)


@bp.get("/backlog/embed")
@allowed(rules.may_plan)
def embedding() -> ResponseReturnValue:
    """Give the lines to copy into another site, with a preview."""
    item_id = request.args.get("item", type=int)
    item = find_or_404(db, queries.find_item(ANYBODY, item_id)) if item_id else None
    asked = {
        "product": "" if item else request.args.get("product", "")[:40],
        "by": "time" if request.args.get("by") == "time" and not item else "",
        "lang": request.args.get("lang", "") if request.args.get("lang") in LANGUAGES else "",
        "scheme": request.args.get("scheme", "") if request.args.get("scheme") in SCHEMES else "",
    }
    path = url_for("backlog.embedded_item", item_id=item.id) if item else url_for("backlog.embedded_roadmap")
    query = urlencode({name: value for name, value in asked.items() if value})
    address = f"{path}?{query}" if query else path
    shown = queries.public_items(db, "")
    return page(
        "backlog/embedding.html",
        item=item,
        items=[one for status in ItemStatus for one in shown[status]],
        asked=asked,
        address=address,
        snippet_address=whole(address),
        height=260 if item else 640,
        products=products(db),
        origins=settings().framing_origins,
        languages=LANGUAGES,
    )

"""Taking items away: as a table, as plain data, or as issues for Jira and GitHub."""

from collections.abc import Iterator

from flask import Response, request
from flask.typing import ResponseReturnValue

from forum.backlog import exporting, queries, rules
from forum.backlog.exporting import ItemFile
from forum.backlog.schemas import MAX_CHOSEN
from forum.backlog.views import bp, member
from forum.core import audit
from forum.core.database import new_session
from forum.core.languages import current_language, set_language
from forum.core.people import Reader
from forum.products.queries import products
from forum.web.limits import limited
from forum.web.pages import page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/backlog/export")
@allowed(rules.may_plan)
def export() -> ResponseReturnValue:
    """Ask which file is wanted, of the chosen items or of all."""
    chosen = _chosen()
    return page(
        "backlog/export.html",
        items=queries.titles_of(db, chosen) if chosen else [],
        kind=member(ItemFile, request.args.get("kind", "")) or ItemFile.CSV,
        product=request.args.get("product", "")[:40],
        products=products(db),
        quoted=exporting.QUOTED,
    )


@bp.post("/backlog/export")
@allowed(rules.may_plan)
@limited("20/hour")
def send_export() -> Response:
    """Send the file piece by piece; that it was taken is itself written down."""
    kind = member(ItemFile, request.form.get("kind", "")) or ItemFile.CSV
    chosen, product = _chosen(), request.form.get("product", "")[:40]
    audit.record(db, "backlog.export", by=me().id, subject="backlog", kind=kind.value, items=chosen, product=product)
    response = Response(_pieces(kind, chosen, product, me(), current_language()), content_type=kind.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind.file_name}"'
    return response


def _chosen() -> list[int]:
    """The ids of the items that were chosen; none means all."""
    return [int(one) for one in request.values.getlist("item")[:MAX_CHOSEN] if one.isdecimal() and len(one) < 10]


def _pieces(kind: ItemFile, chosen: list[int], product: str, reader: Reader, language: str) -> Iterator[bytes]:
    """The file, read by a session of its own: that of the request is closed when its first piece leaves."""
    set_language(language)
    session = new_session(reading=True)
    try:
        yield from exporting.write_items(session, kind, chosen, product, by=reader)
    finally:
        session.close()

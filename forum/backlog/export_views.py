"""Taking items away: as a table, as plain data, or as issues for Jira and GitHub."""

from collections.abc import Iterator

from flask import Response, request
from flask.typing import ResponseReturnValue

from forum.backlog import exporting, queries, rules
from forum.backlog.exporting import ItemFile
from forum.backlog.issue_files import Wishes
from forum.backlog.schemas import MAX_CHOSEN, WISHES, Exporting
from forum.backlog.views import bp, member
from forum.core import audit
from forum.core.database import new_session
from forum.core.languages import current_language, set_language
from forum.core.people import Reader
from forum.products.queries import products
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/backlog/export")
@allowed(rules.may_plan)
def export() -> ResponseReturnValue:
    """Ask which file is wanted, of the chosen items or of all."""
    return _ask(Form(Exporting, **_USUAL))


_USUAL = {"project": WISHES.project, "issue_type": WISHES.issue_type, "labels": ", ".join(WISHES.labels)}


def _ask(form: Form[Exporting]) -> ResponseReturnValue:
    chosen = _chosen()
    return page(
        "backlog/export.html",
        status=form.status,
        form=form,
        items=queries.titles_of(db, chosen) if chosen else [],
        kind=_kind(),
        product=_product(),
        products=products(db),
        quoted=exporting.QUOTED,
    )


@bp.post("/backlog/export")
@allowed(rules.may_plan)
@limited("20/hour")
def send_export() -> ResponseReturnValue:
    """Send the file piece by piece; that it was taken is itself written down."""
    form = Form(Exporting, **_USUAL)
    if not form.submitted():
        return _ask(form)
    kind, chosen, product = _kind(), _chosen(), _product()
    audit.record(db, "backlog.export", by=me().id, subject="backlog", kind=kind.value, items=chosen, product=product)
    pieces = _pieces(kind, chosen, product, form.value.wishes(), me(), current_language())
    response = Response(pieces, content_type=kind.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind.file_name}"'
    return response


def _kind() -> ItemFile:
    """Which file is wanted."""
    kind: ItemFile | None = member(ItemFile, request.values.get("kind", ""))
    return kind or ItemFile.CSV


def _product() -> str:
    """The short name of the product whose items are wanted; empty for all."""
    return request.values.get("product", "")[:40]


def _chosen() -> list[int]:
    """The ids of the items that were chosen; none means all."""
    return [int(one) for one in request.values.getlist("item")[:MAX_CHOSEN] if one.isdecimal() and len(one) < 10]


def _pieces(
    kind: ItemFile, chosen: list[int], product: str, wishes: Wishes, reader: Reader, language: str
) -> Iterator[bytes]:
    """The file, read by a session of its own: that of the request is closed when its first piece leaves."""
    set_language(language)
    session = new_session(reading=True)
    try:
        yield from exporting.write_items(session, kind, chosen, product, by=reader, wishes=wishes)
    finally:
        session.close()

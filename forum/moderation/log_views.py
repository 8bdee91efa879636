"""The log of moderation: in full for moderators, as a file, and without names for everybody."""

from datetime import date

from flask import Response, request
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core import audit
from forum.core.languages import mark
from forum.core.people import anybody
from forum.moderation import log
from forum.moderation.public_log import public_lines
from forum.moderation.views import bp
from forum.web.limits import limited
from forum.web.navigation import menu
from forum.web.pages import page
from forum.web.permissions import allowed, me
from forum.web.session import db

menu("moderation.public_log", mark("What moderators did"), rule=anybody, group="foot")


def _filters() -> log.Filters:
    """The filters in the address; what is not a number there is left out."""
    return log.Filters(
        post_id=request.values.get("post", None, int),
        person_id=request.values.get("person", None, int),
        action=request.values.get("action", ""),
        moderator_id=request.values.get("moderator", None, int),
        since=request.values.get("since", None, date.fromisoformat),
        until=request.values.get("until", None, date.fromisoformat),
    )


@bp.get("/log")
@allowed(may_moderate)
def show_log() -> ResponseReturnValue:
    """Who did what, when and why; nothing in it can be changed."""
    filters = _filters()
    return page(
        "moderation/log.html",
        lines=log.lines(db, me(), filters, request.args.get("after", "")),
        filters=filters,
        actions=log.ACTIONS,
        moderators=log.moderators(db),
        exported=log.EXPORTED,
        chosen={
            "post": filters.post_id,
            "person": filters.person_id,
            "action": filters.action or None,
            "moderator": filters.moderator_id,
            "since": filters.since,
            "until": filters.until,
        },
    )


@bp.post("/log/export")
@allowed(may_moderate)
@limited("20/hour")
def export_log() -> Response:
    """The log as a file; that it was taken is itself written down."""
    audit.record(db, "moderation.export_log", by=me().id, subject="log")
    response = Response(log.export(db, me(), _filters()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="moderation-log.csv"'
    return response


@bp.get("/log/public")
@allowed(anybody)
def public_log() -> ResponseReturnValue:
    """What was hidden, removed and put back, without the names of those concerned."""
    return page("moderation/public_log.html", lines=public_lines(db, me(), request.args.get("after", "")))

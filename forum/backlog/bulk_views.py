"""Changing several items at once: chosen in the table, confirmed on one page, undone where that is exact."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.backlog import bulk, listing, queries, rules
from forum.backlog.models import BacklogItem
from forum.backlog.schemas import MAX_CHOSEN, BulkChange
from forum.backlog.status import BulkAct, ItemStatus, NotNowReason
from forum.backlog.targets import choices
from forum.backlog.views import bp, member
from forum.backlog.wording import reason_words
from forum.core.clock import today
from forum.core.errors import Invalid
from forum.core.languages import ngettext, pick
from forum.web.forms import Form
from forum.web.pages import flash, go, local_path, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/backlog/several", methods=["GET", "POST"])
@allowed(rules.may_plan)
def change_several() -> ResponseReturnValue:
    """Ask what the chosen items shall become and say which stay as they are, then change them."""
    act = member(BulkAct, request.values.get("act", "")) or BulkAct.OWNER
    to = member(ItemStatus, request.values.get("to", "").replace("-", " "))
    sent = request.values.getlist("item")[:MAX_CHOSEN]
    chosen = [int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 10]
    items = bulk.chosen_items(db, chosen)
    form = Form(BulkChange, item=chosen, act=act, to=to)
    if not request.form.get("look") and form.submitted():
        try:
            outcome = bulk.change_items(db, form.value, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            undo = url_for("backlog.undo_several", batch=outcome.batch) if outcome.batch and outcome.changed else ""
            flash(_told(outcome), undo=undo)
            return go("backlog.index", view="table")
    if request.form.get("look"):
        form.errors.clear()
    return page("backlog/several.html", status=form.status, form=form, **_choosing(act, to, items))


def _choosing(act: BulkAct, to: ItemStatus | None, items: Any) -> dict[str, Any]:
    """What the page of a change of several items shows."""
    return {
        "act": act,
        "to": to,
        "items": items,
        "left": [item for item in items if not _takes(item, act, to)],
        "next": local_path(request.values.get("next", "")),
        "owners": queries.owners(db) if act is BulkAct.OWNER else [],
        "targets": choices(today()),
        "moves": [one for one in ItemStatus if one is not ItemStatus.LAUNCHED],
        "reasons": [(reason.value, reason_words(reason)) for reason in NotNowReason],
        "is_public": any(item.is_public for item in items),
        "others": _others(items) if act is BulkAct.STATUS else [],
    }


def _others(items: Sequence[BacklogItem]) -> list[tuple[int, str]]:
    """The items whose launch may bring back those chosen: of their product, and none of themselves."""
    products, chosen = {item.product_id for item in items}, {item.id for item in items}
    if len(products) != 1:
        return []
    rows = listing.choosable(db, products.pop(), without=0)
    return [(one, pick(title)) for one, title in rows if one not in chosen]


def _takes(item: BacklogItem, act: BulkAct, to: ItemStatus | None) -> bool:
    match act:
        case BulkAct.TARGET:
            return item.status in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS)
        case BulkAct.STATUS:
            return to is None or bulk.may_move(item, to)
    return True


def _told(outcome: bulk.Outcome) -> str:
    changed = ngettext("{n} item was changed.", "{n} items were changed.", len(outcome.changed))
    if not outcome.left:
        return changed
    left = ngettext("{n} stays as it is.", "{n} stay as they are.", len(outcome.left))
    return f"{changed} {left}"


@bp.post("/backlog/several/<batch>/undo")
@allowed(rules.may_plan)
def undo_several(batch: str) -> ResponseReturnValue:
    """Give the items back what a change of several took."""
    outcome = bulk.undo_batch(db, batch[:20], by=me())
    undone = ngettext("{n} item is as it was.", "{n} items are as they were.", len(outcome.changed))
    if outcome.left:
        left = ngettext(
            "{n} was changed since and stays as it is.", "{n} were changed since and stay.", len(outcome.left)
        )
        undone = f"{undone} {left}"
    flash(undone)
    return go("backlog.index", view="table")

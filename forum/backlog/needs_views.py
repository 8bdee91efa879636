"""The page on which the team says which items have to come first."""

from flask.typing import ResponseReturnValue

from forum.backlog import listing, needs, queries, rules
from forum.backlog.schemas import Need
from forum.backlog.views import bp
from forum.core.errors import Conflict
from forum.core.languages import _, pick
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/backlog/<int:item_id>/needs", methods=["GET", "POST"])
@allowed(rules.may_plan)
def change_needs(item_id: int) -> ResponseReturnValue:
    """Show what an item needs and what needs it, and add one that it needs."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    form = Form(Need)
    if form.submitted():
        other = find_or_404(db, queries.find_item(me(), form.value.needs_id))
        try:
            needs.add_need(db, item, other, by=me())
        except Conflict as conflict:
            form.refuse(conflict)
        else:
            flash(_("It needs “{item}” first.", item=pick(other.title)))
            return go("backlog.change_needs", item_id=item_id)
    beside = listing.items_beside(db, item, ranked=False)
    return page(
        "backlog/needs.html",
        status=409 if "" in form.errors else form.status,
        item=item,
        form=form,
        needed=beside[listing.Beside.NEEDED],
        needing=beside[listing.Beside.NEEDING],
        others=[(one, pick(title)) for one, title in listing.choosable(db, item.product_id, without=item.id)],
    )


@bp.post("/backlog/<int:item_id>/needs/<int:needs_id>/remove")
@allowed(rules.may_plan)
def remove_need(item_id: int, needs_id: int) -> ResponseReturnValue:
    """Let an item wait for another no more."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    other = find_or_404(db, queries.find_item(me(), needs_id))
    needs.remove_need(db, item, other, by=me())
    flash(_("It does not wait for “{item}” any more.", item=pick(other.title)))
    return go("backlog.change_needs", item_id=item_id)

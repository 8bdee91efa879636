"""The backlog as the team works on it: a board, a table, and the ways to look at them that people keep."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.backlog import listing, queries, rules, viewing
from forum.backlog.listing import Looking, Sort
from forum.backlog.panels import weighted_people
from forum.backlog.schemas import Viewing
from forum.backlog.status import MOVES, BulkAct, ItemStatus
from forum.backlog.targets import choices, target_words
from forum.backlog.views import bp
from forum.backlog.wording import came_back_words
from forum.core.clock import today
from forum.core.errors import Invalid
from forum.core.languages import _, mark
from forum.products.queries import products
from forum.segments.panels import known_segments, weighs
from forum.segments.queries import Known
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

menu("backlog.index", mark("Backlog"), rule=rules.is_team, group="team", order=50)

RETURNED = 5  # items that came back, named above the board


@bp.get("/backlog")
@allowed(rules.is_team)
def index() -> ResponseReturnValue:
    """Show the items, as a board by status or as a table, filtered and sorted by the address."""
    looking = Looking.read(request.args)
    shown = _shown(looking, Form(Viewing, query=looking.query()))
    if not looking.view:
        return page("backlog/board.html", columns=listing.items_by_status(db, looking), **shown)
    rows = listing.items_in_order(db, looking, request.args.get("after", ""))
    weighted = weighted_people(rows.rows)
    return page("backlog/table.html", rows=rows, weighted=weighted, acts=list(BulkAct), **shown)


def _shown(looking: Looking, form: Form[Viewing]) -> dict[str, Any]:
    """What board and table have in common."""
    segments = known_segments()
    return {
        "looking": looking,
        "form": form,
        "sorts": _sorts(looking, segments),
        "segments": segments,
        "segment": next((one for one in segments if one.id == looking.segment), None),
        "statuses": list(ItemStatus),
        "allowed_moves": _move_words(),
        "products": products(db),
        "views": viewing.views_of(db, me()),
        "owners": queries.owners(db),
        "targets": choices(today(), looking.target),
        "returned": [] if looking.back else listing.came_back(db, RETURNED),
        "came_back_words": came_back_words,
        "target_words": target_words,
        "may_plan": rules.may_plan(me()),
    }


def _sorts(looking: Looking, segments: list[Known]) -> list[Sort]:
    """The orders that there is something for."""
    without = {Sort.WEIGHTS: weighs(segments), Sort.SEGMENT: bool(looking.segment)}
    return [sort for sort in Sort if without.get(sort, True)]


def _move_words() -> dict[ItemStatus, str]:
    """Where an item of each status may go, as scripts read it: *planned not-now*."""
    order = list(ItemStatus)
    return {
        status: " ".join(to.value.replace(" ", "-") for to in order if to in moves and to is not status)
        for status, moves in MOVES.items()
    }


@bp.route("/backlog/views", methods=["GET", "POST"])
@allowed(rules.is_team)
def save_view() -> ResponseReturnValue:
    """Keep the way to look at the backlog that the address has, under a name."""
    looking = Looking.read(request.args)
    form = Form(Viewing, query=looking.query())
    if form.submitted():
        try:
            view = viewing.save_view(db, form.value, by=me())
        except Invalid as problem:
            form.refuse(problem)
        except viewing.Taken as conflict:
            return _ask_again(form, conflict)
        else:
            flash(_("“{view}” is kept among the views.", view=view.name))
            return go("backlog.index", **listing.reread(view.query).arguments())
    return page("backlog/view.html", status=form.status, form=form, may_plan=rules.may_plan(me()))


def _ask_again(form: Form[Viewing], conflict: viewing.Taken) -> ResponseReturnValue:
    """The form again, with a look at the view that has this name; sent once more it takes its place."""
    form.refuse(conflict)
    form.raw["replaces"] = f"?{conflict.query}"
    theirs = url_for("backlog.index") + form.raw["replaces"]
    shown: dict[str, Any] = {"form": form, "may_plan": rules.may_plan(me()), "theirs": theirs}
    return page("backlog/view.html", status=conflict.status, **shown)


@bp.post("/backlog/views/<int:view_id>/remove")
@allowed(rules.is_team)
def remove_view(view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    view = viewing.remove_view(db, view_id, by=me(), stood=request.args.get("stood"))
    flash(_("“{view}” is gone from the views. The items stay as they are.", view=view.name))
    return go("backlog.index", **listing.reread(view.query).arguments())

"""The pages on which the team plans: the backlog, an item, what speaks for it, and what is decided."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from forum.backlog import book, changing, conflicts, evidence, issues, listing, modelling, queries, rules, services
from forum.backlog.audiences import name_of
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.schemas import Decision, ItemChanges, Reopening
from forum.backlog.scoring import return_on
from forum.backlog.status import MOVES, ItemStatus, NotNowReason, Tracker
from forum.backlog.targets import choices, target_words
from forum.backlog.weighing import Criterion, parts
from forum.backlog.wording import (
    again_words,
    also_waits_for,
    audience_words,
    came_back_words,
    reason_words,
    standing_words,
)
from forum.core.clock import today
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import _, pick
from forum.products.models import Product
from forum.themes.labels import label_of
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, go_back, is_fragment, local_path, page
from forum.web.panels import kept
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("backlog", __name__)

QUOTED = 5  # posts on an item's page
KEEP = 60  # seconds for which the addresses of trackers are remembered
DECIDED = 12  # entries of the book on an item's page
EDITED = ("title", "problem", "public_sentence", "owner_id", "is_public", "target", "issues")


def member(kind: Any, word: str) -> Any:
    """The member of an enum that a word of the address means, or None."""
    return next((member for member in kind if member.value == word), None)


@bp.get("/backlog/<int:item_id>")
@allowed(rules.is_team)
def show(item_id: int) -> ResponseReturnValue:
    """Show an item: the problem, the score as a sum, the evidence, and what was decided."""
    row = queries.item_with_names(db, me(), item_id)
    if row is None:
        raise NotFound(_("This item may have been removed, or the address is not quite right."))
    item: BacklogItem = row.BacklogItem
    beside = listing.items_beside(db, item)
    return page(
        "backlog/item.html",
        row=row,
        item=item,
        moves=_in_order(item.status),
        themes=[(theme, label_of(theme)) for theme in queries.themes_of(db, item.id)],
        numbers=evidence.numbers(db, evidence.of_items(Evidence.item_id == item.id)),
        posts=queries.most_wanted_posts(db, me(), item.id, QUOTED),
        decisions=book.decisions_on(db, me(), item.id, DECIDED),
        audience=audience_words(item.audience, name_of(db, item)),
        earned=return_on(item.value, item.cost),
        parts=parts([Criterion.read(one) for one in row.criteria or ()], item),
        beside={one.value: rows for one, rows in beside.items()},
        blocked_by=listing.blocking(beside),
        issues=issues.linked(item.issues, _places(item.product_id)) if item.issues else [],
        target_words=target_words,
        reason_words=reason_words,
        again=again_words(item.revisit_on.isoformat() if item.revisit_on else "", also_waits_for(item, for_team=True)),
        came_back_words=came_back_words,
        may_plan=rules.may_plan(me()),
    )


def _places(product_id: int) -> dict[Tracker, str]:
    """Where issues are kept; set once and asked on every page, so it is remembered for a while."""
    return kept(KEEP, lambda: modelling.places_of(db, product_id), "trackers", product_id)


def _in_order(status: ItemStatus) -> list[ItemStatus]:
    """Where an item may go: onwards first, then back, *not now* last."""
    order = list(ItemStatus)
    is_back = {to: order.index(to) < order.index(status) for to in MOVES[status]}
    return sorted(MOVES[status], key=lambda to: (to is ItemStatus.NOT_NOW, is_back[to], order.index(to)))


@bp.get("/backlog/<int:item_id>/evidence")
@allowed(rules.is_team)
def evidence_list(item_id: int) -> ResponseReturnValue:
    """List every post that speaks for an item, or those that a person took out."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    theme_id = request.args.get("theme", type=int)
    is_out = bool(request.args.get("out"))
    after = request.args.get("after", "")
    return page(
        "backlog/evidence.html",
        item=item,
        themes=[(theme, label_of(theme)) for theme in queries.themes_of(db, item.id)],
        theme_id=theme_id,
        is_out=is_out,
        posts=queries.evidence_page(db, me(), item.id, theme_id=theme_id, is_out=is_out, after=after),
        may_plan=rules.may_plan(me()),
    )


@bp.post("/backlog/<int:item_id>/evidence/<int:post_id>/remove")
@allowed(rules.may_plan)
def remove_evidence(item_id: int, post_id: int) -> ResponseReturnValue:
    """Let a post speak for the item no longer."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    changing.remove_evidence(db, item, post_id, by=me())
    undo = url_for("backlog.restore_evidence", item_id=item_id, post_id=post_id)
    flash(_("The post speaks for this item no longer. No later run brings it back."), undo=undo)
    return go("backlog.evidence_list", item_id=item_id)


@bp.post("/backlog/<int:item_id>/evidence/<int:post_id>/restore")
@allowed(rules.may_plan)
def restore_evidence(item_id: int, post_id: int) -> ResponseReturnValue:
    """Let a post that was taken out speak for the item again."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    changing.restore_evidence(db, item, post_id, by=me())
    flash(_("The post speaks for this item again."))
    return go("backlog.evidence_list", item_id=item_id)


@bp.route("/backlog/<int:item_id>/move", methods=["GET", "POST"])
@allowed(rules.may_plan)
def move(item_id: int) -> ResponseReturnValue:
    """Ask where the item goes and what is said about it, show what customers will read, then move it.

    The board asks for the form alone, and is where the reader goes back to.
    """
    item = find_or_404(db, queries.find_item(me(), item_id))
    to = member(ItemStatus, request.args.get("to", "").replace("-", " "))
    form = Form(Decision, to=to, target=item.target, version=item.version)
    preview = None
    if form.submitted():
        if request.form.get("preview"):
            preview = _preview(item, form.value)
        else:
            try:
                services.move_item(db, item, form.value.to, form.value, by=me())
            except Invalid as problem:
                form.refuse(problem)
            except Conflict as conflict:
                return show_conflict("backlog/move.html", conflict, ("target",), **_deciding(item, form))
            else:
                flash(_told(item))
                return go_back("backlog.show", item_id=item.id)
    template = "backlog/_deciding.html" if is_fragment() else "backlog/move.html"
    return page(template, status=form.status, preview=preview, **_deciding(item, form))


def _deciding(item: BacklogItem, form: Form[Decision]) -> dict[str, Any]:
    """What the page of a decision shows."""
    moves = [to for to in ItemStatus if to in MOVES[item.status] and ItemStatus.LAUNCHED not in (to, item.status)]
    return {
        "item": item,
        "form": form,
        "moves": moves,
        "to": member(ItemStatus, str(form.raw.get("to", ""))),
        "targets": choices(today(), item.target),
        "reasons": [(reason.value, reason_words(reason)) for reason in NotNowReason],
        "others": [(one, pick(title)) for one, title in listing.choosable(db, item.product_id, without=item.id)],
        "blocked_by": listing.blocking(listing.items_beside(db, item, ranked=False)),
        "next": local_path(request.values.get("next", "")),
    }


def _preview(item: BacklogItem, decision: Decision) -> dict[str, Any]:
    """What customers will read on their posts if this is decided."""
    reason = decision.reason.value if decision.reason else ""
    revisit_on = decision.revisit_on.isoformat() if decision.revisit_on else ""
    also: dict[str, Any] = {"votes": decision.revisit_votes, "companies": decision.revisit_companies}
    if decision.revisit_item_id:
        other = db.get(BacklogItem, decision.revisit_item_id)
        also["item"] = other.title if other is not None and other.is_public else {}
    title = pick(item.title)
    words: Words = decision.words("line") if decision.to is ItemStatus.NOT_NOW else decision.words("sentence")
    return {
        "sentence": standing_words(title, decision.to, decision.target, reason, revisit_on, _said(also)),
        "why": [(language, text) for language, text in words.items()],
    }


def _said(also: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in also.items() if value is not None}


def _told(item: BacklogItem) -> str:
    if not item.is_public:
        return _("Decided. The item is internal, so only the team sees it.")
    return _("Decided. The posts behind the item and the roadmap say so now.")


def show_conflict(template: str, conflict: Conflict, columns: Sequence[str], **values: Any) -> ResponseReturnValue:
    """A form again with what changed since it was opened; what was typed is in it, and sent once more it counts."""
    item, form = values["item"], values["form"]
    opened = str(form.raw.get("version", ""))
    form.refuse(conflict)
    entries = book.decisions_since(db, me(), item.id, int(opened)) if opened.isdigit() else []
    meanwhile = conflicts.settle(form.raw, item, columns, entries)
    return page(template, status=conflict.status, meanwhile=meanwhile, **values)


@bp.route("/backlog/<int:item_id>/edit", methods=["GET", "POST"])
@allowed(rules.may_plan)
def edit(item_id: int) -> ResponseReturnValue:
    """Change how the item reads, who owns it, and who may see it."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    standing = conflicts.as_fields({name: getattr(item, name) for name in EDITED})
    form = Form(ItemChanges, **standing, version=item.version)
    slug = db.get_one(Product, item.product_id).slug
    shown = {"owners": queries.owners(db), "targets": choices(today(), item.target), "slug": slug}
    values: dict[str, Any] = {"item": item, "form": form} | shown
    if form.submitted():
        try:
            changing.change_item(db, item, form.value, by=me())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as conflict:
            return show_conflict("backlog/edit.html", conflict, EDITED, **values)
        else:
            flash(_("Saved. The decision book says what changed."))
            return go("backlog.show", item_id=item.id)
    return page("backlog/edit.html", status=form.status, **values)


@bp.route("/backlog/<int:item_id>/reopen", methods=["GET", "POST"])
@allowed(rules.may_plan)
def reopen(item_id: int) -> ResponseReturnValue:
    """Ask why a launched item goes back to review, then take it there."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    form = Form(Reopening, version=item.version)
    if form.submitted():
        try:
            services.reopen_item(db, item, form.value, by=me())
        except Conflict as conflict:
            return show_conflict("backlog/reopen.html", conflict, (), item=item, form=form)
        flash(_("Reopened. The item is in review again, and its posts say so."))
        return go("backlog.show", item_id=item.id)
    if request.method == "GET" and item.status is not ItemStatus.LAUNCHED:
        raise Conflict(_("Only a launched item can be reopened. Look at it again."))
    return page("backlog/reopen.html", status=form.status, item=item, form=form)


# The others have files of their own; importing them adds their pages.
from forum.backlog import (  # noqa: E402
    audience_views,  # noqa: F401
    bulk_views,  # noqa: F401
    desk_views,  # noqa: F401
    embed_views,  # noqa: F401
    export_views,  # noqa: F401
    feed_views,  # noqa: F401
    needs_views,  # noqa: F401
    panels,  # noqa: F401
    promotion_views,  # noqa: F401
    roadmap_views,  # noqa: F401
    scoring_views,  # noqa: F401
)

"""The pages on which the team plans: the backlog, an item, what speaks for it, and what is decided."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from forum.backlog import book, changing, evidence, queries, rules, services
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.queries import Sort
from forum.backlog.schemas import Decision, ItemChanges, Reopening, Scoring
from forum.backlog.scoring import CONFIDENCES, pain, proposed_confidence, proposed_impact, return_on
from forum.backlog.status import MOVES, ItemStatus, NotNowReason, Tracker
from forum.backlog.targets import choices, target_words
from forum.backlog.wording import again_words, reason_words, standing_words
from forum.core.clock import today
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import LANGUAGES, _, mark, pick
from forum.products.queries import products
from forum.themes.labels import label_of
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("backlog", __name__)
menu("backlog.index", mark("Backlog"), rule=rules.is_team, group="team", order=50)

QUOTED = 5  # posts on an item's page
DECIDED = 12  # entries of the book on an item's page


@bp.get("/backlog")
@allowed(rules.is_team)
def index() -> ResponseReturnValue:
    """Show every item, as a board or as a table that can be sorted."""
    product = request.args.get("product", "")[:40]
    shown: dict[str, Any] = {
        "product": product,
        "products": products(db),
        "today": today(),
        "target_words": target_words,
        "may_plan": rules.may_plan(me()),
    }
    if request.args.get("view") != "table":
        return page("backlog/board.html", columns=queries.items_by_status(db, product), **shown)
    sort = _member(Sort, request.args.get("sort", "")) or Sort.SCORE
    status = _member(ItemStatus, request.args.get("status", "").replace("-", " "))
    rows = queries.items_in_order(db, product, status, sort, request.args.get("after", ""))
    return page("backlog/table.html", rows=rows, sort=sort, chosen=status, statuses=list(ItemStatus), **shown)


def _member(kind: Any, word: str) -> Any:
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
    return page(
        "backlog/item.html",
        row=row,
        item=item,
        moves=_in_order(item.status),
        themes=[(theme, label_of(theme)) for theme in queries.themes_of(db, item.id)],
        numbers=evidence.numbers(db, evidence.of_items(Evidence.item_id == item.id)),
        posts=queries.most_wanted_posts(db, me(), item.id, QUOTED),
        decisions=book.decisions_on(db, me(), item.id, DECIDED),
        earned=return_on(item.value, item.cost),
        target_words=target_words,
        reason_words=reason_words,
        again_words=again_words,
        is_due=item.revisit_on is not None and item.revisit_on <= today(),
        may_plan=rules.may_plan(me()),
    )


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
    """Ask where the item goes and what is said about it, show what customers will read, then move it."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    to = _member(ItemStatus, request.args.get("to", "").replace("-", " "))
    form = Form(Decision, to=to, target=item.target, revisit_on=item.revisit_on, version=item.version)
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
                return _show_conflict("backlog/move.html", conflict, **_deciding(item, form))
            else:
                flash(_told(item))
                return go("backlog.show", item_id=item.id)
    return page("backlog/move.html", status=form.status, preview=preview, **_deciding(item, form))


def _deciding(item: BacklogItem, form: Form[Decision]) -> dict[str, Any]:
    """What the page of a decision shows."""
    moves = [to for to in ItemStatus if to in MOVES[item.status] and ItemStatus.LAUNCHED not in (to, item.status)]
    return {
        "item": item,
        "form": form,
        "moves": moves,
        "to": _member(ItemStatus, str(form.raw.get("to", ""))),
        "targets": choices(today(), item.target),
        "reasons": [(reason.value, reason_words(reason)) for reason in NotNowReason],
    }


def _preview(item: BacklogItem, decision: Decision) -> dict[str, Any]:
    """What customers will read on their posts if this is decided."""
    reason = decision.reason.value if decision.reason else ""
    revisit_on = decision.revisit_on.isoformat() if decision.revisit_on else ""
    title = pick(item.title)
    words: Words = decision.words("line") if decision.to is ItemStatus.NOT_NOW else decision.words("sentence")
    return {
        "sentence": standing_words(title, decision.to, decision.target, reason, revisit_on),
        "why": [(language, text) for language, text in words.items()],
    }


def _told(item: BacklogItem) -> str:
    if not item.is_public:
        return _("Decided. The item is internal, so only the team sees it.")
    return _("Decided. The posts behind the item and the roadmap say so now.")


def _show_conflict(template: str, conflict: Conflict, **values: Any) -> ResponseReturnValue:
    """A form again, with what stands now beside what was typed; sent a second time it counts."""
    item, form = values["item"], values["form"]
    form.refuse(conflict)
    form.raw["version"] = item.version
    return page(template, status=conflict.status, theirs=item, **values)


def _plain(value: Any) -> Any:
    """A number as people type it: 2, not 2.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@bp.route("/backlog/<int:item_id>/score", methods=["GET", "POST"])
@allowed(rules.may_plan)
def score(item_id: int) -> ResponseReturnValue:
    """Ask for the parts of the score that people set; propose two of them from the evidence."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    form = Form(Scoring, version=item.version, **{name: _plain(getattr(item, name)) for name in changing.SCORED})
    status = 200
    if form.submitted():
        try:
            changing.score_item(db, item, form.value, by=me())
        except Conflict as conflict:
            status = conflict.status
            form.refuse(conflict)
            form.raw["version"] = item.version
        else:
            flash(_("The score is {score} now.", score=round(item.score, 1)))
            return go("backlog.show", item_id=item.id)
    numbers = evidence.numbers(db, evidence.of_items(Evidence.item_id == item.id))
    hurt = pain(numbers.severity_sum, numbers.posts)
    solidities = [theme.solidity.value for theme in queries.themes_of(db, item.id)]
    return page(
        "backlog/score.html",
        status=form.status if status == 200 else status,
        item=item,
        form=form,
        numbers=numbers,
        pain=hurt,
        impact=proposed_impact(hurt),
        confidence=proposed_confidence(solidities),
        confidences=CONFIDENCES,
        theirs=item if status != 200 else None,
    )


@bp.route("/backlog/<int:item_id>/edit", methods=["GET", "POST"])
@allowed(rules.may_plan)
def edit(item_id: int) -> ResponseReturnValue:
    """Change how the item reads, who owns it, and who may see it."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    texts = {"title": item.title, "problem": item.problem, "sentence": item.public_sentence}
    form = Form(
        ItemChanges,
        **{f"{name}_{language}": texts[name].get(language, "") for name in texts for language in LANGUAGES},
        owner_id=item.owner_id,
        is_public="yes" if item.is_public else "no",
        target=item.target,
        **{tracker.value: ", ".join(key for name, key in item.issues if name == tracker.value) for tracker in Tracker},
        version=item.version,
    )
    values = {"item": item, "form": form, "owners": queries.owners(db), "targets": choices(today(), item.target)}
    if form.submitted():
        try:
            changing.change_item(db, item, form.value, by=me())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as conflict:
            return _show_conflict("backlog/edit.html", conflict, **values)
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
        services.reopen_item(db, item, form.value, by=me())
        flash(_("Reopened. The item is in review again, and its posts say so."))
        return go("backlog.show", item_id=item.id)
    if item.status is not ItemStatus.LAUNCHED:
        raise Conflict(_("Only a launched item can be reopened. Look at it again."))
    return page("backlog/reopen.html", status=form.status, item=item, form=form)


# Promotion and the roadmap have files of their own; importing them adds their pages.
from forum.backlog import feed_views, panels, promotion_views, roadmap_views  # noqa: E402, F401

"""The pages about scores: of one item, of two side by side, and what a product's own model weighs."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from forum.backlog import book, changing, conflicts, evidence, modelling, queries, rules
from forum.backlog.issues import NAMES, PLACES
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.schemas import Places, Scoring, Weights
from forum.backlog.scoring import CONFIDENCES, pain, proposed_confidence, proposed_impact, return_on
from forum.backlog.services import Stale
from forum.backlog.status import DecisionKind, Source, Tracker
from forum.backlog.views import bp, show_conflict
from forum.backlog.weighing import BOUNDS, MOST, STEPS, Criterion, parts
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import _
from forum.products.models import Product
from forum.products.queries import find_product
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, is_fragment, page
from forum.web.panels import forget
from forum.web.permissions import allowed, me
from forum.web.session import db

FREE = 2  # further criteria that the form offers
SHOWN = 25  # items that would trade places
LAST = 4  # decisions behind a score


@bp.route("/backlog/<int:item_id>/score", methods=["GET", "POST"])
@allowed(rules.may_plan)
def score(item_id: int) -> ResponseReturnValue:
    """Ask for the parts of the score that people set; propose two of them from the evidence."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    standing = conflicts.as_fields({name: getattr(item, name) for name in changing.SCORED})
    form = Form(Scoring, **standing, version=item.version)
    values: dict[str, Any] = {"item": item, "form": form} | _scored(item)
    if form.submitted():
        try:
            changing.score_item(db, item, form.value, by=me())
        except Conflict as conflict:
            return show_conflict("backlog/score.html", conflict, changing.SCORED, **values)
        else:
            flash(_("The score is {score} now.", score=round(item.score, 1)))
            return go("backlog.show", item_id=item.id)
    return page("backlog/score.html", status=form.status, **values)


def _scored(item: BacklogItem) -> dict[str, Any]:
    """What the page of a score shows beside the form."""
    numbers = evidence.numbers(db, evidence.of_items(Evidence.item_id == item.id))
    hurt = pain(numbers.severity_sum, numbers.posts)
    criteria, _version = modelling.criteria_of(db, item.product_id)
    typed = dict(zip(request.form.getlist("rated"), request.form.getlist("steps"), strict=False))
    return {
        "numbers": numbers,
        "pain": hurt,
        "impact": proposed_impact(hurt),
        "confidence": proposed_confidence([theme.solidity.value for theme in queries.themes_of(db, item.id)]),
        "confidences": CONFIDENCES,
        "parts": parts(criteria, item),
        "typed": typed,
        "steps": STEPS,
    }


@bp.get("/backlog/compare")
@allowed(rules.is_team)
def compare() -> ResponseReturnValue:
    """Answer why one item stands above another: both sums side by side, and the entries that made them."""
    first, second = (request.args.get(name, type=int) or 0 for name in ("above", "below"))
    rows = [queries.item_with_names(db, me(), item_id) for item_id in (first, second)]
    if None in rows or first == second:
        raise NotFound(_("Choose two items of the backlog to lay side by side."))
    items = sorted((row.BacklogItem for row in rows if row), key=lambda item: (item.score, item.id), reverse=True)
    criteria = {row.BacklogItem.id: [Criterion.read(one) for one in row.criteria or ()] for row in rows if row}
    return page(
        "backlog/compare.html",
        sides=[(item, parts(criteria[item.id], item), return_on(item.value, item.cost)) for item in items],
        entries=book.last_of_kinds(db, [first, second], (DecisionKind.SCORE,), LAST),
        moves=book.last_of_kinds(db, [first, second], (DecisionKind.STATUS,), 1),
        weights=book.weights_entry(db, items[0].product_id),
    )


@bp.route("/backlog/weights/<slug>", methods=["GET", "POST"])
@allowed(rules.may_plan)
def weights(slug: str) -> ResponseReturnValue:
    """Ask what a product's own model weighs, show which items would trade places, then weigh by it."""
    product = find_or_404(db, find_product(slug))
    standing, version = modelling.criteria_of(db, product.id)
    form = Form(Weights, **_as_lists(standing or _proposed()), version=version)
    status, trades = 200, None
    if form.submitted():
        try:
            wanted = form.value.criteria()
            if not request.form.get("look"):
                modelling.set_weights(
                    db, product.id, wanted, version=form.value.version, argument=form.value.argument, by=me()
                )
                flash(_("The items are weighed afresh. The decision book says what changed."))
                return go("backlog.weights", slug=slug)
            trades = modelling.trades(db, product.id, standing, wanted)
        except Invalid as problem:
            form.refuse(problem)
        except Stale as conflict:
            status = conflict.status
            form.refuse(conflict)
            form.raw["version"] = modelling.criteria_of(db, product.id)[1]
    shown = _weighing(product, standing, form, trades)
    template = "backlog/_trades.html" if is_fragment() else "backlog/weights.html"
    return page(template, status=form.status if status == 200 else status, is_stale=status == 409, **shown)


def _weighing(product: Product, standing: list[Criterion], form: Form[Weights], trades: Any) -> dict[str, Any]:
    """What the page of the weights shows."""
    raw = form.raw
    columns = [raw.get(name) or [] for name in _LISTS]
    rows = [tuple(column[n] if n < len(column) else "" for column in columns) for n in range(len(columns[0]))]
    filled = len([row for row in rows if any(row[1:4])])
    rows = [row for row in rows if any(row[1:4])] + [_EMPTY] * min(FREE, MOST - filled)
    return {
        "product": product,
        "standing": standing,
        "form": form,
        "rows": rows,
        "sources": list(Source),
        "bounds": BOUNDS,
        "trades": trades,
        "shown": SHOWN,
        "entry": book.weights_entry(db, product.id),
    }


_LISTS = ("keys", "names_en", "names_nb", "names_da", "weights", "sources", "better")
_EMPTY = ("", "", "", "", "1", Source.TEAM.value, "more")


def _as_lists(criteria: list[Criterion]) -> dict[str, list[Any]]:
    """Criteria as the fields of the form have them."""
    return {
        "keys": [one.key for one in criteria],
        "names_en": [one.name.get("en", "") for one in criteria],
        "names_nb": [one.name.get("nb", "") for one in criteria],
        "names_da": [one.name.get("da", "") for one in criteria],
        "weights": [conflicts.as_typed(one.weight) for one in criteria],
        "sources": [one.source.value for one in criteria],
        "better": ["less" if one.is_less else "more" for one in criteria],
    }


def _proposed() -> list[Criterion]:
    """What a company may begin with; nothing is weighed before it is saved."""
    return [
        Criterion("c1", {"en": "Reach", "nb": "Rekkevidde", "da": "Rækkevidde"}, 3, Source.REACH),
        Criterion("c2", {"en": "Pain", "nb": "Smerte", "da": "Smerte"}, 3, Source.PAIN),
        Criterion("c3", {"en": "Value for us", "nb": "Verdi for oss", "da": "Værdi for os"}, 2, Source.TEAM),
        Criterion("c4", {"en": "Confidence", "nb": "Trygghet", "da": "Sikkerhed"}, 1, Source.TEAM),
        Criterion("c5", {"en": "Cost", "nb": "Kostnad", "da": "Omkostning"}, 2, Source.TEAM, is_less=True),
    ]


@bp.route("/backlog/trackers/<slug>", methods=["GET", "POST"])
@allowed(rules.may_plan)
def trackers(slug: str) -> ResponseReturnValue:
    """Ask where the issues of a product are kept, so that their keys become links."""
    product = find_or_404(db, find_product(slug))
    kept = modelling.places_of(db, product.id)
    form = Form(Places, **_as_places(kept), stood=modelling.stamp_of(kept))
    theirs: list[tuple[str, str]] = []
    if form.submitted():
        try:
            modelling.set_places(db, product.id, form.value, by=me())
        except Stale as conflict:
            form.refuse(conflict)
            form.raw["stood"] = modelling.stamp_of(kept)
            standing = {tracker: kept.get(tracker, "") for tracker in Tracker}
            theirs = [(NAMES[one], place) for one, place in standing.items() if place != form.raw.get(one.value, "")]
        else:
            forget("trackers", product.id)
            flash(_("Saved. The keys of issues lead there now."))
            return go("backlog.trackers", slug=slug)
    fields = [(tracker.value, NAMES[tracker], PLACES[tracker]) for tracker in Tracker]
    shown: dict[str, Any] = {"form": form, "product": product, "fields": fields, "theirs": theirs}
    return page("backlog/trackers.html", status=409 if theirs else form.status, **shown)


def _as_places(kept: dict[Tracker, str]) -> dict[str, str]:
    """Places as the fields of the form have them."""
    return {tracker.value: address for tracker, address in kept.items()}

"""Setting a company's own model: what it weighs, and which items that moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.backlog.decisions import enter_weights
from forum.backlog.models import BacklogItem, ScoringModel, TrackerPlace
from forum.backlog.schemas import Places
from forum.backlog.services import Stale
from forum.backlog.status import ItemStatus, Tracker
from forum.backlog.weighing import Criterion, passes, places, weighted
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.errors import Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.products.models import Product


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands among the others, and where it would."""

    item_id: int
    title: Words
    before: int  # from 1
    after: int
    score_before: float | None
    score_after: float | None


@dataclass(frozen=True, slots=True)
class Trades:
    """What other weights would move."""

    items: int  # that are weighed at all
    moved: list[Place]  # by their new places
    pairs: list[tuple[Words, Words]]  # now above, now below: neighbours that stood the other way round


def criteria_of(session: Session, product_id: int) -> tuple[list[Criterion], int]:
    """The criteria of a product's own model and its version; nothing and 0 without a model."""
    model = session.get(ScoringModel, product_id)
    return ([Criterion.read(one) for one in model.criteria], model.version) if model else ([], 0)


def trades(session: Session, product_id: int, before: Sequence[Criterion], after: Sequence[Criterion]) -> Trades:
    """Which of the open items of a product would trade places if `after` weighed instead of `before`."""
    items = session.execute(
        sa.select(
            BacklogItem.id,
            BacklogItem.title,
            BacklogItem.reach,
            BacklogItem.pain,
            BacklogItem.votes,
            BacklogItem.companies,
            BacklogItem.ratings,
        ).where(
            BacklogItem.product_id == product_id,
            BacklogItem.status.not_in((ItemStatus.LAUNCHED, ItemStatus.NOT_NOW)),
        )
    ).all()
    scores = {item.id: (weighted(before, item), weighted(after, item)) for item in items}
    old = places({one: pair[0] for one, pair in scores.items()})
    new = places({one: pair[1] for one, pair in scores.items()})
    titles = {item.id: item.title for item in items}
    was = {one: place for place, one in enumerate(old, 1)}
    moved = [
        Place(one, titles[one], was[one], place, *scores[one]) for place, one in enumerate(new, 1) if place != was[one]
    ]
    return Trades(len(items), moved, [(titles[above], titles[below]) for above, below in passes(old, new)])


def set_weights(
    session: Session, product_id: int, criteria: Sequence[Criterion], *, version: int | None, argument: str, by: Reader
) -> None:
    """Weigh the items of a product by `criteria` from now on; the decision book keeps what was weighed before.

    Raises `NotAllowed` unless `by` plans, `Stale` when somebody was faster, and `Invalid` when nothing weighs anything.
    """
    require(may_plan(by), _("Only product managers plan the backlog."))
    session.execute(sa.select(Product.id).where(Product.id == product_id).with_for_update())
    model = session.get(ScoringModel, product_id, populate_existing=True)
    if version is not None and version != (model.version if model else 0):
        raise Stale(_("Somebody changed the weights while you were writing. Look at what changed, then choose."))
    if criteria and not sum(criterion.weight for criterion in criteria):
        raise Invalid(fields={"weights": _("Give at least one criterion a weight above 0.")})
    before: list[dict[str, Any]] = model.criteria if model else []
    after = [criterion.stored() for criterion in criteria]
    if before == after:
        return
    if model is None:
        model = ScoringModel(product_id=product_id, version=0)
        session.add(model)
    model.criteria, model.changed_at = after, utcnow()
    model.version += 1
    enter_weights(session, product_id, by=by, before=before, after=after, argument=argument)
    for item in session.scalars(sa.select(BacklogItem).where(BacklogItem.product_id == product_id)):
        item.weighted = weighted(criteria, item)
    session.flush()


def places_of(session: Session, product_id: int) -> dict[Tracker, str]:
    """Where the issues of a product are kept, by tracker."""
    rows = sa.select(TrackerPlace.tracker, TrackerPlace.address).where(TrackerPlace.product_id == product_id)
    return {row.tracker: row.address for row in session.execute(rows)}


def stamp_of(standing: Mapping[Tracker, str]) -> str:
    """How these places stand, as one text; another one once somebody has changed any of them."""
    return " ".join(f"{tracker.value}={standing.get(tracker, '')}" for tracker in Tracker)


def set_places(session: Session, product_id: int, kept: Places, *, by: Reader) -> None:
    """Say where the issues of a product are kept.

    Raises `NotAllowed` unless `by` plans, and `Stale` when they stand otherwise than `kept` has seen them.
    """
    require(may_plan(by), _("Only product managers plan the backlog."))
    session.execute(sa.select(Product.id).where(Product.id == product_id).with_for_update())
    if kept.stood is not None and kept.stood != stamp_of(places_of(session, product_id)):
        raise Stale(_("Somebody changed these places while you were writing. Look at what changed, then choose."))
    for tracker in Tracker:
        address = getattr(kept, tracker.value)
        row = session.get(TrackerPlace, (product_id, tracker))
        if not address and row is not None:
            session.delete(row)
        elif address and row is None:
            session.add(TrackerPlace(product_id=product_id, tracker=tracker, address=address))
        elif row is not None:
            row.address = address
    session.flush()

"""Which items have to be built before which: never in a circle."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.backlog.decisions import enter
from forum.backlog.models import BacklogItem, ItemDependency
from forum.backlog.services import lock
from forum.backlog.status import DecisionKind, ItemStatus
from forum.core.errors import Conflict
from forum.core.languages import _, pick
from forum.core.people import Reader
from forum.products.models import Product

_needed = aliased(BacklogItem)


def count_open_needs() -> sa.ScalarSelect[int]:
    """How many items that an item needs are not launched yet; a column beside `BacklogItem`."""
    return (
        sa.select(sa.func.count())
        .select_from(ItemDependency)
        .join(_needed, _needed.id == ItemDependency.needs_id)
        .where(ItemDependency.item_id == BacklogItem.id, _needed.status != ItemStatus.LAUNCHED)
        .correlate(BacklogItem)
        .scalar_subquery()
    )


def add_need(session: Session, item: BacklogItem, needs: BacklogItem, *, by: Reader) -> None:
    """Say that `item` cannot be built before `needs`; saying it twice changes nothing.

    Raises `NotAllowed` unless `by` plans, `Conflict` for an item of another product, itself, or a circle.
    """
    # One at a time in a product: two lines of one circle must not pass each other.
    session.execute(sa.select(Product.id).where(Product.id == item.product_id).with_for_update())
    lock(session, item, None, by=by)
    if needs.id == item.id or needs.product_id != item.product_id:
        raise Conflict(_("Choose another item of this product."))
    if session.get(ItemDependency, (item.id, needs.id)) is not None:
        return
    if item.id in _everything_needed(session, needs.id):
        raise Conflict(
            _(
                "“{needs}” needs “{item}” itself, so neither could be built.",
                needs=pick(needs.title),
                item=pick(item.title),
            )
        )
    session.add(ItemDependency(item_id=item.id, needs_id=needs.id))
    enter(session, item, DecisionKind.NEEDS, by=by, after={"item_id": needs.id, "title": needs.title})
    session.flush()


def remove_need(session: Session, item: BacklogItem, needs: BacklogItem, *, by: Reader) -> None:
    """Say that `item` does not wait for `needs` any more. Raises `NotAllowed` unless `by` plans."""
    lock(session, item, None, by=by)
    row = session.get(ItemDependency, (item.id, needs.id))
    if row is None:
        return
    session.delete(row)
    enter(session, item, DecisionKind.NEEDS, by=by, before={"item_id": needs.id, "title": needs.title})
    session.flush()


def _everything_needed(session: Session, item_id: int) -> set[int]:
    """An item's needs, and theirs, at any depth."""
    found = sa.select(ItemDependency.needs_id).where(ItemDependency.item_id == item_id).cte(recursive=True)
    found = found.union(sa.select(ItemDependency.needs_id).join(found, ItemDependency.item_id == found.c.needs_id))
    return set(session.scalars(sa.select(found.c.needs_id)))

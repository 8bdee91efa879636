"""The decision book: every status, score, owner and reason is an entry with author and time."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from forum.backlog.models import BacklogItem, DecisionEntry
from forum.backlog.status import DecisionKind, NotNowReason
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Json, Words
from forum.core.people import Reader


def enter(
    session: Session,
    item: BacklogItem,
    kind: DecisionKind,
    *,
    by: Reader | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    sentence: Words | None = None,
    argument: str = "",
    reason: NotNowReason | None = None,
    revisit_on: date | None = None,
    batch: str = "",
    stood: Json | None = None,
) -> DecisionEntry:
    """Write one entry: `sentence` is for everybody, `argument` for the team. The audit log gets its line too.

    Without `by` the site itself did what it had been told to. A `batch` names entries that are undone together, as
    the item `stood`.
    """
    entry = DecisionEntry(
        item_id=item.id,
        version=item.version,
        batch=batch,
        stood=stood or {},
        at=utcnow(),
        by_id=by.id if by else None,
        kind=kind,
        before=before or {},
        after=after or {},
        public_sentence=sentence or {},
        argument=argument,
        reason=reason,
        revisit_on=revisit_on,
    )
    session.add(entry)
    by_id = by.id if by else None
    audit.record(session, f"item.{kind.value}", by=by_id, subject="item", subject_id=item.id, reason=argument)
    return entry


def enter_weights(
    session: Session, product_id: int, *, by: Reader, before: list[Json], after: list[Json], argument: str
) -> DecisionEntry:
    """Write that the weights of a product's own model were changed, and why."""
    entry = DecisionEntry(
        product_id=product_id,
        at=utcnow(),
        by_id=by.id,
        kind=DecisionKind.WEIGHTS,
        before={"criteria": before},
        after={"criteria": after},
        argument=argument,
    )
    session.add(entry)
    audit.record(session, "item.weights", by=by.id, subject="product", subject_id=product_id, reason=argument)
    return entry

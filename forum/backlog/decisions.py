"""The decision book: every status, score, owner and reason is an entry with author and time."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from forum.backlog.models import BacklogItem, DecisionEntry
from forum.backlog.status import DecisionKind, NotNowReason
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.people import Reader


def enter(
    session: Session,
    item: BacklogItem,
    kind: DecisionKind,
    *,
    by: Reader,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    sentence: Words | None = None,
    argument: str = "",
    reason: NotNowReason | None = None,
    revisit_on: date | None = None,
) -> DecisionEntry:
    """Write one entry: `sentence` is for everybody, `argument` for the team. The audit log gets its line too."""
    entry = DecisionEntry(
        item_id=item.id,
        at=utcnow(),
        by_id=by.id,
        kind=kind,
        before=before or {},
        after=after or {},
        public_sentence=sentence or {},
        argument=argument,
        reason=reason,
        revisit_on=revisit_on,
    )
    session.add(entry)
    audit.record(session, f"item.{kind.value}", by=by.id, subject="item", subject_id=item.id, reason=argument)
    return entry

"""Who is in which segment: found from the attributes of people and their companies, and written down."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import Organisation, User
from forum.accounts.status import AccountState
from forum.core.database import Json
from forum.segments.conditions import Condition, hold
from forum.segments.models import Segment, SegmentMember
from forum.segments.values import COMPANY, REVENUE

_BATCH = 1_000  # people read, and rows written, at once


def attributes_of(person: Json, company: Json | None, name: str | None, revenue: float | None) -> dict[str, Any]:
    """What is known of a person: of their company, and above that their own."""
    own = {key: value for key, value in person.items() if key != "imported_as"}
    return {**(company or {}), REVENUE: revenue, COMPANY: name, **own}


def refresh(session: Session, segment_ids: Collection[int] | None = None) -> None:
    """Write down afresh who is in some segments, or in all of them."""
    session.flush()
    query = sa.select(Segment) if segment_ids is None else sa.select(Segment).where(Segment.id.in_(segment_ids))
    segments = [(one.id, [Condition.read(each) for each in one.conditions]) for one in session.scalars(query)]
    if not segments:
        return
    ids = [segment_id for segment_id, _conditions in segments]
    standing = {
        (row.segment_id, row.user_id)
        for row in session.execute(
            sa.select(SegmentMember.segment_id, SegmentMember.user_id).where(SegmentMember.segment_id.in_(ids))
        )
    }
    wanted = {
        (segment_id, person_id)
        for person_id, known in _everybody(session)
        for segment_id, conditions in segments
        if hold(conditions, known)
    }
    for segment_id in ids:
        gone = [person for segment, person in standing - wanted if segment == segment_id]
        for start in range(0, len(gone), _BATCH):
            some = SegmentMember.user_id.in_(gone[start : start + _BATCH])
            session.execute(sa.delete(SegmentMember).where(SegmentMember.segment_id == segment_id, some))
    new = [{"segment_id": segment_id, "user_id": person_id} for segment_id, person_id in sorted(wanted - standing)]
    if new:
        session.execute(sa.insert(SegmentMember), new)


def _everybody(session: Session) -> list[tuple[int, dict[str, Any]]]:
    """Everybody of whom something is known, and what."""
    query = (
        sa.select(User.id, User.attributes, Organisation.attributes, Organisation.name, Organisation.revenue)
        .outerjoin(Organisation, Organisation.id == User.organisation_id)
        .where(User.state != AccountState.ERASED)
        .execution_options(yield_per=_BATCH)
    )
    found = []
    for person_id, own, company, name, revenue in session.execute(query):
        if own or name:
            found.append((person_id, attributes_of(own, company, name, revenue)))
    return found

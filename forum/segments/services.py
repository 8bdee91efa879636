"""What the team does with segments: make, change and remove them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.segments import members, rules
from forum.segments.conditions import Condition
from forum.segments.models import Segment, SegmentMember

MOST = 20  # segments


def save_segment(
    session: Session,
    segment: Segment | None,
    name: str,
    conditions: Sequence[Condition],
    weight: float,
    *,
    version: int,
    by: Reader,
    names: Words | None = None,
) -> Segment:
    """Make a segment, or change `segment` as it was at `version`, and find out who is in it. Recorded.

    `names` are what it is called in languages in which it is called otherwise.

    Raises `NotAllowed` unless `by` works with segments, `Invalid` for a name that is taken, without a condition or
    when there are too many, and `Conflict` when somebody changed it meanwhile.
    """
    require(rules.may_segment(by), _("Only product managers work with segments."))
    if not conditions:
        raise Invalid(fields={"values": _("Say at least one thing that is known of everybody in it.")})
    others = sa.select(Segment.id).where(sa.func.lower(Segment.name) == name.lower())
    taken = session.scalars(others if segment is None else others.where(Segment.id != segment.id)).first()
    if taken is not None:
        raise Invalid(fields={"name": _("Another segment is called so.")})
    if segment is None:
        segment = _new_segment(session)
    else:
        session.refresh(segment, with_for_update=True)
        if segment.version != version:
            raise Conflict(_("Somebody else changed this segment while you were writing. Look at it again."))
        segment.version += 1
    # A language in which it was called as it was by default goes along with a new name.
    segment.names = {
        language: name if word == segment.name else word for language, word in (names or {}).items() if word
    }
    segment.name, segment.weight = name, weight
    segment.conditions = [one.stored() for one in conditions]
    segment.changed_at, segment.changed_by_id = utcnow(), by.id
    session.add(segment)
    session.flush()
    members.refresh(session, [segment.id])
    _note(session, "segment.save", segment, by)
    return segment


def _new_segment(session: Session) -> Segment:
    if len(session.scalars(sa.select(Segment.id).limit(MOST)).all()) == MOST:
        raise Invalid(fields={"name": _("There are {n} segments already. Remove one first.", n=MOST)})
    return Segment(version=1)


def remove_segment(session: Session, segment: Segment, *, by: Reader) -> None:
    """Remove a segment; what is known of people stays. Recorded. Raises `NotAllowed` unless `by` works with them."""
    require(rules.may_segment(by), _("Only product managers work with segments."))
    _note(session, "segment.remove", segment, by)
    session.execute(sa.delete(SegmentMember).where(SegmentMember.segment_id == segment.id))
    session.delete(segment)
    session.flush()


def _note(session: Session, action: str, segment: Segment, by: Reader) -> None:
    record(
        session,
        action,
        by=by.id,
        subject="segment",
        subject_id=segment.id,
        name=segment.name,
        weight=segment.weight,
        conditions=segment.conditions,
    )

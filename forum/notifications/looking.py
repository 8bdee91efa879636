"""Notices that their people have not looked at: counted with the person, so that every page can say so for nothing.

Looking is noted in memory and written by a timer, never on a GET. Another web process may go on announcing a
notice for the minute that takes.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.notes import Notes
from forum.core.people import Reader
from forum.notifications.models import Notice

_NEW = (
    sa.select(sa.func.count())
    .select_from(Notice)
    .where(Notice.user_id == User.id, Notice.seen_at.is_(None))
    .correlate(User)
    .scalar_subquery()
)


def count_new(session: Session, people: sa.Select[int]) -> None:
    """Count afresh how many notices those with the ids in `people` have not looked at."""
    theirs = User.id.in_(people)
    # Locked in order and before the count, so that two jobs neither wait for each other nor miss each other.
    session.execute(sa.select(User.id).where(theirs).order_by(User.id).with_for_update(key_share=True)).all()
    session.execute(
        sa.update(User).where(theirs).values(new_notices=_NEW), execution_options={"synchronize_session": False}
    )


def note_look(session: Session, reader: Reader, post_id: int) -> None:
    """Note that `reader` looks at a post of which they have new notices; without any this asks nothing."""
    if reader.id is None or not reader.new_notices:
        return
    new = sa.select(Notice.id).where(Notice.user_id == reader.id, Notice.seen_at.is_(None), Notice.post_id == post_id)
    ids = frozenset(session.scalars(new))
    if ids:
        LOOKED.note(reader.id, looked_at(reader) | ids)


def looked_at(reader: Reader) -> frozenset[int]:
    """The notices that `reader` has looked at within the last minute, which is not written down yet."""
    return LOOKED.get(reader.id, frozenset()) if reader.id is not None else frozenset()


def how_many_new(reader: Reader) -> int:
    """How many notices `reader` has not looked at; without a query."""
    return max(0, reader.new_notices - len(looked_at(reader))) if reader.new_notices else 0


def settle(session: Session, reader: Reader, *, post_id: int | None = None, up_to: int = 0) -> None:
    """Mark the notices of `reader` as looked at: of one post, or all with ids up to `up_to`."""
    if reader.id is None:
        return
    new = sa.update(Notice).where(Notice.user_id == reader.id, Notice.seen_at.is_(None))
    new = new.where(Notice.post_id == post_id) if post_id else new.where(Notice.id <= up_to)
    session.execute(new.values(seen_at=utcnow()))
    write_looks(session, {reader.id: looked_at(reader)})
    LOOKED.note(reader.id, frozenset())  # they are counted now, and must not be counted twice


def write_looks(session: Session, noted: dict[int, frozenset[int]]) -> None:
    """Write down which notices people have looked at, by person."""
    looked = sorted(notice_id for ids in noted.values() for notice_id in ids)
    unseen = sa.update(Notice).where(Notice.id.in_(looked), Notice.seen_at.is_(None))
    session.execute(unseen.values(seen_at=utcnow()))
    count_new(session, sa.select(User.id).where(User.id.in_(sorted(noted))))


LOOKED: Notes[int, frozenset[int]] = Notes(write_looks)

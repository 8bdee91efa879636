"""Receipts that their people have not looked at yet: counted with the person, so that every page can say so.

Looking is noted in memory and written by a timer, never on a GET. Another web process may go on announcing a
receipt for the minute that takes.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.notes import Notes
from forum.core.people import Reader
from forum.launches.models import Launch, Receipt

_NEW = (
    sa.select(sa.func.count())
    .select_from(Receipt)
    .join(Launch, Launch.id == Receipt.launch_id)
    .where(Receipt.user_id == User.id, Receipt.seen_at.is_(None), Launch.is_public)
    .correlate(User)
    .scalar_subquery()
)


def count_new(session: Session, people: sa.Select[int]) -> None:
    """Count afresh how many receipts those with the ids in `people` have not looked at."""
    theirs = User.id.in_(people)
    # Locked in order and before the count, so that two launches neither wait for each other nor miss each other.
    session.execute(sa.select(User.id).where(theirs).order_by(User.id).with_for_update(key_share=True)).all()
    session.execute(
        sa.update(User).where(theirs).values(new_receipts=_NEW), execution_options={"synchronize_session": False}
    )


def note_look(reader: Reader, receipt_id: int) -> None:
    """Note that `reader` looks at a receipt of theirs."""
    if reader.id is not None:
        LOOKED.note(reader.id, looked_at(reader) | {receipt_id})


def looked_at(reader: Reader) -> frozenset[int]:
    """The receipts that `reader` has looked at within the last minute, which is not written down yet."""
    return LOOKED.get(reader.id, frozenset()) if reader.id is not None else frozenset()


def how_many_new(reader: Reader) -> int:
    """How many receipts `reader` has not looked at; without a query."""
    return max(0, reader.new_receipts - len(looked_at(reader))) if reader.new_receipts else 0


def settle(session: Session, receipt: Receipt) -> None:
    """Write down that a receipt was looked at, as whoever answers it has done."""
    receipt.seen_at = receipt.seen_at or utcnow()
    session.flush()
    count_new(session, sa.select(User.id).where(User.id == receipt.user_id))
    noted = LOOKED.get(receipt.user_id, frozenset())
    if receipt.id in noted:  # it is counted now, and must not be counted twice
        LOOKED.note(receipt.user_id, noted - {receipt.id})


def write_looks(session: Session, noted: dict[int, frozenset[int]]) -> None:
    """Write down which receipts people have looked at, by person."""
    looked = sorted(receipt_id for ids in noted.values() for receipt_id in ids)
    unseen = sa.update(Receipt).where(Receipt.id.in_(looked), Receipt.seen_at.is_(None))
    session.execute(unseen.values(seen_at=utcnow()))
    count_new(session, sa.select(User.id).where(User.id.in_(sorted(noted))))


LOOKED: Notes[int, frozenset[int]] = Notes(write_looks)

"""When people were last seen: noted as they read, written down a minute later."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import SignIn
from forum.core.clock import utcnow
from forum.core.notes import Notes


def mark_seen(sign_in_id: int) -> None:
    """Note that a sign-in was used now."""
    SEEN.note(sign_in_id, utcnow())


def write_seen(session: Session, noted: dict[int, datetime]) -> None:
    """Write down when each sign-in was last used; those that are gone meanwhile are left out."""
    for sign_in_id, moment in sorted(noted.items()):
        session.execute(sa.update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=moment))


SEEN: Notes[int, datetime] = Notes(write_seen)

"""What segments does when earlier stages tell what happened."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.events import PersonErased
from forum.accounts.exporting import exports
from forum.accounts.models import Organisation, User
from forum.core.database import Json
from forum.core.events import on
from forum.segments import files
from forum.segments.models import SegmentMember


@on(PersonErased)
def _forget(session: Session, event: PersonErased) -> None:
    """They are in no segment any more; files that wait may hold their address, so they go as well."""
    session.execute(sa.delete(SegmentMember).where(SegmentMember.user_id == event.user_id))
    files.drop_waiting(session)


@exports("company")
def _company(session: Session, user_id: int) -> list[Json]:
    """Whom they belong to; what was brought in of themselves stands with their account."""
    names = sa.select(Organisation.name).join(User, User.organisation_id == Organisation.id).where(User.id == user_id)
    return [{"name": name} for name in session.scalars(names)]

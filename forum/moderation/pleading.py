"""Objecting to a warning or suspension: the person does so once, and another moderator answers where there is one."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import may_moderate
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import conduct, library
from forum.moderation.models import Sanction
from forum.moderation.second_look import has_other
from forum.moderation.status import Reason, SanctionKind

OPEN = sa.and_(Sanction.objected_at.is_not(None), Sanction.answered_at.is_(None), Sanction.lifted_at.is_(None))


def standing(session: Session, by: Reader) -> Sanction | None:
    """The newest warning or suspension of `by` that still stands."""
    lasts = (Sanction.until.is_(None)) | (Sanction.until > utcnow())
    query = sa.select(Sanction).where(Sanction.user_id == by.id, Sanction.lifted_at.is_(None), lasts)
    return session.scalars(query.order_by(Sanction.id.desc()).limit(1)).one_or_none()


def object_to(session: Session, sanction: Sanction, text: str, *, by: Reader) -> None:
    """Say why a warning or suspension is wrong; it waits for a moderator.

    Raises `NotAllowed` for somebody else's, `Invalid` without a text and `Conflict` the second time.
    """
    require(by.id == sanction.user_id, _("Only whom it concerns objects to it."))
    session.refresh(sanction, with_for_update=True)
    if not text.strip():
        raise Invalid(fields={"text": _("Say why it should be looked at again.")})
    if sanction.objected_at is not None:
        raise Conflict(_("You have objected already, once is enough. A moderator looks at it again."))
    sanction.objection, sanction.objected_at = text.strip(), utcnow()


def waiting(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """The objections that nobody has answered, the oldest first, with who made them."""
    columns = (Sanction.id, Sanction.user_id, Sanction.kind, Sanction.objected_at, User.display_name)
    query = sa.select(*columns).join(User, User.id == Sanction.user_id).where(OPEN)
    return session.execute(query.order_by(Sanction.objected_at).limit(20)).all()


def is_left_to_others(session: Session, sanction: Sanction, by: Reader) -> bool:
    """Whether `by` made the decision and another moderator can look at it."""
    return sanction.by_id == by.id and has_other(session, by)


def answer(session: Session, person: User, sanction_id: int, *, agrees: bool, words: str, by: Reader) -> None:
    """Agree with an objection, which lifts or withdraws, or keep to the decision; the person is mailed either way.

    `words` are the moderator's own. Raises `NotAllowed` unless `by` moderates and may look at it, and `Conflict` when
    it was answered already.
    """
    require(may_moderate(by), _("Only moderators do something about people."))
    query = sa.select(Sanction).where(Sanction.id == sanction_id, Sanction.user_id == person.id, OPEN)
    sanction = session.scalars(query.with_for_update()).one_or_none()
    if sanction is None:
        raise Conflict(_("Somebody has done that already."))
    if is_left_to_others(session, sanction, by):
        raise NotAllowed(_("It was your decision. Another moderator looks at the objection."))
    sanction.answered_at, sanction.answered_by_id = utcnow(), by.id
    if not agrees:
        reason = library.sentence(session, Reason.STANDS, words, person.language)
        conduct.stand(session, person, by=by, reason=reason)
    elif sanction.kind is SanctionKind.WARNED:
        conduct.withdraw(session, person, sanction.id, by=by, reason=words)
    else:
        conduct.end(session, person, by=by, reason=words)

"""What moderators do about a person: warn, suspend until a day, and take either back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.letters import send_letter
from forum.accounts.models import User
from forum.accounts.rules import may_moderate
from forum.accounts.sessions import reader_from
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.core.mail import absolute
from forum.core.people import Reader
from forum.moderation import library
from forum.moderation.library import Choice
from forum.moderation.models import Sanction
from forum.moderation.status import Reason, SanctionKind


def warn(session: Session, person: User, reason: Choice, words: str, *, by: Reader) -> Sanction:
    """Warn a person; they are mailed the reason in their language.

    Raises `NotAllowed` unless `by` moderates and the person is none of the team, and `Invalid` without a reason.
    """
    return _sanction(session, person, SanctionKind.WARNED, None, reason, words, by)


def suspend(session: Session, person: User, until: datetime, reason: Choice, words: str, *, by: Reader) -> Sanction:
    """Let a person read but not write until that moment; they are mailed why. Errors as `warn`."""
    if until <= utcnow():
        raise Invalid(fields={"until": _("Choose a day to come.")})
    sanction = _sanction(session, person, SanctionKind.SUSPENDED, until, reason, words, by)
    person.suspended_until, person.suspension = until, sanction.reason
    session.flush()
    return sanction


def withdraw(session: Session, person: User, sanction_id: int, *, by: Reader, reason: str = "") -> None:
    """Take a warning back; the person is mailed that it does not count any more.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when it was taken back already.
    """
    require(may_moderate(by), _("Only moderators do something about people."))
    standing = sa.select(Sanction).where(Sanction.id == sanction_id, Sanction.user_id == person.id)
    standing = standing.where(Sanction.kind == SanctionKind.WARNED, Sanction.lifted_at.is_(None)).with_for_update()
    warning = session.scalars(standing).one_or_none()
    if warning is None:
        raise Conflict(_("Somebody has done that already."))
    warning.lifted_at, warning.lifted_by_id = utcnow(), by.id
    _record(session, "person.withdraw", person, by, reason)
    _tell(session, person, "withdrawn", reason=reason)


def lift(session: Session, person: User, *, by: Reader, reason: str) -> None:
    """End a suspension before its day; the person is mailed that they can write again.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when there is none.
    """
    require(may_moderate(by), _("Only moderators do something about people."))
    session.refresh(person, with_for_update=True)
    if person.suspended_until is None or person.suspended_until <= utcnow():
        raise Conflict(_("This person is not suspended any more."))
    end(session, person, by=by, reason=reason)


def end(session: Session, person: User, *, by: Reader, reason: str) -> None:
    """Take back the suspensions of a person, over or not, and mail it to them."""
    person.suspended_until, person.suspension = None, ""
    standing = sa.update(Sanction).where(Sanction.user_id == person.id, Sanction.lifted_at.is_(None))
    standing = standing.where(Sanction.kind == SanctionKind.SUSPENDED)
    session.execute(standing.values(lifted_at=utcnow(), lifted_by_id=by.id))
    _record(session, "person.lift", person, by, reason)
    _tell(session, person, "lifted", reason=reason)


def stand(session: Session, person: User, *, by: Reader, reason: str) -> None:
    """Write down, and mail to the person, that a moderator has looked again and keeps to what was decided."""
    _record(session, "person.keep", person, by, reason)
    _tell(session, person, "stands", reason=reason)


def sanctions_of(session: Session, person_id: int) -> list[Sanction]:
    """What was done about a person before, the newest first."""
    query = sa.select(Sanction).where(Sanction.user_id == person_id).order_by(Sanction.id.desc()).limit(50)
    return list(session.scalars(query))


def _sanction(
    session: Session,
    person: User,
    kind: SanctionKind,
    until: datetime | None,
    choice: Choice,
    words: str,
    by: Reader,
) -> Sanction:
    require(may_moderate(by), _("Only moderators do something about people."))
    require(not reader_from(session, person).is_team, _("The company's team is not warned or suspended here."))
    reason = library.sentence(session, choice, words, person.language)
    session.refresh(person, with_for_update=True)
    sanction = Sanction(user_id=person.id, kind=kind, reason=reason, at=utcnow(), by_id=by.id, until=until)
    session.add(sanction)
    session.flush()
    action = "person.warn" if kind is SanctionKind.WARNED else "person.suspend"
    _record(session, action, person, by, reason, ground=choice.value if isinstance(choice, Reason) else choice)
    _tell(session, person, kind.value, until=until, reason=reason)
    return sanction


def _record(session: Session, action: str, person: User, by: Reader, reason: str, **details: Any) -> None:
    audit.record(
        session, action, by=by.id, subject="person", subject_id=person.id, about=person.id, reason=reason, **details
    )


def _tell(session: Session, person: User, kind: str, *, reason: str, until: datetime | None = None) -> None:
    send_letter(
        session,
        person,
        "sanction",
        kind=kind,
        until=until,
        reason=reason,
        author=person.display_name,
        objection=absolute("/moderation/objection"),
    )

"""Erasing an account: at once and for good. The row stays as a shell without a name, for what others did with it.

The account is closed and out of sight in the request; what would keep others waiting is forgotten by jobs.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts import exporting, passwords, rules
from forum.accounts.administering import require_another_admin
from forum.accounts.events import PersonErased
from forum.accounts.letters import language_of, write_last_letter
from forum.accounts.models import (
    Consent,
    ExternalIdentity,
    GuardedName,
    OneTimeToken,
    SecondFactor,
    SignIn,
    User,
    UserRole,
)
from forum.accounts.status import AccountState
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Invalid, require
from forum.core.events import publish
from forum.core.jobs import Job
from forum.core.languages import _, speaking
from forum.core.outbox import OutboxMail
from forum.core.people import Reader

_OWN = (SignIn, SecondFactor, OneTimeToken, Consent, ExternalIdentity, GuardedName, UserRole)

Tells = Callable[[Session, int, bool], list[str]]
_told: list[Tells] = []


def tells_what_goes(function: Tells) -> Tells:
    """Have the mail that confirms an erasure say the lines that `function` answers.

    It gets a person's id and whether their words stay, before anything goes, and speaks their language.
    """
    if function not in _told:
        _told.append(function)
    return function


def check_proof(session: Session, *, word: str, password: str, by: Reader) -> None:
    """Raise `Invalid` unless `by` typed the word that is asked for, and their password. Only reads."""
    person = session.get_one(User, by.id)
    session.rollback()  # hashing takes long: hold no snapshot meanwhile
    problems = {}
    if word.strip().casefold() != word_to_type().casefold():
        problems["word"] = _("Type the word “{word}”.", word=word_to_type())
    if not passwords.is_right(person.password_hash, password):
        problems["password"] = _("This is not your present password.")
    if problems:
        raise Invalid(fields=problems)


def word_to_type() -> str:
    """What somebody types who really means it, in the language of the moment."""
    return _("erase")


def erase_person(session: Session, person: User, *, keeps_words: bool, by: Reader, reason: str = "") -> None:
    """Erase `person`: name, address, votes, follows, drafts, mail and sign-ins go at once and cannot come back.

    What they wrote goes, too, unless `keeps_words`: then what others can read stays without a name. A last mail
    says what went. Publishes `PersonErased`. Recorded without the name. Raises `NotAllowed` unless it is their own
    account or `by` administers, and `Conflict` for the last admin.
    """
    require(by.id == person.id or rules.may_administer(by), _("Only admins erase the accounts of others."))
    session.refresh(person, with_for_update=True)
    if person.state is AccountState.ERASED:
        return
    require_another_admin(session, person)
    with speaking(language_of(person)):
        told = [line for tell in _told for line in tell(session, person.id, keeps_words)]
    exporting.drop_files(session, person.id)
    publish(session, PersonErased(person.id, keeps_words))
    _forget_mail(session, person)
    write_last_letter(session, person, "erased", told=told, is_own=by.id == person.id, at=utcnow())
    for model in _OWN:
        session.execute(sa.delete(model).where(model.__table__.c.user_id == person.id))
    session.execute(sa.delete(OneTimeToken).where(OneTimeToken.email_key == person.email_key))
    _empty(person)
    audit.record(
        session,
        "account.erase",
        by=by.id,
        subject="user",
        subject_id=person.id,
        about=person.id,
        reason=reason,
        keeps_words=keeps_words,
    )
    session.flush()


def _forget_mail(session: Session, person: User) -> None:
    """Take every mail to a person out of the outbox, and their address out of jobs that are over."""
    theirs = OutboxMail.user_id == person.id
    session.execute(
        sa.delete(OutboxMail).where(theirs | (OutboxMail.to_address == person.email) if person.email else theirs)
    )
    if person.email:
        named = sa.select(Job).where(Job.name == "accounts.mail_reset")
        for job in session.scalars(named):
            if str(job.arguments.get("email", "")).casefold() in (person.email.casefold(), person.email_key):
                session.delete(job)


def _empty(person: User) -> None:
    """Leave nothing of a person in their row but that there was one."""
    person.state = AccountState.ERASED
    person.display_name = person.name_skeleton = ""
    person.email = person.email_key = person.password_hash = None
    person.language = person.scheme = person.department = person.suspension = ""
    person.verified_at = person.last_seen_at = person.suspended_until = person.organisation_id = None
    person.attributes = {}
    person.approved_posts = person.new_receipts = person.new_notices = 0

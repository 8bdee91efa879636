"""What people do with their own accounts: register, prove an address, choose a password, say what they agree to."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.accounts import guarding, passwords, queries, sessions, tokens
from forum.accounts.addresses import address_key, clean_address
from forum.accounts.events import PersonVerified
from forum.accounts.letters import send_letter, send_verification
from forum.accounts.models import Consent, OneTimeToken, User
from forum.accounts.names import skeleton
from forum.accounts.schemas import PasswordChange, Profile, Registration
from forum.accounts.status import AccountState, ConsentKind, Purpose
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Invalid
from forum.core.events import publish
from forum.core.languages import _, current_language
from forum.core.people import Reader


def check_registration(session: Session, new: Registration) -> None:
    """Raise `Invalid` with everything that is wrong with a registration, field by field.

    It says nothing about whether the address is known.
    """
    problems: dict[str, str] = {}
    for check in (
        lambda: guarding.free_name(session, new.display_name),
        lambda: clean_address(new.email),
        lambda: passwords.check_password(new.password, new.display_name, new.email),
    ):
        try:
            check()
        except Invalid as problem:
            problems |= problem.fields
    if problems:
        raise Invalid(fields=problems)


def register(session: Session, new: Registration, *, password_hash: str) -> User | None:
    """Make an account, not verified yet. None when the address has one: its owner gets a mail instead.

    Hash the password before: this writes. Raises `Invalid` for a name that looks like the team's. The
    caller sends the mail that proves the address, because it knows where its link shall lead.
    """
    name = guarding.free_name(session, new.display_name)
    email = clean_address(new.email)
    person = User(
        display_name=name,
        name_skeleton=skeleton(name),
        email=email,
        email_key=address_key(email),
        password_hash=password_hash,
        state=AccountState.ACTIVE,
        language=current_language(),
        created_at=utcnow(),
    )
    try:
        with session.begin_nested():  # the unique address decides, also between two at once
            session.add(person)
    except IntegrityError:
        known = queries.find_by_address(session, email)
        if known is not None and known.state is AccountState.ACTIVE:
            send_letter(session, known, "known")
        return None
    return person


@dataclass(frozen=True)
class Proof:
    """Whose right password was typed, and its hash by today's parameters when the stored one is older."""

    user_id: int
    is_disabled: bool = False
    new_hash: str | None = None


def prove(session: Session, email: str, password: str) -> Proof | None:
    """Whose password this is, or None. Takes as long for unknown addresses, and only reads."""
    person = queries.find_by_address(session, email)
    session.rollback()  # hashing takes long: hold no snapshot meanwhile
    stored = person.password_hash if person else None
    if not passwords.is_right(stored, password) or person is None or stored is None:
        return None
    newer = passwords.hash_password(password) if passwords.is_outdated(stored) else None
    return Proof(person.id, person.state is not AccountState.ACTIVE, newer)


def note_refusal(session: Session, email: str) -> None:
    """Record that somebody was not let in; the typed address itself is not kept, it may be a password."""
    person = queries.find_by_address(session, email)
    concerned = person.id if person else None
    audit.record(
        session, "account.sign_in", by=None, subject="user", subject_id=concerned, about=concerned, refused=True
    )


def verify(session: Session, person: User, token: OneTimeToken) -> bool:
    """Take the address of `person` as proved by `token`. False when the token was used meanwhile."""
    if not tokens.spend(session, token):
        return False
    mark_verified(session, person)
    return True


def mark_verified(session: Session, person: User) -> None:
    """Note that the address of `person` is proved. Publishes `PersonVerified` the first time."""
    if person.verified_at is None:
        person.verified_at = utcnow()
        session.flush()
        publish(session, PersonVerified(person.id))


def send_verification_again(session: Session, *, by: Reader) -> bool:
    """Send the mail that proves the address once more; false when it is proved already."""
    person = session.get_one(User, by.id)
    if person.verified_at is not None:
        return False
    send_verification(session, person)
    return True


def send_reset(session: Session, email: str) -> None:
    """Send the link to choose a new password to the owner of the address, if it has an account.

    A job calls this, so that the page takes as long for unknown addresses.
    """
    person = queries.find_by_address(session, email)
    if person is not None and person.state is AccountState.ACTIVE:
        token = tokens.issue(session, Purpose.RESET, person)
        send_letter(session, person, "reset", token=token)


def set_password(session: Session, person: User, token: OneTimeToken, *, password_hash: str) -> bool:
    """Give `person` the password chosen by a link: it proves the address, and all sign-ins end.

    False when the link was used meanwhile.
    """
    if not tokens.spend(session, token):
        return False
    _store_password(session, person, password_hash)
    sessions.end_sign_ins(session, person.id)
    mark_verified(session, person)
    return True


def check_change(session: Session, change: PasswordChange, *, by: Reader) -> str:
    """The hash of the new password. Raises `Invalid` for a wrong old one or a weak new one; only reads."""
    person = session.get_one(User, by.id)
    session.rollback()  # hashing takes long: hold no snapshot meanwhile
    passwords.check_password(change.new, person.display_name, person.email or "", field="new")
    if not passwords.is_right(person.password_hash, change.old):
        raise Invalid(fields={"old": _("This is not your present password.")})
    return passwords.hash_password(change.new)


def change_password(session: Session, *, password_hash: str, by: Reader) -> int:
    """Give the reader another password and end their other sign-ins; returns how many those were."""
    person = session.get_one(User, by.id)
    _store_password(session, person, password_hash)
    return sessions.end_sign_ins(session, person.id, but=by.sign_in_id)


def _store_password(session: Session, person: User, password_hash: str) -> None:
    was_set = person.password_hash is not None
    person.password_hash = password_hash
    tokens.withdraw(session, person.id, Purpose.RESET, Purpose.INVITE)
    audit.record(session, "account.password", by=person.id, subject="user", subject_id=person.id, about=person.id)
    if was_set:
        send_letter(session, person, "password_changed", at=utcnow())


def edit_profile(session: Session, profile: Profile, *, by: Reader) -> None:
    """Take over what the reader says about themselves. Raises `Invalid` for a name that is not free."""
    person = session.get_one(User, by.id)
    if profile.display_name != person.display_name:
        guarding.rename(session, person, profile.display_name)
    person.language, person.scheme = profile.language, profile.scheme
    for kind, given in ((ConsentKind.CREDIT, profile.credit), (ConsentKind.CONTACT, profile.contact)):
        set_consent(session, person.id, kind, given)


def set_consent(session: Session, user_id: int, kind: ConsentKind, given: bool) -> None:
    """Note that a person agrees to `kind` from now on, or no longer does; the dates stay."""
    current = sa.select(Consent).where(Consent.user_id == user_id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
    rows = session.scalars(current).all()
    if given and not rows:
        session.add(Consent(user_id=user_id, kind=kind, given_at=utcnow()))
    for row in rows if not given else ():
        row.withdrawn_at = utcnow()

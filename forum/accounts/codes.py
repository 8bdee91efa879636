"""Eight digits by mail, with which somebody signs in, or registers without a password."""

import hmac
import secrets

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import settings
from forum.accounts import guarding, queries, sessions, tokens
from forum.accounts.addresses import address_key, clean_address
from forum.accounts.models import OneTimeToken, User
from forum.accounts.names import skeleton
from forum.accounts.services import mark_verified
from forum.accounts.sessions import hash_key
from forum.accounts.status import AccountState, Purpose
from forum.core.clock import utcnow
from forum.core.languages import current_language
from forum.core.mail import render_mail
from forum.core.outbox import send_mail

DIGITS = 8
TRIES = 5  # of one code


def send_code(session: Session, email: str) -> str:
    """Send a code to `email`, whether it has an account or not, and return the handle by which it is tried.

    An account that is out of use gets none. Raises `Invalid` for what is no address.
    """
    address = clean_address(email)
    person = queries.find_by_address(session, address)
    handle, now = secrets.token_urlsafe(24), utcnow()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    session.add(
        OneTimeToken(
            token_hash=hash_key(handle),
            purpose=Purpose.CODE,
            user_id=person.id if person else None,
            email_key=address_key(address),
            bound_to=_mark(handle, code),
            created_at=now,
            expires_at=now + tokens.LIFETIME[Purpose.CODE],
        )
    )
    if person is None or person.state is AccountState.ACTIVE:
        language = (person.language if person else "") or current_language()
        spaced = f"{code[:4]} {code[4:]}"
        subject, text = render_mail("code", language, code=spaced)
        user_id = person.id if person else None
        send_mail(session, to=address, subject=subject, text=text, cause="code", language=language, user_id=user_id)
    return handle


def _mark(handle: str, code: str) -> str:
    """How a code is stored: eight digits alone could be guessed from their hash."""
    return hmac.new(settings().secret.encode(), f"code {handle} {code}".encode(), "sha256").hexdigest()


def try_code(session: Session, handle: str, code: str) -> bool:
    """Whether `code` is the one that was sent with `handle`; if so it is used up.

    Each call counts as one of five tries, so commit whatever the answer is.
    """
    digits = "".join(sign for sign in code if sign.isdecimal())
    counted = session.execute(
        sa.update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == hash_key(handle),
            OneTimeToken.purpose == Purpose.CODE,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > utcnow(),
            OneTimeToken.tries < TRIES,
        )
        .values(tries=OneTimeToken.tries + 1)
    )
    if not counted.rowcount:  # type: ignore[attr-defined]
        return False
    row = session.scalars(sa.select(OneTimeToken).where(OneTimeToken.token_hash == hash_key(handle))).one()
    return hmac.compare_digest(row.bound_to, _mark(handle, digits)) and tokens.spend(session, row)


def take_in(session: Session, person: User) -> bool:
    """Let `person` in whose address was proved by a code; returns whether their password ended with that.

    Where it was not proved before, a stranger may have made the account with this address: the password they chose
    and their sign-ins end.
    """
    had_password = person.password_hash is not None
    if person.verified_at is None:
        person.password_hash = None
        sessions.end_sign_ins(session, person.id)
        tokens.withdraw(session, person.id, Purpose.VERIFY, Purpose.RESET, Purpose.INVITE)
        mark_verified(session, person)
        return had_password
    return False


def register_proved(session: Session, email: str, display_name: str) -> User | None:
    """Make an account without a password for an address that was proved by a code; None when it has one by now.

    Raises `Invalid` for a name that is not free.
    """
    name, address = guarding.free_name(session, display_name), clean_address(email)
    person = User(
        display_name=name,
        name_skeleton=skeleton(name),
        email=address,
        email_key=address_key(address),
        state=AccountState.ACTIVE,
        language=current_language(),
        created_at=utcnow(),
    )
    try:
        with session.begin_nested():  # the unique address decides
            session.add(person)
    except IntegrityError:
        return None
    mark_verified(session, person)
    return person

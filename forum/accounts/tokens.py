"""Secrets in links: 256 bits, stored hashed, used once, and worthless once the password has changed."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import OneTimeToken, User
from forum.accounts.sessions import hash_key
from forum.accounts.status import AccountState, Purpose
from forum.core.clock import utcnow

LIFETIME = {
    Purpose.VERIFY: timedelta(hours=48),
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITE: timedelta(hours=1),
    Purpose.CODE: timedelta(minutes=10),
}


def issue(session: Session, purpose: Purpose, user: User) -> str:
    """A new secret for `user`; earlier ones for the same purpose end."""
    token, now = secrets.token_urlsafe(32), utcnow()
    withdraw(session, user.id, purpose)
    session.add(
        OneTimeToken(
            token_hash=hash_key(token),
            purpose=purpose,
            user_id=user.id,
            email_key=user.email_key or "",
            bound_to=_bond(user),
            created_at=now,
            expires_at=now + LIFETIME[purpose],
        )
    )
    return token


def withdraw(session: Session, user_id: int, *purposes: Purpose) -> None:
    """Make the unused secrets of a person for these purposes worthless."""
    session.execute(
        sa.update(OneTimeToken)
        .where(OneTimeToken.user_id == user_id, OneTimeToken.purpose.in_(purposes), OneTimeToken.used_at.is_(None))
        .values(used_at=utcnow())
    )


def owner_of(session: Session, token: str, *purposes: Purpose) -> tuple[User, OneTimeToken] | None:
    """Whose a secret is, or None when it is unknown, used, too old or no longer bound to this account's state."""
    found = session.execute(
        sa.select(User, OneTimeToken)
        .join(User, User.id == OneTimeToken.user_id)
        .where(
            OneTimeToken.token_hash == hash_key(token[:200]),
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > utcnow(),
            OneTimeToken.email_key == User.email_key,
            User.state == AccountState.ACTIVE,
        )
    ).one_or_none()
    if found is None or found[1].bound_to != _bond(found[0]):
        return None
    return found[0], found[1]


def spend(session: Session, row: OneTimeToken) -> bool:
    """Use a secret up; false when another request was faster."""
    spent = session.execute(
        sa.update(OneTimeToken)
        .where(OneTimeToken.id == row.id, OneTimeToken.used_at.is_(None))
        .values(used_at=utcnow())
    )
    return bool(spent.rowcount)  # type: ignore[attr-defined]


def _bond(user: User) -> str:
    return hash_key(user.password_hash or "")

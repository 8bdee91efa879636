"""Sign-ins: server-side rows behind a cookie; the reader of a request comes from here."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.models import SecondFactor, SignIn, User, UserRole
from forum.accounts.status import AccountState
from forum.core.clock import utcnow
from forum.core.people import Reader, Role

IDLE = timedelta(days=14)
IDLE_TEAM = timedelta(hours=12)
ABSOLUTE = timedelta(days=90)

_READER = (
    sa.select(
        User.id,
        User.display_name,
        User.language,
        User.scheme,
        User.verified_at,
        User.department,
        User.organisation_id,
        User.approved_posts,
        User.new_receipts,
        User.new_notices,
        User.suspended_until,
        User.suspension,
        SignIn.id.label("sign_in_id"),
        SignIn.last_seen_at,
        sa.select(sa.func.aggregate_strings(UserRole.role.cast(sa.String), ","))
        .where(UserRole.user_id == User.id)
        .scalar_subquery()
        .label("roles"),
        sa.exists()
        .where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))
        .label("has_second_factor"),
    )
    .join(User, User.id == SignIn.user_id)
    .where(
        SignIn.key_hash == sa.bindparam("key_hash"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > sa.bindparam("now"),
        User.state == AccountState.ACTIVE,
    )
)


def hash_key(key: str) -> str:
    """How a secret is stored. Random keys of 256 bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def open_sign_in(session: Session, user_id: int, *, browser: str = "", address: str = "") -> str:
    """Begin a sign-in and return the key for its cookie; only the hash is kept."""
    key, now = secrets.token_urlsafe(32), utcnow()
    session.add(
        SignIn(
            key_hash=hash_key(key),
            user_id=user_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
            browser=browser[:200],
            address=address[:45],
        )
    )
    return key


def reader_of(session: Session, key: str) -> Reader | None:
    """The person behind a sign-in's key, or None when it has ended or idled away."""
    now = utcnow()
    row = session.connection().execute(_READER, {"key_hash": hash_key(key), "now": now}).one_or_none()
    if row is None:
        return None
    roles = frozenset(Role(name) for name in (row.roles or "").split(",") if name)
    if _is_idle(row.last_seen_at, now, bool(roles)):
        return None
    is_missing = bool(roles) and settings().team_second_factor == "required" and not row.has_second_factor
    return Reader(
        id=row.id,
        display_name=row.display_name,
        roles=frozenset() if is_missing else roles,
        lacks_second_factor=is_missing,
        language=row.language,
        scheme=row.scheme,
        is_verified=row.verified_at is not None,
        department=row.department,
        organisation_id=row.organisation_id,
        is_trusted=row.approved_posts >= settings().trusted_after,
        new_receipts=row.new_receipts,
        new_notices=row.new_notices,
        sign_in_id=row.sign_in_id,
        **_suspension(row, now),
    )


def end_sign_in(session: Session, sign_in_id: int, *, of: int) -> None:
    """End one sign-in of the person `of`; its key opens nothing any more."""
    mine = sa.update(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == of, SignIn.ended_at.is_(None))
    session.execute(mine.values(ended_at=utcnow()))


def end_sign_ins(session: Session, user_id: int, *, but: int | None = None) -> int:
    """End all sign-ins of a person, but for the one with the id `but`; returns how many ended."""
    theirs = sa.update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        theirs = theirs.where(SignIn.id != but)
    return int(session.execute(theirs.values(ended_at=utcnow())).rowcount)  # type: ignore[attr-defined]


def current_sign_ins(session: Session, reader: Reader) -> list[SignIn]:
    """Where a person is signed in now, the latest used first."""
    now = utcnow()
    idle = IDLE_TEAM if reader.is_team else IDLE
    return list(
        session.scalars(
            sa.select(SignIn)
            .where(
                SignIn.user_id == reader.id,
                SignIn.ended_at.is_(None),
                SignIn.expires_at > now,
                SignIn.last_seen_at > now - idle,
            )
            .order_by(SignIn.last_seen_at.desc())
            .limit(100)
        )
    )


def _suspension(row: Any, now: datetime) -> dict[str, Any]:
    """Until when and why somebody may not write, if that is so now."""
    if row.suspended_until is None or row.suspended_until <= now:
        return {}
    return {"suspended_until": row.suspended_until, "suspension": row.suspension}


def _is_idle(last_seen: datetime, now: datetime, is_team: bool) -> bool:
    return now - last_seen > (IDLE_TEAM if is_team else IDLE)


def reader_from(session: Session, user: User) -> Reader:
    """The reader that `user` is, for commands, jobs and tests."""
    roles = frozenset(session.scalars(sa.select(UserRole.role).where(UserRole.user_id == user.id)))
    return Reader(
        id=user.id,
        display_name=user.display_name,
        roles=roles,
        language=user.language,
        scheme=user.scheme,
        is_verified=user.verified_at is not None,
        department=user.department,
        organisation_id=user.organisation_id,
        is_trusted=user.approved_posts >= settings().trusted_after,
        **_suspension(user, utcnow()),
        new_receipts=user.new_receipts,
        new_notices=user.new_notices,
    )

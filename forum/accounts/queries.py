"""Reading people: exactly the columns that a page shows."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.addresses import address_key
from forum.accounts.models import Consent, User, UserRole
from forum.accounts.names import skeleton
from forum.accounts.status import AccountState, ConsentKind
from forum.core.paging import PAGE_SIZE, Page, write_cursor
from forum.core.people import Role

_ROLES = (
    sa.select(sa.func.aggregate_strings(UserRole.role.cast(sa.String), ","))
    .where(UserRole.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
    .label("roles")
)
_PROFILE = sa.select(User.id, User.display_name, User.created_at, User.department, User.state, _ROLES).where(
    User.id == sa.bindparam("user_id"), User.state != AccountState.ERASED
)
_LISTED = sa.select(
    User.id,
    User.display_name,
    User.email,
    User.department,
    User.state,
    User.verified_at,
    User.created_at,
    User.last_seen_at,
    _ROLES,
).where(User.state != AccountState.ERASED)

GROUPS = ("", "team", "unverified", "disabled")  # what the list of people can be narrowed to


def profile(session: Session, user_id: int) -> Any | None:
    """What everybody may know of a person: never the address. None when there is nobody."""
    return session.execute(_PROFILE, {"user_id": user_id}).one_or_none()


def was_erased(session: Session, user_id: int) -> bool:
    """Whether there was somebody who erased their account."""
    erased = sa.select(User.id).where(User.id == user_id, User.state == AccountState.ERASED)
    return session.scalar(erased) is not None


def roles_in(words: str | None) -> list[Role]:
    """The roles in the `roles` column of a row, in their fixed order."""
    held = set((words or "").split(","))
    return [role for role in Role if role.value in held]


def roles_of(session: Session, user_id: int) -> frozenset[Role]:
    """The roles of a person."""
    return frozenset(session.scalars(sa.select(UserRole.role).where(UserRole.user_id == user_id)))


def find_by_address(session: Session, email: str) -> User | None:
    """The account with this address, whatever its state."""
    return session.scalars(sa.select(User).where(User.email_key == address_key(email))).one_or_none()


def one_person(person_id: int) -> sa.Select[User]:
    """The account with this id, unless it was erased."""
    return sa.select(User).where(User.id == person_id, User.state != AccountState.ERASED)


def people(session: Session, *, words: str = "", group: str = "", after: tuple[int, ...] | None = None) -> Page[Any]:
    """One page of people for admins, the newest first; `words` are part of a name or an address."""
    query = _LISTED.order_by(User.id.desc()).limit(PAGE_SIZE + 1)
    if words:
        look, key = skeleton(words), words.casefold()
        by_name = [User.name_skeleton.contains(look, autoescape=True)] if look else []
        query = query.where(sa.or_(User.email_key.contains(key, autoescape=True), *by_name))
    if group == "team":
        query = query.where(sa.exists().where(UserRole.user_id == User.id))
    elif group == "unverified":
        query = query.where(User.verified_at.is_(None), User.state == AccountState.ACTIVE)
    elif group == "disabled":
        query = query.where(User.state == AccountState.DISABLED)
    if after:
        query = query.where(User.id < after[0])
    rows = session.execute(query).all()
    more = write_cursor(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""
    return Page(rows[:PAGE_SIZE], more, is_first=after is None)


def everybody(session: Session) -> sa.Result[Any]:
    """All people with an account or an imported name, the oldest first, streamed."""
    return session.execute(_LISTED.order_by(User.id).execution_options(yield_per=500))


def consents(session: Session, user_id: int) -> dict[ConsentKind, Consent]:
    """What a person agrees to at present."""
    rows = session.scalars(sa.select(Consent).where(Consent.user_id == user_id, Consent.withdrawn_at.is_(None)))
    return {row.kind: row for row in rows}


def all_consents(session: Session, user_id: int) -> dict[str, list[Consent]]:
    """Everything that a person ever agreed to, by the kind's name, the oldest first."""
    found: dict[str, list[Consent]] = {}
    for row in session.scalars(sa.select(Consent).where(Consent.user_id == user_id).order_by(Consent.id)):
        found.setdefault(row.kind.value, []).append(row)
    return found


def agreed(kind: ConsentKind) -> sa.Select[int]:
    """The ids of everybody who agrees to `kind` at present; for `User.id.in_(…)`."""
    return sa.select(Consent.user_id).where(Consent.kind == kind, Consent.withdrawn_at.is_(None))

"""What admins and the command line do with accounts: make, give roles, rename, disable."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts import guarding, queries, rules, sessions, tokens
from forum.accounts.addresses import address_key, clean_address
from forum.accounts.letters import send_letter
from forum.accounts.models import User, UserRole
from forum.accounts.names import skeleton
from forum.accounts.status import AccountState, Purpose
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, require
from forum.core.languages import _
from forum.core.people import Reader, Role


def make_person(
    session: Session,
    *,
    name: str,
    email: str,
    roles: frozenset[Role] = frozenset(),
    department: str = "",
    language: str = "",
    password_hash: str | None = None,
    is_demo: bool = False,
    by: Reader,
) -> User:
    """Make an account for somebody known: its address counts as proved.

    Without a `password_hash` its owner chooses one by an invitation. Raises `Conflict` when the address
    has an account, and `Invalid` for a name or an address that cannot be used.
    """
    require(rules.may_administer(by), _("Only admins make accounts for others."))
    name, email = guarding.free_name(session, name, is_team=bool(roles)), clean_address(email)
    if queries.find_by_address(session, email) is not None:
        raise Conflict(_("{email} has an account already.", email=email))
    person = User(
        display_name=name,
        name_skeleton=skeleton(name),
        email=email,
        email_key=address_key(email),
        verified_at=utcnow(),
        password_hash=password_hash,
        state=AccountState.ACTIVE,
        language=language,
        department=department,
        is_demo=is_demo,
        created_at=utcnow(),
    )
    session.add(person)
    session.flush()
    audit.record(session, "account.make", by=by.id, subject="user", subject_id=person.id, about=person.id)
    if roles:
        _replace_roles(session, person, roles, by=by)
    return person


def set_roles(session: Session, person: User, roles: frozenset[Role], *, department: str, by: Reader) -> bool:
    """Give `person` exactly these roles; whether they changed.

    A change ends their sign-ins, is recorded, and is told them by mail. Raises `Invalid` when a customer's
    name looks like theirs, and `Conflict` when it would take the last admin away or the address is not proved.
    """
    require(rules.may_administer(by), _("Only admins give and take roles."))
    person.department = department
    before = queries.roles_of(session, person.id)
    if roles == before:
        return False
    if roles and person.verified_at is None:
        raise Conflict(
            _("{name} has not confirmed the e-mail address yet. Roles come after that.", name=person.display_name)
        )
    if Role.ADMIN in before - roles:
        require_another_admin(session, person)
    _replace_roles(session, person, roles, by=by)
    sessions.end_sign_ins(session, person.id)
    send_letter(session, person, "roles", roles=[role for role in Role if role in roles], word=rules.role_word)
    return True


def _replace_roles(session: Session, person: User, roles: frozenset[Role], *, by: Reader) -> None:
    before = queries.roles_of(session, person.id)
    session.execute(sa.delete(UserRole).where(UserRole.user_id == person.id))
    session.add_all(UserRole(user_id=person.id, role=role) for role in roles)
    session.flush()
    guarding.guard(session, person)
    audit.record(
        session,
        "account.roles",
        by=by.id,
        subject="user",
        subject_id=person.id,
        about=person.id,
        before=sorted(role.value for role in before),
        after=sorted(role.value for role in roles),
    )


def rename(session: Session, person: User, name: str, *, reason: str, by: Reader) -> None:
    """Give `person` another display name, say one that nobody takes for the team's, and tell them why.

    Raises `Invalid` when the name is not free.
    """
    require(rules.may_administer(by), _("Only admins rename others."))
    before = person.display_name
    guarding.rename(session, person, name)
    audit.record(
        session, "account.rename", by=by.id, subject="user", subject_id=person.id, about=person.id, reason=reason
    )
    send_letter(session, person, "renamed", before=before, after=person.display_name, reason=reason)


def disable(session: Session, person: User, *, reason: str, by: Reader) -> None:
    """Take an account out of use: its sign-ins end, its links stop working. What it wrote stays.

    Raises `Conflict` for the last admin.
    """
    require(rules.may_administer(by), _("Only admins disable accounts."))
    require_another_admin(session, person)
    person.state = AccountState.DISABLED
    sessions.end_sign_ins(session, person.id)
    tokens.withdraw(session, person.id, *Purpose)
    _record_state(session, "account.disable", person, reason, by)


def enable(session: Session, person: User, *, reason: str, by: Reader) -> None:
    """Take a disabled account back into use. Raises `Invalid` when its name has been taken by the team."""
    require(rules.may_administer(by), _("Only admins enable accounts."))
    is_team = bool(queries.roles_of(session, person.id))
    guarding.free_name(session, person.display_name, of=person.id, is_team=is_team)
    person.state = AccountState.ACTIVE
    session.flush()
    guarding.guard(session, person)
    _record_state(session, "account.enable", person, reason, by)


def _record_state(session: Session, action: str, person: User, reason: str, by: Reader) -> None:
    audit.record(session, action, by=by.id, subject="user", subject_id=person.id, about=person.id, reason=reason)


def require_another_admin(session: Session, person: User) -> None:
    """Raise `Conflict` when `person` is the only admin who can sign in: nobody could give roles any more."""
    admins = session.scalars(
        sa.select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.ADMIN, User.state == AccountState.ACTIVE)
        .with_for_update(of=User)
    ).all()
    if list(admins) == [person.id]:
        raise Conflict(_("{name} is the only admin. Make somebody else an admin first.", name=person.display_name))

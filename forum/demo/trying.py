"""Trying the site out: demo content and one account for each role, with passwords made at random."""

import json
import os
import secrets
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.models import User, UserRole
from forum.accounts.passwords import hash_password
from forum.core.database import reading, transaction
from forum.core.people import Role
from forum.demo.planting import is_planted, plant
from forum.launches.models import Receipt

ROLES = (Role.EMPLOYEE, Role.MODERATOR, Role.MANAGER, Role.ADMIN)
WORDS = {None: "customer", Role.MANAGER: "product manager"}


def prepare() -> None:
    """Plant the demo content and make passwords on the first start; later starts find them there."""
    with reading() as session:
        there = is_planted(session) or session.scalar(sa.select(User.id).limit(1)) is not None
    if there:
        return
    click.echo("First start: planting a year of demo content, about ten seconds ...")
    with transaction() as session:
        plant(session)
        give_passwords(session)


def give_passwords(session: Session) -> None:
    """Give one demo person of each role a random password, and keep them in a file of its owner's."""
    _write(_passwords(session))


def _passwords(session: Session) -> list[dict[str, str]]:
    signs = []
    for role in (None, *ROLES):
        person = session.get_one(User, _someone(session, role))
        password = "-".join(secrets.token_hex(3) for _n in range(3))
        person.password_hash = hash_password(password)
        signs.append(
            {
                "role": WORDS.get(role) or str(role.value if role else ""),
                "name": person.display_name,
                "email": str(person.email),
                "password": password,
            }
        )
    return signs


def _someone(session: Session, role: Role | None) -> int:
    """A demo person with the role; as customer one who has said much that came to something."""
    if role is None:
        told = sa.select(Receipt.user_id).group_by(Receipt.user_id).order_by(sa.func.count().desc(), Receipt.user_id)
        anyone = sa.select(User.id).where(User.is_demo, User.id.not_in(sa.select(UserRole.user_id))).order_by(User.id)
        found = session.scalar(told.limit(1)) or session.scalar(anyone.limit(1))
    else:
        of_role = sa.select(User.id).join(UserRole).where(UserRole.role == role, User.is_demo)
        found = session.scalar(of_role.order_by(User.id).limit(1))
    if found is None:
        raise LookupError(f"the demo has nobody with the role {role}")
    return found


def _file() -> Path:
    return settings().data_dir / "demo-sign-in.json"


def _write(signs: list[dict[str, str]]) -> None:
    """Keep the passwords where only the owner of the files can read them."""
    handle = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(signs, file, indent=1, ensure_ascii=False)


def sign_in_lines() -> list[str]:
    """How to sign in as each demo role, line by line."""
    if not _file().exists():
        return []
    signs = json.loads(_file().read_text())
    lines = [f"  {sign['role']:<16} {sign['email']:<26} {sign['password']}   ({sign['name']})" for sign in signs]
    return ["Sign in to the demo as", *lines, f"These passwords are kept in {_file()}, readable by you alone."]


def forget() -> None:
    """Remove the passwords' file."""
    _file().unlink(missing_ok=True)

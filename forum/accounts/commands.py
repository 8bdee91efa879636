"""The command `flask --app wsgi users`."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from forum.accounts import administering, letters, queries
from forum.accounts.models import User
from forum.accounts.rules import THE_SITE, role_word
from forum.accounts.status import AccountState
from forum.core.database import reading, transaction
from forum.core.errors import ForumError
from forum.core.languages import LANGUAGES, ngettext
from forum.core.people import Role

ROLES = click.Choice([role.value for role in Role])

users = AppGroup("users", help="People and their roles.")


@contextmanager
def changing() -> Iterator[Session]:
    """A transaction whose refusals are said in plain words."""
    try:
        with transaction() as session:
            yield session
    except ForumError as problem:
        raise click.ClickException(" ".join([*getattr(problem, "fields", {}).values()]) or problem.message) from problem


def _find(session: Session, email: str) -> User:
    person = queries.find_by_address(session, email)
    if person is None or person.state is AccountState.ERASED:
        raise click.ClickException(f"Nobody has the address {email}. See: flask --app wsgi users list")
    return person


@users.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Display name, seen by everybody.")
@click.option("--role", "roles", multiple=True, type=ROLES, help="A role; may be given several times.")
@click.option("--department", default="", help="Stands beside the official mark.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Language of pages and mail; else the browser's.")
def add(email: str, name: str, roles: tuple[str, ...], department: str, language: str | None) -> None:
    """Make an account for EMAIL, whose owner chooses a password by the link this prints.

    The link works once and for one hour; `users invite` makes another one.
    """
    with changing() as session:
        person = administering.make_person(
            session,
            name=name,
            email=email,
            roles=frozenset(Role(role) for role in roles),
            department=department,
            language=language or "",
            by=THE_SITE,
        )
        link = letters.invite(session, person)
        name = person.display_name
    click.echo(f"Open this link within an hour to choose a password:\n{link}")
    click.echo(f"{name} has an account now.")


@users.command("invite")
@click.argument("email")
def invite(email: str) -> None:
    """Print a link by which the owner of EMAIL chooses a new password; good once and for one hour."""
    with changing() as session:
        person = _find(session, email)
        if person.state is not AccountState.ACTIVE:
            raise click.ClickException(f"The account of {person.display_name} cannot be used; enable it first.")
        link = letters.invite(session, person)
        name = person.display_name
    click.echo(link)
    click.echo(f"{name} can choose a password with this link within an hour.")


@users.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
@click.option("--remove", is_flag=True, help="Take the role away instead.")
def change_role(email: str, role: str, remove: bool) -> None:
    """Give the person with EMAIL a ROLE, or take it away; a change signs them out everywhere."""
    with changing() as session:
        person, chosen = _find(session, email), Role(role)
        held = queries.roles_of(session, person.id)
        after = held - {chosen} if remove else held | {chosen}
        changed = administering.set_roles(session, person, after, department=person.department, by=THE_SITE)
        name = person.display_name
    word = role_word(chosen).lower()
    article = "an" if word[0] in "aeiou" else "a"
    if remove:
        click.echo(f"{name} is no longer {article} {word}." if changed else f"{name} was not {article} {word}.")
    else:
        click.echo(f"{name} is {article} {word} now." if changed else f"{name} is {article} {word} already.")


@users.command("list")
@click.option("--role", type=ROLES, help="Only those with this role.")
@click.option("--team", is_flag=True, help="Only those with any role.")
def list_people(role: str | None, team: bool) -> None:
    """List people: address, name, roles, state; tabs between the columns."""
    count = 0
    with reading() as session:
        for row in queries.everybody(session):
            held = queries.roles_in(row.roles)
            if (role and Role(role) not in held) or (team and not held):
                continue
            state = row.state.value if row.verified_at else f"{row.state.value}, not confirmed"
            roles = ", ".join(one.value for one in held) or "customer"
            click.echo(f"{row.email or '-'}\t{row.display_name}\t{roles}\t{state}")
            count += 1
    click.echo(ngettext("{n} person.", "{n} people.", count))


@users.command("disable")
@click.argument("email")
@click.option("--reason", default="by the command line", show_default=True, help="Kept in the log.")
def disable(email: str, reason: str) -> None:
    """Take the account of EMAIL out of use: signed out everywhere, and no way in. What it wrote stays."""
    with changing() as session:
        person = _find(session, email)
        administering.disable(session, person, reason=reason, by=THE_SITE)
        name = person.display_name
    click.echo(f"{name} can no longer sign in.")


@users.command("enable")
@click.argument("email")
@click.option("--reason", default="by the command line", show_default=True, help="Kept in the log.")
def enable(email: str, reason: str) -> None:
    """Take the disabled account of EMAIL back into use."""
    with changing() as session:
        person = _find(session, email)
        administering.enable(session, person, reason=reason, by=THE_SITE)
        name = person.display_name
    click.echo(f"{name} can sign in again.")

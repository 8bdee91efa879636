"""The command `users`: what it does, and the sentence it ends with."""

import pytest
import sqlalchemy as sa

from forum.accounts.models import OneTimeToken, SignIn, User
from forum.accounts.queries import roles_of
from forum.accounts.sessions import open_sign_in
from forum.core.audit import AuditEntry
from forum.core.people import Role


@pytest.fixture
def users(app, session):
    """Runs `users …`; returns its lines."""

    def run(*words, code=0):
        session.commit()
        result = app.test_cli_runner().invoke(args=["users", *words])
        session.expire_all()
        assert result.exit_code == code, result.output
        return result.output.strip().splitlines()

    return run


@pytest.fixture
def kari(make):
    return make.person("Kari Hansen", email="kari@example.com")


def test_an_account_is_made_with_a_link_to_choose_a_password(users, session, visitor):
    lines = users("add", "rikke@example.com", "--name", "Rikke Mølgaard", "--role", "moderator", "--role", "employee")

    assert lines[-1] == "Rikke Mølgaard has an account now."
    person = session.scalars(sa.select(User)).one()
    assert roles_of(session, person.id) == {Role.MODERATOR, Role.EMPLOYEE}
    path = lines[-2].removeprefix("http://127.0.0.1:8000")
    visitor.open(path).send("Set the password", password="slow green trams in Aarhus")
    visitor.send("Sign in", email="rikke@example.com", password="slow green trams in Aarhus")
    assert "Rikke Mølgaard" in visitor.text
    visitor.open(path, status=410)


def test_an_address_gets_one_account(users, kari, session):
    lines = users("add", "KARI@example.com", "--name", "Kari Again", code=1)

    assert lines == ["Error: KARI@example.com has an account already."]
    assert session.scalar(sa.select(sa.func.count(User.id))) == 1


def test_a_role_is_given_and_taken(users, kari, session):
    open_sign_in(session, kari.id)

    assert users("role", "kari@example.com", "moderator") == ["Kari Hansen is a moderator now."]
    assert roles_of(session, kari.id) == {Role.MODERATOR}
    assert session.scalar(sa.select(SignIn.ended_at)) is not None
    assert users("role", "kari@example.com", "moderator")[-1] == "Kari Hansen is a moderator already."
    assert users("role", "kari@example.com", "employee")[-1] == "Kari Hansen is an employee now."
    assert users("role", "kari@example.com", "moderator", "--remove")[-1] == "Kari Hansen is no longer a moderator."
    entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.roles")).all()
    assert [(entry.actor_id, entry.details["after"]) for entry in entries] == [
        (None, ["moderator"]),
        (None, ["employee", "moderator"]),
        (None, ["employee"]),
    ]


def test_people_are_listed(users, kari, make):
    make.person("Rikke Mølgaard", Role.ADMIN, Role.MANAGER, email="rikke@example.com")
    make.person("Ola Berg", email="ola@example.com", verified_at=None)

    assert users("list") == [
        "kari@example.com\tKari Hansen\tcustomer\tactive",
        "rikke@example.com\tRikke Mølgaard\tmanager, admin\tactive",
        "ola@example.com\tOla Berg\tcustomer\tactive, not confirmed",
        "3 people.",
    ]
    assert users("list", "--team")[-1] == "1 person."
    assert users("list", "--role", "employee") == ["0 people."]


def test_an_account_is_disabled_and_enabled(users, kari, session):
    users("invite", "kari@example.com")

    assert users("disable", "kari@example.com") == ["Kari Hansen can no longer sign in."]
    assert session.scalar(sa.select(OneTimeToken.used_at)) is not None
    assert users("invite", "kari@example.com", code=1)[0].endswith("enable it first.")
    assert users("enable", "kari@example.com") == ["Kari Hansen can sign in again."]


def test_an_unknown_address_is_said_plainly(users):
    assert users("role", "nobody@example.com", "admin", code=1) == [
        "Error: Nobody has the address nobody@example.com. See: flask --app wsgi users list"
    ]


@pytest.mark.parametrize("command", ["add", "invite", "role", "list", "disable", "enable"])
def test_every_command_explains_itself(users, command):
    text = " ".join(users(command, "--help"))

    assert text.startswith("Usage:")
    assert len(text) > 150

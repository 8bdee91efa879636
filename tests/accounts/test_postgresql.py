"""What accounts ask of the database, asked of PostgreSQL; and what happens between two at once."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.accounts import administering, queries, services, sessions, tokens
from forum.accounts.guarding import guard
from forum.accounts.models import OneTimeToken, User
from forum.accounts.rules import THE_SITE
from forum.accounts.schemas import Registration
from forum.accounts.status import ConsentKind, Purpose
from forum.core.database import make_engine
from forum.core.errors import Conflict, Invalid
from forum.core.people import Role

pytestmark = pytest.mark.postgresql

NEW = Registration(display_name="Kari Hansen", email="kari@example.com", password="seven slow green trams")


@pytest.fixture
def engine(postgresql):
    engine = make_engine(postgresql)
    yield engine
    engine.dispose()


@pytest.fixture
def pg(engine):
    with Session(engine, expire_on_commit=False) as session:
        yield session


def person(pg, name, *roles, email=None):
    return administering.make_person(
        pg, name=name, email=email or f"{name[:3].lower()}@example.com", roles=frozenset(roles), by=THE_SITE
    )


def test_people_register_sign_in_and_are_found(pg):
    made = services.register(pg, NEW, password_hash="x")
    assert services.register(pg, NEW.model_copy(update={"email": "KARI@example.com"}), password_hash="y") is None
    key = sessions.open_sign_in(pg, made.id)
    services.set_consent(pg, made.id, ConsentKind.CREDIT, True)
    pg.commit()

    reader = sessions.reader_of(pg, key)
    assert (reader.id, reader.roles, reader.is_verified) == (made.id, frozenset(), False)
    assert [row.id for row in queries.people(pg, words="kari").rows] == [made.id]
    assert [row.id for row in queries.people(pg, words="_").rows] == []
    assert pg.scalars(queries.agreed(ConsentKind.CREDIT)).all() == [made.id]
    assert queries.profile(pg, made.id).roles is None
    assert len(sessions.current_sign_ins(pg, reader)) == 1


def test_roles_names_and_the_last_admin_hold(pg):
    rikke = person(pg, "Rikke Mølgaard", Role.ADMIN, Role.MODERATOR)
    with pytest.raises(Invalid):
        services.register(pg, NEW.model_copy(update={"display_name": "Rikke Molgaard"}), password_hash="x")
    with pytest.raises(Conflict):
        administering.set_roles(pg, rikke, frozenset({Role.MODERATOR}), department="", by=THE_SITE)

    assert set(queries.roles_in(queries.profile(pg, rikke.id).roles)) == {Role.ADMIN, Role.MODERATOR}
    assert [row.id for row in queries.everybody(pg)] == [rikke.id]


def at_once(engine, *works):
    """Run each `work(session)` in a thread and transaction of its own; what each returned or raised."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        with Session(engine) as session:
            start.wait(10)
            try:
                answers[place] = work(session)
                session.commit()
            except Exception as error:
                answers[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def test_one_address_that_registers_many_times_at_once_has_one_account(engine, pg):
    def register(session):
        made = services.register(session, NEW, password_hash="x")
        return made and made.email_key

    answers = at_once(engine, *[register] * 6)

    assert sorted(answers, key=str) == [None] * 5 + ["kari@example.com"]
    assert pg.scalar(sa.select(sa.func.count(User.id))) == 1


def test_a_link_used_twice_at_once_works_once(engine, pg):
    secret = tokens.issue(pg, Purpose.RESET, person(pg, "Kari Hansen"))
    pg.commit()

    def use(session):
        owner, row = tokens.owner_of(session, secret, Purpose.RESET)
        return services.set_password(session, owner, row, password_hash="x" * 20)

    answers = at_once(engine, use, use, use)

    assert sum(answer is True for answer in answers) == 1
    assert pg.scalar(sa.select(sa.func.count()).where(OneTimeToken.used_at.is_not(None))) == 1


def test_two_look_alikes_who_join_the_team_at_once_are_not_both_let_in(engine, pg):
    one, two = person(pg, "Rikke Mølgaard", email="a@example.com"), person(pg, "Rikke Molgaard", email="b@example.com")
    pg.commit()

    def join(person_id):
        def work(session):
            found = session.get_one(User, person_id)
            return administering.set_roles(session, found, frozenset({Role.EMPLOYEE}), department="", by=THE_SITE)

        return work

    answers = at_once(engine, join(one.id), join(two.id))

    assert not any(answer is True for answer in answers)  # each sees the other's name
    assert all(isinstance(answer, (Invalid, IntegrityError)) for answer in answers)
    guard(pg, one)

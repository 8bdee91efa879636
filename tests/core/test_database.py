"""SQLite as we use it: writers queue up, readers never wait, moments keep their zone."""

import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from forum.accounts.models import Organisation, UserRole
from forum.core.database import engine, insert_into, new_session, reading, transaction
from forum.core.people import Role


def name_of(session) -> str:
    return session.scalars(sa.select(Organisation.name)).one()


@pytest.mark.sqlite
def test_many_writers_queue_up_and_none_fails():
    with transaction() as session:
        session.add(Organisation(name="", attributes={}))
    failed = []

    def write() -> None:
        try:
            for _n in range(5):
                with transaction() as session:
                    organisation = session.scalars(sa.select(Organisation)).one()
                    time.sleep(0.002)  # a slow service: nobody else may read-and-write meanwhile
                    organisation.name += "x"
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with reading() as session:
        assert name_of(session) == "x" * 30


@pytest.mark.sqlite
def test_readers_do_not_wait_for_a_writer_and_keep_what_they_saw():
    with transaction() as session:
        session.add(Organisation(name="before", attributes={}))

    with reading() as reader, new_session() as writer:
        assert name_of(reader) == "before"
        writer.execute(sa.update(Organisation).values(name="after"))
        begun = time.monotonic()
        with reading() as other:
            assert name_of(other) == "before"
        assert time.monotonic() - begun < 1
        writer.commit()

        assert name_of(reader) == "before"
    with reading() as later:
        assert name_of(later) == "after"


def test_an_error_in_a_transaction_leaves_nothing():
    def fail() -> None:
        with transaction() as session:
            session.add(Organisation(name="half", attributes={}))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with reading() as session:
        assert session.query(Organisation).count() == 0


@pytest.mark.sqlite
def test_moments_are_stored_in_utc_and_need_their_zone(session, make):
    west = datetime(2026, 3, 1, 22, 30, tzinfo=timezone(timedelta(hours=-5)))
    person = make.person(created_at=west)
    session.commit()
    session.expire_all()

    assert (person.created_at, person.created_at.utcoffset()) == (west, timedelta(0))
    assert session.scalar(sa.text("SELECT created_at FROM users")) == "2026-03-02 03:30:00.000000"
    person.created_at = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="needs its time zone"):
        session.flush()
    session.rollback()


def test_enums_are_stored_by_their_words(session, make):
    make.moderator()

    assert session.scalar(sa.text("SELECT role FROM user_roles")) == "moderator"
    assert session.scalar(sa.select(UserRole.role)) is Role.MODERATOR


@pytest.mark.sqlite
def test_rows_cannot_point_at_nothing(session):
    session.add(UserRole(user_id=4711, role=Role.ADMIN))

    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        session.flush()
    session.rollback()


@pytest.mark.sqlite
def test_a_commit_is_on_the_disk_and_the_log_is_shared():
    with engine().connect() as connection:
        kept = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}

    assert kept == {"journal_mode": "wal", "synchronous": 2}


def test_an_insert_may_say_what_to_do_when_the_row_is_there(session):
    insert = insert_into(session, Organisation).on_conflict_do_nothing()
    for _n in range(2):
        session.execute(insert.values(name="Nordvik", attributes={}, is_demo=False))

    assert [name for (name,) in session.execute(sa.select(Organisation.name))] == ["Nordvik"]

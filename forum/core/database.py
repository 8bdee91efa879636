"""The database: one engine per process, plain sessions, SQLite and PostgreSQL alike."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from config import settings

Words = dict[str, str]  # company-written text: {"en": …, "nb": …, "da": …}, at least one filled
Json = dict[str, Any]
Value = TypeVar("Value")
AWAY = (OperationalError, InterfaceError)  # the database is locked, full or gone; nothing is wrong with what was asked
PATIENCE = 60.0  # seconds for which what has happened already is written down again and again
_BETWEEN = 0.5  # seconds


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: stored without a zone where the database has none, always read with one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the moment to UTC; a moment without a zone is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone; take it from core.clock")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        Words: sa.JSON(),
        Json: sa.JSON(),
        list[Json]: sa.JSON(),
        list[int]: sa.JSON(),
        list[str]: sa.JSON(),
        list[list[str]]: sa.JSON(),
        Enum: sa.Enum(Enum, native_enum=False, length=20, values_callable=lambda kind: [m.value for m in kind]),
    }


# SQLite takes the write lock when a transaction begins, so that two writers queue instead of failing
# half-way; reading sessions say so and only ever take a snapshot.
READING = {"reading": True}


PATIENT = {"connect_timeout": 5}  # seconds; a machine that is away does not answer at all


def make_engine(url: str) -> Engine:
    """Open the database at `url`; SQLite through the newer library that pysqlite3 brings, where it exists."""
    if not url.startswith("sqlite"):
        url = url.replace("postgresql://", "postgresql+psycopg://")
        return sa.create_engine(url, pool_size=10, pool_pre_ping=True, hide_parameters=True, connect_args=PATIENT)
    arguments = {"timeout": 10, "check_same_thread": False}
    # What was to be stored is no part of errors: they are logged.
    engine = sa.create_engine(url, module=_sqlite_module(), connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _sqlite_module() -> Any:
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        from sqlite3 import dbapi2
    return dbapi2


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",  # milliseconds
        "cache_size=-2000",  # KiB, per connection; the system keeps the file in memory once for all of them
        "temp_store=MEMORY",
        "secure_delete=ON",  # what is erased is overwritten in the file, too
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@lru_cache
def engine() -> Engine:
    """This process's engine, opened once."""
    settings().data_dir.mkdir(0o700, parents=True, exist_ok=True)
    return make_engine(settings().database)


@lru_cache
def _maker(reading: bool) -> sessionmaker[Session]:
    bind = engine().execution_options(**READING) if reading else engine()
    return sessionmaker(bind, expire_on_commit=False)


def new_session(*, reading: bool = False) -> Session:
    """A session; a `reading` one takes no lock and must not write."""
    return _maker(reading)()


@contextmanager
def transaction() -> Iterator[Session]:
    """A session for a job or command: committed at the end of the block, rolled back on an error."""
    with new_session() as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads, closed at the end of the block."""
    with new_session(reading=True) as session:
        yield session


def insist(write: Callable[[Session], Value], *, patience: float = PATIENCE) -> Value:
    """Do `write` in a transaction of its own, again and again while the database is away.

    For what has happened already, so that it is not done twice. After `patience` seconds raises what the database says.
    """
    end = time.monotonic() + patience
    while True:
        try:
            with transaction() as session:
                return write(session)
        except AWAY:
            if time.monotonic() >= end:
                raise
            time.sleep(_BETWEEN)


def insert_into(session: Session, model: type[Model]) -> Any:
    """An `INSERT` in the words of this session's database, which know `ON CONFLICT`."""
    return insert_for(session.get_bind().dialect.name, model)


def insert_for(dialect: str, model: type[Model]) -> Any:
    """An `INSERT` that knows `ON CONFLICT`, for `sqlite` or `postgresql`."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(model)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(model)


def forget_engine() -> None:
    """Close the connections and read the settings' address afresh; for tests and forked processes."""
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
    _maker.cache_clear()

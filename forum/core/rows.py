"""All rows of a database as plain values, out of one and into another, be they SQLite or PostgreSQL.

Tables are taken as the database has them, not as the models of this version do, so that rows of an older schema can be
read and put back as well. Values are what JSON knows: moments are written in ISO 8601 and UTC, and what is stored as
JSON is kept as the text that it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

AT_ONCE = 2_000  # rows
_OWN = ("alembic_version", "workers")  # which schema it is comes with that schema; who works on it is of the moment

Value = str | int | float | bool | None


def snapshot(engine: Engine) -> Connection:
    """A connection that sees the database as it is now, whatever is written meanwhile; it holds nobody up."""
    if engine.dialect.name == "sqlite":
        return engine.connect().execution_options(reading=True)
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def tables_of(connection: Connection) -> list[sa.Table]:
    """The tables that hold what the site knows, by name; indexes of words are made from them."""
    inspector = sa.inspect(connection)
    names = [name for name in inspector.get_table_names() if name not in _made(connection) and name not in _OWN]
    metadata = sa.MetaData()
    metadata.reflect(connection, only=names)
    return sorted(metadata.tables.values(), key=lambda table: table.name)


def _made(connection: Connection) -> set[str]:
    """SQLite's own tables, and those behind an index of words."""
    if connection.dialect.name != "sqlite":
        return set()
    rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    virtual = [row.name for row in rows if (row.sql or "").upper().startswith("CREATE VIRTUAL")]
    behind = tuple(f"{name}_" for name in virtual)
    return {row.name for row in rows if row.name in virtual or row.name.startswith(("sqlite_", *behind))}


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return all(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).scalar() is None
        for table in tables_of(connection)
    )


# --- Out ------------------------------------------------------------------------------------------------------


def read_rows(connection: Connection, table: sa.Table) -> Iterator[list[Value]]:
    """The rows of a table, in the order of its key and of its columns; they are not in memory all at once."""
    columns = [sa.cast(column, sa.Text) if _is_json(column) else column for column in table.columns]
    ordered = sa.select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(ordered):
        yield [_plain(value) for value in row]


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _plain(value: Any) -> Value:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


# --- In -------------------------------------------------------------------------------------------------------


def write_rows(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Insert `rows` with their values for `columns`; returns how many. Raises `KeyError` for an unknown column."""
    dialect = connection.dialect.name
    insert = table.insert().values({name: _slot(table.c[name], dialect) for name in columns})
    readers = [(name, _reader(table.c[name], dialect)) for name in columns]
    waiting, written = iter(rows), 0
    while some := list(islice(waiting, AT_ONCE)):
        given = [{name: read(value) for (name, read), value in zip(readers, row, strict=True)} for row in some]
        connection.execute(insert, given)
        written += len(given)
    return written


def _slot(column: sa.Column[Any], dialect: str) -> Any:
    if not _is_json(column):
        return sa.bindparam(column.name, type_=column.type)
    text = sa.bindparam(column.name, type_=sa.Text())
    return text if dialect == "sqlite" else sa.cast(sa.type_coerce(text, sa.Text()), column.type)


def _reader(column: sa.Column[Any], dialect: str) -> Callable[[Any], Any]:
    """What turns a plain value into one that the column takes."""
    if isinstance(column.type, sa.DateTime):
        return _moment_without_zone if dialect == "sqlite" else _moment
    return _day if isinstance(column.type, sa.Date) else _same


def _same(value: Value) -> Value:
    return value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _moment_without_zone(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)


@contextmanager
def in_any_order(connection: Connection, tables: Sequence[sa.Table]) -> Iterator[None]:
    """Let rows come before those that they refer to, within this block, in a transaction that is under way.

    Raises `sqlalchemy.exc.IntegrityError` for a reference to nothing: at the end of the block, or, on SQLite, when the
    transaction is committed.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        yield
        return
    keys = [key for table in tables for key in table.foreign_key_constraints]
    for key in keys:
        connection.execute(sa.schema.DropConstraint(key))
    yield
    for key in keys:
        connection.execute(sa.schema.AddConstraint(key))


def continue_counting(connection: Connection, tables: Sequence[sa.Table]) -> None:
    """Have new rows numbered after those that are there; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        for column in table.primary_key.columns:
            if not isinstance(column.type, sa.Integer):
                continue
            sequence = connection.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))).scalar()
            last = connection.execute(sa.select(sa.func.max(column))).scalar()
            if sequence and last:
                connection.execute(sa.select(sa.func.setval(sequence, last)))

"""Migrations go both ways and agree with the models, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from forum.core import schema
from forum.core.database import Model, make_engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request, tmp_path) -> Iterator[Engine]:
    """An engine over a database without tables."""
    url = f"sqlite:///{tmp_path}/new.db" if request.param == "sqlite" else request.getfixturevalue("bare_postgresql")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return {name for name in sa.inspect(engine).get_table_names() if not name.startswith("posts_fts")}


def test_the_schema_goes_up_and_down_and_agrees_with_the_models(empty):
    schema.upgrade(empty)
    assert schema.is_current(empty)
    assert tables(empty) == set(Model.metadata.tables) | {"alembic_version"}
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Model.metadata)
    ours = [one for one in differences if "posts_fts" not in str(one) and "ix_search_entries_words" not in str(one)]
    assert ours == []

    schema.downgrade(empty, "base")
    assert tables(empty) <= {"alembic_version"}
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_the_audit_log_refuses_changes(empty):
    schema.upgrade(empty)
    columns = "(at, action, subject, reason, refused, details)"
    with empty.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO audit_entries {columns} VALUES ('2026-01-01 10:00:00', 'a', 'b', '', false, '{{}}')"
        )

    for change in ("UPDATE audit_entries SET action = 'c'", "DELETE FROM audit_entries"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), empty.begin() as connection:
            connection.exec_driver_sql(change)

"""The whole suite on PostgreSQL: `FORUM_TEST_DATABASE=postgresql`, as `make test-scaled` says it.

One database for each test process, emptied before each test: that is quicker than a copy for each.
"""

import os

import psycopg
import pytest

WANTED = os.environ.get("FORUM_TEST_DATABASE") == "postgresql"

# Files are copied there as SQLite's, or its plans and statements are looked at.
ABOUT_SQLITE = ("empty_database", "demo_database", "sqlite_session")

_EMPTY = """
DO $$
DECLARE name text; has_rows boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('TRUNCATE %I CASCADE', name);
        END IF;
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def empty(url: str) -> None:
    """Take all rows out of the database at `url`, and begin to count its ids at one again."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_END_OTHERS)
        connection.execute(_EMPTY)


def leave_out(items: list[pytest.Item]) -> None:
    """Skip the tests that are about SQLite."""
    for item in items:
        asks_for = getattr(item, "fixturenames", ())
        if item.get_closest_marker("sqlite") or any(name in asks_for for name in ABOUT_SQLITE):
            item.add_marker(pytest.mark.skip(reason="it is about SQLite"))

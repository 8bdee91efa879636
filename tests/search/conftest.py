"""The tests of search run in the same words on both databases; pages are visited on SQLite alone."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from forum.core import database, schema


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask a test's questions of each database, unless it visits pages."""
    if "session" in metafunc.fixturenames and "visitor" not in metafunc.fixturenames:
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("session", both, indirect=True)


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session of the test's own, on SQLite or PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        with database.new_session(reading=True) as session:
            yield session
        return
    engine = database.make_engine(request.getfixturevalue("postgresql"))
    schema.upgrade(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()

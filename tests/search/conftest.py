"""The tests of search run in the same words on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from forum.core import database, schema


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session of the test's own, on SQLite and then on PostgreSQL."""
    if request.param == "sqlite" or "visitor" in request.fixturenames:  # pages are visited on SQLite alone
        if request.param == "postgresql":
            pytest.skip("pages are visited on SQLite")
        with database.new_session(reading=True) as session:
            yield session
        return
    engine = database.make_engine(request.getfixturevalue("postgresql"))
    schema.upgrade(engine)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()

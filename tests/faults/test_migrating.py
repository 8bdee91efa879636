"""A migration that fails half-way changes nothing, and the next attempt goes through."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from forum.core import database, schema

AFTER = 60  # statements


class Interrupted(Exception):
    """What ends the migration."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request, tmp_path):
    if request.param == "sqlite":
        made = database.make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    else:
        made = database.make_engine(request.getfixturevalue("bare_postgresql"))
    yield made
    made.dispose()


def test_half_a_migration_is_no_migration(engine):
    sent = 0

    def interrupt(*_of: object) -> None:
        nonlocal sent
        sent += 1
        if sent > AFTER:
            raise Interrupted

    event.listen(engine, "before_cursor_execute", interrupt)
    with pytest.raises(Interrupted):
        schema.upgrade(engine)
    event.remove(engine, "before_cursor_execute", interrupt)
    engine.dispose()

    assert sent > AFTER
    with engine.connect() as connection:
        assert not sa.inspect(connection).has_table("posts")
        assert not sa.inspect(connection).has_table("users")
    schema.upgrade(engine)
    assert schema.is_current(engine)

"""Bringing the database to the newest schema, by Alembic migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATING = 0x6D696772  # number of a lock
MIGRATIONS = Path(__file__).parent.parent / "migrations"


def alembic_config(engine: Engine) -> "Config":
    """Alembic's configuration for this engine; it needs no file."""
    from alembic.config import Config  # migrations are rare, and every start would pay for it

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`; a second process that does so at the same time waits, and finds it done."""
    from alembic import command

    with _alone(engine):
        command.upgrade(alembic_config(engine), revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "postgresql":  # SQLite lets one write at a time
        yield
        return
    with engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(_MIGRATING)))
        connection.commit()  # the lock is the connection's: it stays
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_MIGRATING)))
            connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to `revision`; data that it has no place for is lost."""
    from alembic import command

    command.downgrade(alembic_config(engine), revision)


def head() -> str:
    """The newest revision: migrations are numbered, and each file's name begins with its number."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision(connection: Connection) -> str | None:
    """The revision of the database's schema; None where it has none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema."""
    with engine.connect() as connection:
        return revision(connection) == head()

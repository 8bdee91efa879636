"""`make kept-state`: keep the schema and the demo of this state, from which later migrations are tested.

The file is a backup as the site writes it, without files, and with the schema beside the rows as SQLite has it. Nothing
has been released yet, so migration 0001 changes in place and this file is written anew with it. From the first release
on a file that was kept is never written again: each release adds one.
"""

import os
import tempfile
from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

FOLDER = Path(__file__).parent
SCHEMA = "schema.sql"
IS_RELEASED = False  # set it with the first release


def kept_states() -> list[Path]:
    """The files that were kept, oldest first."""
    return sorted(FOLDER.glob("kept-*.zip"))


def schema_of(engine: Engine) -> str:
    """How SQLite says what tables, indexes and triggers there are."""
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"))
        return "\n".join(f"{sql};" for (sql,) in found)


def keep(path: Path, folder: Path) -> None:
    """Write the state of a new site with the demo and the small world of the tests to `path`."""
    from forum import receivers
    from forum.backup import MANIFEST, write_backup
    from forum.core import database, schema
    from forum.demo.planting import plant
    from tests import world
    from tests.make import Make

    assert receivers.ALL
    engine = database.make_engine(f"sqlite:///{folder / 'forum.db'}")
    schema.upgrade(engine)
    said = schema_of(engine)
    with Session(engine, expire_on_commit=False) as session:
        world.plant(session, Make(session))
        plant(session)
        session.commit()
    write_backup(engine, folder, folder / "whole.zip")
    engine.dispose()
    with ZipFile(folder / "whole.zip") as whole, ZipFile(path, "w", ZIP_LZMA) as kept:
        for name in whole.namelist():
            if name == MANIFEST or name.startswith("rows/"):
                kept.writestr(name, whole.read(name))
        kept.writestr(SCHEMA, said)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        os.environ.update(FORUM_DATA_DIR=temporary, FORUM_SECRET_KEY="for-tests-only-" * 3)
        from forum.core.schema import head

        target = FOLDER / f"kept-{head()}.zip"
        if IS_RELEASED and target.exists():
            raise SystemExit(f"{target.name} was released with its schema: it stays as it is.")
        keep(target, Path(temporary))
    print(f"The state is kept in {target.relative_to(Path.cwd())} ({target.stat().st_size / 1000:.0f} kB).")

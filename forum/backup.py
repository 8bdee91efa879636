"""`flask --app wsgi backup FILE` and `restore FILE`: everything that the site knows, in one file.

The file is a zip archive: the rows of each table as JSON lines, the files that belong to them, and `manifest.json`,
which says what is in it. It is written from one state of the database while the site is in use, and is read into SQLite
or PostgreSQL, whichever it came from. What can be made again (indexes, what is queued where) is left out.
"""

import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from forum import __version__
from forum.core import rows, schema
from forum.core.clock import utcnow
from forum.core.errors import ForumError

FORMAT, VERSION = "cabin backup", 1
MANIFEST = "manifest.json"
KEPT = ("secret_key", "spam.model", "pictures", "imports", "models")  # of the data folder
PACKED = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".npz")  # files that would not become smaller
NAME = re.compile(r"cabin-\d{8}-\d{6}\.zip")  # of those that are written into a folder
_PIECE = 1 << 20  # bytes

Say = Callable[[str], None]


class BackupError(ForumError):
    """A backup that cannot be written or read; the message says why, and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    program: str  # version that wrote it
    schema: str  # revision of its tables
    written_at: datetime
    tables: dict[str, dict[str, Any]]  # name -> its columns, and how many rows it has
    files: int

    @property
    def rows(self) -> int:
        """How many there are in all tables."""
        return sum(table["rows"] for table in self.tables.values())


# --- Writing --------------------------------------------------------------------------------------------------


def name_now() -> str:
    """The name of a backup that is written now: `cabin-20261124-031500.zip`, in UTC."""
    return f"cabin-{utcnow():%Y%m%d-%H%M%S}.zip"


def write_backup(engine: Engine, data_dir: Path, path: Path) -> Manifest:
    """Write everything to `path`, readable by its owner alone; it is there whole or not at all.

    Takes about a second per 50,000 rows. Raises `BackupError` when there is such a file, or nothing to keep.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Choose another name, or move it away.")
    half = path.with_name(path.name + ".part")
    try:
        with suppress(FileNotFoundError):
            half.unlink()
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4) as archive:
                manifest = _write(engine, data_dir, archive)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    except OSError as error:
        raise BackupError(f"The backup cannot be written to {path}: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            half.unlink()
    return manifest


def _write(engine: Engine, data_dir: Path, archive: ZipFile) -> Manifest:
    with rows.snapshot(engine) as connection:
        revision = schema.revision(connection)
        if revision is None:
            raise BackupError("There is nothing to keep: the database has no tables yet.")
        tables = {table.name: _write_table(archive, connection, table) for table in rows.tables_of(connection)}
    # Files after rows: a picture that came meanwhile is one too many, and none is missing.
    files = sum(_write_file(archive, path, name) for path, name in _files_of(data_dir))
    manifest = Manifest(__version__, revision, utcnow(), tables, files)
    archive.writestr(MANIFEST, json.dumps(_as_json(manifest), indent=1))
    return manifest


def _write_table(archive: ZipFile, connection: Connection, table: Any) -> dict[str, Any]:
    count, piece = 0, bytearray()
    with archive.open(_rows_of(table.name), "w", force_zip64=True) as out:
        for row in rows.read_rows(connection, table):
            piece += json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            count += 1
            if len(piece) > _PIECE:
                out.write(piece)
                piece.clear()
        out.write(piece)
    return {"columns": [column.name for column in table.columns], "rows": count}


def _rows_of(table: str) -> str:
    return f"rows/{table}.jsonl"


def _files_of(data_dir: Path) -> Iterator[tuple[Path, str]]:
    """The files to keep with their names in the archive."""
    for kept in KEPT:
        place = data_dir / kept
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in found:
            if path.is_file() and not path.is_symlink():
                yield path, f"files/{path.relative_to(data_dir).as_posix()}"


def _write_file(archive: ZipFile, path: Path, name: str) -> bool:
    try:
        with path.open("rb") as file:
            entry = ZipInfo(name)
            entry.compress_type = ZIP_STORED if path.suffix in PACKED else ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as out:
                while piece := file.read(_PIECE):
                    out.write(piece)
    except FileNotFoundError:
        return False  # taken away meanwhile
    return True


def _as_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": manifest.program,
        "schema": manifest.schema,
        "written_at": manifest.written_at.isoformat(),
        "tables": manifest.tables,
        "files": manifest.files,
    }


# --- Reading --------------------------------------------------------------------------------------------------


def restore_backup(engine: Engine, data_dir: Path, path: Path) -> Manifest:
    """Put everything in the backup at `path` into an empty place, and bring it to this program's schema.

    Rows go in whole or not at all. Raises `BackupError` for a file that is damaged, is no backup or was written by a
    newer program, and for a place that is not empty; then nothing is changed.
    """
    with _opened(path) as archive:
        manifest = _read_manifest(archive, path)
        _check(archive, manifest, path)
        _check_place(engine, data_dir)
        schema.downgrade(engine, "base")
        schema.upgrade(engine, manifest.schema)
        try:
            with engine.begin() as connection:
                _read_tables(archive, connection, manifest)
        except (IntegrityError, KeyError, ValueError) as error:
            raise BackupError(f"{path} does not fit together: {error}. Nothing was restored.") from error
        _read_files(archive, data_dir)
    schema.upgrade(engine)
    return manifest


def _opened(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except BadZipFile as error:
        raise BackupError(f"{path} is damaged, or is no backup of Cabin. Take another one.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error


def _read_manifest(archive: ZipFile, path: Path) -> Manifest:
    try:
        said = json.loads(archive.read(MANIFEST))
        if said["format"] != FORMAT:
            raise KeyError
        version, tables = said["version"], said["tables"]
        moment = datetime.fromisoformat(said["written_at"])
        manifest = Manifest(said["program"], said["schema"], moment, tables, said["files"])
    except (KeyError, TypeError, ValueError, BadZipFile) as error:
        raise BackupError(f"{path} is damaged, or is no backup of Cabin. Take another one.") from error
    if version > VERSION or manifest.schema > schema.head():
        raise BackupError(
            f"{path} was written by Cabin {manifest.program}, which is newer than this one ({__version__}). "
            f"Install Cabin {manifest.program} or newer, and restore it with that."
        )
    return manifest


def _check(archive: ZipFile, manifest: Manifest, path: Path) -> None:
    """Raise `BackupError` unless everything that should be in the archive is, and is as it was written."""
    names = set(archive.namelist())
    missing = [name for name in manifest.tables if _rows_of(name) not in names]
    try:
        damaged = archive.testzip()
    except (BadZipFile, zlib.error, OSError, EOFError) as error:
        damaged = str(error)
    if missing or damaged:
        raise BackupError(f"{path} is damaged ({damaged or _rows_of(missing[0])}). Take another one.")
    for name in names:
        parts = PurePosixPath(name).parts
        if parts[0] == "files" and (len(parts) < 2 or parts[1] not in KEPT or ".." in parts):
            raise BackupError(f"{path} holds {name}, which is no file of Cabin. Take another one.")


def _check_place(engine: Engine, data_dir: Path) -> None:
    with rows.snapshot(engine) as connection:
        if not rows.is_empty(connection):
            raise BackupError(
                f"There is a site in {engine.url.render_as_string()} already, and a backup goes into an empty place. "
                "Set FORUM_DATA_DIR to a new folder, or FORUM_DATABASE_URL to an empty database."
            )
    there = next((name for _path, name in _files_of(data_dir) if name != "files/secret_key"), None)
    if there:
        raise BackupError(
            f"There are files of a site in {data_dir} already ({there.removeprefix('files/')}). "
            "Set FORUM_DATA_DIR to a new folder."
        )


def _read_tables(archive: ZipFile, connection: Connection, manifest: Manifest) -> None:
    tables = {table.name: table for table in rows.tables_of(connection)}
    with rows.in_any_order(connection, list(tables.values())):
        for name, said in manifest.tables.items():
            with archive.open(_rows_of(name)) as lines:
                written = rows.write_rows(connection, tables[name], said["columns"], map(json.loads, lines))
            if written != said["rows"]:
                raise ValueError(f"{name} has {written} rows instead of {said['rows']}")
    rows.continue_counting(connection, list(tables.values()))


def _read_files(archive: ZipFile, data_dir: Path) -> None:
    for entry in archive.infolist():
        name = entry.filename.removeprefix("files/")
        if name == entry.filename:
            continue
        target = data_dir / name
        target.parent.mkdir(0o700, parents=True, exist_ok=True)
        with archive.open(entry) as file, _private(target) as out:
            while piece := file.read(_PIECE):
                out.write(piece)


def _private(path: Path) -> IO[bytes]:
    """A file at `path`, new or written over, that only its owner can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


# --- Many of them ---------------------------------------------------------------------------------------------


def backups_in(folder: Path) -> list[Path]:
    """The backups in a folder that were named by `name_now`, oldest first."""
    return sorted(path for path in folder.glob("cabin-*.zip") if NAME.fullmatch(path.name))


def write_next(engine: Engine, data_dir: Path, folder: Path, kept: int) -> Path:
    """Write a backup into `folder`, then remove all but the newest `kept`; raises `BackupError`."""
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"The backup cannot be written to {folder}: {error.strerror or error}.") from error
    path = folder / name_now()
    write_backup(engine, data_dir, path)
    for old in backups_in(folder)[:-kept]:
        old.unlink()
    return path

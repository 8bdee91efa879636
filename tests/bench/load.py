"""`make bench-load`: votes from 32 connections, far too many readers at once, and memory after very many requests.

POSTS=10000 and REQUESTS=20000 unless told. The server and its worker run as they are shipped, on SQLite. What else the
machine does meanwhile counts in: leave it alone. The table is kept in var/bench/load.json.
"""

import http.client
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forum.serving import THREADS
from tests.bench.measure import Ask, free_port
from tests.bench.memory import pss, wait_for
from tests.bench.pages import signed_in, vote_on
from tests.bench.seed import BENCH, FACTS, HOME, environment, prepare

VOTERS, CROWD = 32, 10 * THREADS  # connections
SECONDS = 6.0
READ = ("/", "/?order=newest", "/search?q=seat", "/areas", "/themes")


class Crowd:
    """Connections that each ask again as soon as they are answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()

    def ask(self, how_many: int, seconds: float, ask: Callable[[int], Ask]) -> float:
        """Answers of 200 per second."""
        self.times, self.statuses = [], Counter()
        numbers, end = iter(range(10**9)), time.monotonic() + seconds
        threads = [threading.Thread(target=self._go_on, args=(numbers, end, ask)) for _n in range(how_many)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.statuses[200] / (time.monotonic() - began)

    def _go_on(self, numbers: Any, end: float, ask: Callable[[int], Ask]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while time.monotonic() < end:
            start = time.perf_counter()
            connection.request(*ask(next(numbers)))
            answer = connection.getresponse()
            answer.read()
            self.times.append(1000 * (time.perf_counter() - start))
            self.statuses[answer.status] += 1

    def at(self, share: float) -> float:
        """The time, in milliseconds, that this share of the answers took at most."""
        return sorted(self.times)[int(share * (len(self.times) - 1))]


def main() -> None:
    """Measure, print and keep; the exit status says whether every *must* is met."""
    posts = int(os.environ.get("POSTS", "10000"))
    folder = prepare(posts)
    facts = json.loads((folder / FACTS).read_text())
    port = free_port()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
    web = subprocess.Popen(command, cwd=HOME, env=environment(folder), stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        crowd = Crowd(port)
        lines = [*_votes(crowd, facts, folder), *_overload(crowd), *_memory(crowd, web.pid)]
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(30)
    for line in lines:
        print(f"{line['what']:<58}{line['value']:>10,.1f}  {line['must']:<16}{'' if line['met'] else '  NOT MET'}")
    (BENCH / "load.json").write_text(json.dumps({"posts": posts, "lines": lines}, indent=1))
    raise SystemExit(not all(line["met"] for line in lines))


def _line(what: str, value: float, must: str = "", is_met: bool = True) -> dict[str, Any]:
    return {"what": what, "value": value, "must": must, "met": is_met}


def _votes(crowd: Crowd, facts: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    person = signed_in(lambda asked: _once(crowd.port, asked), facts)
    with sqlite3.connect(folder / "forum.db") as connection:  # nobody votes for their own
        own = {row[0] for row in connection.execute("SELECT id FROM posts WHERE author_id = ?", (facts["voter"],))}
    posts = [post_id for post_id in facts["unvoted"] if post_id not in own]
    rate = crowd.ask(VOTERS, SECONDS, lambda n: vote_on(posts[n % len(posts)], *person))
    commits = _commits(folder)
    share, p50, p99 = 100 * rate / commits, crowd.at(0.5), crowd.at(0.99)
    refused = sum(crowd.statuses.values()) - crowd.statuses[200]
    return [
        _line(f"votes per second, {VOTERS} connections", rate),
        _line("bare commits per second of the same disk", commits),
        _line("votes as a share of them, %", share, ">= 5", share >= 5),
        _line("votes that were not taken", refused, "0", refused == 0),
        _line("a vote, p50 ms", p50),
        _line("a vote, p99 ms", p99, f"<= {3 * p50:,.0f}", p99 <= 3 * p50),
    ]


def _once(port: int, asked: Ask) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(*asked)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def _commits(folder: Path) -> float:
    """How many rows a bare loop commits in a second, one by one, with the settings that the site gives its file."""
    from pysqlite3 import dbapi2

    connection = dbapi2.connect(folder / "commits.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE votes (post INTEGER, person INTEGER, PRIMARY KEY (post, person))")
    n, began = 0, time.monotonic()
    while time.monotonic() - began < 2:
        connection.execute("INSERT INTO votes VALUES (?, 1)", (n,))
        n += 1
    return n / (time.monotonic() - began)


def _overload(crowd: Crowd) -> list[dict[str, Any]]:
    """The front page to as many readers as there are threads, then to ten times as many."""
    read: Callable[[int], Ask] = lambda _n: ("GET", "/", None, {})  # noqa: E731
    rates = [(crowd.ask(THREADS, SECONDS, read), crowd.ask(CROWD, SECONDS, read)) for _turn in range(3)]
    usual, crowded = (statistics.median(column) for column in zip(*rates, strict=True))
    kept = 100 * crowded / usual
    return [
        _line(f"front pages per second, {THREADS} readers", usual),
        _line(f"front pages per second, {CROWD} readers", crowded),
        _line("served rate that is kept, %", kept, ">= 80", kept >= 80),
        _line("slowest of them, ms", max(crowd.times)),
    ]


def _memory(crowd: Crowd, web: int) -> list[dict[str, Any]]:
    """PSS of the web process after so many requests, and what it grew over the last half of them."""
    requests = int(os.environ.get("REQUESTS", "20000"))
    done: list[float] = []
    for _half in range(2):
        left = requests // 2
        while left > 0:
            crowd.ask(THREADS, SECONDS, lambda n: ("GET", READ[n % len(READ)], None, {}))
            left -= sum(crowd.statuses.values())
        done.append(pss(web))
    grown = 100 * (done[1] / done[0] - 1)
    return [
        _line(f"memory of the web process after {requests:,} requests, MiB", done[1], "<= 140", done[1] <= 140),
        _line("what it grew over the last half, %", grown, "<= 2", grown <= 2),
    ]


if __name__ == "__main__":
    main()

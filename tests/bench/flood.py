"""`make flood`: a thousand posts in a minute by twenty new accounts, who all press *Post* at the same moments.

Once with the limits on and once with them off, each on a fresh copy of a database of 5,000 posts, with the server and
the worker as they are shipped, on two cores. Every account and every reader has an address of its own. It prints how
long reads took before and meanwhile, what was refused, whether anything was stored by half, and how long the queue
takes to answer. What else the machine does meanwhile counts in: leave it alone.
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from forum.serving import WORKER
from tests.bench.measure import free_port
from tests.bench.seed import HOME, environment, prepare

POSTS, ACCOUNTS, EACH, MINUTE = 5_000, 20, 50, 60.0  # in the database; who floods, how many each, in so many seconds
READERS = 20  # each on an address of its own
QUIET = 15.0  # seconds of reading before
READS = ("/", "/?order=newest", "/posts/{thread}", "/themes", "/search?q=seat")
MOST = 3.0  # times the quiet p95 of reads
TEXTS = [
    "Win big tonight at the best casino with a bonus for every new player, only here",
    "The heating of the seat takes far too long to get warm on cold mornings in winter",
    "Earn money from home with crypto, guaranteed profit every week, ask me how it works",
    "The navigation loses its way in tunnels and shows the wrong road for several minutes",
    "Cheap loans for everybody within a day, no questions asked, call the number today",
]


@dataclass
class Seen:
    """Answers by status, and how long those of readers took in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    reads: list[float] = field(default_factory=list)
    polite: int = 0  # refusals with `Retry-After`

    @property
    def p95(self) -> float:
        """Of 100 reads 95 took no longer, in milliseconds."""
        return 1000 * statistics.quantiles(self.reads, n=20)[-1]


def main() -> None:
    """Flood a site twice and say what came of it; ends with 1 when it did not hold."""
    held = [_flood(limits) for limits in ("on", "off")]
    raise SystemExit(0 if all(held) else 1)


def _flood(limits: str) -> bool:
    folder = prepare(POSTS)
    settings = environment(folder) | {"FORUM_RATE_LIMITS": limits}
    os.environ.update(settings)
    _forget_settings()
    accounts, moderator = _people()
    facts = json.loads((folder / "facts.json").read_text())
    port = free_port()
    cores = _two_cores()
    web = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", "ours", str(port)],
        cwd=HOME,
        env=settings,
        stdout=subprocess.PIPE,
        preexec_fn=cores,
    )
    worker = subprocess.Popen(WORKER, cwd=HOME, env=settings, preexec_fn=cores)
    try:
        if web.stdout is None or web.stdout.readline() != b"ready\n":
            raise SystemExit("the server did not start")
        return _measure(port, limits, accounts, moderator, facts, folder)
    finally:
        for process in (web, worker):
            process.terminate()
            process.wait(30)


def _two_cores() -> Callable[[], None]:
    """What puts web and worker on two cores; this process keeps off them where there are enough others."""
    if not hasattr(os, "sched_setaffinity"):
        return lambda: None
    there = sorted(os.sched_getaffinity(0) | _OURS)
    ours, others = set(there[:2]), set(there[2:])
    _OURS.update(ours)
    os.sched_setaffinity(0, others or ours)
    return lambda: os.sched_setaffinity(0, ours)


_OURS: set[int] = set()  # cores of web and worker


def _measure(
    port: int, limits: str, accounts: list[tuple[int, str]], moderator: str, facts: dict[str, Any], folder: Path
) -> bool:
    quiet, busy, sent = Seen(), Seen(), Seen()
    addresses = [address.format(**facts) for address in READS]
    _read(port, addresses, Seen(), 3.0)  # the first answers open files and compile templates
    _read(port, addresses, quiet, QUIET)
    done = threading.Event()
    writers = [
        threading.Thread(target=_write, args=(port, n, key, facts["area"], sent))
        for n, (_id, key) in enumerate(accounts)
    ]
    reader = threading.Thread(target=_read, args=(port, addresses, busy, 3600.0, done))
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    stored = sent.statuses[303]
    rows = _stored([person for person, _key in accounts])
    whole = stored > 0 and rows == dict.fromkeys(rows, stored)
    queue = _queue(port, moderator)
    ratio = busy.p95 / quiet.p95
    print(
        f"limits {limits}: {sum(sent.statuses.values())} sent, answers {dict(sent.statuses)}, "
        f"{sent.polite} refusals say when to try again\n"
        f"  rows {rows}, nothing half-stored: {whole}\n"
        f"  reads: p95 {quiet.p95:.1f} ms quiet, {busy.p95:.1f} ms meanwhile ({ratio:.2f} times), "
        f"{dict(busy.statuses)}\n  queue: {queue}",
        flush=True,
    )
    refused = sum(sent.statuses.values()) - stored
    all_stored = stored == ACCOUNTS * EACH if limits == "off" else refused == sent.polite > 0
    return whole and all_stored and ratio < MOST and set(busy.statuses) == {200}


def _forget_settings() -> None:
    """Let this process read the database of the folder that its environment names now."""
    import config
    from forum.core import database

    config.settings.cache_clear()
    database.forget_engine()


def _people() -> tuple[list[tuple[int, str]], str]:
    """The new accounts with the keys of their sign-ins, and that of a moderator."""
    from forum.accounts.models import User, UserRole
    from forum.accounts.names import skeleton
    from forum.accounts.sessions import open_sign_in
    from forum.core import database
    from forum.core.clock import utcnow
    from forum.core.people import Role

    keys = []
    with database.transaction() as session:
        for n in range(ACCOUNTS + 1):
            name, mail = f"Flooding {n}", f"flood{n}@example.com"
            person = User(
                display_name=name,
                name_skeleton=skeleton(name),
                email=mail,
                email_key=mail,
                verified_at=utcnow(),
                approved_posts=0,
                created_at=utcnow(),
                language="en",
            )
            session.add(person)
            session.flush()
            keys.append((person.id, open_sign_in(session, person.id)))
        session.add(UserRole(user_id=keys[-1][0], role=Role.MODERATOR))
    database.forget_engine()
    return keys[:-1], keys[-1][1]


def _ask(
    connection: http.client.HTTPConnection, method: str, address: str, body: str | None, headers: dict[str, str]
) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection.request(method, address, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def _read(port: int, addresses: list[str], seen: Seen, seconds: float, done: threading.Event | None = None) -> None:
    """Read pages one after another, about twenty a second, each as another reader."""
    began, n = time.monotonic(), 0
    readers = [_connect(port, 100 + reader) for reader in range(READERS)]
    while time.monotonic() - began < seconds and not (done and done.is_set()):
        n += 1
        at = time.perf_counter()
        status, _body, _headers = _ask(readers[n % READERS], "GET", addresses[n % len(addresses)], None, {})
        took = time.perf_counter() - at
        seen.reads.append(took)
        seen.statuses[status] += 1
        time.sleep(max(0.0, 0.05 - took))


def _connect(port: int, neighbour: int) -> http.client.HTTPConnection:
    """A connection from an address of its own: the limits take it for somebody else."""
    return http.client.HTTPConnection("127.0.0.1", port, source_address=(f"127.0.1.{neighbour}", 0))


def _signed_in(connection: http.client.HTTPConnection, key: str) -> tuple[dict[str, str], str]:
    """The headers and the token of somebody signed in."""
    headers = {"Cookie": f"cabin_sign_in={key}"}
    _status, body, answered = _ask(connection, "GET", "/posts/new", None, headers)
    for line in answered.get_all("Set-Cookie") or []:
        headers["Cookie"] += "; " + line.split(";")[0]
    token = re.search(rb'name="csrf_token" value="([^"]+)"', body)
    return headers | {"Content-Type": "application/x-www-form-urlencoded"}, token[1].decode() if token else ""


def _write(port: int, account: int, key: str, area: int, seen: Seen) -> None:
    """Send this account's share of the flood, evenly over the minute."""
    connection = _connect(port, 1 + account)
    headers, token = _signed_in(connection, key)
    began = time.monotonic()
    for n in range(EACH):
        time.sleep(max(0.0, began + n * MINUTE / EACH - time.monotonic()))
        text = TEXTS[(account + n) % len(TEXTS)]
        fields = {"csrf_token": token, "kind": "complaint", "area_id": area, "visibility": "public", "language": "en"}
        fields |= {"title": text[:60], "body": f"{text}, said number {account * EACH + n}."}
        status, _body, answered = _ask(connection, "POST", "/posts/new", urlencode(fields), headers)
        seen.statuses[status] += 1
        seen.polite += status == 429 and bool(answered.get("Retry-After"))


def _stored(people: list[int]) -> dict[str, int]:
    """How many rows of each kind the flood left."""
    import sqlalchemy as sa

    from forum.core import database
    from forum.moderation.models import Case
    from forum.posts.models import Follow, Post, TimelineEntry

    with database.reading() as session:
        ids = sa.select(Post.id).where(Post.author_id.in_(people))
        counts = {
            "posts": sa.select(sa.func.count()).select_from(ids.subquery()),
            "cases": sa.select(sa.func.count(sa.distinct(Case.post_id))).where(Case.post_id.in_(ids)),
            "heard": sa.select(sa.func.count()).select_from(TimelineEntry).where(TimelineEntry.post_id.in_(ids)),
            "follows": sa.select(sa.func.count()).select_from(Follow).where(Follow.user_id.in_(people)),
        }
        found = {name: session.scalar(query) or 0 for name, query in counts.items()}
    database.forget_engine()
    return found


def _queue(port: int, moderator: str) -> str:
    """How many lines the queue has for the flood, how long it takes, and how long deciding a whole line takes."""
    connection = _connect(port, 99)
    headers, _token = _signed_in(connection, moderator)
    took, body = [], b""
    for _n in range(5):
        at = time.perf_counter()
        _status, body, _headers = _ask(connection, "GET", "/moderation", None, headers)
        took.append(1000 * (time.perf_counter() - at))
    token = re.search(rb'name="csrf_token" value="([^"]+)"', body)
    case = re.search(rb'action="(/moderation/\d+)[^"]*" novalidate', body)
    lines = body.count(b'class="pick__title"')
    fields = {"csrf_token": token[1].decode() if token else "", "decision": "removed", "reason": "spam", "alike": "yes"}
    at = time.perf_counter()
    address = case[1].decode() if case else "/moderation"
    status, _body, answered = _ask(connection, "POST", address, urlencode(fields), headers)
    pressed = time.perf_counter() - at
    said = f"{lines} lines, {statistics.median(took):.0f} ms; a line decided as a whole: answered in {pressed:.2f} s"
    while status == 303 and "/several/" in answered["Location"] and b"data-done" not in body:
        time.sleep(0.2)
        _status, body, _headers = _ask(connection, "GET", answered["Location"], None, headers | {"X-Fragment": "1"})
    return f"{said} ({status}), done after {time.perf_counter() - at:.1f} s"


if __name__ == "__main__":
    main()

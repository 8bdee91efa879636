"""`make bench-pages`: every page beside a bare Flask page of the same size, by the same server in the same run.

SIZE=1000 for another number of posts (10,000 unless told; several with commas), DATABASE=postgresql and
SERVER=granian (two workers) for the scaled set-up. It asks on one connection for times, processor time and queries,
then on eight for requests per second. The table is kept in var/bench/pages.json and shown beside the last one.
"""

import hashlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tests.bench.measure import Ask, Server, compare
from tests.bench.seed import BENCH, FACTS, HOME, prepare
from tests.bench.system import PostgreSQL

KEPT = BENCH / "pages.json"
CONNECTIONS, FOR = 8, 1.0  # how many ask at once for requests per second, and for how many seconds
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SENTENCE = "the heated seat fails every cold morning"
COLUMNS = ("CPU ms", "ratio", "before", "p50 ms", "p95 ms", "p99 ms", "per s", "queries", "bytes")


@dataclass(frozen=True)
class Page:
    """A page, how to ask for it the nth time, and how often in a round."""

    name: str
    ask: Callable[[int], Ask]
    count: int = 6

    @property
    def is_read(self) -> bool:
        """Whether it can be asked for over and over."""
        return self.ask(0)[0] == "GET"


def main() -> None:
    """Measure each size asked for, print the tables and keep them."""
    database, server = os.environ.get("DATABASE") or "sqlite", os.environ.get("SERVER") or "waitress"
    sizes = [int(size) for size in (os.environ.get("SIZE") or "10000").replace("_", "").split(",")]
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for posts in sizes:
        name = f"{posts} posts, {database}, {server}"
        rows = measure(_prepare(posts), database, server)
        _print(name, rows, {row["page"]: row for row in kept.get(name, [])})
        kept[name] = rows
        KEPT.write_text(json.dumps(kept, indent=1))
    if len(sizes) > 1:
        _print_growth({posts: kept[f"{posts} posts, {database}, {server}"] for posts in sizes})


def _prepare(posts: int) -> Path:
    """A folder with a fresh copy of a database with so many posts, themes and a backlog; arranged once."""
    running, kept = prepare(posts), BENCH / f"{posts}-arranged"
    made_by = hashlib.sha256(
        (HOME / "tests/bench/arrange.py").read_bytes() + (running / FACTS).read_bytes()
    ).hexdigest()
    stamp = kept / "made-by"
    if not stamp.exists() or stamp.read_text() != made_by:
        print(f"Finding the themes of {posts:,} posts, once ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "tests.bench.arrange", str(running)], cwd=HOME, check=True)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(running, kept)
        stamp.write_text(made_by)
    shutil.rmtree(running)
    shutil.copytree(kept, running)
    return running


def measure(folder: Path, database: str, server: str) -> list[dict[str, Any]]:
    """One row for each page."""
    facts = json.loads((folder / FACTS).read_text())
    home = PostgreSQL(folder) if database == "postgresql" else None
    more = {"FORUM_DATABASE_URL": home.url} if home else {}
    ours = Server("ours", folder, more, server, home.cpu if home else None)
    same = Server("same", folder, more, server)
    try:
        rows = []
        for page in _pages(ours, facts):
            rows.append(_row(page, ours, same))
            print(_shown(rows[-1], {}), file=sys.stderr, flush=True)
        return rows
    finally:
        ours.stop()
        same.stop()
        if home:
            home.stop()


def _row(page: Page, ours: Server, same: Server) -> dict[str, Any]:
    _warm, (status, body, headers) = (ours.ask(page.ask(n)) for n in (0, 1))
    if status >= 400:
        raise SystemExit(f"{page.name}: {status} {body[:200]!r}")
    like = ("GET" if page.is_read else "POST", f"/{len(body)}", None if page.is_read else b"", {})
    packed = ours.ask(_packed(page.ask(2)))[1]
    asks: dict[str, Callable[[int], Ask]] = {"ours": lambda n: page.ask(n + 3), "same": lambda _n: like}
    costs = compare({"ours": ours, "same": same}, asks, page.count, rounds=30)
    a, b = costs["ours"], costs["same"]
    taken = sorted(a.times)
    return {
        "page": page.name,
        "CPU ms": round(a.ms, 2),
        "ratio": round(a.ms / b.ms, 2),
        "p50 ms": round(statistics.median(taken), 2),
        "p95 ms": round(taken[int(0.95 * (len(taken) - 1))], 2),
        "p99 ms": round(taken[int(0.99 * (len(taken) - 1))], 2),
        "per s": _per_second(page, ours) if page.is_read else None,
        "queries": int(headers.get("X-Queries", -1)),
        "bytes": len(packed),
    }


def _packed(asked: Ask) -> Ask:
    return (*asked[:3], asked[3] | {"Accept-Encoding": "gzip"})


def _per_second(page: Page, server: Server) -> int:
    """Answers in a second to eight who ask as soon as they are answered."""
    done: list[int] = []

    def keep_asking() -> None:
        connection, n, end = server.connect(), 0, time.monotonic() + FOR
        while time.monotonic() < end:
            method, address, body, headers = page.ask(n)
            connection.request(method, address, body, headers)
            connection.getresponse().read()
            n += 1
        done.append(n)

    threads = [threading.Thread(target=keep_asking) for _n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(done) / FOR)


def _pages(ours: Server, facts: dict[str, Any]) -> list[Page]:
    def cookies(key: str) -> dict[str, str]:
        return {"Cookie": f"cabin_sign_in={facts[key]}"}

    def get(address: str, headers: dict[str, str] | None = None) -> Callable[[int], Ask]:
        return lambda _n: ("GET", address, None, headers or {})

    person, manager = cookies("sign_in"), cookies("manager")
    token, writing = signed_in(ours.ask, facts)
    thread = facts["thread"]
    area = re.search(r'href="(/areas/[^"]+)"', _text(ours, "/areas"))
    hint = f"/posts/similar?title={quote(SENTENCE)}&body=&kind=complaint"

    def comment(n: int) -> Ask:
        body = urlencode({"csrf_token": token, "body": f"Mine too, since day {n}."}).encode()
        return ("POST", f"/posts/{facts['unvoted'][n]}/comments", body, writing)

    def post(n: int) -> Ask:
        fields = {"csrf_token": token, "kind": "complaint", "area_id": facts["area"], "visibility": "public"}
        words = {
            "title": f"The seat heater gave up on day {n}",
            "body": f"It was {n} degrees below. **Every** morning.",
        }
        return ("POST", "/posts/new", urlencode(fields | words).encode(), writing)

    return [
        Page("front page", get("/")),
        Page("front page, signed in", get("/", person)),
        Page("page at 90 % depth", get(f"/?after={facts['deep']}")),
        Page("area page", get(area[1] if area else "/areas")),
        Page("post with 50 comments", get(f"/posts/{thread}")),
        Page("search, one common word", get("/search?q=seat")),
        Page("search, two common words", get("/search?q=cold+morning")),
        Page("hints while typing", get(hint, person | {"X-Fragment": "1"})),
        Page("theme list", get("/themes")),
        Page("a theme", get(f"/themes/{facts['theme']}")),
        Page("theme review", get("/themes/review", manager)),
        Page("backlog", get("/backlog", manager)),
        Page("roadmap", get("/roadmap")),
        Page("feed of the board", get("/feed.atom")),
        Page("feed of a post", get(f"/posts/{thread}/feed.atom")),
        Page("sitemap", get("/sitemap.xml")),
        Page("vote", lambda n: vote_on(facts["unvoted"][n], token, writing), 4),
        Page("comment", comment, 3),
        Page("new post", post, 3),
    ]


def signed_in(ask: Callable[[Ask], Any], facts: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The token of forms for the person who writes, and the headers they send."""
    cookie = f"cabin_sign_in={facts['sign_in']}"
    _status, body, headers = ask(("GET", "/", None, {"Cookie": cookie}))
    cookie = "; ".join([cookie, *(line.split(";")[0] for line in headers.get_all("Set-Cookie") or [])])
    token = re.search(rb'name="csrf_token" value="([^"]+)"', body)
    return token[1].decode() if token else "", FORM | {"Cookie": cookie}


def vote_on(post_id: int, token: str, writing: dict[str, str]) -> Ask:
    """That person's vote."""
    body = urlencode({"csrf_token": token, "interest": "want"}).encode()
    return ("POST", f"/posts/{post_id}/vote", body, writing | {"X-Fragment": "1"})


def _text(server: Server, address: str) -> str:
    return server.ask(("GET", address, None, {}))[1].decode()


def _shown(row: dict[str, Any], before: dict[str, Any]) -> str:
    row = row | {"before": before.get("ratio")}
    return f"{row['page']:26}" + "".join(f"{_figure(row[column]):>9}" for column in COLUMNS)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def _print(name: str, rows: list[dict[str, Any]], before: dict[str, dict[str, Any]]) -> None:
    print(f"\n{name}. Ratio: processor time beside a bare page of the same size.\n")
    print(" " * 26 + "".join(f"{column:>9}" for column in COLUMNS))
    for row in rows:
        print(_shown(row, before.get(row["page"], {})))


def _print_growth(tables: dict[int, list[dict[str, Any]]]) -> None:
    """What a page costs with the most posts beside the fewest, each beside its bare page."""
    few, many = min(tables), max(tables)
    print(f"\nGrowth of the ratio from {few:,} to {many:,} posts (must: 1.5, search 3 from 10,000)\n")
    for small, large in zip(tables[few], tables[many], strict=True):
        print(f"{small['page']:26}{large['ratio'] / small['ratio']:>9.2f}")


if __name__ == "__main__":
    main()

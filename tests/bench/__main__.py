"""`make bench`: what pages cost, as ratios to a bare page of the same size in the same run.

POSTS=10000 make bench for a quick one; `python -m tests.bench vote search` for some of the lines.
The table is kept in var/bench/speed.json.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench import memory
from tests.bench.measure import Ask, Cost, Server, compare
from tests.bench.seed import BENCH, FACTS, prepare

# Words of the demo, from frequent to rare, alone and together; and their stems, for the bare search.
QUESTIONS = (
    ("seat", "seaten"),
    ("cold morning", "colden mornen"),
    ("wheelchair", "wheelchairen"),
    ("setevarme", "setevarmnb"),
)
GZIP = {"Accept-Encoding": "gzip"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MEMORY_MUST = 350.0  # MiB, web and worker
WEIGHT_MUST = 30.0  # kB, first visit


def get(address: str, **headers: str) -> Callable[[int], Ask]:
    """The same page each time."""
    return lambda _n: ("GET", address, None, headers)


def main() -> None:
    """Measure, print the table, keep it; the exit status says whether every *must* is met."""
    posts = int(os.environ.get("POSTS", "100000").replace(",", ""))
    folder = prepare(posts)
    facts = json.loads((folder / FACTS).read_text())
    ours = Server("ours", folder)
    try:
        person = _signed_in(ours, facts)
        (folder / "frames.json").write_text(json.dumps(_frames(ours, facts, person)))
        bare = Server("bare", folder)
        try:
            lines = _compare_pages({"ours": ours, "bare": bare}, facts, person, folder)
        finally:
            bare.stop()
        weight, files = _first_visit(ours)
    finally:
        ours.stop()
    lines.append(_line("first visit, kB in " + str(files) + " files", weight / 1000, None, weight / 1000, WEIGHT_MUST))
    held = memory.at_rest(folder)
    total = sum(held.values())
    lines.append(_line(f"memory at rest, MiB ({held['web']:.0f} web)", total, None, total, MEMORY_MUST))
    _report(posts, lines)


def _signed_in(ours: Server, facts: dict[str, Any]) -> dict[str, str]:
    """The cookies and the token of somebody signed in."""
    cookie = f"cabin_sign_in={facts['sign_in']}"
    _status, body, headers = ours.ask(("GET", "/", None, {"Cookie": cookie}))
    for line in headers.get_all("Set-Cookie") or []:
        cookie += "; " + line.split(";")[0]
    token = re.search(rb'name="csrf_token" value="([^"]+)"', body)
    return {"Cookie": cookie, "token": token[1].decode() if token else ""}


def _frames(ours: Server, facts: dict[str, Any], person: dict[str, str]) -> dict[str, list[str]]:
    """What stands before and after the rows of each page."""
    frames = {}
    for name, address, first, last in (
        ("front", "/", '<ul class="posts">', "</ul>"),
        ("search", "/search?q=seat", '<ul class="posts">', "</ul>"),
        ("post", f"/posts/{facts['thread']}", '<ul class="comments">', "</ul>"),
    ):
        html = ours.ask(("GET", address, None, {}))[1].decode()
        before, found, rest = html.partition(first)
        frames[name] = [before, rest.rpartition('<li class="card post"')[2].partition(last)[2] if found else ""]
        if name == "post" and found:
            frames[name][1] = rest.rpartition('id="comment-')[2].partition("</article>")[2].partition(last)[2]
    return frames


def _compare_pages(
    servers: dict[str, Server], facts: dict[str, Any], person: dict[str, str], folder: Path
) -> list[dict[str, Any]]:
    cookie = {"Cookie": person["Cookie"]}
    lines: list[dict[str, Any]] = []
    wanted = sys.argv[1:]  # parts of names; nothing means all

    def pages(what: str, must: float, asks: dict[str, Callable[[int], Ask]], count: int = 12) -> None:
        if wanted and not any(word in what for word in wanted):
            return
        costs = compare(servers, asks, count)
        top, bottom = (costs[name] for name in asks)
        lines.append(_line(what, top.ms, bottom.ms, top.ms / bottom.ms, must, top, bottom))
        print(_shown(lines[-1]), file=sys.stderr)

    front = get("/")
    pages("front page", 2.0, {"ours": front, "bare": front})
    pages("front page, compressed", 2.0, {"ours": get("/", **GZIP), "bare": get("/", **GZIP)})
    pages("front page signed in", 3.0, {"ours": get("/", **cookie), "bare": front})
    deep = get(f"/?after={facts['deep']}")
    pages("page at 90 % depth, to the first", 1.1, {"ours deep": deep, "ours": front})
    thread = get(f"/posts/{facts['thread']}")
    pages("post with 50 comments", 2.5, {"ours": thread, "bare": thread})
    pages("search", 2.0, {"ours": _questions("q", 0), "bare": _questions("stems", 1)})
    votes = _Votes(facts, person)
    pages("vote", 2.5, {"ours": votes.ours, "bare": votes.bare}, 8)
    pages("new post", 3.0, {"ours": votes.new_ours, "bare": votes.new_bare}, 4)
    hello = get("/healthz")
    pages("health, to hello", 4.0, {"ours": hello, "bare": get("/hello")}, 40)
    return lines


def _questions(name: str, which: int) -> Callable[[int], Ask]:
    return lambda n: ("GET", "/search?" + urlencode({name: QUESTIONS[n % len(QUESTIONS)][which]}), None, {})


class _Votes:
    """Requests that write: each vote on another post, each post with other words."""

    def __init__(self, facts: dict[str, Any], person: dict[str, str]) -> None:
        self.facts, self.token = facts, person["token"]
        self.headers = FORM | {"Cookie": person["Cookie"], "X-Fragment": "1"}
        self.unvoted: list[int] = facts["unvoted"]

    def ours(self, n: int) -> Ask:
        body = urlencode({"csrf_token": self.token, "interest": "want"}).encode()
        return ("POST", f"/posts/{self.unvoted[n]}/vote", body, self.headers)

    def bare(self, n: int) -> Ask:
        body = urlencode({"user": self.facts["voter"], "interest": "want"}).encode()
        return ("POST", f"/posts/{self.unvoted[-1 - n]}/vote", body, FORM)

    def _fields(self, n: int) -> dict[str, Any]:
        return {
            "kind": "complaint",
            "area_id": self.facts["area"],
            "title": f"The seat heater gave up on day {n}",
            "body": f"It was {n} degrees below and nothing became warm. **Every** morning the same, for {n} days.",
        }

    def new_ours(self, n: int) -> Ask:
        fields = self._fields(n) | {"csrf_token": self.token, "visibility": "public", "language": "en"}
        return ("POST", "/posts/new", urlencode(fields).encode(), {**self.headers, "X-Fragment": ""})

    def new_bare(self, n: int) -> Ask:
        return ("POST", "/posts/new", urlencode(self._fields(n) | {"user": self.facts["voter"]}).encode(), FORM)


def _first_visit(ours: Server) -> tuple[int, int]:
    """Bytes, compressed, and number of the files that a first visit to the front page needs."""
    _status, page, _headers = ours.ask(("GET", "/", None, GZIP))
    html = ours.ask(("GET", "/", None, {}))[1].decode()
    files = dict.fromkeys(re.findall(r'(?:src|href)="(/static/(?![^"]*/icons/)[^"]+)"', html))
    sizes = [len(ours.ask(("GET", file, None, GZIP))[1]) for file in files]
    return len(page) + sum(sizes), 1 + len(sizes)


def _line(
    what: str, ours: float, bare: float | None, ratio: float, must: float, a: Cost | None = None, b: Cost | None = None
) -> dict[str, Any]:
    return {
        "what": what,
        "ours": round(ours, 3),
        "bare": None if bare is None else round(bare, 3),
        "ratio": round(ratio, 3),
        "must": must,
        "met": ratio <= must and (a is None or a.status < 400),
        "bytes": [a.bytes, b.bytes] if a and b else None,
        "status": [a.status, b.status] if a and b else None,
    }


def _shown(line: dict[str, Any]) -> str:
    bare = f"{line['bare']:8.2f}" if line["bare"] is not None else " " * 8
    sizes = "{} / {} bytes, {} / {}".format(*line["bytes"], *line["status"]) if line["bytes"] else ""
    verdict = "" if line["met"] else "  NOT MET"
    return f"{line['what']:34}{line['ours']:8.2f}{bare}{line['ratio']:8.2f}{line['must']:8.1f}  {sizes}{verdict}"


def _report(posts: int, lines: list[dict[str, Any]]) -> None:
    print(f"\n{posts:,} posts. Processor ms per request, one connection, waitress for both.\n")
    print(f"{'':34}{'ours':>8}{'bare':>8}{'ratio':>8}{'must':>8}")
    for line in lines:
        print(_shown(line))
    (BENCH / "speed.json").write_text(json.dumps({"posts": posts, "lines": lines}, indent=2))
    missed = [line["what"] for line in lines if not line["met"]]
    print(f"\n{'Every must is met.' if not missed else 'Not met: ' + ', '.join(missed) + '.'}")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()

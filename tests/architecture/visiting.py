"""Visits a site as one role: every address of its map, then every link found on the pages."""

import re
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.browser import Visitor
from tests.world import World

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
MOST_PAIRS = 20
MOST_VALUES = 8  # of one name in links to one page; more are more of the same


def addresses(app: Flask, world: World, method: str = "GET") -> Iterator[tuple[str, str]]:
    """Endpoint and path of every address that takes `method`, its variables filled from the world."""
    urls = app.url_map.bind("127.0.0.1:8000")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if method in (rule.methods or ()):
            for values in _fillings(rule, world):
                yield rule.endpoint, urls.build(rule.endpoint, values, method)


def _fillings(rule: Rule, world: World) -> Iterator[dict[str, Any]]:
    """Ways to fill the variables of an address; what the world does not know is tried with a 1."""
    names = sorted(rule.arguments - set(rule.defaults or ()))
    choices = list(product(*(world.arguments.get(name, [1]) for name in names)))
    step = max(1, len(choices) // MOST_PAIRS)  # of two variables not each with each
    for values in choices[::step]:
        yield dict(zip(names, values, strict=True))


class Markup(HTMLParser):
    """What is wrong with a page's markup, and what it contains."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.count: Counter[str] = Counter()
        self.links: list[str] = []
        self.forms: list[str] = []
        self.language: str | None = None
        self._open: list[str] = []
        self._ids: set[str] = set()
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "svg" not in self._open:  # a drawing has a title of its own
            self.count[tag] += 1
        if tag not in VOID:
            self._open.append(tag)
        if len(values) < len(attrs):
            self.faults.append(f"<{tag}> says something twice")
        if (name := values.get("id")) is not None:
            if name in self._ids:
                self.faults.append(f"the id {name} is there twice")
            self._ids.add(name)
        if tag == "html":
            self.language = values.get("lang")
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        if tag == "form":
            self.forms.append((values.get("method") or "get").lower())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self._open[-1:]} in line {self.getpos()[0]}")
        if tag in self._open:
            while self._open.pop() != tag:
                pass


def summary_faults(html: str) -> Iterator[str]:
    """What is wrong with the lines above a form that say what to correct: each names its field and leads to it."""
    _before, _begins, rest = html.partition('class="problems"')
    for name, line in re.findall(r'<li><a href="#([^"]*)">(.*?)</a></li>', rest.partition("</ul>")[0]):
        beside = re.search(rf'id="{name}-error".*?</span>(.*?)</span>', html)
        if f'id="{name}"' not in html:
            yield f"“{line}” leads to {name}, which is not there"
        if beside and (line == beside[1] or not line.endswith(" " + beside[1])):
            yield f"“{line}” does not say that it is about {name}"


@dataclass
class Visit:
    """One answer."""

    endpoint: str
    path: str
    response: TestResponse
    html: str  # empty when it is none
    came_from: str = ""  # the page with the link, or nothing

    @cached_property
    def markup(self) -> Markup:
        """The page's markup."""
        return Markup(self.html)


@dataclass
class Tour:
    """Everything that one role saw."""

    visits: list[Visit] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # addresses that raised, with the last line of the trace


def tour(app: Flask, visitor: Visitor, world: World, role: str) -> Tour:
    """Visit every address as `role`, then the links on the pages that were found."""
    if role in world.people:
        visitor.sign_in(world.people[role])
    found = Tour()
    waiting = [(path, "") for _endpoint, path in addresses(app, world)]
    known = {path for path, _from in waiting}
    novelties = Novelties()
    while waiting:
        path, came_from = waiting.pop(0)
        visit = _visit(app, visitor, path, came_from, found)
        if visit is None or not visit.html or visit.response.status_code != 200:
            continue
        for link in visit.markup.links:
            target = _local(link, path)
            if target and target not in known and novelties.has(_endpoint_of(app, target), target):
                known.add(target)
                waiting.append((target, path))
    return found


class Novelties:
    """Remembers which links have been seen, so that each filter and order is tried and not each combination."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], set[str]] = defaultdict(set)

    def has(self, endpoint: str, target: str) -> bool:
        """Whether a link asks for something new: a value that is one of the first few of its name."""
        parts = urlsplit(target)
        is_new = False
        for name, value in [("", parts.path), *parse_qsl(parts.query)]:
            seen = self._values[endpoint, name]
            if value not in seen and len(seen) < MOST_VALUES:
                seen.add(value)
                is_new = True
        return is_new


def _visit(app: Flask, visitor: Visitor, path: str, came_from: str, found: Tour) -> Visit | None:
    try:
        response = visitor.client.get(path)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        found.broken.append(f"{path}: {error!r} in {place.filename}:{place.lineno}")
        return None
    html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
    visit = Visit(_endpoint_of(app, path), path, response, html, came_from)
    found.visits.append(visit)
    return visit


def _endpoint_of(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("127.0.0.1:8000").match(urlsplit(path).path, "GET")[0])
    except HTTPException:
        return ""


def _local(link: str, page: str) -> str:
    """The path that a link leads to, when it stays on the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return (parts.path or urlsplit(page).path) + query

"""Every address, visited as every role: no breakdowns, strict headers, sound markup, and nobody reads too much."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import settings
from forum.core import database
from forum.core.languages import LANGUAGES
from tests.architecture.visiting import Tour, addresses, tour
from tests.make import Make
from tests.world import COMMON, ROLES, World, plant

STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# Pages for frames of other sites: who may show them says the content policy, and any site may load them.
FRAMED = STRICT | {"Cross-Origin-Resource-Policy": "cross-origin", "X-Frame-Options": None}
# Where somebody signed out fills in a form that changes something: it needs the cookie that proves it ours.
FORMS_SIGNED_OUT = {
    "accounts.register",
    "accounts.registered",
    "accounts.sign_in",
    "accounts.ask_code",
    "accounts.reset",
    "accounts.new_password",
    "accounts.verify",
    "posts.new",
    "web.preferences",
}
PROVE_THEMSELVES = {"notifications.unsubscribe"}  # by a signed token; programs that read mail have no form of ours
ODDEST = {"nobody"}  # whose forms anybody can reach; `make test-long` sends odd ones as the others too
TOURED = {"nobody", "customer"}  # `make test-long` tours as the others too
NEEDS_A_WORKER = "/readyz"  # says 503 here, as none runs
FRAGMENTS = {"search.similar"}  # parts of a page, which scripts alone ask for


@pytest.fixture(scope="module")
def planted(empty_database, tmp_path_factory) -> tuple[World, Path]:
    """The small world of tests/world.py, and its database."""
    path = tmp_path_factory.mktemp("world") / "world.db"
    shutil.copyfile(empty_database, path)
    engine = database.make_engine(f"sqlite:///{path}")
    with Session(engine, expire_on_commit=False) as session:
        world = plant(session, Make(session))
    engine.dispose()  # the last connection folds the log into the file
    return world, path


@pytest.fixture
def world(fresh_database, planted: tuple[World, Path]) -> World:
    """The small world, in the test's own database."""
    world, path = planted
    shutil.copyfile(path, settings().data_dir / "forum.db")
    return world


@pytest.fixture(params=[pytest.param(role, marks=() if role in TOURED else pytest.mark.long) for role in ROLES])
def toured(request, app: Flask, visitor, world: World) -> tuple[str, Tour]:
    """A role and everything it saw."""
    return request.param, tour(app, visitor, world, request.param)


def test_a_tour_of_every_address(toured: tuple[str, Tour], world: World):
    """One test for all that must hold of each answer, because the tour is what takes the time."""
    role, seen = toured
    assert not seen.broken, listed(seen.broken)
    faults = [fault for visit in seen.visits for fault in faults_of(role, visit, world)]

    assert not faults, listed(faults)
    assert len(seen.visits) > 100


def listed(faults: list[str]) -> str:
    """The first faults, one a line."""
    return "\n".join([f"{len(faults)} faults", *faults[:60]])


def faults_of(role, visit, world):
    """What is wrong with one answer, in words."""
    response, place = visit.response, f"{role} at {visit.path} ({visit.response.status_code})"
    if response.status_code >= 500 and visit.path != NEEDS_A_WORKER:
        yield f"{place} breaks"
    for name, value in (FRAMED if visit.path.startswith("/embed/") else STRICT).items():
        if response.headers.get(name) != value:
            yield f"{place} lacks {name}"
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"{place} has a weak content policy"
    yield from _cookie_faults(role, visit, place)
    if visit.came_from and response.status_code >= 400:
        yield f"{place} is linked from {visit.came_from}"
    body = response.get_data(as_text=True) if response.mimetype.startswith(("text/", "application/")) else ""
    for word, readers in world.secrets.items():
        if role not in readers and word in body and word not in visit.path:
            yield f"{place} shows {word}"
    if visit.html and not 300 <= response.status_code < 400:
        yield from _markup_faults(visit, place)


def _cookie_faults(role, visit, place):
    if visit.endpoint == "web.static_file":
        return
    cookie, cache = visit.response.headers.get("Set-Cookie"), visit.response.headers.get("Cache-Control", "")
    if role == "nobody":
        if cookie and visit.endpoint not in FORMS_SIGNED_OUT:
            yield f"{place} sets a cookie"
        if not cookie and "no-store" in cache:
            yield f"{place} forbids to keep a public page"
    elif "no-store" not in cache:
        yield f"{place} may be kept: {cache}"
    if "Cookie" not in visit.response.headers.get("Vary", ""):
        yield f"{place} does not vary by cookie"


def _markup_faults(visit, place):
    markup = visit.markup
    yield from (f"{place}: {fault}" for fault in markup.faults)
    for tag in re.findall(rf'<[^>]*class="vh"[^>]*>(?=[^<]*{COMMON})', visit.html):
        if " lang=" not in tag:  # of a post's title, repeated for those who hear the page
            yield f"{place} says a title in the wrong language: {tag}"
    yield from (f"{place} leads to {link}" for link in markup.links if "None" in link or "undefined" in link)
    if visit.endpoint in FRAGMENTS:
        return
    if not visit.html.startswith("<!doctype html>"):
        yield f"{place} is not a whole page"
    if markup.language not in LANGUAGES:
        yield f"{place} speaks {markup.language}"
    if (markup.count["h1"], markup.count["title"], markup.count["main"]) != (1, 1, 1):
        yield f"{place} has {markup.count['h1']} h1, {markup.count['title']} titles, {markup.count['main']} main"


def test_a_search_finds_nothing_that_its_reader_may_not_see(app, visitor, world):
    visitor.open(f"/search?q={COMMON}")

    assert "cold" in visitor.text
    assert [word for word in world.secrets if word in visitor.html] == []


def test_nothing_changes_without_the_token_of_our_own_forms(app, visitor, world):
    visitor.sign_in(world.people["admin"])
    taken = []
    for endpoint, path in addresses(app, world, "POST"):
        if endpoint not in PROVE_THEMSELVES and visitor.client.post(path).status_code != 409:
            taken.append(path)

    assert taken == []


def test_few_addresses_take_changes_without_our_forms(app):
    exempt = {name for name, view in app.view_functions.items() if hasattr(view, "proves_itself")}

    assert exempt == PROVE_THEMSELVES

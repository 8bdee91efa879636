"""Every address, visited as every role: no breakdowns, strict headers, sound markup, and nobody reads too much."""

import re

import pytest
from flask import Flask

from forum.core.languages import LANGUAGES
from tests.architecture.visiting import Tour, addresses, summary_faults, tour
from tests.world import COMMON, ROLES, World, plant

STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
# Where somebody signed out fills in a form that changes something: it needs the cookie that proves it ours.
FORMS_SIGNED_OUT = {
    "accounts.register",
    "accounts.registered",
    "accounts.sign_in",
    "accounts.reset",
    "accounts.new_password",
    "accounts.verify",
    "posts.new",
    "web.preferences",
}
FRAGMENTS = {"search.similar"}  # parts of a page, which scripts alone ask for


@pytest.fixture
def world(session, make) -> World:
    """The small world of tests/world.py."""
    return plant(session, make)


@pytest.fixture(params=ROLES)
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
    if response.status_code >= 500:
        yield f"{place} breaks"
    for name, value in STRICT.items():
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
    for _endpoint, path in addresses(app, world, "POST"):
        if visitor.client.post(path).status_code != 409:
            taken.append(path)

    assert taken == []


@pytest.mark.parametrize("role", ROLES)
def test_odd_forms_are_refused_and_break_nothing(role, app, visitor, world):
    """Send every form empty, and with values of the wrong kind; what to correct is said of which field."""
    if role in world.people:
        visitor.sign_in(world.people[role])
    visitor.open("/preferences")
    token = next(form.fields["csrf_token"][0] for form in visitor.forms() if "csrf_token" in form.fields)
    broken = []
    for _endpoint, path in addresses(app, world, "POST"):
        if path in ("/sign-out", "/me/sign-ins/end-others") or "/disable" in path:
            continue  # the rest would not be seen as this role
        for fields in ({}, dict.fromkeys(FIELDS, "\0 \u202e -1"), dict.fromkeys(FIELDS, "99999999999999999999")):
            try:
                answer = visitor.client.post(path, data=fields | {"csrf_token": token})
            except Exception as error:
                broken.append(f"{path} with {list(fields.values())[:1]}: {error!r}")
            else:
                if answer.status_code >= 500:
                    broken.append(f"{path} with {list(fields.values())[:1]}: {answer.status_code}")
                broken += [f"{path}: {fault}" for fault in summary_faults(answer.get_data(as_text=True))]

    assert not broken, listed(broken)


FIELDS = (
    *("title", "body", "kind", "area", "area_id", "visibility", "severity", "language", "interest", "reason", "next"),
    *("decision", "parent_id", "voice", "is_internal", "name", "email", "password", "roles", "openness", "why", "to"),
    *("subject", "subject_id", "post_id", "comment_id", "theme_id", "version", "scheme", "text", "answer", "words"),
    *("effort", "effort_weeks", "value", "cost", "revisit_on", "target", "owner_id", "product", "resolution", "after"),
)

"""Odd input on every form of the site, as five roles: nothing breaks, nothing hangs, what was typed stays."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from config import settings
from forum.accounts.sessions import reader_from
from forum.core import database
from forum.core.people import ANYBODY
from tests.architecture.visiting import Markup, addresses, summary_faults
from tests.fuzz.forms import OWN, TYPED, Field, Filling, FoundForm, Oddities, forms_of
from tests.fuzz.odd_values import LONG
from tests.make import Make
from tests.world import World, plant

ROLES = ("nobody", "customer", "moderator", "manager", "admin")  # each may do something that those before it may not
EACH = 3  # odd values of each field
ALIKE = 6  # forms or buttons that lead to one address; more are more of the same
HANG = 3.0  # processor seconds
# What the fields of forms are often called, for those that no page was seen to have.
ANY_FIELDS = [
    Field(name, "text", ("1",))
    for name in (
        *(
            "title",
            "body",
            "kind",
            "area",
            "area_id",
            "visibility",
            "severity",
            "language",
            "interest",
            "reason",
            "next",
        ),
        *(
            "decision",
            "parent_id",
            "voice",
            "is_internal",
            "name",
            "email",
            "password",
            "roles",
            "openness",
            "why",
            "to",
        ),
        *("subject", "subject_id", "post_id", "comment_id", "theme_id", "version", "scheme", "text", "answer", "words"),
        *(
            "effort",
            "effort_weeks",
            "value",
            "cost",
            "revisit_on",
            "target",
            "owner_id",
            "product",
            "resolution",
            "after",
        ),
    )
]
SENTENCE = 'Took long: æøå <b>&amp; "q" in'  # a field, whose name follows


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


@pytest.fixture
def forgetful(monkeypatch):
    """Have pages do everything but keep it, so that each form meets the world as it was."""
    from forum.web import session as pages

    made = pages.new_session

    def new_session(*, reading: bool = False) -> Session:
        fresh = made(reading=reading)

        def commit() -> None:
            fresh.flush()
            fresh.expunge_all()  # as after a commit, what was read stays readable
            fresh.rollback()

        fresh.commit = commit  # type: ignore[method-assign]
        return fresh

    monkeypatch.setattr(pages, "new_session", new_session)


class Site:
    """The site as one role sends forms to it."""

    def __init__(self, app: Flask, visitor, session: Session, world: World, role: str) -> None:
        self.app, self.client, self.world = app, visitor.client, world
        people = [world.people.get(one) for one in ROLES[: ROLES.index(role) + 1]]
        readers = [reader_from(session, person) if person else ANYBODY for person in people]
        self.reader, self.lesser = readers[-1], readers[1:-1]  # who is signed in sees other forms than who is not
        if role in world.people:
            visitor.sign_in(world.people[role])
        self.faults: dict[str, str] = {}  # what is wrong → the first form in which it was seen
        self.answers: Counter[int] = Counter()
        self.looked_for = 0  # words that must not be lost
        self._asked: dict[tuple[str, str], str] = {}  # view and name → an address with it
        self._cookies: dict[object, object] = {}

    def endpoint(self, path: str, method: str) -> str:
        """Which view takes this."""
        try:
            return str(self.app.url_map.bind("127.0.0.1:8000").match(urlsplit(path).path, method)[0])
        except HTTPException:
            return ""

    def forms(self) -> list[FoundForm]:
        """A form of each kind that this role may send and no lesser one may."""
        found: dict[tuple[str, tuple[str, ...]], FoundForm] = {}
        alike: Counter[str] = Counter()
        for path in self._pages():
            answer = self.client.get(path)
            if answer.mimetype != "text/html":
                continue
            for form in forms_of(path, answer.text):
                endpoint = self.endpoint(form.action, form.method.upper())
                is_new = (endpoint, form.shape) not in found and alike[endpoint] < ALIKE
                if endpoint and is_new and self.is_own(endpoint):
                    found[endpoint, form.shape] = form
                    alike[endpoint] += 1
            self._note_links(path, answer.text)
        self._cookies = dict(self.client._cookies)  # with the proof that the forms are ours
        proof = next(one for form in found.values() for one in form.fields if one.name == OWN)
        for endpoint, path in addresses(self.app, self.world, "POST"):
            if not alike[endpoint] and self.is_own(endpoint):  # no page that was opened leads there
                found[endpoint, ()] = FoundForm(path, path, "post", is_guess=True, fields=[proof, *ANY_FIELDS])
                alike[endpoint] += 1
        return list(found.values())

    def _pages(self) -> Iterator[str]:
        """Every address, then what links ask of one: a page with each name that is asked, once."""
        yield from (path for _endpoint, path in addresses(self.app, self.world))
        yield from list(self._asked.values())

    def _note_links(self, page: str, html: str) -> None:
        for link in Markup(html).links:
            parts = urlsplit(urljoin(page, link))
            if parts.query and not parts.netloc and (endpoint := self.endpoint(parts.path, "GET")):
                for name in parse_qs(parts.query):
                    self._asked.setdefault((endpoint, name), f"{parts.path}?{parts.query}")

    def is_own(self, endpoint: str) -> bool:
        """Whether the rule of a view lets this role pass and none before it."""
        rule = self.app.view_functions[endpoint].rule
        return rule(self.reader) and not any(rule(one) for one in self.lesser)

    def send(self, form: FoundForm, filling: Filling) -> TestResponse | None:
        """Send a form filled in like this, and note what is wrong with the answer."""
        began = time.process_time()
        try:
            answer = self._send(form, filling)
        except Exception as error:
            self._note(form, f"{error!r}"[:200], filling)
            return None
        took = time.process_time() - began
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self._note(form, str(answer.status_code), filling)
        if answer.status_code == 422:
            for fault in summary_faults(answer.text):
                self._note(form, fault, filling)
        if took > HANG:
            self._note(form, f"takes more than {HANG} s", filling)
        return answer

    def note_lost_words(self, form: FoundForm) -> None:
        """Note what somebody typed that is gone from the page that refuses it because of another field."""
        typed = {one.name for one in form.fields if is_typed(one)}
        for wrong in sorted(typed):
            filling = Filling([with_words(one, wrong) for one in form.filled().fields])
            answer = self.send(form, filling)
            if answer is None or answer.status_code != 422:
                continue
            shown = {
                value for other in forms_of(form.page, answer.text) for one in other.fields for value in one.values
            }
            self.looked_for += len(typed) - 1
            for name in typed - {wrong}:
                if f"{SENTENCE} {name}" not in shown:
                    self._note(form, f"loses {name} because of {wrong}", filling)

    def _note(self, form: FoundForm, fault: str, filling: Filling) -> None:
        self.faults.setdefault(f"{form.method} {form.action}: {fault}", f"(on {form.page}) with {filling}"[:500])

    def _send(self, form: FoundForm, filling: Filling) -> TestResponse:
        path = urlsplit(form.action).path
        self.client._cookies = dict(self._cookies)  # some forms end a sign-in
        if form.method == "get":
            return self.client.get(path, query_string=filling.body().decode())
        if filling.file or form.is_multipart:
            return self.client.post(form.action, data=filling.parts(), content_type="multipart/form-data")
        return self.client.post(form.action, data=filling.body(), content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("role", ROLES)
def test_odd_input_on_every_form_breaks_nothing_and_what_was_typed_stays(
    role, app, session, visitor, world, forgetful, record_property
):
    site, oddities = Site(app, visitor, session, world, role), Oddities(EACH)
    forms = site.forms()
    for form in forms:
        for filling in oddities.fillings(form):
            site.send(form, filling)
        if form.method == "post" and not form.is_guess:
            site.note_lost_words(form)

    sent = ", ".join(f"{count} × {status}" for status, count in sorted(site.answers.items()))
    kept = f"{site.looked_for} typed values looked for on refusals"
    record_property("figure", f"{len(forms)} forms, {sum(site.answers.values())} sendings ({sent}), {kept}")
    assert not site.faults, "\n".join(f"{fault} {seen}" for fault, seen in site.faults.items())


def is_typed(one: Field) -> bool:
    """Whether somebody writes into this field what must not be lost; passwords are never shown again."""
    return one.kind in TYPED and "password" not in one.name and one.name != OWN


def with_words(one: Field, wrong: str) -> Field:
    """The field with a sentence in it, or far too much if it is the `wrong` one."""
    return (
        Field(one.name, one.kind, (LONG if one.name == wrong else f"{SENTENCE} {one.name}",)) if is_typed(one) else one
    )

"""Registering and proving an address, through the pages and the mail."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts.addresses import address_key, clean_address
from forum.accounts.events import PersonVerified
from forum.accounts.guarding import guard
from forum.accounts.models import OneTimeToken, SignIn, User
from forum.core import events
from forum.core.clock import utcnow
from forum.core.errors import Invalid
from forum.core.outbox import OutboxMail
from forum.core.people import Role
from forum.web import pending

NEW = {"display_name": "Kari Hansen", "email": "kari@example.com", "password": "seven slow green trams"}


@pytest.fixture
def verified(monkeypatch):
    """The ids of people whose address was proved during the test."""
    ids = []
    monkeypatch.setitem(events._receivers, PersonVerified, [lambda session, event: ids.append(event.user_id)])
    return ids


def last_mail(session):
    return session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first()


def link_in(mail):
    """The local address of the link in a mail."""
    return re.search(r"http://127\.0\.0\.1:8000(/(?:verify|password)/\S+)", mail.text)[1]


def test_somebody_registers_proves_the_address_and_is_signed_in(visitor, session, verified):
    visitor.open("/register").send("Register", **NEW)
    assert "Look into your mail" in visitor.text

    person = session.scalars(sa.select(User)).one()
    assert (person.display_name, person.email, person.verified_at) == ("Kari Hansen", "kari@example.com", None)
    assert person.password_hash.startswith("$argon2id$")
    mail = last_mail(session)
    assert (mail.to_address, mail.cause, mail.subject) == ("kari@example.com", "verify", "Confirm your address")

    visitor.open(link_in(mail))
    assert verified == []  # opening the link changes nothing
    visitor.send("Confirm and sign in", password=NEW["password"])

    assert verified == [person.id]
    assert session.get(User, person.id).verified_at is not None
    assert "Your address is confirmed." in visitor.text
    assert "Kari Hansen" in visitor.text


def test_known_and_unknown_addresses_read_the_same(visitor, make, session):
    known = make.person("Kari", email="kari@example.com")

    answers = [
        visitor.open("/register").send("Register", **NEW | {"email": email}).html
        for email in ("KARI@example.com", "other@example.com")
    ]

    assert answers[0] == answers[1]
    assert visitor.path == "/register/done"
    mails = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(mail.cause, mail.user_id == known.id) for mail in mails] == [("known", True), ("verify", False)]
    assert session.get(User, known.id).password_hash is None


def test_an_address_that_registers_twice_has_one_account(visitor, session):
    for _time in range(2):
        visitor.open("/register").send("Register", **NEW)

    assert session.scalar(sa.select(sa.func.count(User.id))) == 1
    assert last_mail(session).cause == "known"


def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(visitor, session):
    visitor.open("/register").send("Register", display_name="Admin", email="kari@", password="tooshort1", status=422)

    assert "<title>Error: Register" in visitor.html
    assert "3 things need another look" in visitor.text
    for words in ("taken for the company's", "Write one whole e-mail address", "Use at least 12 characters"):
        assert words in visitor.text
    assert 'value="Admin"' in visitor.html
    assert 'value="kari@"' in visitor.html
    assert "tooshort1" not in visitor.html
    assert session.scalar(sa.select(sa.func.count(User.id))) == 0


def test_an_empty_form_asks_for_each_field(visitor):
    visitor.open("/register").send("Register", status=422)

    assert visitor.text.count("Please fill this in.") == 6  # beside each field and in the summary
    assert '<li><a href="#display_name">Display name: Please fill this in.</a></li>' in visitor.html


@pytest.mark.parametrize("name", ["Rikke Mølgaard", "Rikke Molgaard", "RIKKE M0LGAARD", "Rikkе Mølgaard"])
def test_a_name_like_one_of_the_team_is_refused(visitor, make, session, name):
    guard(session, make.person("Rikke Mølgaard", Role.MODERATOR))

    visitor.open("/register").send("Register", **NEW | {"display_name": name}, status=422)

    assert "Somebody on the team has this name" in visitor.text or "Write each word in one alphabet" in visitor.text


def test_two_customers_may_have_one_name(visitor, make, session):
    make.person("Kari Hansen")

    visitor.open("/register").send("Register", **NEW)

    assert session.scalar(sa.select(sa.func.count(User.id)).where(User.display_name == "Kari Hansen")) == 2


def test_a_stranger_cannot_confirm_with_somebody_elses_mail(visitor, session, verified):
    visitor.open("/register").send("Register", **NEW)
    visitor.open(link_in(last_mail(session))).send("Confirm and sign in", password="not the password", status=422)

    assert "This is not the password of this account." in visitor.text
    assert verified == []


def test_a_link_works_once_and_for_two_days(visitor, session, verified):
    visitor.open("/register").send("Register", **NEW)
    path = link_in(last_mail(session))
    with time_machine.travel(utcnow() + timedelta(hours=49)):
        visitor.open(path, status=410)
        assert "older than two days" in visitor.text
    visitor.open(path).send("Confirm and sign in", password=NEW["password"])
    visitor.open(path, status=410)

    assert len(verified) == 1


def test_somebody_signed_in_confirms_with_one_press(visitor, make, session, verified):
    person = make.person("Kari", email="kari@example.com", verified_at=None)
    visitor.sign_in(person).open("/me")
    assert "Confirm your address" in visitor.text
    visitor.send("Send the mail again")
    assert "A mail with a new link is on its way." in visitor.text

    visitor.open(link_in(last_mail(session))).send("Confirm it")

    assert verified == [person.id]
    assert session.scalar(sa.select(sa.func.count(SignIn.id))) == 1
    assert "Confirm your address" not in visitor.open("/me").text
    visitor.client.post("/verify")


def test_a_later_link_replaces_the_earlier_one(visitor, make, session):
    visitor.sign_in(make.person("Kari", email="kari@example.com", verified_at=None)).open("/me")
    visitor.send("Send the mail again")
    first = link_in(last_mail(session))
    visitor.send("Send the mail again")

    visitor.open(first, status=410)
    visitor.open(link_in(last_mail(session)))


def test_only_hashes_of_links_are_stored(visitor, session):
    visitor.open("/register").send("Register", **NEW)
    secret = link_in(last_mail(session)).removeprefix("/verify/")

    row = session.scalars(sa.select(OneTimeToken)).one()
    assert len(secret) >= 40
    assert secret not in (row.token_hash, row.bound_to)


def test_what_was_begun_is_kept_at_registration_and_found_after_the_proof(app, visitor, session):
    @pending.pending("test.keep")
    def keep(session, reader, *, word):
        session.get_one(User, reader.id).department = word
        return f"/people/{reader.id}"

    with app.test_request_context():
        word = pending.write_pending("test.keep", word="kept")
    visitor.open(f"/register?then={word}").send("Register", **NEW)
    person = session.scalars(sa.select(User)).one()
    assert person.department == "kept"

    visitor.open(link_in(last_mail(session))).send("Confirm and sign in", password=NEW["password"])
    assert visitor.path == f"/people/{person.id}"
    pending._doers.pop("test.keep")


def test_mail_speaks_the_readers_language(visitor, session):
    visitor.client.set_cookie("cabin_language", "da")

    visitor.open("/register")
    form = next(form for form in visitor.forms() if "display_name" in form.fields)
    visitor.client.post("/register", data={name: value[0] for name, value in form.fields.items()} | NEW)

    session.rollback()
    assert session.scalars(sa.select(User)).one().language == "da"
    assert last_mail(session).language == "da"


@pytest.mark.parametrize(
    "email",
    [
        *("a@b@c.no", "kari", "kari@", "@example.com", "a,b@example.com", "k r@example.com", "kari@exa mple.com"),
        *("kari@example", ".kari@example.com", "ka..ri@example.com", "Kari <kari@example.com>", "kari@-example.com"),
        *("kåri@example.com", "kari@example.com\r\nBcc: x@example.com", "a@b.no;c@d.no", "x" * 65 + "@example.com"),
    ],
)
def test_an_address_is_one_plain_address(email):
    with pytest.raises(Invalid):
        clean_address(email)


@pytest.mark.parametrize(
    ("typed", "clean", "key"),
    [
        (" Kari.Hansen@Example.COM ", "Kari.Hansen@example.com", "kari.hansen@example.com"),
        ("o'neil+forum@sub.example.co.uk", "o'neil+forum@sub.example.co.uk", "o'neil+forum@sub.example.co.uk"),
        ("post@blåbær.no", "post@xn--blbr-roah.no", "post@xn--blbr-roah.no"),
        ("me@localhost", "me@localhost", "me@localhost"),
    ],
)
def test_addresses_are_kept_as_typed_and_compared_folded(typed, clean, key):
    assert (clean_address(typed), address_key(typed)) == (clean, key)

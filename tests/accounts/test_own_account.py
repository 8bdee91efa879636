"""One's own account: password, sign-ins, name, language, what one agrees to."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts.guarding import guard
from forum.accounts.models import Consent, GuardedName, SignIn, User
from forum.accounts.passwords import hash_password, is_right
from forum.accounts.sessions import open_sign_in, reader_of
from forum.accounts.status import AccountState, ConsentKind
from forum.core.clock import utcnow
from forum.core.jobs import Job, perform
from forum.core.outbox import OutboxMail
from forum.core.people import Role

OLD, NEW = "seven slow green trams", "nine quick yellow ferries"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(OLD)


@pytest.fixture
def kari(make, password_hash):
    return make.person("Kari Hansen", email="kari@example.com", password_hash=password_hash)


def run_jobs(session):
    """Do what was queued for after the request, but leave mail in the outbox."""
    session.commit()
    waiting = session.scalars(sa.select(Job.id).where(Job.name != "outbox.deliver")).all()
    session.commit()
    for job_id in waiting:
        perform(job_id)
    session.expire_all()


def mails(session):
    return session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()


def reset_path(session):
    return re.search(r"/password/\S+", mails(session)[-1].text)[0]


def test_a_forgotten_password_is_replaced_by_a_link(visitor, kari, session):
    open_sign_in(session, kari.id)
    visitor.open("/sign-in").open("/reset").send("Send the link", email="KARI@example.com")
    assert "If there is an account with that address" in visitor.text
    run_jobs(session)

    visitor.open(reset_path(session)).send("Set the password", password=NEW)

    assert visitor.path == "/sign-in"
    assert is_right(session.get(User, kari.id).password_hash, NEW)
    assert session.scalar(sa.select(sa.func.count()).where(SignIn.ended_at.is_(None))) == 0
    assert [mail.cause for mail in mails(session)] == ["reset", "password_changed"]
    visitor.send("Sign in", email="kari@example.com", password=NEW)
    assert "Kari Hansen" in visitor.text


def test_an_unknown_or_disabled_address_gets_the_same_words_and_no_mail(visitor, make, session):
    make.person("Ola", email="ola@example.com", state=AccountState.DISABLED)

    answers = {
        visitor.open("/reset").send("Send the link", email=email).html for email in ("x@y.no", "ola@example.com")
    }
    run_jobs(session)

    assert len(answers) == 1
    assert mails(session) == []


def test_a_reset_link_works_once_for_an_hour_and_for_that_password(visitor, kari, session):
    def ask():
        visitor.open("/reset").send("Send the link", email="kari@example.com")
        run_jobs(session)
        return reset_path(session)

    path = ask()
    with time_machine.travel(utcnow() + timedelta(minutes=61)):
        visitor.open(path, status=410)
    visitor.open(path).send("Set the password", password="passwordpassword", status=422)
    assert "guessed first" in visitor.text
    visitor.send("Set the password", password=NEW)
    visitor.open(path, status=410)

    path = ask()
    kari.password_hash = hash_password(OLD)
    visitor.open(path, status=410)


def test_a_reset_proves_the_address(visitor, make, session):
    person = make.person("Kari", email="kari@example.com", verified_at=None)
    visitor.open("/reset").send("Send the link", email="kari@example.com")
    run_jobs(session)

    visitor.open(reset_path(session)).send("Set the password", password=NEW)

    assert session.get(User, person.id).verified_at is not None


def test_changing_the_password_asks_for_the_old_one_and_ends_the_other_sign_ins(visitor, kari, session):
    other = open_sign_in(session, kari.id)
    visitor.sign_in(kari).open("/me/password").send("Change it", old="not this one", new=NEW, status=422)
    assert "This is not your present password." in visitor.text
    visitor.send("Change it", old=OLD, new="short", status=422)
    assert "Use at least 12 characters" in visitor.text
    assert is_right(session.get(User, kari.id).password_hash, OLD)

    visitor.send("Change it", old=OLD, new=NEW)

    assert "1 other browser was signed out." in visitor.text
    assert is_right(session.get(User, kari.id).password_hash, NEW)
    assert reader_of(session, other) is None
    assert [mail.cause for mail in mails(session)] == ["password_changed"]


def test_sign_ins_are_listed_and_ended(visitor, kari, make, session):
    phone = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
    open_sign_in(session, kari.id, browser=phone, address="192.0.2.7")
    strange = open_sign_in(session, make.person("Ola").id, address="192.0.2.99")
    visitor.sign_in(kari).open("/me/sign-ins")

    assert "Chrome on Android" in visitor.text
    assert "192.0.2.7" in visitor.text
    assert "192.0.2.99" not in visitor.text
    assert "this one" in visitor.text

    visitor.send("End")
    assert "That browser is signed out." in visitor.text
    assert "Chrome on Android" not in visitor.text

    row = session.scalars(sa.select(SignIn).where(SignIn.address == "192.0.2.99")).one()
    token = visitor.forms()[1].fields["csrf_token"][0]
    visitor.client.post(f"/me/sign-ins/{row.id}/end", data={"csrf_token": token})
    session.rollback()
    assert reader_of(session, strange) is not None  # somebody else's stays


def test_signing_out_everywhere_else_leaves_this_browser(visitor, kari, session):
    keys = [open_sign_in(session, kari.id) for _time in range(3)]
    visitor.sign_in(kari).open("/me/sign-ins").send("Sign out everywhere else")

    assert "3 other browsers were signed out." in visitor.text
    assert [reader_of(session, key) for key in keys] == [None] * 3


def test_ending_ones_own_sign_in_is_signing_out(visitor, kari):
    visitor.sign_in(kari).open("/me/sign-ins").send("Sign out", into="/me/sign-ins/")

    assert visitor.path == "/"
    assert "You are signed out." in visitor.text


def test_the_team_idles_out_after_twelve_hours_and_customers_after_two_weeks(make, session):
    keys = [open_sign_in(session, person.id) for person in (make.moderator(), make.person())]

    def present(**later):
        with time_machine.travel(utcnow() + timedelta(**later)):
            return [reader_of(session, key) is not None for key in keys]

    session.flush()
    assert present(hours=11) == [True, True]
    assert present(hours=13) == [False, True]
    assert present(days=15) == [False, False]


def test_name_language_and_colours_are_kept(visitor, kari, session):
    visitor.sign_in(kari).open("/me").send("Save", display_name="  Kari   Nordmann ", language="da", scheme="dark")

    person = session.get(User, kari.id)
    assert (person.display_name, person.language, person.scheme) == ("Kari Nordmann", "da", "dark")
    assert '<html lang="da" data-scheme="dark">' in visitor.html


def test_somebody_of_the_team_stays_guarded_under_a_new_name(visitor, make, session):
    rikke = make.person("Rikke Mølgaard", Role.MODERATOR)
    guard(session, rikke)

    visitor.sign_in(rikke).open("/me").send("Save", display_name="Rikke Lund")

    assert session.scalars(sa.select(GuardedName.skeleton)).all() == [session.get(User, rikke.id).name_skeleton]


def test_a_name_that_is_not_free_is_refused_beside_its_field(visitor, kari, make, session):
    guard(session, make.person("Rikke Mølgaard", Role.MODERATOR))

    visitor.sign_in(kari).open("/me").send("Save", display_name="Rikke Molgaard", language="nb", status=422)

    assert "Somebody on the team has this name" in visitor.text
    assert 'value="Rikke Molgaard"' in visitor.html
    person = session.get(User, kari.id)
    assert (person.display_name, person.language) == ("Kari Hansen", "en")


def test_what_one_agrees_to_has_dates_and_can_be_taken_back(visitor, kari, session):
    visitor.sign_in(kari).open("/me").send("Save", credit="yes")
    assert "You agreed on" in visitor.text
    visitor.send("Save")  # nothing changes
    visitor.send("Save", credit=None)
    visitor.send("Save", credit="yes", contact="yes")

    rows = session.scalars(sa.select(Consent).order_by(Consent.id)).all()
    assert [(row.kind, row.withdrawn_at is not None) for row in rows] == [
        (ConsentKind.CREDIT, True),
        (ConsentKind.CREDIT, False),
        (ConsentKind.CONTACT, False),
    ]


def test_a_public_page_tells_no_address(visitor, make):
    rikke = make.person("Rikke <b>M</b>", Role.MODERATOR, department="Customer care", email="rikke@example.com")

    visitor.open(f"/people/{rikke.id}")

    assert "<bdi>Rikke &lt;b&gt;M&lt;/b&gt;</bdi>" in visitor.html
    assert "Official" in visitor.text
    assert "Customer care" in visitor.text
    assert "Member since" in visitor.text
    assert "rikke@example.com" not in visitor.html
    assert "Set-Cookie" not in visitor.response.headers


@pytest.mark.parametrize("state", [AccountState.ERASED])
def test_somebody_erased_has_no_page(visitor, make, state):
    visitor.open(f"/people/{make.person(state=state).id}", status=410)
    visitor.open("/people/999999", status=404)

"""Signing in and registering by eight digits from a mail."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.codes import send_code, try_code
from forum.accounts.models import OneTimeToken, User
from forum.accounts.passwords import hash_password
from forum.accounts.status import AccountState
from forum.core.clock import standing_at, utcnow
from forum.core.outbox import OutboxMail
from forum.posts.models import Draft, Post
from forum.posts.status import Moderation

PASSWORD = "seven slow green trams"


def mails(session):
    session.expire_all()
    return session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()


def code_in(session):
    """The digits in the last mail."""
    return re.search(r"^\d{4} \d{4}$", mails(session)[-1].text, re.M)[0]


def wrong(code):
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"


@pytest.fixture
def kari(make):
    return make.person("Kari Hansen", email="kari@example.com")


def ask(visitor, email, address="/sign-in"):
    return visitor.open(address).send("Send me a code", email=email)


def test_somebody_known_signs_in_with_the_code_and_goes_where_they_wanted(visitor, session, kari):
    ask(visitor, "KARI@example.com", "/sign-in?next=/me/posts")
    visitor.send("Sign in", into="enter", code=f" {code_in(session)} ")

    assert visitor.path == "/me/posts"
    assert "Kari Hansen" in visitor.text
    assert mails(session)[-1].subject == f"Your code is {code_in(session)}"


def test_somebody_new_is_asked_for_a_name_alone_and_what_they_wrote_goes_out(visitor, session, make):
    seats = make.area("seats")
    words = {"title": "The seat is cold", "body": "Every morning.", "kind": "complaint", "area_id": seats.id}
    visitor.open("/posts/new").send("Post", **words)
    visitor.send("Send me a code", email="ola@example.com")
    assert "“The seat is cold” is kept" in visitor.text
    visitor.send("Sign in", into="enter", code=code_in(session))
    assert "What shall we call you?" in visitor.text
    visitor.send("Register", display_name="Admin", status=422)
    visitor.send("Register", display_name="Ola")

    ola = session.scalars(sa.select(User)).one()
    post = session.scalars(sa.select(Post)).one()
    assert visitor.path == f"/posts/{post.id}?posted=1"
    assert "You signed in by a code and have no password yet." in visitor.open("/me/password").text
    assert (ola.email, ola.password_hash, ola.verified_at is not None) == ("ola@example.com", None, True)
    assert (post.title, post.body, post.author_id) == ("The seat is cold", "Every morning.", ola.id)
    assert post.moderation is Moderation.WAITING
    assert session.scalars(sa.select(Draft)).all() == []


def test_a_code_works_once(visitor, session, kari):
    ask(visitor, kari.email)
    code, form = code_in(session), visitor.html
    visitor.send("Sign in", into="enter", code=code)
    visitor.send("Sign out")
    visitor.open("/sign-in")
    token = next(one.fields["csrf_token"] for one in visitor.forms() if "csrf_token" in one.fields)
    ticket = re.search(r'name="ticket" value="([^"]+)"', form)[1]
    answer = visitor.client.post("/sign-in/code/enter", data={"csrf_token": token[0], "ticket": ticket, "code": code})

    assert answer.status_code == 422


def test_a_code_is_over_after_five_tries_and_after_ten_minutes(session, kari, make):
    handle = send_code(session, kari.email)
    session.flush()
    code = code_in(session)
    assert [try_code(session, handle, wrong(code)) for _n in range(5)] == [False] * 5
    assert not try_code(session, handle, code)

    handle = send_code(session, kari.email)
    session.flush()
    code = code_in(session)
    with standing_at(utcnow() + timedelta(minutes=11)):
        assert not try_code(session, handle, code)
    assert not try_code(session, "another mail", code)
    assert try_code(session, handle, code)
    assert not try_code(session, handle, code)


def test_wrong_tries_are_counted_although_they_are_refused(visitor, session, kari):
    ask(visitor, kari.email)
    code = code_in(session)
    for _n in range(5):
        visitor.send("Sign in", into="enter", code=wrong(code), status=422)
    visitor.send("Sign in", into="enter", code=code, status=422)

    assert "This is not the code, or it is over" in visitor.text
    assert session.scalars(sa.select(OneTimeToken.tries)).all() == [5]


def test_known_and_unknown_addresses_see_the_same(visitor, session, kari):
    pages = []
    for email in (kari.email, "someone@example.com"):
        ask(visitor, email)
        pages.append(visitor.text.replace(email, ""))

    assert pages[0] == pages[1]
    assert [mail.to_address for mail in mails(session)] == [kari.email, "someone@example.com"]


def test_an_account_out_of_use_gets_no_code(visitor, session, kari):
    kari.state = AccountState.DISABLED
    ask(visitor, kari.email)

    assert mails(session) == []


def test_the_code_itself_is_not_stored(session, kari):
    handle = send_code(session, kari.email)
    session.flush()
    row = session.scalars(sa.select(OneTimeToken)).one()
    digits = code_in(session).replace(" ", "")

    assert not {handle, digits} & {row.token_hash, row.bound_to}


def test_a_stranger_who_made_an_account_with_the_address_is_left_outside(visitor, session, make):
    person = make.person("Kari", email="kari@example.com", verified_at=None, password_hash=hash_password(PASSWORD))
    ask(visitor, "kari@example.com")
    visitor.send("Sign in", into="enter", code=code_in(session))
    assert "The password chosen before that works no more" in visitor.text
    visitor.send("Sign out").open("/sign-in")
    visitor.send("Sign in", email="kari@example.com", password=PASSWORD, status=422)

    session.expire_all()
    assert (person.password_hash, person.verified_at is not None) == (None, True)


@pytest.mark.parametrize("address", ["/sign-in/code/enter", "/sign-in/code/name"])
def test_tampered_tickets_let_nobody_in(visitor, kari, address):
    visitor.open("/sign-in")
    token = next(form.fields["csrf_token"][0] for form in visitor.forms() if "csrf_token" in form.fields)
    fields = {"csrf_token": token, "ticket": "x.y.z", "proof": "x.y.z", "code": "00000000", "display_name": "Ola"}

    assert visitor.client.post(address, data=fields).status_code == 422


def test_what_is_no_address_is_said_beside_the_field(visitor):
    visitor.open("/sign-in/code").send("Send me a code", email="not an address", status=422)

    assert "Write one whole e-mail address" in visitor.text

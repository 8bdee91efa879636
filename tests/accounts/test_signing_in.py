"""Signing in and out, through the pages."""

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from forum.accounts.models import SignIn, User
from forum.accounts.passwords import hash_password
from forum.core.audit import AuditEntry
from forum.core.errors import NotAllowed
from forum.web import pending

PASSWORD = "seven slow green trams"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def kari(make, password_hash):
    return make.person("Kari Hansen", email="Kari@example.com", password_hash=password_hash)


def test_somebody_signs_in_and_out(visitor, kari, session):
    visitor.open("/sign-in").send("Sign in", email="kari@EXAMPLE.com ", password=PASSWORD)

    assert visitor.path == "/"
    assert "Kari Hansen" in visitor.text

    visitor.send("Sign out")

    assert "Kari Hansen" not in visitor.text
    assert "You are signed out." in visitor.text
    assert session.scalar(sa.select(SignIn.ended_at)) is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [("kari@example.com", "not her password"), ("nobody@example.com", PASSWORD), ("no address", PASSWORD)],
)
def test_a_wrong_address_and_a_wrong_password_read_the_same(visitor, kari, session, email, password):
    visitor.open("/sign-in").send("Sign in", email=email, password=password, status=422)

    assert "The e-mail address or the password is not right." in visitor.text
    assert "<title>Error: Sign in" in visitor.html
    assert f'value="{email}"' in visitor.html
    assert password not in visitor.html
    refused = session.scalars(sa.select(AuditEntry).where(AuditEntry.refused)).one()
    assert refused.action == "account.sign_in"
    assert refused.about_id == (kari.id if email == "kari@example.com" else None)


def test_a_disabled_person_is_told_so_only_with_the_right_password(visitor, make, password_hash):
    from forum.accounts.status import AccountState

    make.person("Ola", email="ola@example.com", password_hash=password_hash, state=AccountState.DISABLED)

    visitor.open("/sign-in").send("Sign in", email="ola@example.com", password="a wrong password", status=422)
    assert "disabled" not in visitor.text

    visitor.send("Sign in", email="ola@example.com", password=PASSWORD, status=422)
    assert "This account has been disabled." in visitor.text


def test_next_is_kept_and_only_local(visitor, kari):
    visitor.open("/sign-in?next=/me").send("Sign in", email=kari.email, password="a wrong password", status=422)
    visitor.send("Sign in", email=kari.email, password=PASSWORD)
    assert visitor.path == "/me"

    visitor.send("Sign out").open("/sign-in?next=//evil.example/")
    visitor.send("Sign in", email=kari.email, password=PASSWORD)
    assert visitor.path == "/"


def test_a_page_for_members_asks_to_sign_in_and_comes_back(visitor, kari):
    visitor.open("/me/sign-ins").send("Sign in", email=kari.email, password=PASSWORD)

    assert visitor.path == "/me/sign-ins"


@pytest.fixture
def greetings():
    """A pending action that can be done, and one that is refused."""
    done = []

    @pending.pending("test.greet")
    def greet(session, reader, *, word):
        session.get_one(User, reader.id).department = word
        if word == "refused":
            raise NotAllowed("No greetings today.")
        done.append((reader.display_name, word))
        return f"/people/{reader.id}"

    yield done
    pending._doers.pop("test.greet")


def test_what_somebody_wanted_is_done_as_they_sign_in(app, visitor, kari, session, greetings):
    with app.test_request_context():
        word = pending.write_pending("test.greet", word="hello")

    visitor.open(f"/sign-in?then={word}")
    assert "What you began is finished as soon as you have signed in." in visitor.text
    visitor.send("Sign in", email=kari.email, password="a wrong password", status=422)
    visitor.send("Sign in", email=kari.email, password=PASSWORD)

    assert greetings == [("Kari Hansen", "hello")]
    assert visitor.path == f"/people/{kari.id}"
    assert session.get(User, kari.id).department == "hello"


def test_a_refused_wish_does_not_stop_the_sign_in(app, visitor, kari, session, greetings):
    with app.test_request_context():
        word = pending.write_pending("test.greet", word="refused")

    visitor.open(f"/sign-in?then={word}&next=/me").send("Sign in", email=kari.email, password=PASSWORD)

    assert visitor.path == "/me"
    assert "No greetings today." in visitor.text
    assert session.get(User, kari.id).department == ""


def test_somebody_signed_in_already_is_asked_before_it_is_done(app, visitor, kari, greetings):
    with app.test_request_context():
        word = pending.write_pending("test.greet", word="hello")
    visitor.sign_in(kari).open(f"/sign-in?then={word}")
    assert greetings == []

    visitor.send("Finish it")

    assert greetings == [("Kari Hansen", "hello")]


def test_a_word_that_was_tampered_with_is_left_alone(visitor, kari):
    visitor.open("/sign-in?then=tampered").send("Sign in", email=kari.email, password=PASSWORD)

    assert visitor.path == "/"


def test_the_wish_follows_from_sign_in_to_register_and_back(visitor):
    visitor.open("/sign-in?then=word&next=/me").send("Register here", email="new@example.com")
    assert visitor.path == "/register"
    assert 'value="new@example.com"' in visitor.html
    assert "need" not in visitor.text.split("Register", 1)[0]

    visitor.send("Sign in here")
    assert visitor.path == "/sign-in"
    assert 'name="then" value="word"' in visitor.html
    assert 'name="next" value="/me"' in visitor.html


def test_every_sign_in_has_a_new_key(visitor, kari, session):
    for _time in range(2):
        visitor.open("/sign-in").send("Sign in", email=kari.email, password=PASSWORD)
        visitor.send("Sign out")

    assert len(set(session.scalars(sa.select(SignIn.key_hash)))) == 2


def test_the_key_is_in_a_cookie_that_scripts_cannot_read(visitor, kari, session):
    visitor.open("/sign-in")
    token = next(form for form in visitor.forms() if "email" in form.fields).fields["csrf_token"][0]
    response = visitor.client.post("/sign-in", data={"email": kari.email, "password": PASSWORD, "csrf_token": token})

    cookies = {cookie.split("=")[0]: cookie for cookie in response.headers.getlist("Set-Cookie")}
    assert all(flag in cookies["cabin_sign_in"] for flag in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert response.headers["Cache-Control"] == "no-store"
    session.rollback()
    assert session.scalars(sa.select(SignIn.key_hash)).one() not in cookies["cabin_sign_in"]
    # The proof for forms of somebody signed out is worth nothing afterwards.
    assert visitor.client.post("/me", data={"csrf_token": token, "display_name": "Mallory"}).status_code == 409


def test_a_hash_by_old_parameters_is_renewed(visitor, kari, session):
    kari.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)

    visitor.open("/sign-in").send("Sign in", email=kari.email, password=PASSWORD)

    assert session.get(User, kari.id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_bar_leads_to_sign_in_and_back(visitor, kari):
    visitor.open(f"/people/{kari.id}")
    path = next(part.split('"')[0] for part in visitor.html.split('href="') if part.startswith("/sign-in"))

    visitor.open(path).send("Sign in", email=kari.email, password=PASSWORD)

    assert visitor.path == f"/people/{kari.id}"


def test_signing_in_ends_the_sign_in_that_the_browser_had(visitor, kari, make, password_hash, session):
    ola = make.person("Ola", email="ola@example.com", password_hash=password_hash)
    visitor.sign_in(ola)

    visitor.client.post("/sign-in", data={"email": kari.email, "password": PASSWORD})  # no token: refused
    assert session.scalar(sa.select(sa.func.count()).where(SignIn.ended_at.is_not(None))) == 0

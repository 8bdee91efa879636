"""Limits on signing in, registering and asking for links."""

import pytest
from argon2 import PasswordHasher

from config import settings
from forum.accounts import passwords
from forum.web import limits
from tests.browser import Visitor

PASSWORD = "seven slow green trams"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Passwords are asked for dozens of times; what hashing them costs is tested elsewhere."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy.cache_clear()
    yield
    passwords._dummy.cache_clear()


@pytest.fixture
def limited_app(monkeypatch, new_app):
    """The application with its limits on."""
    monkeypatch.setattr(settings(), "rate_limits", "on")
    yield new_app()
    limits._limiter.reset()
    limits._limiter.enabled = False


@pytest.fixture
def somebody(limited_app, session):
    """A visitor from an address of their own, as often as asked."""

    def at(address):
        visitor = Visitor(limited_app, session)
        visitor.client.environ_base["REMOTE_ADDR"] = address
        return visitor

    return at


@pytest.fixture
def kari(make):
    return make.person("Kari", email="kari@example.com", password_hash=passwords.hash_password(PASSWORD))


def fail(visitor, email="kari@example.com", *, times=1, status=422):
    for _time in range(times):
        visitor.open("/sign-in").send("Sign in", email=email, password="a wrong password", status=status)


def test_an_address_may_fail_ten_times_in_five_minutes(somebody, kari):
    visitor = somebody("192.0.2.1")
    for n in range(10):
        fail(visitor, f"nobody{n}@example.com")

    fail(visitor, "nobody10@example.com", status=429)

    assert int(visitor.response.headers["Retry-After"]) <= 300
    visitor.open("/")  # reading goes on


def test_an_account_may_be_tried_ten_times_from_wherever(somebody, kari):
    for n in range(10):
        fail(somebody(f"192.0.2.{n}"))

    fail(somebody("198.51.100.7"), status=429)


def test_the_owner_is_not_locked_out_by_strangers(somebody, kari):
    owner = somebody("203.0.113.5")
    owner.open("/sign-in").send("Sign in", email="kari@example.com", password=PASSWORD).send("Sign out")
    for n in range(10):
        fail(somebody(f"192.0.2.{n}"))

    owner.open("/sign-in").send("Sign in", email="kari@example.com", password=PASSWORD)
    assert "Kari" in owner.text

    owner.send("Sign out")
    fail(owner, times=10)
    fail(owner, status=429)


def test_signing_in_rightly_does_not_count(somebody, kari):
    visitor = somebody("192.0.2.1")

    for _time in range(12):
        visitor.client.delete_cookie("cabin_known")
        visitor.open("/sign-in").send("Sign in", email="kari@example.com", password=PASSWORD).send("Sign out")


def test_five_accounts_in_half_an_hour_from_one_address(somebody):
    visitor = somebody("192.0.2.1")

    def register(n, **fields):
        typed = {"display_name": f"Person {n}x", "email": f"new{n}@example.com", "password": PASSWORD}
        return typed | fields

    visitor.open("/register").send("Register", **register(0, password="short"), status=422)  # a mistake is free
    for n in range(5):
        visitor.open("/register").send("Register", **register(n))
    visitor.open("/register").send("Register", **register(5), status=429)
    somebody("192.0.2.2").open("/register").send("Register", **register(6))


@pytest.mark.parametrize("email", ["kari@example.com", "nobody@example.com"])
def test_five_links_a_day_for_one_account_known_or_not(somebody, kari, email):
    for n in range(5):
        somebody(f"192.0.2.{n}").open("/reset").send("Send the link", email=email)

    somebody("192.0.2.6").open("/reset").send("Send the link", email=email.upper(), status=429)


def test_only_what_was_taken_counts(somebody, kari, make):
    post = make.post()
    visitor = somebody("192.0.2.9").sign_in(kari).open(f"/posts/{post.id}")
    for _time in range(31):
        visitor.send("Comment", body="", status=422)

    visitor.send("Comment", body="It is cold.")

    assert "Your comment stands below." in visitor.text


def test_a_limit_is_said_in_words(somebody, make):
    visitor = somebody("192.0.2.9").sign_in(make.person(verified_at=None)).open("/me")
    for _time in range(5):
        visitor.send("again", into="/verify")

    visitor.send("again", into="/verify", status=429)

    assert "The limit here is 5 within 24 hours. You can try again in 24 hours." in visitor.text


def test_what_was_typed_is_kept_where_it_was_too_much_and_sent_again(somebody, kari, make, monkeypatch):
    post = make.post()
    visitor = somebody("192.0.2.9").sign_in(kari).open(f"/posts/{post.id}")
    with monkeypatch.context() as busy:
        busy.setattr(limits._limiter.storage, "get", lambda key: 1_000 if "shared person" in key else 0)
        visitor.send("Comment", body="It is cold, and it <b>stays</b> cold.", status=429)

    assert "The limit here is 30 within 10 minutes. You can try again in" in visitor.text
    assert "It is cold, and it &lt;b&gt;stays&lt;/b&gt; cold." in visitor.html
    visitor.send("Send it again")
    assert "Your comment stands below." in visitor.text


def test_no_secret_is_shown_again(somebody, kari):
    visitor = somebody("192.0.2.1")
    fail(visitor, times=10)
    fail(visitor, status=429)

    assert "a wrong password" not in visitor.html
    assert "Send it again" not in visitor.text

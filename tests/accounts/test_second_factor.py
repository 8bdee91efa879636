"""A second factor is asked for after every way in, each of its codes lets in once, and lost phones are provided for."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from config import settings
from forum.accounts import second_factor
from forum.accounts.models import SecondFactor, SignIn
from forum.accounts.passwords import hash_password
from forum.core.audit import AuditEntry
from forum.core.clock import standing_at, utcnow
from forum.core.outbox import OutboxMail
from forum.core.people import Role

PASSWORD = "seven slow green trams"
RECOVERY = re.compile(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>")


@pytest.fixture
def moa(make):
    """Somebody of the team, without a second factor."""
    return make.person("Moa Lind", Role.MODERATOR, email="moa@example.com", password_hash=hash_password(PASSWORD))


@pytest.fixture
def kept(moa, make, session):
    """The secret of Moa's second factor, which is in use, and her recovery codes."""
    by = make.as_reader(moa)
    secret = second_factor.begin(session, by=by).secret
    with standing_at(utcnow() - timedelta(minutes=5)):
        codes = second_factor.confirm(session, code_of(secret), by=by)
    session.commit()
    return secret, codes


def code_of(secret):
    """What the app shows now."""
    return pyotp.TOTP(secret).at(utcnow())


def secret_in(session):
    session.expire_all()
    return session.scalars(sa.select(SecondFactor)).one().secret


def begin(visitor, address="/sign-in"):
    """Give the password; the page that asks for the code comes."""
    visitor.open(address).send("Sign in", into="sign-in", email="moa@example.com", password=PASSWORD)
    assert "And the code of your app" in visitor.text
    return visitor


def test_it_is_set_up_with_the_password_and_a_first_code(visitor, moa, session):
    visitor.sign_in(moa).open("/me/second-factor")
    visitor.send("Set it up", password="not my password", status=422)
    assert "This is not your password." in visitor.text
    visitor.send("Set it up", password=PASSWORD)
    assert "<svg" in visitor.html
    assert " ".join(re.findall("....", secret_in(session))) in visitor.text
    visitor.send("Use it from now on", code="000000", status=422)
    assert "Check the clock of your phone." in visitor.text

    visitor.send("Use it from now on", code=code_of(secret_in(session)))

    codes = RECOVERY.findall(visitor.html)
    assert len(set(codes)) == 10
    marks = str(session.scalars(sa.select(SecondFactor)).one().recovery)
    assert not any(code.replace("-", "") in marks for code in codes)
    assert "10 recovery codes are left" in visitor.open("/me/second-factor").text
    assert session.scalar(sa.select(OutboxMail.subject)) == "Your second factor was set up"
    assert session.scalar(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc())) == "account.second_factor_on"


def test_the_password_alone_lets_nobody_in(visitor, kept):
    begin(visitor, "/sign-in?next=/themes/review")
    visitor.send("Sign in", into="second", code="123456", status=422)
    assert "And the code of your app" in visitor.text
    assert visitor.client.get("/me").status_code != 200

    visitor.send("Sign in", into="second", code=code_of(kept[0]), status=403)  # there, which is not for moderators

    assert visitor.path == "/themes/review"
    assert "Moa Lind" in visitor.text


def test_a_code_by_mail_does_not_do_without_it_either(visitor, kept, session):
    visitor.open("/sign-in").send("Send me a code", email="moa@example.com")
    text = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first().text
    visitor.send("Sign in", into="enter", code=re.search(r"^\d{4} \d{4}$", text, re.M)[0])

    assert "And the code of your app" in visitor.text
    visitor.send("Sign in", into="second", code=code_of(kept[0]))
    assert "Moa Lind" in visitor.text


def test_a_code_lets_in_once_and_an_older_one_never_after_it(visitor, kept):
    earlier = pyotp.TOTP(kept[0]).at(utcnow() - timedelta(seconds=30))
    code = code_of(kept[0])
    begin(visitor).send("Sign in", into="second", code=code)
    visitor.open("/").send("Sign out")

    begin(visitor).send("Sign in", into="second", code=code, status=422)
    visitor.send("Sign in", into="second", code=earlier, status=422)
    assert "it was used already" in visitor.text


def test_a_recovery_code_lets_in_once(visitor, kept):
    typed = kept[1][3].upper().replace("-", " ")
    begin(visitor).send("Sign in", into="second", code=typed)
    assert "9 recovery codes are left" in visitor.open("/me/second-factor").text
    visitor.open("/").send("Sign out")

    begin(visitor).send("Sign in", into="second", code=typed, status=422)


@pytest.mark.parametrize("ticket", ["", "made.up", "changed"])
def test_a_ticket_that_is_not_ours_leads_back_to_the_password(visitor, kept, ticket):
    begin(visitor)
    ours = next(form.fields["ticket"][0] for form in visitor.forms() if "ticket" in form.fields)
    changed = {"ticket": ours[:-3] + "xyz" if ticket == "changed" else ticket}

    visitor.send("Sign in", into="second", code=code_of(kept[0]), **changed)

    assert visitor.path.startswith("/sign-in?")
    assert "Sign in once more." in visitor.text


def test_other_browsers_are_signed_out_when_it_is_set_up(make, moa, session):
    now = utcnow()
    session.add(SignIn(key_hash="x", user_id=moa.id, created_at=now, last_seen_at=now, expires_at=now))
    secret = second_factor.begin(session, by=make.as_reader(moa)).secret

    second_factor.confirm(session, code_of(secret), by=make.as_reader(moa))

    assert session.scalar(sa.select(SignIn.ended_at)) is not None


def test_new_recovery_codes_and_doing_without_need_a_code(visitor, moa, kept, session):
    visitor.sign_in(moa).open("/me/second-factor")
    visitor.send("Do without it", code="000000", status=422)
    visitor.send("Make new recovery codes", code=kept[1][1])
    fresh = RECOVERY.findall(visitor.html)
    visitor.open("/me/second-factor").send("Do without it", code=kept[1][2], status=422)

    visitor.send("Do without it", code=fresh[0])

    assert "your password alone lets you in" in visitor.text
    assert second_factor.factor_of(session, moa.id) is None


def test_an_admin_takes_it_away_with_a_reason_that_its_owner_reads(visitor, make, moa, kept, session):
    visitor.sign_in(make.person("Ada Berg", Role.ADMIN)).open(f"/admin/people/{moa.id}/second-factor")
    visitor.send("Take it away", reason="The phone lies at the bottom of the fjord.")

    assert not second_factor.holds(session, moa.id)
    mail = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail.subject == "Your second factor is gone"
    assert "bottom of the fjord" in mail.text
    visitor.open(f"/admin/people/{moa.id}/second-factor").send("Take it away", reason="Again", status=422)
    assert "Moa Lind has no second factor." in visitor.text


def test_where_the_site_asks_for_it_roles_rest_until_it_is_there(visitor, moa, session, monkeypatch):
    monkeypatch.setattr(settings(), "team_second_factor", "required")
    visitor.sign_in(moa).open("/moderation", status=403)
    assert "asks its team for a second factor" in visitor.open("/me").text
    visitor.open("/me/second-factor").send("Set it up", password=PASSWORD)
    visitor.send("Use it from now on", code=code_of(secret_in(session)))

    visitor.open("/moderation")
    assert "asks its team for a second factor" not in visitor.open("/me").text

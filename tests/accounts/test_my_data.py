"""The pages of what is mine: consents with their dates, the file with everything, erasing."""

import pytest

from forum.accounts import exporting, queries
from forum.accounts.models import User
from forum.accounts.passwords import hash_password
from forum.accounts.status import AccountState
from forum.core.jobs import Job, perform

PASSWORD = "four green chairs outside"


@pytest.fixture
def kari(make):
    return make.person("Kari Hansen", password_hash=hash_password(PASSWORD))


def test_what_one_agreed_to_and_took_back_stands_with_its_dates(visitor, session, kari):
    visitor.sign_in(kari).open("/me/data").send("Agree", into="/credit/")
    visitor.send("Take it back", into="/credit/")

    (consent,) = queries.all_consents(session, kari.id)["credit"]
    assert consent.withdrawn_at is not None
    assert "Agreed on" in visitor.text
    assert "Taken back on" in visitor.text


def test_the_file_is_asked_for_with_the_password_and_fetched_by_its_owner_alone(visitor, session, make, kari):
    visitor.sign_in(kari).open("/me/data").send("Make the file", password="not this one", status=422)
    assert exporting.latest_export(session, make.as_reader(kari)) is None

    visitor.send("Make the file", password=PASSWORD)
    job = session.query(Job).filter(Job.name == "accounts.export").one()
    assert "being made" in visitor.text
    session.commit()
    perform(job.id)

    assert "Fetch the file" in visitor.open("/me/data").text
    answer = visitor.client.get(f"/me/data/{job.id}")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    visitor.sign_in(make.person()).open(f"/me/data/{job.id}", status=404)


def test_nothing_is_erased_without_the_word_and_the_password(visitor, session, kari):
    page = visitor.sign_in(kari).open("/me/erase")
    page.send("Erase it for good", words="go", word="yes", password=PASSWORD, status=422)
    page.send("Erase it for good", words="go", word="erase", password="not this one", status=422)

    assert session.get_one(User, kari.id).state is AccountState.ACTIVE


def test_who_erases_their_account_is_told_and_signed_out(visitor, session, make, kari):
    post = make.post("The seat is cold", author=kari)
    make.vote(post)
    visitor.sign_in(kari).open("/me/erase")
    assert "1 post" in visitor.text
    assert "its place stays" in visitor.text

    visitor.send("Erase it for good", words="go", word=" Erase ", password=PASSWORD)

    assert "Your account is erased." in visitor.text
    assert "Sign in" in visitor.text
    assert "has erased it" in visitor.open(f"/posts/{post.id}").text
    visitor.open(f"/people/{kari.id}", status=410)


def test_an_admin_erases_for_somebody_with_their_own_password(visitor, session, make, kari):
    admin = make.admin(password_hash=hash_password("another long password"))
    visitor.sign_in(admin).open(f"/admin/people/{kari.id}/erase")

    visitor.send(
        "Erase it for good", words="stay", word="erase", password="another long password", reason="Asked by letter."
    )

    assert session.get_one(User, kari.id).state is AccountState.ERASED
    visitor.open(f"/admin/people/{kari.id}/erase", status=404)

"""The whole loop through the pages: from a complaint to a theme, a decision, a launch, and what its author reads."""

import re

import pytest

from config import settings
from forum.accounts.models import User
from tests.browser import Visitor
from tests.flow.story import COMPLAINT, CUSTOMER, link_in_newest_mail, set_the_scene, work_off_jobs


@pytest.mark.timeout(180)
def test_a_complaint_becomes_a_launch_that_its_author_hears_of(app, session, make):
    ids = set_the_scene(session, make)

    def sign_in(name: str) -> Visitor:
        return Visitor(app, session).sign_in(session.get_one(User, ids[name]))

    kari, mona, petra = Visitor(app, session), sign_in("moderator"), sign_in("manager")

    writes_before_having_an_account(kari, ids["cabin"])
    post = proves_her_address(kari)
    is_let_in_by_a_moderator(kari, mona, post)
    is_joined_by_others([sign_in("voter"), sign_in("other voter")], post)
    theme = is_grouped_with_others(petra, post)
    item = is_promoted(petra, theme)
    is_decided_about(petra, item)
    reads_the_decision(kari, post)
    launch = is_launched(petra, item)
    finds_the_receipt(kari, post, launch)
    answers(kari, petra, item, launch)
    is_taken_up_again(petra, kari, item, post)


def writes_before_having_an_account(kari, area_id):
    """Somebody writes first and registers when pressing Post; what was written is kept."""
    kari.open("/").open("/posts/new").send("Post", kind="complaint", area_id=area_id, **COMPLAINT)
    assert "Sign in" in kari.text
    kari.send("Register here").send("Register", **CUSTOMER)
    assert "Look into your mail" in kari.text


def proves_her_address(kari):
    """The link in the mail proves the address, and she comes to what she began."""
    work_off_jobs()
    link = link_in_newest_mail(settings().data_dir / "mail", "Confirm your address")
    kari.open(link).send("Confirm and sign in", password=CUSTOMER["password"])

    assert "Your address is confirmed." in kari.text
    assert "Only you and the moderators see this." in kari.text
    kari.send("Gets in my way")
    return int(re.match(r"/posts/(\d+)", kari.path)[1])


def is_let_in_by_a_moderator(kari, mona, post):
    """The first post of somebody new waits; nobody else sees it until a moderator opens it."""
    mona.open("/moderation")
    assert COMPLAINT["title"] in mona.text
    mona.send("Approve", into="/moderation/")

    kari.open(f"/posts/{post}")
    assert "Only you and the moderators see this." not in kari.text


def is_joined_by_others(others, post):
    """Others vote, and one of them says so."""
    for other in others:
        other.open("/?order=newest")
        assert COMPLAINT["title"] in other.text
        other.open(f"/posts/{post}").send("Vote", into=f"/posts/{post}/vote")
    others[0].open(f"/posts/{post}").send("Comment", body="Mine too, every winter.")

    assert 'aria-pressed="true"><b>2</b>' in others[0].html
    assert "Mine too, every winter." in others[0].text


def is_grouped_with_others(petra, post):
    """A run groups what people say; the product manager accepts what it proposes and names the theme."""
    petra.open("/themes/review").send("Start a run")
    work_off_jobs()
    petra.open(petra.path)
    assert "A new theme of" in petra.text
    petra.send("Accept")
    assert "Every line is decided." in petra.text

    petra.open(f"/posts/{post}")
    theme = int(re.search(r'href="/themes/(\d+)"', petra.html)[1])
    petra.open(f"/themes/{theme}/name").send("Save", name_en="Slow seat heating")
    assert "Slow seat heating" in petra.open("/themes").text
    return theme


def is_promoted(petra, theme):
    """The theme becomes an item of the backlog, in customers' words, with its evidence."""
    petra.open(f"/themes/{theme}/promote")
    (form,) = [form for form in petra.forms() if "problem_en" in form.fields]
    assert form.fields["problem_en"][0].count("\n") >= 2  # sentences of several people
    petra.send("Promote", title_en="Seats that warm in minutes", is_public="yes")

    return int(re.match(r"/backlog/(\d+)", petra.path)[1])


def is_decided_about(petra, item):
    """It is planned with a public sentence, and work begins."""
    address = f"/backlog/{item}/move"
    petra.open(address).send("Decide", to="planned", sentence_en="We build a faster heater for the seats.")
    petra.open(address).send("Decide", to="in progress", sentence_en="The new heater is on the test bench.")

    petra.open(f"/backlog/{item}/evidence")
    assert COMPLAINT["title"] in petra.text
    assert "Seats that warm in minutes" in petra.open("/roadmap").text


def reads_the_decision(kari, post):
    """Her post shows what becomes of it, and so does the public decision book."""
    kari.open(f"/posts/{post}")
    assert "In progress" in kari.text
    assert "The new heater is on the test bench." in kari.text
    assert "We build a faster heater for the seats." in kari.open("/decisions").text


def is_launched(petra, item):
    """The launch tells what was built."""
    petra.open(f"/backlog/{item}/launch").send(
        "Launch", title_en="Warm seats in two minutes", announcement_en="From this week on: **warm in two minutes**."
    )
    work_off_jobs()

    return int(re.search(r"/launches/(\d+)", petra.path + petra.html)[1])


def finds_the_receipt(kari, post, launch):
    """She finds her own sentence, what was decided, and how many others asked for it."""
    kari.open(f"/posts/{post}")
    assert "Warm seats in two minutes" in kari.text
    kari.open("/me/receipts")
    receipt = re.search(r'href="(/receipts/\d+)"', kari.html)[1]
    kari.open(receipt)

    assert "The seat stays cold for half the way" in kari.text
    assert "You wrote on" in kari.text
    assert "other people wrote or voted for the same." in kari.text
    assert "We build a faster heater for the seats." in kari.text
    kari.send("Name me")
    kari.open(f"/launches/{launch}")
    assert "Kari Hansen" in kari.text


def answers(kari, petra, item, launch):
    """Whether it solves it is hers to say, and the company reads it."""
    kari.open("/me/receipts")
    kari.open(re.search(r'href="(/receipts/\d+)"', kari.html)[1])
    kari.send("Send the answer", answer="partly", words="Warm now, but only in front.")
    assert "You answered:" in kari.text

    assert "Partly: 1" in petra.open(f"/launches/{launch}").text
    assert "Warm now, but only in front." in petra.open(f"/backlog/{item}").text
    assert "Warm now, but only in front." not in kari.open(f"/roadmap/{item}").text


def is_taken_up_again(petra, kari, item, post):
    """What is not solved goes back to be looked at, and she reads that too."""
    petra.open(f"/backlog/{item}/reopen").send("Reopen", sentence_en="The rear seats come next.")
    assert "In review" in petra.text

    kari.open(f"/posts/{post}")
    assert "The rear seats come next." in kari.text

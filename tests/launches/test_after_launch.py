"""What is said about a theme after something was launched for it."""

from datetime import timedelta

import sqlalchemy as sa

from forum.backlog import evidence
from forum.backlog.schemas import Reopening
from forum.backlog.services import reopen_item
from forum.core.clock import utcnow
from forum.core.people import ANYBODY
from forum.launches.models import Launch, Receipt
from forum.posts import timeline
from forum.posts.status import Status
from forum.web.panels import forget_panels
from tests.backlog.test_evidence import join


def test_a_post_that_joins_after_the_launch_becomes_no_part_of_it(session, make, build, launch):
    theme = make.theme("Seats", [make.post()])
    item = build(theme)
    launched = launch(item)
    people = item.people
    late = make.post()

    join(session, theme, late)

    session.refresh(late)
    assert (late.status, item.people, launched.people) == (Status.NEW, people, people)
    assert late.id not in evidence.standing_posts(session, item.id)
    assert not any("speaks for" in entry.sentence for entry in timeline.entries(session, late.id, ANYBODY))
    assert late.author_id not in session.scalars(sa.select(Receipt.user_id)).all()


def test_its_page_says_that_something_was_launched_for_the_theme(session, make, visitor, build, launch):
    theme = make.theme("Seats", [make.post("Hard seat")])
    item = build(theme)
    launched = launch(item)
    late, old = make.post("Still hard", when=utcnow()), make.post("Hard last year", when=utcnow() - timedelta(days=300))
    join(session, theme, late, old)
    session.commit()
    forget_panels()

    visitor.open(f"/posts/{late.id}")
    assert "Launched for this theme" in visitor.text
    assert "“Warm in four minutes” was launched on" in visitor.text
    assert "This post came after that and is counted as heard after the launch." in visitor.text
    assert f'href="/launches/{launched.id}"' in visitor.html
    assert "heard after the launch" not in visitor.open(f"/posts/{old.id}").text
    assert "came into the theme after that" in visitor.text
    assert "Launched for this theme" not in visitor.open(f"/posts/{launched_post(session, item)}").text


def launched_post(session, item):
    """A post that speaks for an item."""
    return evidence.standing_posts(session, item.id)[0]


def test_an_internal_launch_is_said_to_the_team_alone(session, make, manager, visitor, build, launch):
    theme = make.theme("Seats", [make.post("Hard seat")])
    launch(build(theme, is_public=False))
    late = make.post("Still hard", when=utcnow())
    join(session, theme, late)
    session.commit()
    forget_panels()

    assert "Launched for this theme" not in visitor.open(f"/posts/{late.id}").text
    assert "Launched for this theme" in visitor.sign_in(manager).open(f"/posts/{late.id}").text


def test_what_was_heard_after_the_launch_speaks_for_an_item_that_is_reopened(session, make, planner, build, launch):
    theme = make.theme("Seats", [make.post()])
    item = build(theme)
    launch(item)
    late = make.post()
    join(session, theme, late)

    reopen_item(session, item, Reopening(sentence_en="We look again.", argument="", version=item.version), by=planner)

    session.refresh(late)
    assert late.id in evidence.standing_posts(session, item.id)
    assert late.status is Status.IN_REVIEW
    assert session.scalar(sa.select(Launch.people)) == 1

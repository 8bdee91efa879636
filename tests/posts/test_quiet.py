"""Silence on a post's page: after 60 days it says that the post is still on the list."""

from datetime import timedelta

import pytest

from forum.core.clock import standing_at, utcnow
from forum.posts import timeline
from forum.posts.models import TimelineEntry
from forum.posts.services import set_status
from forum.posts.status import Moderation, Status

STILL = "Still on our list"


@pytest.fixture
def post(session, make):
    made = make.post("The seat is cold", when=utcnow() - timedelta(days=100))
    timeline.add(session, made.id, "heard", at=made.created_at)
    return made


def test_after_sixty_days_without_a_word_a_post_is_still_on_the_list(visitor, session, post):
    assert f"{STILL}. The company has not looked at it yet." in visitor.open(f"/posts/{post.id}").text

    post.looked_at = utcnow().replace(month=1, day=5, hour=12)
    assert f"{STILL}, last looked at on 5 January" in visitor.open(f"/posts/{post.id}").text


def test_a_word_within_sixty_days_is_enough(visitor, session, post):
    with standing_at(utcnow() - timedelta(days=59)):
        set_status(session, post, Status.IN_REVIEW)
    assert STILL not in visitor.open(f"/posts/{post.id}").text

    session.query(TimelineEntry).update({TimelineEntry.at: utcnow() - timedelta(days=61)})
    assert STILL in visitor.open(f"/posts/{post.id}").text


@pytest.mark.parametrize(
    "values",
    [{"status": Status.LAUNCHED}, {"status": Status.NOT_NOW}, {"moderation": Moderation.HIDDEN, "is_listed": False}],
)
def test_what_came_to_an_end_is_on_no_list(visitor, session, make, post, values):
    for name, value in values.items():
        setattr(post, name, value)

    assert STILL not in visitor.sign_in(make.moderator()).open(f"/posts/{post.id}").text


def test_right_after_posting_stands_by_when_an_answer_usually_comes(visitor, session, make):
    seats = make.area("seats", reply_minutes=3 * 24 * 60)
    visitor.sign_in(make.person()).open("/posts/new")
    visitor.send("Post", kind="complaint", title="The seat is cold", area_id=seats.id)

    assert "The first answer in Seats usually comes within 3 days." in visitor.text
    assert "Should nothing happen for 60 days, this page says when it was last looked at." in visitor.text

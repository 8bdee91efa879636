"""A ring of accounts votes: nobody loses a vote, and whoever decides sees it."""

from datetime import timedelta

import pytest

from forum.core.clock import utcnow
from forum.moderation.bursts import crowded_hours
from forum.posts import counting
from forum.posts.merging import merge
from forum.posts.models import Vote
from forum.themes.counting import recount


@pytest.fixture
def ring(session, make):
    """Five people over five weeks, then twenty new accounts within a quarter of an hour."""
    now = utcnow().replace(minute=0, second=0, microsecond=0)
    post = make.post("Cheaper leather", when=now - timedelta(days=60))
    for week in range(5):
        make.vote(post).cast_at = now - timedelta(weeks=week, hours=3)
    for n in range(20):
        maker = make.person(created_at=now - timedelta(days=n))
        session.add(Vote(post_id=post.id, user_id=maker.id, cast_at=now + timedelta(seconds=40 * n), is_counted=True))
    counting.recount(session, post)
    theme = make.theme("Leather", [post])
    recount(session, [theme.id])
    session.commit()
    return post, theme, now


def test_a_ring_adds_to_people_and_hardly_to_breadth(session, make, ring):
    post, theme, _start = ring
    honest = make.post(when=utcnow() - timedelta(days=60))
    for n in range(25):
        make.vote(honest).cast_at = utcnow() - timedelta(days=2 * n)
    counting.recount(session, honest)
    other = make.theme("Cold", [honest])
    recount(session, [other.id])

    assert (post.votes, post.effective_votes, honest.effective_votes) == (25, 16.0, 25.0)
    assert theme.people == other.people == 26
    assert theme.breadth == pytest.approx((16 * 6 * 16) ** (1 / 3), rel=0.1)
    assert other.breadth > 1.5 * theme.breadth


def test_the_crowded_hour_is_found_in_what_was_merged_as_well(session, make, ring):
    post, _theme, start = ring
    assert crowded_hours(session, post.id) == [(start, 20, 7)]

    other = make.post()
    merge(session, post, other, by=make.as_reader(make.moderator()))
    assert crowded_hours(session, other.id) == [(start, 20, 7)]


def test_moderators_and_product_managers_see_it_on_the_pages_and_customers_do_not(visitor, make, ring):
    post, theme, _start = ring
    for person in (make.moderator(), make.manager()):
        visitor.sign_in(person).open(f"/posts/{post.id}")
        for words in ("20 people within an hour, from", "7 accounts at most a week old", "16 votes instead of 25"):
            assert words in visitor.text
        visitor.open(f"/themes/{theme.id}")
        assert "25 votes, placed as if 16" in visitor.text

    visitor.sign_in(make.person()).open(f"/posts/{post.id}")
    assert "Many votes at once" not in visitor.text
    assert "Many votes at once" not in visitor.open(f"/themes/{theme.id}").text

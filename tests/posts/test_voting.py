"""Votes: one per person and post, counted with the vote itself, bursts weighing less."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from forum.accounts.events import PersonVerified
from forum.core import database
from forum.core.clock import standing_at, utcnow
from forum.core.errors import NotAllowed, NotFound
from forum.core.events import publish
from forum.core.people import ANYBODY
from forum.posts import counting, timeline
from forum.posts.models import Post, Vote
from forum.posts.status import Interest, Moderation, Visibility
from forum.posts.voting import PostId, cast_vote, withdraw_vote


def counters(post):
    return post.votes, post.votes_try, post.votes_buy, post.effective_votes


def test_a_vote_counts_and_moves_the_post_up(session, make):
    post = make.post()
    before = post.wanted_key, post.trending_key

    standing = cast_vote(session, post, by=make.reader())

    assert (standing.votes, standing.interest) == (1, Interest.WANT)
    assert counters(post) == (1, 0, 0, 1.0)
    assert post.wanted_key > before[0]
    assert post.trending_key > before[1]


def test_a_voter_says_how_far_they_go_and_takes_it_back(session, make):
    post, voter = make.post(), make.reader()

    seen = []
    for interest in (Interest.WANT, Interest.TRY, Interest.BUY, Interest.TRY):
        cast_vote(session, post, by=voter, interest=interest)
        seen.append(counters(post))
    withdraw_vote(session, post, by=voter)
    withdraw_vote(session, post, by=voter)

    assert seen == [(1, 0, 0, 1.0), (1, 1, 0, 1.0), (1, 0, 1, 1.0), (1, 1, 0, 1.0)]
    assert counters(post) == (0, 0, 0, 0.0)
    assert session.scalars(sa.select(Vote)).all() == []


def test_of_one_hour_the_votes_beyond_the_tenth_weigh_a_tenth(session, make):
    post, voters = make.post(), [make.reader() for _ in range(14)]
    hour = utcnow().replace(minute=30)

    with standing_at(hour):
        for voter in voters[:12]:
            cast_vote(session, post, by=voter)
    assert counters(post) == (12, 0, 0, 10.2)

    with standing_at(hour + timedelta(hours=1)):
        cast_vote(session, post, by=voters[12])
        assert counters(post) == (13, 0, 0, 11.2)
        withdraw_vote(session, post, by=voters[0])  # of the hour before
    assert counters(post) == (12, 0, 0, 11.1)


def test_counting_vote_by_vote_agrees_with_counting_afresh(session, make):
    post, voters = make.post(), [make.reader() for _ in range(25)]
    now = utcnow()
    for place, voter in enumerate(voters):
        with standing_at(now + timedelta(minutes=7 * (place % 13))):
            cast_vote(session, post, by=voter, interest=list(Interest)[place % 3])
    for voter in voters[::4]:
        withdraw_vote(session, post, by=voter)
    session.refresh(post)
    stored = (*counters(post), post.wanted_key, post.trending_key)

    counting.recount(session, post)

    assert stored == (*counters(post), post.wanted_key, post.trending_key)


def test_votes_of_unverified_people_are_kept_and_count_once_verified(session, make):
    post, person = make.post(), make.person(verified_at=None)
    cast_vote(session, post, by=make.as_reader(person), interest=Interest.BUY)
    assert counters(post) == (0, 0, 0, 0.0)

    person.verified_at = utcnow()
    publish(session, PersonVerified(person.id))
    session.refresh(post)

    assert counters(post) == (1, 0, 1, 1.0)


def test_a_vote_that_never_counted_is_withdrawn_without_a_trace(session, make):
    post, person = make.post(), make.reader(verified_at=None)
    cast_vote(session, post, by=person)
    withdraw_vote(session, post, by=person)

    assert counters(post) == (0, 0, 0, 0.0)


def test_authors_are_behind_their_posts_already(session, make):
    author = make.person()
    post = make.post(author=author)

    with pytest.raises(NotAllowed, match="counted behind it already"):
        cast_vote(session, post, by=make.as_reader(author))


@pytest.mark.parametrize(
    "hidden",
    [
        {"moderation": Moderation.WAITING},
        {"moderation": Moderation.HIDDEN},
        {"moderation": Moderation.REMOVED},
        {"visibility": Visibility.PRIVATE},
    ],
)
def test_voting_needs_seeing(session, make, hidden):
    post = make.post(**hidden)

    with pytest.raises(NotFound):
        cast_vote(session, post, by=make.reader())
    with pytest.raises(NotFound):
        withdraw_vote(session, post, by=make.reader())
    with pytest.raises(NotAllowed):
        cast_vote(session, post, by=make.as_reader(make.admin()))


def test_voting_needs_somebody(session, make):
    with pytest.raises(NotAllowed, match="Sign in"):
        cast_vote(session, make.post(), by=ANYBODY)


def test_round_numbers_are_told_once(session, make):
    post, voters = make.post(), [make.reader() for _ in range(10)]
    for voter in voters:
        cast_vote(session, post, by=voter)
    withdraw_vote(session, post, by=voters[0])
    cast_vote(session, post, by=voters[0])

    assert [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)] == ["10 people have voted for it."]


def press_all(post_id, readers):
    """Everybody presses at the same moment, each in a transaction of a thread of its own."""
    gate = Barrier(len(readers))

    def press(reader):
        gate.wait()
        with database.transaction() as session:
            cast_vote(session, PostId(post_id), by=reader)

    with ThreadPoolExecutor(len(readers)) as pool:
        return list(pool.map(press, readers))


def test_one_person_pressing_sixteen_times_at_once_has_one_vote(session, make):
    post, voter = make.post(), make.reader()
    session.commit()

    press_all(post.id, [voter] * 16)

    session.expire_all()
    assert counters(session.get(Post, post.id)) == (1, 0, 0, 1.0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 1


def test_fifty_people_at_once_are_fifty_votes(session, make):
    post, voters = make.post(), [make.reader() for _ in range(50)]
    session.commit()

    press_all(post.id, voters)

    session.expire_all()
    assert session.get(Post, post.id).votes == 50
    assert session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 50


def test_voting_and_withdrawing_at_once_ends_with_the_counters_right(session, make):
    post, voters = make.post(), [make.reader() for _ in range(12)]
    session.commit()

    def waver(reader):
        for interest in (Interest.WANT, Interest.BUY, None, Interest.TRY):
            with database.transaction() as own:
                if interest is None:
                    withdraw_vote(own, PostId(post.id), by=reader)
                else:
                    cast_vote(own, PostId(post.id), by=reader, interest=interest)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(waver, voters))

    session.expire_all()
    found = session.get(Post, post.id)
    stored = counters(found)
    counting.recount(session, found)
    assert stored[:3] == (12, 12, 0)
    assert counters(found) == stored

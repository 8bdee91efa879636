"""What speaks for an item: joining adds, a refit never takes away, a person may."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.backlog import evidence, jobs
from forum.backlog.changing import remove_evidence, restore_evidence
from forum.backlog.models import BacklogItem, Evidence, ItemTheme
from forum.backlog.queries import items_of_post, public_posts
from forum.backlog.services import move_item
from forum.backlog.status import Behind, ItemStatus
from forum.core.clock import utcnow
from forum.core.errors import NotAllowed, NotFound
from forum.core.events import publish
from forum.core.jobs import Job
from forum.core.people import ANYBODY
from forum.posts import timeline
from forum.posts.events import VoteChanged
from forum.posts.merging import merge, unmerge
from forum.posts.status import Interest, Status, Visibility
from forum.themes.events import PostsJoinedTheme, ThemesMerged
from forum.themes.models import ThemeMember
from forum.themes.status import Placing
from tests.backlog.conftest import decision


def join(session, theme, *posts):
    """Put posts into a theme, as a run or a new post's wording does."""
    for post in posts:
        member = session.get(ThemeMember, post.id)
        if member:
            member.theme_id = theme.id
        else:
            session.add(
                ThemeMember(post_id=post.id, theme_id=theme.id, placing=Placing.WORDING, similarity=0.5, since=utcnow())
            )
        post.theme_id = theme.id
    session.flush()
    publish(session, PostsJoinedTheme(theme.id, tuple(post.id for post in posts)))


def speaking(session, item):
    """The posts that speak for an item."""
    return set(evidence.standing_posts(session, item.id))


def test_a_post_that_joins_a_promoted_theme_speaks_for_its_item(session, make, planner, promote):
    theme = make.theme("Seats", [make.post()])
    item = promote(theme)
    move_item(session, item, ItemStatus.PLANNED, decision("planned", target="2027"), by=planner)
    late = make.post()

    join(session, theme, late)

    assert late.id in speaking(session, item)
    session.refresh(late)
    assert late.status is Status.PLANNED
    assert [entry.sentence for entry in timeline.entries(session, late.id, ANYBODY)] == [
        "It now speaks for “Warm seats” as well. Planned for 2027 as “Warm seats”."
    ]


def test_a_refit_that_moves_a_post_out_takes_nothing_away(session, make, promote):
    post = make.post()
    theme, other = make.theme("Seats", [post]), make.theme("Noise", [])
    item, second = promote(theme), promote(other)

    join(session, other, post)

    assert speaking(session, item) == {post.id}
    assert speaking(session, second) == {post.id}


def test_a_post_taken_out_by_a_person_is_not_brought_back_by_a_run(session, make, planner, promote):
    stays, goes = make.post(), make.post()
    theme = make.theme("Seats", [stays, goes])
    item = promote(theme)
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)

    remove_evidence(session, item, goes.id, by=planner)
    join(session, theme, goes)

    assert speaking(session, item) == {stays.id}
    session.refresh(goes)
    assert (item.posts, goes.status) == (1, Status.NEW)
    assert timeline.entries(session, goes.id, ANYBODY)[-1].sentence == (
        "The team found that it is about something else than “Warm seats”."
    )

    restore_evidence(session, item, goes.id, by=planner)
    assert speaking(session, item) == {stays.id, goes.id}
    session.refresh(goes)
    assert goes.status is Status.PLANNED


def test_only_planners_take_posts_out_and_only_those_that_speak(session, make, planner, promote):
    post = make.post()
    item = promote(make.theme("Seats", [post]))

    with pytest.raises(NotAllowed):
        remove_evidence(session, item, post.id, by=make.as_reader(make.moderator()))
    with pytest.raises(NotFound):
        remove_evidence(session, item, make.post().id, by=planner)


def test_the_item_follows_a_theme_that_is_merged(session, make, promote):
    theme, heir = make.theme("Seats", [make.post()]), make.theme("Warmth", [make.post()])
    item = promote(theme)

    publish(session, ThemesMerged(from_id=theme.id, into_id=heir.id))

    assert session.scalars(sa.select(ItemTheme.theme_id)).all() == [heir.id]
    assert len(speaking(session, item)) == 2


def test_two_items_stay_apart_when_their_themes_are_merged(session, make, promote):
    theme, heir = make.theme("Seats", [make.post()]), make.theme("Warmth", [make.post()])
    item, second = promote(theme), promote(heir)

    publish(session, ThemesMerged(from_id=theme.id, into_id=heir.id))

    links = session.execute(sa.select(ItemTheme.theme_id, ItemTheme.item_id)).all()
    assert {tuple(link) for link in links} == {(theme.id, item.id), (heir.id, second.id)}


def test_everybody_is_behind_an_item_once(session, make, promote):
    kari, ola, private_voice = make.person(), make.person(), make.person()
    old, new = make.post(author=kari, when=utcnow() - timedelta(days=200)), make.post(author=kari)
    other = make.post(author=None, author_id=None)
    hidden = make.post(author=private_voice, visibility=Visibility.PRIVATE)
    make.vote(old, ola, Interest.BUY)
    make.vote(other, ola)
    make.vote(other, kari)
    uncounted = make.vote(new)
    uncounted.is_counted = False
    item = promote(make.theme("Seats", [old, new, other, hidden]))

    people = {voice.user_id: voice for voice in evidence.people_behind(session, item.id)}

    assert {user_id: (voice.behind, voice.post_id) for user_id, voice in people.items()} == {
        kari.id: (Behind.AUTHOR, old.id),
        ola.id: (Behind.VOTER, old.id),
        private_voice.id: (Behind.AUTHOR, hidden.id),
    }
    numbers = evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id))
    assert (numbers.posts, numbers.private, numbers.people, numbers.authors) == (4, 1, 3, 2)
    assert (numbers.recent, numbers.would_try, numbers.would_buy, numbers.organisations) == (3, 1, 1, 0)
    assert (item.posts, item.people) == (3, 2)


def test_a_vote_has_its_item_counted_soon_and_only_once_planned(session, make, promote):
    post = make.post()
    item = promote(make.theme("Seats", [post]))
    planned = sa.select(sa.func.count()).where(Job.name == "backlog.recount")
    before = session.scalar(planned)

    for _ in range(3):
        vote = make.vote(post)
        publish(session, VoteChanged(post.id, vote.user_id, post.product_id, post.theme_id))
    assert session.scalar(planned) == before + 1
    session.commit()
    jobs.recount()
    session.expire_all()

    assert (item.people, item.votes, item.is_count_due) == (4, 3, False)


def test_an_item_is_counted_again_after_a_day(session, make, promote):
    item = promote(make.theme("Seats", [make.post(when=utcnow() - timedelta(days=80))]))
    assert item.reach == 1
    item.counted_at = utcnow() - timedelta(days=2)
    session.commit()

    jobs.recount()

    session.expire_all()
    assert utcnow() - session.scalars(sa.select(BacklogItem.counted_at)).one() < timedelta(minutes=1)


def test_numbers_cost_one_query_whatever_there_is(session, make, promote, count_queries):
    item = promote(make.theme("Seats", [make.post() for _ in range(5)]))

    with count_queries() as seen:
        evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id))

    assert len(seen) == 1


def test_whoever_is_behind_a_merged_post_stays_behind_the_item(session, make, promote):
    first, second = make.post(), make.post()
    make.vote(second)
    item = promote(make.theme("Seat heating", [first, second]))
    evidence.recount(session, [item.id])
    before = item.people, evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id))

    merge(session, second, first, by=make.as_reader(make.moderator()))
    evidence.recount(session, [item.id])

    assert (item.people, evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id))) == before
    assert (item.people, item.votes) == (3, 1)


@pytest.fixture
def moderator(make):
    """Joins posts."""
    return make.as_reader(make.moderator())


def counts(session, item):
    """Posts, people and votes of an item, counted afresh."""
    evidence.recount(session, [item.id])
    return item.posts, item.people, item.votes


def test_an_item_that_holds_only_a_merged_post_keeps_its_people_and_votes(session, make, promote, moderator):
    first, second, third, both = make.post(), make.post(), make.post(), make.person()
    for post in (first, second, third):
        make.vote(post, both)
        make.vote(post)
    merge(session, third, second, by=moderator)
    item = promote(make.theme("Seat heating", [second]))
    before = counts(session, item)

    merged = merge(session, second, first, by=moderator)

    assert counts(session, item) == before == (1, 5, 3)
    assert [post.id for post in public_posts(session, item.id, 5)] == [first.id]  # where it is read now
    make.erase(session.get_one(User, third.author_id))
    assert counts(session, item)[1:] == (4, 3)  # who voted for an erased post is there still
    unmerge(session, merged, by=moderator)
    assert counts(session, item) == (1, 4, 3)


def test_what_is_merged_into_evidence_counts_and_nobody_twice(session, make, promote, moderator):
    first, second, both = make.post(), make.post(), make.person()
    for post in (first, second):
        make.vote(post, both, Interest.TRY if post is first else Interest.BUY)
    make.vote(second)
    item = promote(make.theme("Seat heating", [first]))
    assert counts(session, item) == (1, 2, 1)

    merged = merge(session, second, first, by=moderator)
    assert counts(session, item) == (1, 4, 2)
    numbers = evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id))
    assert (numbers.posts, numbers.people, numbers.would_buy) == (1, 4, 1)

    unmerge(session, merged, by=moderator)
    assert counts(session, item) == (1, 2, 1)


def test_a_survivor_shows_how_far_a_merged_post_has_come_until_they_are_separated(
    session, make, planner, promote, moderator
):
    top, first, second = make.post(), make.post(), make.post()
    item = promote(make.theme("Seat heating", [second]))
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)
    looked_at = first.looked_at

    merged = merge(session, second, first, by=moderator)
    assert (first.status, first.looked_at) == (Status.PLANNED, looked_at)
    assert [row.id for row in items_of_post(session, moderator, first.id)] == [item.id]
    above = merge(session, first, top, by=moderator)
    session.flush()
    move_item(session, item, ItemStatus.IN_PROGRESS, decision("in progress"), by=planner)
    session.expire_all()
    assert [post.status for post in (top, first, second)] == [Status.IN_PROGRESS] * 3
    assert timeline.entries(session, top.id, ANYBODY)[-1].sentence == "Being built as “Warm seats”."

    unmerge(session, above, by=moderator)
    assert (top.status, first.status) == (Status.NEW, Status.IN_PROGRESS)
    unmerge(session, merged, by=moderator)
    assert (first.status, second.status, first.looked_at) == (Status.NEW, Status.IN_PROGRESS, looked_at)


def test_the_more_advanced_of_two_items_is_what_a_survivor_shows(session, make, planner, promote, moderator):
    first, second = make.post(), make.post()
    item, other = (promote(make.theme(name, [post])) for name, post in (("Seats", first), ("Warmth", second)))
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)
    move_item(session, other, ItemStatus.IN_REVIEW, decision("in review"), by=planner)

    merged = merge(session, second, first, by=moderator)
    assert first.status is Status.PLANNED
    for to in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS):
        move_item(session, other, to, decision(to.value), by=planner)
    session.refresh(first)
    assert first.status is Status.IN_PROGRESS

    unmerge(session, merged, by=moderator)
    assert (first.status, second.status) == (Status.PLANNED, Status.IN_PROGRESS)


def test_a_vote_on_what_was_merged_into_evidence_has_the_item_counted_soon(session, make, promote, moderator):
    first, second = make.post(), make.post()
    item = promote(make.theme("Seat heating", [first]))
    merge(session, second, first, by=moderator)
    evidence.recount(session, [item.id])

    publish(session, VoteChanged(second.id, make.vote(second).user_id, second.product_id, None))

    session.refresh(item)
    assert item.is_count_due

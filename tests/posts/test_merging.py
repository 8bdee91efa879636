"""Merging posts that say the same, and taking it back."""

from time import perf_counter
from typing import Any

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed, NotFound
from forum.core.people import Role
from forum.posts import counting, merging, services
from forum.posts.commenting import add_comment
from forum.posts.models import Comment, Follow, Merge, Post, Vote
from forum.posts.schemas import NewComment, PostChanges
from forum.posts.status import Interest, Kind, Moderation, Status, Visibility, Voice
from forum.posts.voting import cast_vote, count_votes_of, withdraw_vote
from forum.products.models import Area
from forum.products.status import Openness
from tests.make import Make


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR, department="Community")


@pytest.fixture
def people(make):
    """Twelve customers."""
    return [make.reader() for _ in range(12)]


def dump(session) -> dict[str, list[Any]]:
    """Every row of what merging touches and undoing restores."""
    session.flush()
    tables = (Post, Vote, Comment, Follow, Area)
    return {
        one.__tablename__: sorted(map(tuple, session.execute(sa.select(one.__table__))), key=repr) for one in tables
    }


def numbers(session, post) -> tuple[Any, ...]:
    """What a post counts."""
    session.refresh(post)
    return post.votes, post.votes_try, post.votes_buy, post.effective_votes, post.comments


def test_everybody_counts_once_with_the_strongest_interest(session, make, kari, people):
    first, second = make.post("The seat is cold"), make.post("Cold seats")
    for reader in people[:8]:
        cast_vote(session, first, by=reader)
    for reader in people[5:]:
        cast_vote(session, second, by=reader, interest=Interest.TRY if reader is people[11] else Interest.BUY)
    unverified = make.reader(verified_at=None)
    cast_vote(session, first, by=unverified)

    receipt = merging.preview(session, second, first)
    merging.merge(session, second, first, by=kari)

    assert (receipt.votes_into, receipt.votes, receipt.people, receipt.both) == (8, 7, 12, 3)
    assert numbers(session, first) == (12, 1, 6, 10.2, 0)
    assert (receipt.would_try, receipt.would_buy, receipt.posts) == (1, 6, 2)
    assert session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 16  # none moved, none went
    assert (second.moderation, second.survivor_id, second.is_listed) == (Moderation.MERGED, first.id, False)


def test_undoing_restores_every_row(session, make, kari, people):
    first, second, third = (make.post(title) for title in ("The seat is cold", "Cold seats", "Seats freeze"))
    for place, post in enumerate((first, second, third)):
        for reader in people[place : place + 8]:
            cast_vote(session, post, by=reader, interest=list(Interest)[place])
        make.comment(post)
        services.follow(session, post, by=people[place])
    make.comment(second, "We look into it.", author=make.manager(), voice=Voice.OFFICIAL)
    merging.merge(session, third, second, by=kari)
    counting.recount_areas(session, [first.area_id])
    before = dump(session)

    merged = merging.merge(session, second, first, by=kari)
    assert numbers(session, first)[0] == 10
    assert (first.comments, first.status, third.survivor_id) == (4, Status.ANSWERED, first.id)
    merging.unmerge(session, merged, by=kari)

    assert dump(session) == before
    assert third.survivor_id == second.id  # the subtree came along


def plant_votes(session, make) -> tuple[Post, Post]:
    """Two posts with 10,000 votes each, of 17,000 people: 3,000 voted on both."""
    first, second, now = make.post(), make.post(), utcnow()
    fixed = {"name_skeleton": "", "created_at": now, "verified_at": now}
    people = [fixed | {"display_name": str(n)} for n in range(17_000)]
    ids = session.scalars(sa.insert(User).returning(User.id), people).all()
    for post, voters in ((first, ids[:10_000]), (second, ids[7_000:])):
        rows = [{"post_id": post.id, "user_id": user_id, "cast_at": now, "is_counted": True} for user_id in voters]
        session.execute(sa.insert(Vote), rows)
        counting.recount(session, post)
    return first, second


def check_large_merge(session, make) -> tuple[Post, Post]:
    """Merge two large posts within a second and take it back: everybody counts once, and every row is as before."""
    first, second = plant_votes(session, make)
    moderator = make.reader("", Role.MODERATOR, department="Community")
    before, began = dump(session), perf_counter()

    merged = merging.merge(session, second, first, by=moderator)
    session.flush()
    took = perf_counter() - began
    assert (first.votes, took < 1) == (17_000, True)

    began = perf_counter()
    merging.unmerge(session, merged, by=moderator)
    session.flush()
    print(f"\n{session.get_bind().dialect.name}: merged in {took:.2f} s, undone in {perf_counter() - began:.2f} s")
    assert dump(session) == before
    return first, second


@pytest.mark.sqlite
def test_twenty_thousand_votes_are_merged_within_a_second_and_all_come_back(session, make, kari, queries):
    first, second = check_large_merge(session, make)

    # One more vote in such a group walks through nobody's but the voter's own and some of this hour's.
    merging.merge(session, second, first, by=kari)
    queries.clear()
    assert cast_vote(session, second, by=make.reader()).votes == 17_001
    looked = [query for query in queries if "FROM votes" in query]
    values = {"post": first.id, "voter": kari.id, "start": utcnow(), "end": utcnow()}
    statement = counting.OTHERS_IN_HOUR.compile(session.connection(), compile_kwargs={"render_postcompile": True})
    assert str(statement) in looked
    ordered = tuple(values.get(name, statement.params[name]) for name in statement.positiontup)
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ordered).all()
    steps = [row.detail for row in plan]
    assert "SEARCH votes USING INDEX ix_votes_post_cast (post_id=? AND cast_at>? AND cast_at<?)" in steps
    assert not [step for step in steps if step.startswith(("SCAN votes", "SCAN earlier", "SCAN posts"))]


@pytest.mark.long
@pytest.mark.postgresql
def test_twenty_thousand_votes_are_merged_within_a_second_on_postgresql(postgresql_session):
    check_large_merge(postgresql_session, Make(postgresql_session))


def test_merging_twice_and_undoing_twice_change_nothing(session, make, kari):
    first, second = make.post(), make.post()
    merged = merging.merge(session, second, first, by=kari)
    assert merging.merge(session, second, first, by=kari) is merged

    merging.unmerge(session, merged, by=kari)
    merging.unmerge(session, merged, by=kari)

    assert session.scalar(sa.select(sa.func.count()).select_from(Merge)) == 1
    log = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_id == second.id)).all()
    assert log == ["post.merge", "post.unmerge"]


def test_no_circle_can_be_made(session, make, kari):
    first, second, third = make.post(), make.post(), make.post()
    merging.merge(session, first, second, by=kari)
    merging.merge(session, second, third, by=kari)

    for post, into in ((third, first), (third, second), (third, third), (second, first), (first, third)):
        with pytest.raises((Conflict, Invalid)):
            merging.merge(session, post, into, by=kari)


@pytest.mark.parametrize(
    "values",
    [{"visibility": Visibility.PRIVATE}, {"moderation": Moderation.WAITING}, {"moderation": Moderation.HIDDEN}],
)
def test_only_what_everybody_can_read_is_joined(session, make, kari, values):
    public, other = make.post(), make.post(**values)

    for post, into in ((public, other), (other, public)):
        with pytest.raises(Invalid, match="Only posts that everybody can read are joined"):
            merging.merge(session, post, into, by=kari)


def test_no_idea_comes_into_an_area_that_takes_none_and_no_post_into_another_product(session, make, kari):
    idea, complaint = make.post(kind=Kind.IDEA), make.post(area=make.area(openness=Openness.LISTENING))
    elsewhere = make.post(area=make.area(product_id=make.product().id))

    with pytest.raises(Invalid, match="takes no ideas"):
        merging.merge(session, idea, complaint, by=kari)
    with pytest.raises(Invalid, match="different products"):
        merging.merge(session, complaint, elsewhere, by=kari)


def test_only_moderators_merge_and_unmerge(session, make, kari):
    first, second, third = make.post(), make.post(), make.post()
    merged = merging.merge(session, second, first, by=kari)

    for reader in (make.reader(), make.reader("", Role.MANAGER)):
        with pytest.raises(NotAllowed, match="Only moderators"):
            merging.merge(session, third, first, by=reader)
        with pytest.raises(NotAllowed, match="Only moderators"):
            merging.unmerge(session, merged, by=reader)


def test_voting_anywhere_in_a_group_acts_on_the_group(session, make, kari, people):
    first, second = make.post(), make.post()
    cast_vote(session, first, by=people[0])
    cast_vote(session, second, by=people[0], interest=Interest.BUY)
    merged = merging.merge(session, second, first, by=kari)

    assert cast_vote(session, second, by=people[1]).votes == 2
    assert cast_vote(session, first, by=people[1]).votes == 2  # counted already
    assert cast_vote(session, first, by=people[0], interest=Interest.TRY).votes == 2
    assert numbers(session, first)[:3] == (2, 1, 0)
    assert withdraw_vote(session, first, by=people[0]).votes == 1
    assert withdraw_vote(session, first, by=people[0]).votes == 1

    merging.unmerge(session, merged, by=kari)
    assert (numbers(session, first)[0], numbers(session, second)[0]) == (0, 1)  # where it was cast


def test_nobody_votes_for_their_own_post_by_way_of_a_merged_one(session, make, kari):
    author = make.person()
    first, second = make.post(author=author), make.post()
    merging.merge(session, second, first, by=kari)

    for post in (first, second):
        with pytest.raises(NotAllowed, match="own post"):
            cast_vote(session, post, by=make.as_reader(author))


def test_no_vote_comes_in_by_way_of_a_merged_post_where_the_survivor_takes_none(session, make, kari, people):
    first, second = make.post(), make.post()
    merging.merge(session, second, first, by=kari)
    services.hide_post(session, first, by=kari, reason="For a while.")

    with pytest.raises(NotFound):
        cast_vote(session, second, by=people[0])


def test_a_post_that_speaks_for_others_does_not_become_private(session, make, kari):
    author = make.person()
    first, second = make.post(author=author), make.post()
    merging.merge(session, second, first, by=kari)
    changes = PostChanges(title="Mine", area_id=first.area_id, visibility=Visibility.PRIVATE, version=1)

    with pytest.raises(Invalid, match="joined with yours"):
        services.edit_post(session, first, changes, by=make.as_reader(author))


def test_a_merged_post_is_only_put_back_by_undoing_the_merge(session, make, kari):
    first, second = make.post(), make.post()
    merging.merge(session, second, first, by=kari)

    with pytest.raises(Conflict):
        services.restore_post(session, second, by=kari, reason="A mistake.")


def test_kept_votes_on_a_merged_post_count_for_the_survivor_once_verified(session, make, kari, queries):
    first, second, person = make.post(), make.post(), make.person(verified_at=None)
    cast_vote(session, second, by=make.as_reader(person))
    merging.merge(session, second, first, by=kari)
    assert numbers(session, first)[0] == 0

    person.verified_at = utcnow()
    queries.clear()
    count_votes_of(session, person.id)

    assert not [one for one in queries if "GROUP BY votes.user_id" in one]  # nobody else's votes are walked through
    assert numbers(session, first)[0] == 1


def test_a_reply_below_the_survivor_hangs_where_the_comment_hangs(session, make, kari, people):
    first, second = make.post(), make.post()
    said = make.comment(second, "Mine too.")
    merged = merging.merge(session, second, first, by=kari)

    reply = add_comment(session, first, NewComment(body="So is mine.", parent_id=said.id), by=people[0])

    assert reply.post_id == second.id
    assert (numbers(session, first)[-1], numbers(session, second)[-1]) == (2, 2)
    merging.unmerge(session, merged, by=kari)
    assert (numbers(session, first)[-1], numbers(session, second)[-1]) == (0, 2)


def test_followers_are_united(session, make, kari, people):
    first, second = make.post(), make.post()
    for post, reader in ((first, people[0]), (second, people[0]), (second, people[1])):
        services.follow(session, post, by=reader)
    receipt = merging.preview(session, second, first)
    merging.merge(session, second, first, by=kari)

    assert (receipt.followers, receipt.followers_in_all) == (2, 2)
    assert merging.followers(session, first.id) == [people[0].id, people[1].id]

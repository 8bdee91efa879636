"""The same on PostgreSQL, where rows are locked one by one and not the whole database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from time import sleep

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from forum.core import database
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.people import ANYBODY, Role
from forum.posts import commenting, counting, locking, merging, services, timeline
from forum.posts.commenting import add_comment
from forum.posts.models import Comment, Post, Vote
from forum.posts.reading import own_posts, read_post
from forum.posts.schemas import NewComment, NewPost, PostChanges
from forum.posts.status import Interest
from forum.posts.talk import read_talk
from forum.posts.voting import PostId, cast_vote, withdraw_vote
from tests.make import Make

pytestmark = pytest.mark.postgresql


@pytest.fixture
def engine(postgresql: str) -> Iterator[Engine]:
    engine = database.make_engine(postgresql)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)


def counters(post):
    return post.votes, post.votes_try, post.votes_buy, post.effective_votes, post.wanted_key, post.trending_key


def test_votes_at_once_are_counted_once_each(engine, session, make):
    post, voters = make.post(), [make.reader() for _ in range(12)]
    pressing = [reader for reader in voters for _ in range(2)]
    session.commit()
    gate = Barrier(10)

    def press(numbered):
        number, reader = numbered
        if number < 10:
            gate.wait(10)
        for interest in (Interest.WANT, Interest.BUY, None, Interest.TRY):
            with Session(engine) as own, own.begin():
                if interest is None:
                    withdraw_vote(own, PostId(post.id), by=reader)
                else:
                    cast_vote(own, PostId(post.id), by=reader, interest=interest)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(press, enumerate(pressing)))

    session.expire_all()
    found = session.get(Post, post.id)
    stored = counters(found)
    counting.recount(session, found)
    assert counters(found) == stored
    assert stored[:3] == (12, 12, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Vote)) == 12


def wait_for_waiting(engine, n):
    """Wait until so many transactions wait for locks."""
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _try in range(500):
        with engine.connect() as own:
            if own.scalar(waiting) >= n:
                return
        sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("acts", [(0, 1), (1, 0), (0, 1, 2), (2, 1, 0)])
def test_nobody_waits_in_a_circle_for_posts_that_are_just_being_merged(engine, session, make, acts):
    merged, survivor, third = make.post(), make.post(), make.post()  # the survivor has the higher number
    kari, comment = make.reader("", Role.MODERATOR), make.comment(merged)
    voters = [make.reader() for _ in acts]
    session.commit()

    def act(kind, reader):
        with Session(engine) as own, own.begin():
            if kind == 2:
                commenting.hide_comment(own, own.get_one(Comment, comment.id), by=kari, reason="Why not.")
            else:
                cast_vote(own, PostId((merged, survivor)[kind].id), by=reader)

    with ThreadPoolExecutor(len(acts)) as pool:
        merging.merge(session, merged, survivor, by=kari)  # holds both
        pressed = []
        for n, (kind, reader) in enumerate(zip(acts, voters, strict=True), 1):
            pressed.append(pool.submit(act, kind, reader))
            wait_for_waiting(engine, n)
        session.commit()
        for one in pressed:
            one.result(10)

    session.expire_all()
    assert (survivor.votes, merged.votes, survivor.comments) == (2, 1, int(2 not in acts))
    assert third.votes == 0


def test_votes_and_merges_at_once_all_go_through(engine, session, make):
    posts, kari = [make.post() for _ in range(4)], make.reader("", Role.MODERATOR)
    voters = [make.reader() for _ in range(6)]
    session.commit()
    gate = Barrier(8)

    def vote(reader):
        gate.wait(10)
        for turn in range(8):
            with Session(engine) as own, own.begin():
                chosen = PostId(posts[(turn * 3 + (reader.id or 0)) % 4].id)
                withdraw_vote(own, chosen, by=reader) if turn % 5 == 4 else cast_vote(own, chosen, by=reader)

    def join(places):
        gate.wait(10)
        for post, into in places * 2:
            with Session(engine) as own, own.begin(), suppress(Conflict, Invalid):
                merging.merge(own, own.get_one(Post, posts[post].id), own.get_one(Post, posts[into].id), by=kari)
            with Session(engine) as own, own.begin(), suppress(NotFound):
                merging.unmerge(own, merging.standing_merge(own, posts[post].id), by=kari)

    with ThreadPoolExecutor(8) as pool:
        pressed = [pool.submit(vote, reader) for reader in voters]
        pressed += [pool.submit(join, places) for places in ([(0, 3), (1, 0)], [(3, 1), (0, 2)])]
        for one in pressed:
            one.result(30)

    session.expire_all()
    for post in session.scalars(sa.select(Post)):
        stored = counters(post)
        counting.recount(session, post)
        assert counters(post) == stored


def test_who_waited_for_a_post_that_was_joined_meanwhile_holds_nobody_up(engine, session, make):
    """A group is locked by somebody while its head is held by another, who changes the rest of it next."""
    early, late, kari = make.post(), make.post(), make.reader("", Role.MODERATOR)
    session.commit()

    def change_the_rest():
        with Session(engine) as own, own.begin():
            own.execute(sa.select(Post.id).where(Post.id == late.id).with_for_update())
            sleep(0.3)  # the other one has been let go on meanwhile
            own.execute(sa.update(Post).where(Post.id == early.id).values(comments=1))

    def lock_both():
        with Session(engine) as own, own.begin():
            locking.lock_groups(own, [early.id, late.id])

    with ThreadPoolExecutor(2) as pool:
        merging.merge(session, early, late, by=kari)
        waiting = [pool.submit(change_the_rest)]
        wait_for_waiters(engine, 1)
        waiting.append(pool.submit(lock_both))
        wait_for_waiters(engine, 2)
        session.commit()
        for one in waiting:
            one.result(10)


def wait_for_waiters(engine: Engine, count: int) -> None:
    """Wait until so many wait for a lock."""
    while True:
        with engine.connect() as connection:
            waits = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if (connection.scalar(waits) or 0) >= count:
                return
        sleep(0.01)


def test_a_post_lives_its_life(session, make):
    area, author, team = make.area(), make.person(approved_posts=0), make.reader("Eline", Role.MODERATOR)
    new = NewPost(kind="complaint", title="The seat is cold every morning", area_id=area.id)
    post = services.submit_post(session, new, by=make.as_reader(author))
    services.open_post(session, post, by=team)
    comment = add_comment(session, post, NewComment(body="We look.", voice="official"), by=team)
    add_comment(session, post, NewComment(body="Thanks.", parent_id=comment.id), by=make.as_reader(author))
    changes = PostChanges(title="Colder", area_id=area.id, version=1)
    services.edit_post(session, post, changes, by=make.as_reader(author))
    services.hide_post(session, post, by=team, reason="For a moment.")
    services.restore_post(session, post, by=team, reason="")
    services.set_status(session, post, None)
    session.commit()
    session.expire_all()

    assert (area.posts, area.unanswered, area.reply_minutes) == (1, 0, 0)
    for reader in (ANYBODY, make.as_reader(author), team, make.reader("", Role.EMPLOYEE)):
        read, talk = read_post(session, post.id, reader), read_talk(session, post.id, reader)
        assert (read.title, read.comments, read.follows) == ("Colder", 2, reader.id == author.id)
        assert (talk.pinned.id, [line.is_reply for line in talk.lines]) == (comment.id, [False, True])
        assert [entry.kind for entry in talk.entries] == ["heard", "answered"]
    assert [own.title for own in own_posts(session, make.as_reader(author), before=2**31 - 1, limit=5)] == ["Colder"]
    assert [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)][1] == "The company answered."

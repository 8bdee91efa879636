"""The board's orders and filters."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core.clock import utcnow
from forum.core.people import ANYBODY, Reader
from forum.posts import counting
from forum.posts.board import read_board
from forum.posts.cards import read_areas
from forum.posts.models import Post
from forum.posts.services import import_post
from forum.posts.status import Kind, Moderation, Order, Status, Visibility
from forum.posts.voting import cast_vote
from forum.posts.wishes import Wish
from forum.products.status import Openness


def walk(session, wish: Wish, reader: Reader = ANYBODY) -> list[list[int]]:
    """The ids on every page of a wish."""
    areas = read_areas(session)
    names = {area.id: area.name["en"] for area in areas.values()}
    pages, after = [], ""
    while True:
        page = read_board(session, wish, reader, areas, names, after)
        pages.append([card.id for card in page.rows])
        after = page.after
        if not after:
            return pages


def ids_of(pages: list[list[int]]) -> list[int]:
    """All ids, page after page."""
    return [post_id for page in pages for post_id in page]


def test_newest_comes_first_and_pages_by_key(session, make):
    area = make.area()
    posts = [make.post(area=area, when=utcnow() - timedelta(hours=n), author_id=None) for n in range(65)]
    session.commit()

    pages = walk(session, Wish(order=Order.NEWEST))

    assert [len(page) for page in pages] == [30, 30, 5]
    assert ids_of(pages) == [post.id for post in posts]


def test_a_large_import_does_not_push_new_posts_off_the_front_page(session, make):
    area = make.area()
    own = [make.post(area=area, when=utcnow() - timedelta(days=1 + n), author_id=None) for n in range(20)]
    for n in range(200):
        when = None if n % 2 else utcnow() - timedelta(days=400 + n)
        import_post(
            session,
            area=area,
            kind=Kind.COMPLAINT,
            title=f"Said elsewhere {n}",
            body="",
            language="en",
            author_id=None,
            written_at=when,
            source="import",
        )
    session.commit()

    mix = walk(session, Wish())
    assert {post.id for post in own} <= set(mix[0])
    assert len(ids_of(mix)) == len(set(ids_of(mix))) == 220
    unanswered = ids_of(walk(session, Wish(order=Order.UNANSWERED)))
    assert unanswered[:20] == [post.id for post in own]
    assert len(set(unanswered)) == len(unanswered) == 220


def test_a_vote_does_not_make_an_undated_post_a_fresh_one(session, make):
    area = make.area()
    own = make.post(area=area, when=utcnow() - timedelta(days=300), author_id=None)
    undated = make.post(area=area, source="import", is_dated=False, author_id=None)
    quiet = make.post(area=area, source="import", is_dated=False, author_id=None)
    cast_vote(session, undated, by=make.reader())
    session.commit()

    assert ids_of(walk(session, Wish(order=Order.RISING))) == [own.id, undated.id, quiet.id]


@pytest.mark.parametrize("seed", range(8))
def test_the_mix_shows_every_listed_post_exactly_once(session, make, seed):
    dice = random.Random(seed)
    areas = [make.area(), make.area()]
    for _n in range(dice.choice((29, 31, 90, 150))):
        post = make.post(
            area=dice.choice(areas),
            author_id=None,
            when=utcnow() - timedelta(hours=dice.choice((1, 20, 300, 400, 5000)) * dice.random()),
            answered_at=utcnow() if dice.random() < 0.4 else None,
            moderation=Moderation.OPEN if dice.random() < 0.9 else Moderation.HIDDEN,
            source="site" if dice.random() < 0.7 else "import",
            is_dated=dice.random() < 0.9,
            kind=dice.choice(list(Kind)),
        )
        post.effective_votes = post.votes = dice.choice((0, 1, 50))
        post.views = dice.choice((0, 29, 30))
        counting.refresh_keys(post)
    session.commit()
    listed = set(session.scalars(sa.select(Post.id).where(Post.is_listed)))
    ideas = set(session.scalars(sa.select(Post.id).where(Post.is_listed, Post.kind == Kind.IDEA)))
    here = set(session.scalars(sa.select(Post.id).where(Post.is_listed, Post.area_id == areas[0].id)))

    for wish, expected in ((Wish(), listed), (Wish(kind=Kind.IDEA), ideas), (Wish(area=areas[0].id), here)):
        shown = ids_of(walk(session, wish))
        assert len(shown) == len(set(shown))
        assert set(shown) == expected


def test_of_ten_places_six_are_trending_two_are_owed_views_and_two_lack_an_answer(session, make):
    area = make.area()
    now = utcnow()
    trending = [make.post(area=area, when=now - timedelta(hours=n), views=30, answered_at=now) for n in range(1, 20)]
    owed = [make.post(area=area, when=now - timedelta(days=13, hours=-n), answered_at=now) for n in range(3)]
    unanswered = [make.post(area=area, when=now - timedelta(days=60 - n), views=30) for n in range(3)]
    session.commit()

    first = walk(session, Wish())[0][:10]

    def ids(posts):
        return [post.id for post in posts]

    assert first == [
        *ids(trending[:2]),
        owed[0].id,
        *ids(trending[2:4]),
        unanswered[0].id,
        *ids(trending[4:6]),
        owed[1].id,
        unanswered[1].id,
    ]


def test_filters_narrow_every_order(session, make):
    cabin = make.area("cabin")
    seats = make.area("seats", parent_id=cabin.id)
    engine = make.area("engine", Openness.CLOSED)
    wanted = make.post(area=seats, kind=Kind.IDEA, language="nb", status=Status.PLANNED, answered_at=utcnow())
    wanted.last_answered_at = utcnow()
    counting.refresh_keys(wanted)
    make.post(area=cabin, kind=Kind.COMPLAINT, language="nb")
    make.post(area=engine, kind=Kind.IDEA, language="en")
    session.commit()
    wish = Wish(kind=Kind.IDEA, language="nb", status=Status.PLANNED, area=cabin.id)

    for order in Order:
        expected = [] if order is Order.UNANSWERED else [wanted.id]
        assert ids_of(walk(session, replace(wish, order=order))) == expected


def test_mine_shows_ones_own_posts_whatever_their_state(session, make):
    kari = make.person("Kari")
    waiting = make.post(author=kari, moderation=Moderation.WAITING)
    private = make.post(author=kari, visibility=Visibility.PRIVATE)
    make.post(author=kari, moderation=Moderation.ERASED)
    make.post()
    session.commit()

    assert walk(session, Wish(mine=True), make.as_reader(kari)) == [[private.id, waiting.id]]

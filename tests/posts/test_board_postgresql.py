"""The board on PostgreSQL: the same pages from the same statements."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import database
from forum.core.clock import utcnow
from forum.core.people import ANYBODY
from forum.posts import counting, readers
from forum.posts.board import read_board
from forum.posts.cards import read_areas
from forum.posts.models import Post
from forum.posts.status import Kind, Order, Status
from forum.posts.wishes import Wish
from tests.make import Make

pytestmark = pytest.mark.postgresql


def test_every_order_shows_every_post_exactly_once(postgresql):
    engine = database.make_engine(postgresql)
    dice = random.Random(1)
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session)
        top = make.area()
        areas = [top, make.area(parent_id=top.id)]
        for _n in range(95):
            answered = utcnow() if dice.random() < 0.4 else None
            post = make.post(
                area=dice.choice(areas),
                author_id=None,
                when=utcnow() - timedelta(hours=2000 * dice.random()),
                kind=dice.choice(list(Kind)),
                status=dice.choice([Status.NEW, Status.PLANNED]),
                answered_at=answered,
                last_answered_at=answered,
            )
            post.votes = dice.choice((0, 1, 40))
            counting.refresh_keys(post)
        session.commit()
        for order in Order:
            for wish in (
                Wish(order),
                Wish(order, kind=Kind.IDEA),
                Wish(order, area=top.id),
                Wish(order, status=Status.PLANNED),
            ):
                assert walk(session, wish) == expected(session, wish), f"{wish}"
    engine.dispose()


def walk(session: Session, wish: Wish) -> list[int]:
    """All ids of a wish, page after page, sorted."""
    areas = read_areas(session)
    names = dict.fromkeys(areas, "")
    ids: list[int] = []
    after = ""
    while True:
        page = read_board(session, wish, ANYBODY, areas, names, after)
        ids += [card.id for card in page.rows]
        after = page.after
        if not after:
            return sorted(ids)


def expected(session: Session, wish: Wish) -> list[int]:
    """The ids that a wish is about."""
    query = sa.select(Post.id).where(Post.is_listed).order_by(Post.id)
    if wish.kind:
        query = query.where(Post.kind == wish.kind)
    if wish.status:
        query = query.where(Post.status == wish.status)
    if wish.order is Order.ANSWERED:
        query = query.where(Post.last_answered_at.is_not(None))
    if wish.order is Order.UNANSWERED:
        query = query.where(Post.answered_at.is_(None))
    return list(session.scalars(query))


def test_one_s_own_posts_are_listed_and_readers_counted(postgresql):
    engine = database.make_engine(postgresql)
    with Session(engine, expire_on_commit=False) as session:
        make = Make(session)
        kari, today = make.reader("Kari"), utcnow().date()
        post = make.post(author_id=kari.id)
        readers.write_readers(session, [(post.id, "Per", today), (post.id, "Anne", today)])
        readers.write_readers(session, [(post.id, "Per", today)])
        session.refresh(post)
        areas = read_areas(session)
        mine = read_board(session, Wish(mine=True), kari, areas, dict.fromkeys(areas, ""), "")

        assert ([row.id for row in mine.rows], post.views) == ([post.id], 2)
    engine.dispose()

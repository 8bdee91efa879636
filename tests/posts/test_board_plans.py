"""Whatever the order and the filters, a page of the board walks indexes: it never reads all posts to sort them."""

import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa

from config import settings
from forum.core.database import forget_engine, reading
from forum.core.people import Reader
from forum.demo.mass import plant_mass
from forum.posts.board import TOP, _area_ids, _is_mixed, _shape, _statement
from forum.posts.cards import read_areas
from forum.posts.models import Post
from forum.posts.status import Kind, Order, Status
from forum.posts.wishes import Wish

pytestmark = pytest.mark.sqlite  # its plans

POSTS = 1_500
FILTERS = {
    "none": Wish(),
    "kind": Wish(kind=Kind.IDEA),
    "language": Wish(language="nb"),
    "area with those below": Wish(area=1),
    "one area": Wish(area=2, kind=Kind.IDEA),
    "product": Wish(product="car"),
    "common status": Wish(status=Status.NEW),
    "mine": Wish(mine=True),
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Where the large database is kept once a test has planted it."""
    return tmp_path_factory.mktemp("planted") / "forum.db"


@pytest.fixture
def many(fresh_database, planted):
    """A database large enough for the planner to have a choice, whose figures it has looked at."""
    own = settings().data_dir / "forum.db"
    if planted.exists():
        shutil.copyfile(planted, own)
    else:
        plant_mass(POSTS)
        forget_engine()  # the last connection folds the log into the file
        shutil.copyfile(own, planted)
    with reading() as session:
        yield session
    forget_engine()


def plan_of(session, wish: Wish, reader: Reader) -> list[str]:
    """How SQLite means to answer for the first page of a wish, step by step."""
    areas = _area_ids(wish, read_areas(session)) or []
    statement = _statement(_shape(wish, reader), len(areas))
    values = {"a": TOP, "b": 0, "c": 0, "me": 1, "kind": wish.kind, "status": wish.status, "language": wish.language}
    values |= {f"area_{n}": area_id for n, area_id in enumerate(areas)}
    compiled = statement.compile(session.connection())
    bound = compiled.construct_params(values)
    asked = sa.text(f"EXPLAIN QUERY PLAN {compiled}").text
    cursor = session.connection().connection.cursor()
    found = {name: getattr(bound[name], "value", bound[name]) for name in bound}
    cursor.execute(asked, [found[name] for name in compiled.positiontup])
    return [row[3] for row in cursor.fetchall()]


def test_every_order_walks_indexes(many):
    for order in Order:
        for name, wish in FILTERS.items():
            for reader in (Reader(id=1), Reader()):
                if wish.mine and not reader.is_authenticated:
                    continue
                steps = plan_of(many, replace(wish, order=order), reader)
                bad = [step for step in steps if step.startswith("SCAN posts") or "TEMP B-TREE" in step]
                assert not bad, f"{order.value}, {name}: {steps}"
                assert any("INDEX ix_posts" in step or "PRIMARY KEY" in step for step in steps)


def test_the_three_streams_of_the_mix_walk_an_index_each(many):
    assert _is_mixed(Wish())
    steps = plan_of(many, Wish(), Reader())

    assert [step.split(" (")[0] for step in steps if step.startswith("SEARCH")] == [
        "SEARCH posts USING INDEX ix_posts_trending_key",
        "SEARCH posts USING INDEX ix_posts_owed_key",
        "SEARCH posts USING INDEX ix_posts_unanswered_key",
    ]


def test_posts_of_a_rare_status_are_found_by_it(many):
    for order in Order:
        steps = plan_of(many, Wish(order=order, status=Status.PLANNED), Reader())

        assert any("ix_posts_status_newest" in step for step in steps), f"{order.value}: {steps}"


def test_what_is_planted_is_counted_as_the_services_would_count_it(many):
    posts = many.execute(sa.select(sa.func.count(), sa.func.sum(Post.votes), sa.func.sum(Post.comments))).one()
    rows = [many.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in ("posts", "votes", "comments")]

    assert list(posts) == rows
    assert rows[:2] == [POSTS, 20 * POSTS]
    assert many.scalar(sa.text("SELECT count(*) FROM search_entries")) == POSTS

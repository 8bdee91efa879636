"""Removing the demo: what is marked, what its people did, and what cannot stand without either.

What real people brought in stays, with its product: an import into the demo's car outlives the demo.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.database import Model
from forum.core.jobs import Job, JobState
from forum.launches import looking
from forum.models import ALL
from forum.posts import counting
from forum.posts.models import Comment, Follow, Post, Vote
from forum.products.models import Area, Product
from forum.themes.models import Theme, ThemeMember

assert ALL


def remove(session: Session) -> int:
    """Remove the demo in this transaction and return how many posts went. The audit log stays."""
    tables = Model.metadata.sorted_tables  # what is pointed at comes first
    gone: dict[str, sa.Table] = {}
    for table in tables:
        if list(table.primary_key.columns.keys()) == ["id"]:
            gone[table.name] = _list_gone(session, table, gone)
    touched = _touched_posts(session, gone)
    count: int = session.execute(sa.select(sa.func.count()).select_from(gone["posts"])).scalar_one()
    session.execute(sa.delete(Follow).where(Follow.subject == "post", Follow.subject_id.in_(_ids(gone, "posts"))))
    session.execute(sa.update(Post).where(Post.theme_id.in_(_ids(gone, "themes"))).values(theme_id=None))
    _drop_jobs(session, gone)
    for table in reversed(tables):
        _delete(session, table, gone)
    for listed in gone.values():
        listed.drop(session.connection())
    _put_right(session, touched)
    return count


def _drop_jobs(session: Session, gone: dict[str, sa.Table]) -> None:
    """Drop what is queued to be done over a product that goes."""
    products = set(session.scalars(_ids(gone, "products")))
    for job in session.scalars(sa.select(Job).where(Job.state == JobState.QUEUED)):
        if job.arguments.get("product_id") in products:
            session.delete(job)


def _ids(gone: dict[str, sa.Table], name: str) -> sa.Select[tuple[int]]:
    return sa.select(gone[name].c.id)


def _list_gone(session: Session, table: sa.Table, gone: dict[str, sa.Table]) -> sa.Table:
    """A temporary table of the ids in `table` that go."""
    reasons: list[sa.ColumnElement[bool]] = [sa.false()]
    if "is_demo" in table.c and table.name != "products":
        reasons.append(table.c.is_demo)
    reasons += [key.parent.in_(_ids(gone, key.column.table.name)) for key in _needed(table, gone)]
    if table.name in _ALSO:
        reasons.append(_ALSO[table.name](gone))
    listed = sa.Table(
        f"gone_{table.name}", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), prefixes=["TEMPORARY"]
    )
    listed.create(session.connection())
    session.execute(listed.insert().from_select(["id"], sa.select(table.c.id).where(sa.or_(*reasons))))
    return listed


def _needed(table: sa.Table, gone: dict[str, sa.Table]) -> list[sa.ForeignKey]:
    """The keys of `table` without which its rows make no sense."""
    return [key for key in table.foreign_keys if not key.parent.nullable and key.column.table.name in gone]


def _of_real_people() -> sa.ColumnElement[bool]:
    """Posts that were neither planted nor written by a demo person."""
    demo_people = sa.select(User.id).where(User.is_demo)
    return sa.and_(~Post.is_demo, sa.or_(Post.author_id.is_(None), Post.author_id.not_in(demo_people)))


# What goes besides: a demo product that nobody real uses; demo people's own posts; themes left without posts.
_ALSO: dict[str, Callable[[dict[str, sa.Table]], sa.ColumnElement[bool]]] = {
    "products": lambda gone: sa.and_(
        Product.is_demo, ~sa.exists().where(Post.product_id == Product.id, _of_real_people())
    ),
    "posts": lambda gone: Post.author_id.in_(_ids(gone, "users")),
    "themes": lambda gone: (
        ~sa.exists().where(
            ThemeMember.theme_id == Theme.id, ThemeMember.post_id.in_(sa.select(Post.id).where(_of_real_people()))
        )
    ),
}


# Rows that could stand without their person, and yet go with them.
_OF_PEOPLE = {"comments": "author_id", "guarded_names": "user_id"}


def _touched_posts(session: Session, gone: dict[str, sa.Table]) -> list[int]:
    """Posts that stay and lose votes or comments of demo people."""
    people = _ids(gone, "users")
    of_votes = sa.select(Vote.post_id).where(Vote.user_id.in_(people))
    of_comments = sa.select(Comment.post_id).where(Comment.author_id.in_(people))
    either = sa.union(of_votes, of_comments).subquery()
    return list(session.scalars(sa.select(either.c[0]).where(either.c[0].not_in(_ids(gone, "posts")))))


def _delete(session: Session, table: sa.Table, gone: dict[str, sa.Table]) -> None:
    """Delete the rows that go, and let go of optional ties to what goes."""
    conditions = [key.parent.in_(_ids(gone, key.column.table.name)) for key in _needed(table, gone)]
    if table.name in gone:
        conditions = [table.c.id.in_(_ids(gone, table.name))]
    if table.name in _OF_PEOPLE:
        conditions.append(table.c[_OF_PEOPLE[table.name]].in_(_ids(gone, "users")))
    if conditions:
        session.execute(sa.delete(table).where(sa.or_(*conditions)))
    for key in table.foreign_keys:
        if key.parent.nullable and key.column.table.name in gone:
            lost = key.parent.in_(_ids(gone, key.column.table.name))
            session.execute(sa.update(table).where(lost).values({key.parent.name: None}))


def _put_right(session: Session, touched: list[int]) -> None:
    """Count afresh what lost votes, comments or receipts, and make what stays of the product an ordinary one."""
    session.expire_all()
    session.execute(sa.update(Product).where(Product.is_demo).values(is_demo=False))
    for post in session.scalars(sa.select(Post).where(Post.id.in_(touched))):
        counting.recount(session, post)
    looking.count_new(session, sa.select(User.id).where(User.new_receipts > 0))
    counting.recount_areas(session, list(session.scalars(sa.select(Area.id))))

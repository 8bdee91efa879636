"""Removing the demo: what is marked, what its people did, and what cannot stand without either.

What real people brought in stays, with its product and with what stands on it: see `standing`.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.backlog.models import BacklogItem, DecisionEntry, SavedView, ScoringModel, TrackerPlace
from forum.backlog.status import DecisionKind
from forum.core.database import Model
from forum.core.jobs import Job, JobState
from forum.demo import desk
from forum.demo.mending import put_right
from forum.demo.standing import ITEM_GOES, PRODUCT_GOES, THEME_GOES
from forum.launches.models import LaunchPicture
from forum.models import ALL
from forum.posts import commenting, merging, pictures, services
from forum.posts.models import Comment, Follow, Post, Vote
from forum.posts.status import Moderation
from forum.products.models import Product

assert ALL


def remove(session: Session) -> int:
    """Remove the demo in this transaction and return how many posts went. The audit log stays."""
    tables = Model.metadata.sorted_tables  # what is pointed at comes first
    gone: dict[str, sa.Table] = {}
    for table in tables:
        if list(table.primary_key.columns.keys()) == ["id"]:
            gone[table.name] = _list_gone(session, table, gone)
    touched = _touched_posts(session, gone)
    touched += _free_merged(session, gone)
    count: int = session.execute(sa.select(sa.func.count()).select_from(gone["posts"])).scalar_one()
    session.execute(sa.delete(Follow).where(Follow.subject == "post", Follow.subject_id.in_(_ids(gone, "posts"))))
    session.execute(sa.update(Post).where(Post.theme_id.in_(_ids(gone, "themes"))).values(theme_id=None))
    _drop_jobs(session, gone)
    _drop_weights(session, gone)
    _free_replies(session, gone)
    theirs = sa.select(LaunchPicture.name).where(LaunchPicture.id.in_(_ids(gone, "launch_pictures")))
    pictures.drop_files(session, session.scalars(theirs).all())
    for table in reversed(tables):
        if table.name == "users":
            _keep_shells(session, gone["users"])
        _delete(session, table, gone)
    for listed in gone.values():
        listed.drop(session.connection())
    put_right(session, touched)
    return count


def _drop_jobs(session: Session, gone: dict[str, sa.Table]) -> None:
    """Drop what is queued to be done over a product that goes."""
    products = set(session.scalars(_ids(gone, "products")))
    for job in session.scalars(sa.select(Job).where(Job.state == JobState.QUEUED)):
        if job.arguments.get("product_id") in products:
            session.delete(job)
    stays = sa.select(BacklogItem.id).where(BacklogItem.id.not_in(_ids(gone, "backlog_items")))
    if session.scalars(stays.limit(1)).first() is None:
        session.execute(sa.delete(Job).where(Job.state == JobState.QUEUED, Job.name == "backlog.recount"))


def _drop_weights(session: Session, gone: dict[str, sa.Table]) -> None:
    """Drop what demo people weighed, also for a product that stays; what real people set since then stays."""
    by_demo = DecisionEntry.by_id.in_(_ids(gone, "users"))
    weighed = DecisionEntry.kind == DecisionKind.WEIGHTS
    session.execute(sa.delete(DecisionEntry).where(weighed, by_demo))
    kept = sa.select(DecisionEntry.product_id).where(weighed, DecisionEntry.product_id.is_not(None))
    of_demo = sa.select(Product.id).where(Product.is_demo, Product.id.not_in(kept))
    for model in (ScoringModel, TrackerPlace):
        session.execute(sa.delete(model).where(model.product_id.in_(of_demo)))
    views = SavedView.product_id.in_(sa.select(Product.id).where(Product.is_demo)) & SavedView.owner_id.is_(None)
    session.execute(sa.delete(SavedView).where(views, SavedView.name == desk.VIEW))


def _free_replies(session: Session, gone: dict[str, sa.Table]) -> None:
    """Let replies that stay begin threads of their own where the comment above them goes."""
    going = _ids(gone, "comments")
    for reply in session.scalars(sa.select(Comment).where(Comment.parent_id.in_(going), Comment.id.not_in(going))):
        reply.parent_id, reply.thread_key = None, commenting.thread_key(reply.id, reply.id)
    session.flush()


def _free_merged(session: Session, gone: dict[str, sa.Table]) -> list[int]:
    """Let posts that stay stand by themselves where the post goes that they were merged into.

    Returns those, and the ones that stay and lose posts that were merged into them.
    """
    going = _ids(gone, "posts")
    stays = Post.id.not_in(going)
    losing = sa.select(Post.survivor_id).where(Post.id.in_(going), Post.survivor_id.not_in(going)).distinct()
    lost = [post_id for post_id in session.scalars(losing) if post_id is not None]
    freed = list(session.scalars(sa.select(Post).where(stays, Post.merged_into_id.in_(going))))
    for post in freed:
        below = merging.posts_below(session, post.id)
        post.merged_into_id = post.survivor_id = None
        session.execute(sa.update(Post).where(Post.id.in_(below), stays).values(survivor_id=post.id))
        if post.moderation is Moderation.MERGED:
            post.moderation = Moderation.OPEN
            services.relist(session, post)
    session.flush()
    return [*lost, *(post.id for post in freed)]


def _ids(gone: dict[str, sa.Table], name: str) -> sa.Select[tuple[int]]:
    return sa.select(gone[name].c.id)


def _list_gone(session: Session, table: sa.Table, gone: dict[str, sa.Table]) -> sa.Table:
    """A temporary table of the ids in `table` that go."""
    reasons: list[sa.ColumnElement[bool]] = [sa.false()]
    if "is_demo" in table.c and table.name not in _JUDGED:
        reasons.append(table.c.is_demo)
    reasons += [key.parent.in_(_ids(gone, key.column.table.name)) for key in _needed(table, gone)]
    if table.name in _GOES:
        reasons.append(_GOES[table.name])
    listed = sa.Table(
        f"gone_{table.name}", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), prefixes=["TEMPORARY"]
    )
    listed.create(session.connection())
    session.execute(listed.insert().from_select(["id"], sa.select(table.c.id).where(sa.or_(*reasons))))
    return listed


def _needed(table: sa.Table, gone: dict[str, sa.Table]) -> list[sa.ForeignKey]:
    """The keys of `table` without which its rows make no sense."""
    meant = _MEANT.get(table.name, ())
    return [
        key
        for key in table.foreign_keys
        if (not key.parent.nullable or key.parent.name in meant)
        and key.column.table.name in gone
        and (table.name, key.parent.name) not in _SIGNED
    ]


# What goes besides: see `standing`.
_GOES: dict[str, sa.ColumnElement[bool]] = {
    "products": PRODUCT_GOES,
    "themes": THEME_GOES,
    "backlog_items": ITEM_GOES,
}
# Marked rows that stay where something real stands on them.
_JUDGED = {*_GOES, "launches"}
# Who did something: it stays done, signed by somebody unknown.
_SIGNED = {
    ("backlog_items", "promoted_by_id"),
    ("launches", "launched_by_id"),
    ("pilots", "opened_by_id"),
    ("steering", "said_by_id"),
    ("merges", "merged_by_id"),
    ("splits", "split_by_id"),
}
# Rows that say nothing without what they may point to, or that could stand without their person and yet go with them.
_MEANT = {
    "steering": ("post_id", "other_theme_id"),
    "comments": ("author_id",),
    "guarded_names": ("user_id",),
    "revisions": ("comment_id",),
    "cases": ("comment_id",),
    "pictures": ("post_id",),
    "happenings": ("post_id", "comment_id", "theme_id", "item_id"),
    "notices": ("post_id",),
    "saved_views": ("owner_id", "product_id"),
    "decision_entries": ("item_id", "product_id"),
}


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
    if conditions:
        session.execute(sa.delete(table).where(sa.or_(*conditions)))
    for key in table.foreign_keys:
        if key.parent.nullable and key.column.table.name in gone:
            lost = key.parent.in_(_ids(gone, key.column.table.name))
            session.execute(sa.update(table).where(lost).values({key.parent.name: None}))


def _keep_shells(session: Session, people: sa.Table) -> None:
    """Keep whoever signed something that stays, without anything that says who they were."""
    signed = sa.union(
        *(sa.select(Model.metadata.tables[table].c[column]) for table, column in sorted(_SIGNED))
    ).subquery()
    shells = list(session.scalars(sa.select(people.c.id).where(people.c.id.in_(sa.select(signed.c[0])))))
    session.execute(sa.delete(people).where(people.c.id.in_(shells)))
    nobody = {"display_name": "", "name_skeleton": "", "email": None, "email_key": None, "password_hash": None}
    session.execute(
        sa.update(User)
        .where(User.id.in_(shells))
        .values(
            **nobody,
            verified_at=None,
            department="",
            attributes={},
            organisation_id=None,
            state=AccountState.ERASED,
            is_demo=False,
            new_receipts=0,
            new_notices=0,
        ),
        execution_options={"synchronize_session": False},
    )

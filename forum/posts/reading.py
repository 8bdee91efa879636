"""One post as its page shows it, and the list of one's own. What hangs on a post is read in `talk.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.languages import _, current_language
from forum.core.people import Reader
from forum.posts.models import Follow, Picture, Post, Split, Vote
from forum.posts.queries import Sight, sight_of, visible_with
from forum.posts.status import INTEREST_RANK, Interest, Kind, Moderation, Severity, Status, Visibility
from forum.products.models import Area, Product
from forum.products.status import Openness


@dataclass(frozen=True, slots=True)
class PostInFull:
    """A post with its area, product and author, and what the reader has done with it."""

    id: int
    product_id: int
    area_id: int
    author_id: int | None
    theme_id: int | None
    survivor_id: int | None  # the post that it was merged into and that counts for it
    kind: Kind
    title: str
    excerpt: str
    body_html: str
    language: str
    severity: Severity | None
    visibility: Visibility
    moderation: Moderation
    moderation_reason: str
    status: Status
    source: str
    created_at: datetime
    is_dated: bool
    published_at: datetime | None
    edited_at: datetime | None
    answered_at: datetime | None
    looked_at: datetime | None
    is_locked: bool
    pinned_until: datetime | None
    votes: int
    votes_try: int
    votes_buy: int
    effective_votes: float  # with those of crowded hours counting less
    comments: int
    is_listed: bool
    is_demo: bool
    is_owed_views: bool
    joined: int  # posts that were merged into it
    parts: int  # posts that were split off it
    is_part: bool  # whether it was split off another
    author_name: str | None  # None when nobody knows who it was, or the account was erased
    area_name: Words
    openness: Openness
    why: Words
    product_name: Words
    product_slug: str
    reply_minutes: int | None  # that the area usually takes to answer; None before it has
    has_pictures: bool
    interest: Interest | None  # of the reader's own vote
    follows: bool

    @property
    def is_pinned(self) -> bool:
        """Whether it stands on top at the moment."""
        return self.pinned_until is not None and self.pinned_until > utcnow()


_joined = aliased(Post)


def _in_group() -> sa.Select[int]:
    """The posts that were merged into the one that is read."""
    return sa.select(_joined.id).where(_joined.survivor_id == Post.id).correlate(Post)


# What is left of a post whose author erased it, where others have voted or talked.
_SHELL = (
    (Post.moderation == Moderation.ERASED)
    & (Post.visibility == Visibility.PUBLIC)
    & Post.published_at.is_not(None)
    & ((Post.votes > 0) | (Post.comments > 0))
)


@lru_cache
def _post_query(sight: Sight) -> sa.Select[*tuple[Any, ...]]:
    """The columns of `PostInFull`, in its order. Built once for each sight."""
    interest: sa.ColumnElement[Any] = sa.null()
    follows: sa.ColumnElement[bool] = sa.false()
    me: sa.BindParameter[int] = sa.bindparam("me")
    if sight is not Sight.ANYBODY:
        mine = sa.or_(Vote.post_id == Post.id, Vote.post_id.in_(_in_group()))
        strength = sa.case({one.value: -rank for one, rank in INTEREST_RANK.items()}, value=Vote.interest)
        voted = sa.select(Vote.interest).where(mine, Vote.user_id == me).order_by(strength).limit(1)
        interest = voted.correlate(Post).scalar_subquery()
        followed = sa.or_(Follow.subject_id == Post.id, Follow.subject_id.in_(_in_group()))
        follows = sa.exists().where(Follow.user_id == me, Follow.subject == "post", followed)
    stands = Split.undone_at.is_(None)
    names = [name for name in PostInFull.__slots__ if name in Post.__table__.c]
    return (
        sa.select(
            *(getattr(Post, name) for name in names),
            Post.owed_key.is_not(None).label("is_owed_views"),
            sa.select(sa.func.count()).where(_joined.survivor_id == Post.id).scalar_subquery().label("joined"),
            sa.select(sa.func.count()).where(Split.post_id == Post.id, stands).scalar_subquery().label("parts"),
            sa.exists().where(Split.part_id == Post.id, stands).label("is_part"),
            User.display_name.label("author_name"),
            Area.name.label("area_name"),
            Area.openness,
            Area.why,
            Product.name.label("product_name"),
            Product.slug.label("product_slug"),
            Area.reply_minutes,
            sa.exists().where(Picture.post_id == Post.id).label("has_pictures"),
            interest.label("interest"),
            follows.label("follows"),
        )
        .join(Area, Area.id == Post.area_id)
        .join(Product, Product.id == Post.product_id)
        .outerjoin(User, (User.id == Post.author_id) & (User.state != AccountState.ERASED))
        .where(Post.id == sa.bindparam("post"), visible_with(sight, me) | _SHELL)
    )


def read_post(session: Session, post_id: int, reader: Reader) -> PostInFull | None:
    """The post with this id, or None when `reader` may not see it. Of an erased one, what others hung on it is left."""
    values = {"post": post_id, "me": reader.id}
    row = session.connection().execute(_post_query(sight_of(reader)), values).one_or_none()
    if row is None:
        return None
    post = PostInFull(*row)
    if post.moderation is Moderation.ERASED:
        return replace(post, title=_("Erased by its author"), body_html="", language=current_language())
    return post


def area_of_erased(session: Session, post_id: int) -> tuple[int, Words] | None:
    """The area in which a post stood that everybody could read until it was erased; None for any other."""
    was_public = (Post.visibility == Visibility.PUBLIC) & Post.published_at.is_not(None)
    query = sa.select(Area.id, Area.name).join(Post, Post.area_id == Area.id)
    row = session.execute(
        query.where(Post.id == post_id, Post.moderation == Moderation.ERASED, was_public)
    ).one_or_none()
    return (row.id, row.name) if row else None


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A line of *my posts*."""

    id: int
    title: str
    language: str
    kind: Kind
    status: Status
    moderation: Moderation
    moderation_reason: str
    visibility: Visibility
    created_at: datetime
    votes: int
    comments: int
    area_name: Words


_OWN = (
    sa.select(*(getattr(Post, name) for name in OwnPost.__slots__ if name in Post.__table__.c), Area.name)
    .join(Area, Area.id == Post.area_id)
    .where(Post.author_id == sa.bindparam("me"), Post.id < sa.bindparam("before"), Post.moderation != Moderation.ERASED)
    .order_by(Post.id.desc())
    .limit(sa.bindparam("limit"))
)


def own_posts(session: Session, reader: Reader, *, before: int, limit: int) -> list[OwnPost]:
    """What `reader` has posted, newest first, whatever became of it; those with ids below `before`."""
    rows: Sequence[Any] = session.connection().execute(_OWN, {"me": reader.id, "before": before, "limit": limit}).all()
    return [OwnPost(*row) for row in rows]

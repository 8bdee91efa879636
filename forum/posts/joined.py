"""What a reader sees of merges: the posts that were joined with one, or the one that a post was joined with."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.core.people import Reader
from forum.posts.models import Merge, Post
from forum.posts.queries import visible_to
from forum.posts.status import Kind

MOST = 50  # texts that a survivor's page shows


class Joined(NamedTuple):
    """A post that was joined with the one shown: the columns of `_JOINED`, in their order."""

    id: int
    title: str
    body_html: str
    language: str
    kind: Kind
    author_id: int | None
    created_at: datetime
    is_dated: bool
    votes: int  # of its own
    merged_into_id: int
    author_name: str | None  # None when nobody knows who it was, or the account was erased
    merge_id: int
    merged_at: datetime


class Survivor(NamedTuple):
    """The post that one was joined with, and since when."""

    id: int
    title: str
    excerpt: str
    body_html: str
    language: str
    votes: int  # of everybody in the group
    merged_at: datetime
    merge_id: int


_own = ("id", "title", "body_html", "language", "kind", "author_id", "created_at", "is_dated", "votes")
_standing = sa.and_(Merge.post_id == Post.id, Merge.undone_at.is_(None))
_JOINED = (
    sa.select(
        *(getattr(Post, name) for name in (*_own, "merged_into_id")),
        User.display_name,
        Merge.id.label("merge_id"),
        Merge.merged_at,
    )
    .join(Merge, _standing)
    .outerjoin(User, (User.id == Post.author_id) & (User.state != AccountState.ERASED))
    .order_by(Merge.merged_at, Merge.id)
    .limit(MOST)
)


def joined_posts(session: Session, post_id: int, reader: Reader) -> list[Joined]:
    """The posts that were joined with a post, directly or by way of others, as far as `reader` may see them."""
    query = _JOINED.where(Post.survivor_id == post_id, visible_to(reader))
    return [Joined._make(row) for row in session.execute(query)]


def survivor_of(session: Session, post_id: int, survivor_id: int, reader: Reader) -> Survivor | None:
    """What counts for a merged post, if `reader` may see it."""
    names = ("id", "title", "excerpt", "body_html", "language", "votes")
    query = (
        sa.select(*(getattr(Post, name) for name in names), Merge.merged_at, Merge.id.label("merge_id"))
        .join(Merge, (Merge.post_id == post_id) & Merge.undone_at.is_(None))
        .where(Post.id == survivor_id, visible_to(reader))
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Survivor._make(row)

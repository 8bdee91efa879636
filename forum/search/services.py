"""Keeping the search index: listed posts stand in it, in the transaction that lists them, and no others."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post
from forum.search.models import SearchEntry
from forum.search.stemming import stems_of


def index_post(session: Session, post_id: int) -> None:
    """Index a post's words as they are now; one that is not listed leaves the index."""
    row = session.execute(
        sa.select(Post.title, Post.body, Post.language).where(Post.id == post_id, Post.is_listed)
    ).one_or_none()
    unindex_post(session, post_id)
    if row is not None:
        session.execute(sa.insert(SearchEntry), [index_row(post_id, row.title, row.body, row.language)])


def unindex_post(session: Session, post_id: int) -> None:
    """Take a post out of the index, if it is there."""
    session.execute(sa.delete(SearchEntry).where(SearchEntry.post_id == post_id))


def index_row(post_id: int, title: str, body: str, language: str) -> dict[str, object]:
    """The row of the index for a post with these words."""
    return {
        "post_id": post_id,
        "title": " ".join(stems_of(title, language)),
        "words": " ".join(stems_of(body, language)),
    }

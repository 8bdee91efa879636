"""Keeping the search index: listed posts stand in it, in the transaction that lists them, and no others."""

from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post
from forum.search.models import SearchEntry
from forum.search.stemming import stems_of

# Run for every new post: built once, from tables and not from models.
_posts, _index = (cast(sa.Table, model.__table__) for model in (Post, SearchEntry))
_post: sa.BindParameter[int] = sa.bindparam("post")
_TEXT = sa.select(_posts.c.title, _posts.c.body, _posts.c.language).where(_posts.c.id == _post, _posts.c.is_listed)
_LEAVE = sa.delete(_index).where(_index.c.post_id == _post)
_ENTER = sa.insert(_index)


def index_post(session: Session, post_id: int) -> None:
    """Index a post's words as they are now; one that is not listed leaves the index."""
    unindex_post(session, post_id)
    row = session.connection().execute(_TEXT, {"post": post_id}).one_or_none()
    if row is not None:
        session.connection().execute(_ENTER, index_row(post_id, row.title, row.body, row.language))


def unindex_post(session: Session, post_id: int) -> None:
    """Take a post out of the index, if it is there."""
    session.flush()
    session.connection().execute(_LEAVE, {"post": post_id})


def index_row(post_id: int, title: str, body: str, language: str) -> dict[str, object]:
    """The row of the index for a post with these words."""
    return {
        "post_id": post_id,
        "title": " ".join(stems_of(title, language)),
        "words": " ".join(stems_of(body, language)),
    }

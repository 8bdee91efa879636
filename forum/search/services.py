"""Keeping the search index: listed posts stand in it, in the transaction that lists them, and no others."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import insert_for
from forum.posts.models import Post
from forum.search.models import SearchEntry
from forum.search.stemming import stems_of

# Run for every new post: built once, from the table and not from the model.
_index = cast(sa.Table, SearchEntry.__table__)
_LEAVE = sa.delete(_index).where(_index.c.post_id == sa.bindparam("post"))


@lru_cache
def _enter(dialect: str) -> Any:
    statement = insert_for(dialect, SearchEntry)
    anew = {name: statement.excluded[name] for name in ("title", "words", "changed_at")}
    return statement.on_conflict_do_update(index_elements=[_index.c.post_id], set_=anew)


def index_post(session: Session, post_id: int) -> None:
    """Index a post's words as they are now; one that is not listed leaves the index."""
    session.flush()
    post = session.get(Post, post_id)  # whoever tells of a post has it at hand: no query
    if post is None or not post.is_listed:
        unindex_post(session, post_id)
        return
    row = index_row(post_id, post.title, post.body, post.language)
    session.connection().execute(_enter(session.get_bind().dialect.name), row)


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
        "changed_at": datetime.now(UTC),  # the real time, also where the demo lets it be another day
    }

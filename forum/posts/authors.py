"""What a person has posted where everybody can read it: the same list for every reader, themselves included."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.paging import Page, read_cursor, write_cursor
from forum.core.people import Reader
from forum.posts.cards import AreaLine, Card, card_columns, card_of, posts

TOP = 2**31 - 1  # before the newest post


@lru_cache(maxsize=2)
def _statement(signed_in: bool) -> Any:
    """Walks the index of authors, the newest post first."""
    return (
        sa.select(*card_columns(signed_in))
        .where(posts.c.author_id == sa.bindparam("author"), posts.c.is_listed, posts.c.id < sa.bindparam("before"))
        .order_by(posts.c.id.desc())
        .limit(sa.bindparam("limit"))
    )


def public_posts(
    session: Session,
    author_id: int,
    reader: Reader,
    areas: Mapping[int, AreaLine],
    names: Mapping[int, str],
    *,
    after: str = "",
    limit: int,
) -> Page[Card]:
    """One page of a person's public posts, the newest first. `names` are the areas' in the reader's language.

    A cursor that was tampered with starts over.
    """
    keys = read_cursor(after)
    values = {"author": author_id, "me": reader.id, "before": keys[0] if keys else TOP, "limit": limit + 1}
    rows = session.connection().execute(_statement(reader.is_authenticated), values).all()
    cards = [card_of(row, areas, names) for row in rows[:limit]]
    return Page(cards, write_cursor(cards[-1].id) if len(rows) > limit else "", is_first=keys is None)

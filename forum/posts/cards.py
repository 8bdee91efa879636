"""Posts as rows of a list: the columns that are read, and what the template draws.

Enums are read as the words that are stored, and areas come in one small query beside the rows.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import Words
from forum.posts.models import Post, Vote
from forum.products.models import Area, Product
from forum.products.status import Openness

posts = Post.__table__
votes = Vote.__table__
_merged = posts.alias("merged")


CARD_COLUMNS = 11


class AreaLine(NamedTuple):
    """An area, as far as the board needs it."""

    id: int
    parent_id: int | None
    name: Words
    openness: Openness
    product: str
    product_name: Words


_AREAS = (
    sa.select(
        Area.id,
        Area.parent_id,
        sa.type_coerce(Area.name, sa.String),
        Area.openness,
        Product.slug,
        sa.type_coerce(Product.name, sa.String),
    )
    .join(Product, Product.id == Area.product_id)
    .order_by(Product.position, Product.id, Area.position, Area.id)
)


def read_areas(session: Session) -> dict[int, AreaLine]:
    """Every area by its id, in the order of menus."""
    return {
        area_id: AreaLine(area_id, parent_id, _words(name), openness, slug, _words(product))
        for area_id, parent_id, name, openness, slug, product in session.connection().execute(_AREAS)
    }


def _words(stored: str | Words) -> Words:
    """Words as the database gives them; the same JSON is read once."""
    return _decoded(stored) if isinstance(stored, str) else stored


@lru_cache(maxsize=1_000)
def _decoded(stored: str) -> Words:
    words: Words = json.loads(stored)
    return words


def below(areas: Mapping[int, AreaLine], area_id: int) -> list[int]:
    """An area and all those under it; empty when there is no such area."""
    if area_id not in areas:
        return []
    found = [area_id]
    for parent in found:
        found.extend(area.id for area in areas.values() if area.parent_id == parent)
    return found


class Card(NamedTuple):
    """One row of the board, as the template draws it."""

    id: int
    title: str
    excerpt: str
    lang: str
    kind: str
    status: str
    area: str
    votes: int
    comments: int
    official: bool
    votable: bool
    voted: bool
    own: bool  # the reader's, who is counted behind it already


def card_of(row: Sequence[Any], areas: Mapping[int, AreaLine], names: Mapping[int, str]) -> Card:
    """The card of a row that begins with `card_columns`. `names` are the areas' in the reader's language."""
    post_id, title, excerpt, language, kind, status, area_id, votes, comments, unanswered, mine = row[:CARD_COLUMNS]
    openness = areas[area_id].openness
    votable = openness is Openness.CO_CREATE or (openness is Openness.LISTENING and kind == "complaint")
    return Card(
        post_id,
        title,
        excerpt,
        language,
        kind,
        status,
        names[area_id],
        votes,
        comments,
        unanswered is None,
        votable,
        mine == 1,
        mine == 2,
    )


def card_columns(signed_in: bool) -> list[sa.ColumnElement[Any]]:
    """What a card shows, in the order of `card_of`; enums as the words that are stored."""
    mine: sa.ColumnElement[Any] = sa.literal_column("0")
    if signed_in:  # 1: voted for, 2: written
        merged = sa.select(_merged.c.id).where(_merged.c.survivor_id == posts.c.id)
        voted = sa.exists().where(
            votes.c.user_id == sa.bindparam("me"), (votes.c.post_id == posts.c.id) | votes.c.post_id.in_(merged)
        )
        mine = sa.case((posts.c.author_id == sa.bindparam("me"), 2), (voted, 1), else_=0)
    return [
        posts.c.id,
        posts.c.title,
        posts.c.excerpt,
        posts.c.language,
        sa.type_coerce(posts.c.kind, sa.String).label("kind"),
        sa.type_coerce(posts.c.status, sa.String).label("status"),
        posts.c.area_id,
        posts.c.votes,
        posts.c.comments,
        posts.c.unanswered_key,
        mine.label("mine"),
    ]

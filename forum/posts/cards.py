"""Posts as rows of a list: the columns that are read, and what the template draws.

Enums are read as the words that are stored, and areas come in one small query beside the rows.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post, Vote
from forum.products.models import Area, Product
from forum.products.status import Openness

posts = Post.__table__
votes = Vote.__table__


class AreaLine(NamedTuple):
    """An area, as far as the board needs it."""

    id: int
    parent_id: int | None
    name: dict[str, str]
    openness: Openness
    product: str
    product_name: dict[str, str]
    posts: int


_AREAS = (
    sa.select(Area.id, Area.parent_id, Area.name, Area.openness, Product.slug, Product.name, Area.posts)
    .join(Product, Product.id == Area.product_id)
    .order_by(Product.position, Product.id, Area.position, Area.id)
)


def read_areas(session: Session) -> dict[int, AreaLine]:
    """Every area by its id, in the order of menus."""
    return {row[0]: AreaLine(*row) for row in session.connection().execute(_AREAS)}


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


def card_of(row: Any, areas: Mapping[int, AreaLine], names: Mapping[int, str]) -> Card:
    openness = areas[row.area_id].openness
    return Card(
        id=row.id,
        title=row.title,
        excerpt=row.excerpt,
        lang=row.language,
        kind=row.kind,
        status=row.status,
        area=names[row.area_id],
        votes=row.votes,
        comments=row.comments,
        official=row.unanswered_key is None,
        votable=openness is Openness.CO_CREATE or (openness is Openness.LISTENING and row.kind == "complaint"),
        voted=bool(row.voted),
    )


def card_columns(signed_in: bool) -> list[sa.ColumnElement[Any]]:
    """What a card shows; enums as the words that are stored."""
    voted: sa.ColumnElement[Any] = sa.literal_column("0")
    if signed_in:
        voted = sa.exists().where(votes.c.post_id == posts.c.id, votes.c.user_id == sa.bindparam("me"))
        voted = sa.type_coerce(voted, sa.Integer)
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
        voted.label("voted"),
    ]

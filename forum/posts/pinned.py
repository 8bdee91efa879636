"""Posts that moderators keep on top of their area for a while, and of the board where that is meant."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.people import Reader
from forum.posts.cards import AreaLine, Card, below, card_columns, card_of, posts
from forum.posts.models import Post
from forum.posts.status import Order
from forum.posts.wishes import Wish

MOST = 3  # on top of one list; more would hide what is new


class Pin(NamedTuple):
    """A post that is pinned, without what its card shows."""

    post_id: int
    area_id: int
    on_board: bool
    until: datetime


_PINS = (
    sa.select(Post.id, Post.area_id, Post.is_pinned_on_board, Post.pinned_until)
    .where(Post.pinned_until > sa.bindparam("now"), Post.is_listed)
    .order_by(Post.pinned_until.desc(), Post.id)
    .limit(200)
)


def read_pins(session: Session) -> list[Pin]:
    """Every post that is pinned at the moment, those that stay the longest first."""
    rows = session.execute(_PINS, {"now": utcnow()})
    return [Pin(post_id, area_id, on_board, until) for post_id, area_id, on_board, until in rows if until]


def on_top(pins: Sequence[Pin], wish: Wish, areas: Mapping[int, AreaLine]) -> list[int]:
    """The posts that stand above what is wished for: in an area its own, on the board those meant for all.

    Whoever asks for one kind, status or language, or for another order, gets just that.
    """
    if wish.order is not Order.MIX or wish.kind or wish.status or wish.language or wish.mine:
        return []
    here: Collection[int] = below(areas, wish.area) if wish.area else areas
    now = utcnow()
    found = (pin for pin in pins if pin.until > now and pin.area_id in here and (wish.area or pin.on_board))
    if wish.product:
        found = (pin for pin in found if areas[pin.area_id].product == wish.product)
    return [pin.post_id for pin in found][:MOST]


def read_cards(
    session: Session, post_ids: Sequence[int], reader: Reader, areas: Mapping[int, AreaLine], names: Mapping[int, str]
) -> list[Card]:
    """The cards of listed posts, in the order of `post_ids`. `names` are the areas' in the reader's language."""
    query = sa.select(*card_columns(reader.is_authenticated)).where(posts.c.id.in_(post_ids), posts.c.is_listed)
    cards = [card_of(row, areas, names) for row in session.connection().execute(query, {"me": reader.id})]
    return sorted(cards, key=lambda card: post_ids.index(card.id))

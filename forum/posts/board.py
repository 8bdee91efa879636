"""The front page's list: six orders, filters, and pages that begin after a key.

Every order walks one index. The fair mix walks three at once (trending, posts still owed views, posts of
this site without an answer), six, two and two of every ten places; its cursor holds a key of each. A post is
*shown* once any of the three has come past it, which the next page tells from the post's own keys: no
post comes twice, none is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.paging import PAGE_SIZE, Page, read_cursor, write_cursor
from forum.core.people import Reader
from forum.posts.cards import CARD_COLUMNS, AreaLine, Card, below, card_columns, card_of, posts
from forum.posts.ranking import SAID_HERE
from forum.posts.status import Moderation, Order, Status
from forum.posts.wishes import Wish

PATTERN = "AABAACAABC"  # of every ten places: six by trending, two owed views, two without an answer
QUOTA = PAGE_SIZE * PATTERN.count("B") // len(PATTERN)  # rows a page may take of each of the last two
TOP = 2**63 - 1  # before the first row of a list that falls


def read_board(
    session: Session, wish: Wish, reader: Reader, areas: Mapping[int, AreaLine], names: Mapping[int, str], after: str
) -> Page[Card]:
    """One page of the board. `names` are the areas' names in the reader's language.

    A cursor that was tampered with starts over.
    """
    area_ids = _area_ids(wish, areas)
    if area_ids is not None and not area_ids:
        return Page([])
    values: dict[str, Any] = {f"area_{n}": area_id for n, area_id in enumerate(area_ids or ())}
    values |= {"me": reader.id, "kind": wish.kind, "status": wish.status, "language": wish.language}
    streams = 3 if _is_mixed(wish) else 1
    keys = read_cursor(after, streams)
    a, *others = keys or (TOP, 0, SAID_HERE)[:streams]
    values |= {"a": a} | dict(zip("bc", others, strict=False))
    statement = _statement(_shape(wish, reader), len(area_ids or ()))
    rows = session.connection().execute(statement, values).all()
    page = _mix(rows, (a, *others)) if streams == 3 else _plain(rows)
    cards = [card_of(row, areas, names) for row in page.rows]
    return Page(cards, page.after, is_first=keys is None)


def _area_ids(wish: Wish, areas: Mapping[int, AreaLine]) -> list[int] | None:
    """The areas that the wish is about, or None for all."""
    if wish.area:
        return below(areas, wish.area)
    if wish.product:
        return [area.id for area in areas.values() if area.product == wish.product]
    return None


def _is_mixed(wish: Wish) -> bool:
    """A status says already whether a post was answered: one such list is by trending alone."""
    return wish.order is Order.MIX and wish.status is None and not wish.mine


PLACE, STREAM = CARD_COLUMNS, CARD_COLUMNS + 1  # what follows a card's columns


def _plain(rows: Sequence[Any]) -> Page[Any]:
    shown = rows[:PAGE_SIZE]
    return Page(shown, write_cursor(shown[-1][PLACE]) if len(rows) > PAGE_SIZE else "")


def _mix(rows: Sequence[Any], keys: tuple[int, ...]) -> Page[Any]:
    """Merge the three streams by the pattern; what one stream cannot fill, trending does."""
    came = dict(zip("ABC", keys, strict=True))
    streams: dict[str, list[Any]] = {"A": [], "B": [], "C": []}
    for row in rows:
        streams[row[STREAM]].append(row)
    waiting: dict[str, Iterator[Any]] = {name: iter(stream) for name, stream in streams.items()}
    shown: dict[int, Any] = {}

    def take(name: str) -> bool:
        for row in waiting[name]:
            came[name] = row[PLACE]
            if row[0] not in shown:
                shown[row[0]] = row
                return True
        return False

    place = 0
    while len(shown) < PAGE_SIZE and (take(PATTERN[place % len(PATTERN)]) or take("A")):
        place += 1
    more = any(row[0] not in shown for row in waiting["A"])
    for name in "BC":
        # A stream that has run dry stays dry: its key says so, lest every later page looks through all of it.
        if len(streams[name]) < QUOTA and next(waiting[name], None) is None:
            came[name] = TOP
    return Page(list(shown.values()), write_cursor(came["A"], came["B"], came["C"]) if more else "")


class _Shape(NamedTuple):
    """What a wish's statement depends on, apart from the values bound to it."""

    order: Order
    filters: frozenset[str]
    mixed: bool
    mine: bool
    signed_in: bool
    rare: bool  # of a status that few posts have


def _shape(wish: Wish, reader: Reader) -> _Shape:
    filters = frozenset(name for name in ("kind", "status", "language") if getattr(wish, name))
    rare = wish.status not in COMMON and not (wish.area or wish.product)
    return _Shape(wish.order, filters, _is_mixed(wish), wish.mine, reader.is_authenticated, rare)


COMMON = (None, Status.NEW, Status.ANSWERED)  # statuses of most posts; each of the others has few
_NOTHING: sa.ColumnElement[int] = sa.literal_column("0")  # added to a key, it hides its index from the planner
_KEYS = {
    Order.MIX: posts.c.trending_key,
    Order.RISING: posts.c.trending_key,
    Order.WANTED: posts.c.wanted_key,
    Order.NEWEST: posts.c.newest_key,
    Order.ANSWERED: posts.c.answered_key,
    Order.UNANSWERED: posts.c.unanswered_key,
}


@lru_cache(maxsize=500)
def _statement(shape: _Shape, areas: int) -> Any:
    """The one query of a page. Built once for each shape of wish and number of areas."""
    filters = [_column(name) == sa.bindparam(name) for name in sorted(shape.filters)]
    if shape.mine:
        own = [posts.c.author_id == sa.bindparam("me"), posts.c.moderation != Moderation.ERASED]
        return _walk(posts.c.id, "a", own + filters, areas, shape.signed_in, limit=PAGE_SIZE + 1)
    if not shape.mixed:
        # A key stands only on posts that everybody may read: the order is the permission.
        key: Any = _KEYS[shape.order]
        if shape.rare and shape.order is not Order.NEWEST:
            key = key + _NOTHING  # sort the few posts of this status, rather than look for them along the order
        return _walk(key, "a", filters, areas, shape.signed_in, limit=PAGE_SIZE + 1)
    trending, owed, unanswered = posts.c.trending_key, posts.c.owed_key, posts.c.unanswered_key
    # The sum keeps the planner from walking this index in the streams that have one of their own.
    before_a = trending + _NOTHING < sa.bindparam("a")
    before_b = sa.or_(owed.is_(None), owed > sa.bindparam("b"))
    before_c = sa.or_(unanswered.is_(None), unanswered > sa.bindparam("c"), unanswered < SAID_HERE)
    here = [posts.c.area_id.in_([sa.bindparam(f"area_{n}") for n in range(areas)])] if areas else []
    streams = (
        _walk(trending, "a", [before_b, before_c, *filters], areas, shape.signed_in, limit=PAGE_SIZE + 1),
        # Few posts are owed views at a time: their one index serves every area.
        _walk(owed, "b", [before_a, before_c, *here, *filters], 0, shape.signed_in, limit=QUOTA, rising=True),
        _walk(unanswered, "c", [before_a, before_b, *filters], areas, shape.signed_in, limit=QUOTA, rising=True),
    )
    parts = []
    for name, stream in zip("ABC", streams, strict=True):
        inner = stream.subquery()
        parts.append(sa.select(*inner.c, sa.literal_column(f"'{name}'").label("stream")))
    return sa.union_all(*parts)


def _column(name: str) -> sa.ColumnElement[Any]:
    return posts.c[name]


def _walk(
    key: Any,
    start: str,
    conditions: list[sa.ColumnElement[bool]],
    areas: int,
    signed_in: bool,
    *,
    limit: int,
    rising: bool = False,
) -> Any:
    """The first rows after the key bound as `start`, of all areas or of so many, merged from their indexes."""
    place = sa.bindparam(start, type_=sa.BigInteger)  # also where the key is an id: what begins a list is beyond them
    beyond = key > place if rising else key < place
    one = sa.select(*card_columns(signed_in), key.label("place")).where(beyond, *conditions)
    if not areas:
        return one.order_by(key.asc() if rising else key.desc()).limit(limit)
    each = [one.where(posts.c.area_id == sa.bindparam(f"area_{n}")) for n in range(areas)]
    merged = sa.union_all(*each) if areas > 1 else each[0]
    by_place: sa.ColumnElement[int] = sa.literal_column("place")
    return merged.order_by(by_place.asc() if rising else by_place.desc()).limit(limit)

"""The items on the desk, as a board and as a table: filtered and sorted by what stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from forum.accounts.models import User
from forum.backlog.evidence import people_of_items
from forum.backlog.models import BacklogItem, ItemDependency
from forum.backlog.needs import count_open_needs
from forum.backlog.queries import AnyRow, cut_page
from forum.backlog.status import ItemStatus
from forum.backlog.targets import LATER, SEASONS, read_target
from forum.core.languages import LANGUAGES
from forum.core.paging import PAGE_SIZE, Page, read_cursor
from forum.products.models import Product
from forum.segments.queries import extras, heads

COLUMN = 60  # items of one status on the board; the table has them all
ENDED = 12  # launched, or set aside: those of late
_UNKNOWN = 2**32 - 1  # sorts behind every number
_TWO_31 = 2**31


class Sort(Enum):
    """The orders of the backlog, as they stand in the address."""

    SCORE = "score"
    WEIGHTED = "weighted"
    PEOPLE = "people"
    WEIGHTS = "weights"
    SEGMENT = "segment"
    REACH = "reach"
    PAIN = "pain"
    EFFORT = "effort"
    RETURN = "return"
    TARGET = "target"
    NEWEST = "newest"


RISING = (Sort.EFFORT, Sort.TARGET)  # the small and the early first, unless the address turns it round


@dataclass(frozen=True, slots=True)
class Looking:
    """A way to look at the backlog; everything of it stands in the address."""

    view: str = ""  # "table", else the board
    product: str = ""  # slug; empty: all
    status: ItemStatus | None = None
    owner: int | None = None  # 0: nobody's
    target: str = ""
    openness: str = ""  # "public" or "internal"
    back: bool = False  # came back from *not now*
    blocked: bool = False
    segment: int | None = None  # somebody of it is behind the item
    words: str = ""  # in the title
    sort: Sort = Sort.SCORE
    turned: bool = False  # the other way round

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Read the arguments of an address; what makes no sense there is left out."""
        target = args.get("target", "")
        segment = _number(args.get("segment", ""))
        sorts = {sort.value: sort for sort in Sort if sort is not Sort.SEGMENT or segment}
        return cls(
            view="table" if args.get("view") == "table" else "",
            product=args.get("product", "")[:40],
            status=_status(args.get("status", "")),
            owner=_number(args.get("owner", "")),
            target=target if read_target(target) else "",
            openness=args.get("openness", "") if args.get("openness") in ("public", "internal") else "",
            back=args.get("back") == "1",
            blocked=args.get("blocked") == "1",
            segment=segment,
            words=" ".join(args.get("words", "")[:80].split()),
            sort=sorts.get(args.get("sort", ""), Sort.SCORE),
            turned=args.get("turned") == "1",
        )

    def arguments(self, **changes: Any) -> dict[str, str]:
        """The arguments of the address of this way to look, with some of them changed; empty ones left out."""
        plain = {
            "view": self.view,
            "product": self.product,
            "status": self.status.value.replace(" ", "-") if self.status else "",
            "owner": "" if self.owner is None else str(self.owner),
            "target": self.target,
            "openness": self.openness,
            "back": "1" if self.back else "",
            "blocked": "1" if self.blocked else "",
            "segment": str(self.segment or ""),
            "words": self.words,
            "sort": "" if self.sort is Sort.SCORE else self.sort.value,
            "turned": "1" if self.turned else "",
        }
        return {name: value for name, value in (plain | changes).items() if value}

    def query(self) -> str:
        """This way to look as one text, for keeping it."""
        return urlencode(self.arguments())

    @property
    def is_narrow(self) -> bool:
        """Whether some items are left out beside those of other products."""
        return bool(self.arguments(view="", product="", sort="", turned=""))

    @property
    def falls(self) -> bool:
        """Whether the large numbers come first."""
        return (self.sort in RISING) == self.turned


def reread(query: str) -> Looking:
    """The way to look that was kept as `query`."""
    return Looking.read(dict(parse_qsl(query[:500])))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _status(word: str) -> ItemStatus | None:
    return next((status for status in ItemStatus if status.value == word.replace("-", " ")), None)


_owner = aliased(User)
_has_return = sa.and_(BacklogItem.value.is_not(None), BacklogItem.cost > 0)
return_on_cost = sa.case((_has_return, (BacklogItem.value - BacklogItem.cost) / BacklogItem.cost))
_ITEMS = (
    sa.select(
        BacklogItem.id,
        BacklogItem.title,
        BacklogItem.status,
        BacklogItem.is_public,
        BacklogItem.target,
        BacklogItem.issues,
        BacklogItem.people,
        BacklogItem.reach,
        BacklogItem.pain,
        BacklogItem.effort_weeks,
        BacklogItem.score,
        BacklogItem.weighted,
        BacklogItem.revisit_on,
        BacklogItem.came_back,
        BacklogItem.came_back_at,
        BacklogItem.reopened,
        BacklogItem.version,
        return_on_cost.label("earned"),
        count_open_needs().label("blocked_by"),
        _owner.display_name.label("owner"),
    )
    .outerjoin(_owner, _owner.id == BacklogItem.owner_id)
    .join(Product, Product.id == BacklogItem.product_id)
)


def _narrowed(query: sa.Select[*tuple[Any, ...]], looking: Looking) -> sa.Select[*tuple[Any, ...]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if looking.product:
        conditions.append(Product.slug == looking.product)
    if looking.status is not None:
        conditions.append(BacklogItem.status == looking.status)
    if looking.owner is not None:
        conditions.append(BacklogItem.owner_id == looking.owner if looking.owner else BacklogItem.owner_id.is_(None))
    if looking.target:
        conditions.append(BacklogItem.target == looking.target)
    if looking.openness:
        conditions.append(BacklogItem.is_public.is_(looking.openness == "public"))
    if looking.back:
        conditions.append(BacklogItem.came_back_at.is_not(None))
    if looking.blocked:
        conditions.append(count_open_needs() > 0)
    if looking.words:
        titles = [BacklogItem.title[language].as_string() for language in LANGUAGES]
        conditions.append(sa.or_(*(title.icontains(looking.words, autoescape=True) for title in titles)))
    return query.where(*conditions)


def items_by_status(session: Session, looking: Looking) -> dict[ItemStatus, list[AnyRow]]:
    """The items in the columns of the board, in the order that was asked for, each with the `total` of its column."""
    items, key = _asked(looking)
    total = sa.func.count().over(partition_by=BacklogItem.status)
    place = sa.func.row_number().over(partition_by=BacklogItem.status, order_by=key.desc() if looking.falls else key)
    query = _narrowed(items.add_columns(place.label("place"), total.label("total")), looking).subquery()
    ended = query.c.status.in_((ItemStatus.LAUNCHED, ItemStatus.NOT_NOW))
    is_back = query.c.came_back_at.is_not(None)
    most = sa.case((ended & ~is_back, ENDED), else_=COLUMN)
    rows = session.execute(sa.select(query).where(query.c.place <= most).order_by(query.c.place))
    columns: dict[ItemStatus, list[AnyRow]] = {status: [] for status in ItemStatus}
    for row in rows:
        columns[row.status].append(row)
    return columns


def items_in_order(session: Session, looking: Looking, after: str) -> Page[AnyRow]:
    """One page of the backlog's table."""
    items, number = _asked(looking)
    key = number.label("key")
    query = _narrowed(items.add_columns(key), looking)
    query = query.order_by(key.desc() if looking.falls else key).limit(PAGE_SIZE + 1)
    cursor = read_cursor(after)
    if cursor is not None:
        query = query.where(key < cursor[0] if looking.falls else key > cursor[0])
    return cut_page(session.execute(query).all(), "key", is_first=cursor is None)


def _asked(looking: Looking) -> tuple[sa.Select[*tuple[Any, ...]], sa.ColumnElement[int]]:
    """The items with the number that sorts them, and where segments are asked for, what these need.

    With a segment: those that somebody of it is behind, and how many of it are, `in_segment`.
    """
    items, values = _ITEMS, _values()
    if looking.segment:
        some = heads(people_of_items(sa.true(), in_public=True), looking.segment).subquery()
        items = items.join(some, some.c.part == BacklogItem.id).add_columns(some.c.heads.label("in_segment"))
        values[Sort.SEGMENT] = some.c.heads
    if looking.sort is Sort.WEIGHTS:
        more = extras(people_of_items(sa.true(), in_public=True)).subquery()
        items = items.outerjoin(more, more.c.part == BacklogItem.id)
        values[Sort.WEIGHTS] = _whole((BacklogItem.people + sa.func.coalesce(more.c.extra, 0.0)) * 1000)
    return items, _key(looking, values[looking.sort])


def _key(looking: Looking, value: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """One number for each item that sorts as asked, unknown ones last whichever way round; as `paging.sort_key`."""
    unknown = 0 if looking.falls else _UNKNOWN
    return (
        sa.cast(sa.func.coalesce(value + (1 if looking.falls else 0), unknown), sa.BigInteger) * _TWO_31
        + BacklogItem.id
    )


def _values() -> dict[Sort, sa.ColumnElement[Any]]:
    """What each order compares, as a number that is not negative; null where it is not known.

    What segments make of the people is added by `_asked`.
    """
    # A return of a million is as good as a larger one; it cannot lie below −1.
    earned = sa.case((return_on_cost > 1e6, 1e6), else_=return_on_cost)
    return {
        Sort.SCORE: _whole(sa.case((BacklogItem.effort_weeks.is_not(None), _capped(BacklogItem.score) * 1000))),
        Sort.WEIGHTED: _whole(BacklogItem.weighted * 100_000),
        Sort.PEOPLE: sa.cast(BacklogItem.people, sa.BigInteger),
        Sort.REACH: sa.cast(BacklogItem.reach, sa.BigInteger),
        Sort.PAIN: _whole(BacklogItem.pain * 10_000),
        Sort.EFFORT: _whole(BacklogItem.effort_weeks * 100),
        Sort.RETURN: _whole((earned + 1) * 1000),
        Sort.TARGET: _ends(),
        Sort.NEWEST: sa.literal(0, sa.BigInteger),
    }


def _ends() -> sa.ColumnElement[Any]:
    """The last month of what an item is meant for, the more exact times first; as `targets.read_target` reads it."""
    text = BacklogItem.target
    year = sa.cast(sa.func.substr(text, 1, 4), sa.Integer) * 1000
    return sa.case(
        (text == LATER, 9999_000),
        (text.like("____-__"), year + sa.cast(sa.func.substr(text, 6, 2), sa.Integer) * 10),
        (text.like("____ Q_"), year + sa.cast(sa.func.substr(text, 7, 1), sa.Integer) * 30 + 1),
        *((text.like(f"____ {season}"), year + month * 10 + 1) for season, month in SEASONS.items()),
        (sa.func.length(text) == 4, year + 122),
    )


def _capped(number: Any) -> sa.ColumnElement[float]:
    return sa.case((number > 4e6, 4e6), else_=number)


def _whole(number: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(number, sa.BigInteger)


def came_back(session: Session, limit: int) -> Sequence[AnyRow]:
    """The items that came back from *not now* and wait for a decision, the last one first."""
    return session.execute(
        sa.select(BacklogItem.id, BacklogItem.title, BacklogItem.came_back, BacklogItem.came_back_at)
        .where(BacklogItem.came_back_at.is_not(None))
        .order_by(BacklogItem.came_back_at.desc(), BacklogItem.id.desc())
        .limit(limit)
    ).all()


class Beside(Enum):
    """How another item stands to an item."""

    NEEDED = "needed"  # has to come first
    NEEDING = "needing"  # waits for it
    ABOVE = "above"  # next by RICE, among those of its product that have not ended
    BELOW = "below"


def items_beside(session: Session, item: BacklogItem, *, ranked: bool = True) -> dict[Beside, list[AnyRow]]:
    """The items that an item needs and is needed by, and unless not `ranked`, its neighbours. One query.

    Nothing of this matters any more about an item that is launched.
    """
    found: dict[Beside, list[AnyRow]] = {beside: [] for beside in Beside}
    if item.status is ItemStatus.LAUNCHED:
        return found
    parts = [
        _beside(Beside.NEEDED).where(_is_dependency(ItemDependency.needs_id, ItemDependency.item_id, item)),
        _beside(Beside.NEEDING).where(_is_dependency(ItemDependency.item_id, ItemDependency.needs_id, item)),
    ]
    if ranked:
        is_open = sa.and_(
            BacklogItem.product_id == item.product_id,
            BacklogItem.status.not_in((ItemStatus.LAUNCHED, ItemStatus.NOT_NOW)),
            BacklogItem.id != item.id,
        )
        is_equal = BacklogItem.score == item.score
        is_above = sa.or_(BacklogItem.score > item.score, sa.and_(is_equal, BacklogItem.id > item.id))
        above = _beside(Beside.ABOVE).where(is_open, is_above).order_by(BacklogItem.score, BacklogItem.id)
        below = _beside(Beside.BELOW).where(is_open, ~is_above)
        below = below.order_by(BacklogItem.score.desc(), BacklogItem.id.desc())
        parts += [sa.select(one.limit(1).subquery()) for one in (above, below)]
    for row in session.execute(sa.union_all(*parts)):
        found[Beside(row.beside)].append(row)
    return found


def _beside(beside: Beside) -> sa.Select[*tuple[Any, ...]]:
    columns = (BacklogItem.id, BacklogItem.title, BacklogItem.status, BacklogItem.target)
    return sa.select(*columns, sa.literal(beside.value).label("beside"))


def _is_dependency(
    other: InstrumentedAttribute[int], own: InstrumentedAttribute[int], item: BacklogItem
) -> sa.ColumnElement[bool]:
    return BacklogItem.id.in_(sa.select(other).where(own == item.id))


def blocking(found: dict[Beside, list[AnyRow]]) -> list[AnyRow]:
    """Those of the needed items that are not launched yet."""
    return [row for row in found[Beside.NEEDED] if row.status is not ItemStatus.LAUNCHED]


def choosable(session: Session, product_id: int, *, without: int, limit: int = 200) -> list[tuple[int, Any]]:
    """Items of a product that are not launched, the best first, with their titles: to choose another one from."""
    rows = session.execute(
        sa.select(BacklogItem.id, BacklogItem.title)
        .where(
            BacklogItem.product_id == product_id,
            BacklogItem.id != without,
            BacklogItem.status != ItemStatus.LAUNCHED,
        )
        .order_by(BacklogItem.score.desc(), BacklogItem.id.desc())
        .limit(limit)
    )
    return [(row.id, row.title) for row in rows]

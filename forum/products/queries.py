"""Products, the tree of their areas, and the nearest area that takes ideas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.database import Words
from forum.core.languages import pick
from forum.products.models import Area, Product
from forum.products.status import Openness

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as it stands in the tree."""

    id: int
    product_id: int
    parent_id: int | None
    slug: str
    name: Words
    openness: Openness
    own_openness: Openness | None
    why: Words
    posts: int
    unanswered: int
    reply_minutes: int | None
    decided_at: datetime | None
    decided_by: str  # the display name of who set the openness; empty for the site itself
    rules_html: Words  # its own; empty where those above it count
    depth: int  # 0 at the top
    path: tuple[Words, ...]  # names from the top down, its own last
    posts_below: int  # its own and those of the areas below it
    unanswered_below: int

    @property
    def label(self) -> str:
        """The names from the top down in the reader's language: *Cabin › Seats*."""
        return " › ".join(pick(name) for name in self.path)


_AREAS = (
    sa.select(
        Area.id,
        Area.product_id,
        Area.parent_id,
        Area.slug,
        Area.name,
        Area.openness,
        Area.own_openness,
        Area.why,
        Area.posts,
        Area.unanswered,
        Area.reply_minutes,
        Area.decided_at,
        sa.func.coalesce(User.display_name, "").label("decided_by"),
        Area.rules_html,
    )
    .outerjoin(User, User.id == Area.decided_by_id)
    .order_by(Area.position, Area.id)
)


def products(session: Session) -> Sequence[Product]:
    """All products, in their order."""
    return session.scalars(sa.select(Product).order_by(Product.position, Product.id)).all()


def find_product(slug: str) -> sa.Select[Product]:
    """The product with this short name."""
    return sa.select(Product).where(Product.slug == slug)


def find_product_by_id(product_id: int) -> sa.Select[Product]:
    """The product with this id."""
    return sa.select(Product).where(Product.id == product_id)


def find_area(area_id: int) -> sa.Select[Area]:
    """The area with this id."""
    return sa.select(Area).where(Area.id == area_id)


def tree(session: Session, product_id: int) -> list[AreaRow]:
    """The areas of a product, each before those below it."""
    return arrange(session.execute(_AREAS.where(Area.product_id == product_id)).all())


def forest(session: Session) -> dict[int, list[AreaRow]]:
    """The trees of all products by product id, in one query."""
    rows: dict[int, list[AnyRow]] = {}
    for row in session.execute(_AREAS):
        rows.setdefault(row.product_id, []).append(row)
    return {product_id: arrange(of_product) for product_id, of_product in rows.items()}


def arrange(rows: Sequence[AnyRow]) -> list[AreaRow]:
    """Rows of one product as a tree, depth first."""
    below: dict[int | None, list[AnyRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def walk(parent_id: int | None, path: tuple[Words, ...]) -> Iterator[AreaRow]:
        for row in below.get(parent_id, ()):
            under = list(walk(row.id, (*path, row.name)))
            children = [one for one in under if one.parent_id == row.id]
            yield AreaRow(
                **row._asdict(),
                depth=len(path),
                path=(*path, row.name),
                posts_below=row.posts + sum(child.posts_below for child in children),
                unanswered_below=row.unanswered + sum(child.unanswered_below for child in children),
            )
            yield from under

    return list(walk(None, ()))


class InTree(Protocol):
    """An area, or a row with its id and product."""

    @property
    def id(self) -> int:
        """The area's id."""

    @property
    def product_id(self) -> int:
        """The product it belongs to."""


def nearest_open_area(session: Session, area: InTree) -> AreaRow | None:
    """The area that takes ideas and has the fewest steps in the tree from `area`, or None if the product has none."""
    rows = tree(session, area.product_id)
    up: dict[int, int | None] = {row.id: row.parent_id for row in rows}
    here = _ancestors(area.id, up)
    places = {ancestor: steps for steps, ancestor in enumerate(here)}

    def steps_to(row: AreaRow) -> int:
        for steps, ancestor in enumerate(_ancestors(row.id, up)):
            if ancestor in places:
                return steps + places[ancestor]
        return len(rows) + 1

    candidates = [row for row in rows if row.openness is Openness.CO_CREATE]
    return min(candidates, key=steps_to, default=None)


def _ancestors(area_id: int, up: dict[int, int | None]) -> list[int | None]:
    """The area itself and those above it; None stands for the product as a whole."""
    chain: list[int | None] = [area_id]
    while chain[-1] is not None:
        chain.append(up.get(chain[-1]))
    return chain

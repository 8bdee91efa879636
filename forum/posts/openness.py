"""What an area takes, said to the person who is refused: its own sentence, and the nearest area that is open."""

from typing import Protocol, cast

import sqlalchemy as sa
from babel.support import LazyProxy
from sqlalchemy.orm import Session

from forum.core.database import Words
from forum.core.errors import Invalid
from forum.core.languages import _, pick
from forum.posts.status import Kind
from forum.products import rules as products
from forum.products.models import Area
from forum.products.queries import AreaRow, nearest_open_area
from forum.products.status import Openness


class HasPlace(Protocol):
    """An area, or a row of one."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def product_id(self) -> int:
        """The product it belongs to."""


class Described(HasPlace, products.HasOpenness, Protocol):
    """An area with what it says about itself."""

    @property
    def name(self) -> Words:
        """What it is called."""

    @property
    def why(self) -> Words:
        """Why it is as open as it is."""


class NotTaken(Invalid):
    """The area takes no ideas; `nearest` is the open one to offer, if the product has any."""

    code = "area_not_open"

    def __init__(self, area: Described, nearest: AreaRow | None) -> None:
        self.nearest = nearest
        message = LazyProxy(_refusal, area.name, area.why, nearest, enable_cache=False)
        super().__init__(message, fields={"area_id": str(message)})


_areas = cast(sa.Table, Area.__table__)
_AREA = sa.select(
    *(_areas.c[name] for name in ("id", "product_id", "name", "openness", "why")),
).where(_areas.c.id == sa.bindparam("area"))


def find_area_for(session: Session, area_id: int, kind: Kind) -> HasPlace:
    """The area with this id, if it takes posts of `kind`. Raises `Invalid` for a missing one, else `NotTaken`."""
    area = cast(Described | None, session.connection().execute(_AREA, {"area": area_id}).one_or_none())
    if area is None:
        raise Invalid(fields={"area_id": _("Choose an area from the list.")})
    check_taken(session, area, kind)
    return area


def check_taken(session: Session, area: Described, kind: Kind) -> None:
    """Raise `NotTaken` unless `area` takes posts of `kind`. A complaint is never refused."""
    if products.takes(area, kind):
        return
    raise NotTaken(area, nearest_open_area(session, area))


def _refusal(name: Words, why: Words, nearest: AreaRow | None) -> str:
    """What whoever brings an idea to a closed area is told."""
    refusal = _("{area} is not open to ideas.", area=pick(name))
    ways = _("You can bring it as a complaint, which is always taken.")
    if nearest is not None:
        ways = _("{area} is open to ideas. Or bring yours as a complaint, which is always taken.", area=nearest.label)
    return " ".join(filter(None, (refusal, pick(why), ways)))


def no_vote_sentence(area: products.HasOpenness) -> str:
    """Why posts in `area` are not put to the vote."""
    if area.openness is Openness.LISTENING:
        return _("We listen to complaints here; ideas are not put to the vote.")
    return _("This area is closed to ideas. Complaints are recorded and answered, and not put to the vote.")

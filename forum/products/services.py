"""Making products and areas, and deciding how open each area is."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import LANGUAGES, _
from forum.core.people import Reader
from forum.products import rules
from forum.products.models import Area, Product
from forum.products.status import Openness

MAX_SLUG = 40
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def make_product(
    session: Session,
    slug: str,
    name: Words,
    *,
    by: Reader | None,
    description: Words | None = None,
    own_names: list[str] | None = None,
    position: int | None = None,
    is_demo: bool = False,
) -> Product:
    """Add a product with `slug` in its addresses, after those there. `by` is None when the site sets itself up.

    Raises `NotAllowed` unless `by` administers the site, `Invalid` for a bad or taken slug or an empty name.
    """
    _require_admin(by)
    name = clean_words(name, "name_en")
    _check_slug(slug, taken=sa.select(Product.id).where(Product.slug == slug), session=session)
    product = Product(
        slug=slug,
        name=name,
        description=description or {},
        own_names=own_names or [],
        position=_last(session, Product.position) if position is None else position,
        created_at=utcnow(),
        is_demo=is_demo,
    )
    session.add(product)
    session.flush()
    audit.record(session, "product.make", by=by.id if by else None, subject="product", subject_id=product.id, slug=slug)
    return product


def make_area(
    session: Session,
    product: Product,
    slug: str,
    name: Words,
    *,
    by: Reader | None,
    parent: Area | None = None,
    openness: Openness | None = None,
    why: Words | None = None,
    position: int | None = None,
    map_spot: str = "",
) -> Area:
    """Add an area to `product`, as the last below `parent` if given; without an openness it has its parent's.

    `by` is None when the site sets itself up. Raises `NotAllowed` unless `by` administers the site, and
    `Invalid` for a bad or taken slug, an empty name, an area at the top without openness, or an openness
    other than that of the area above without a sentence why.
    """
    _require_admin(by)
    name = clean_words(name, "name_en")
    taken = sa.select(Area.id).where(Area.product_id == product.id, Area.slug == slug)
    _check_slug(slug, taken=taken, session=session)
    if parent is not None and parent.product_id != product.id:
        raise Invalid(_("An area belongs to the same product as the area above it."))
    area = Area(
        product_id=product.id,
        parent_id=parent.id if parent else None,
        slug=slug,
        name=name,
        position=_last(session, Area.position, Area.product_id == product.id) if position is None else position,
        map_spot=map_spot,
    )
    _decide(area, parent, openness, why or {}, by)
    session.add(area)
    session.flush()
    audit.record(session, "area.make", by=by.id if by else None, subject="area", subject_id=area.id, slug=slug)
    return area


def set_openness(
    session: Session,
    area: Area,
    openness: Openness | None,
    why: Words,
    *,
    by: Reader,
    version: int | None = None,
) -> None:
    """Decide how open `area` is and say why; None means as the area above it.

    The areas below that have no openness of their own follow, as does the sentence. What is there stays:
    closing an area freezes its posts. Raises `NotAllowed` unless `by` may, `Invalid` when an area at the top
    would have no openness or when one that differs from the area above would have no sentence, and
    `Conflict` when the area is no longer at `version`.
    """
    require(rules.may_set_openness(by), str(rules.may_set_openness.refusal))  # type: ignore[attr-defined]
    session.refresh(area, with_for_update=True)
    if version is not None and version != area.version:
        raise Conflict(_("Somebody else changed this area while you were writing. Both versions are below."))
    before = area.own_openness.value if area.own_openness else None
    parent = session.get(Area, area.parent_id) if area.parent_id else None
    _decide(area, parent, openness, why, by)
    area.version += 1
    session.flush()
    _hand_down(session, area)
    audit.record(
        session,
        "area.openness",
        by=by.id,
        subject="area",
        subject_id=area.id,
        before=before,
        after=openness.value if openness else None,
        why=area.own_why,
    )


def _decide(area: Area, parent: Area | None, openness: Openness | None, why: Words, by: Reader | None) -> None:
    """Set an area's own openness and sentence, and what is in force."""
    if parent is None and openness is None:
        raise Invalid(fields={"openness": _("An area at the top says for itself how open it is.")})
    differs = parent is None or openness not in (None, parent.openness)
    why = clean_words(why, "why_en", optional=not differs)
    area.own_openness, area.own_why = openness, why
    area.decided_at, area.decided_by_id = utcnow(), by.id if by else None
    _inherit(area, parent)


def _inherit(area: Area, parent: Area | None) -> None:
    """Work out what is in force: an area's own openness and sentence, else its parent's.

    An area that differs from its parent and gives no sentence of its own has none: the parent's would explain
    something else.
    """
    if parent is None:
        area.openness, area.why = area.own_openness or Openness.LISTENING, area.own_why
        return
    area.openness = area.own_openness or parent.openness
    area.why = area.own_why or (parent.why if area.openness is parent.openness else {})


def _hand_down(session: Session, area: Area) -> None:
    """Work out afresh what is in force in all areas below `area`."""
    areas = session.scalars(sa.select(Area).where(Area.product_id == area.product_id)).all()
    below: dict[int | None, list[Area]] = {}
    for one in areas:
        below.setdefault(one.parent_id, []).append(one)
    waiting = [area]
    while waiting:
        parent = waiting.pop()
        for child in below.get(parent.id, ()):
            _inherit(child, parent)
            waiting.append(child)
    session.flush()


def clean_words(words: Words, field: str, *, optional: bool = False) -> Words:
    """Company-written text with its filled languages only. Raises `Invalid` when none is."""
    clean = {code: words[code].strip() for code in LANGUAGES if words.get(code, "").strip()}
    if not clean and not optional:
        raise Invalid(fields={field: _("Write this in at least one language.")})
    return clean


def _check_slug(slug: str, *, taken: sa.Select[int], session: Session) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        raise Invalid(fields={"slug": _("Use small letters a to z, digits and single hyphens, at most 40.")})
    if session.scalar(taken) is not None:
        raise Invalid(fields={"slug": _("This short name is taken.")})


def _last(session: Session, position: InstrumentedAttribute[int], *among: sa.ColumnElement[bool]) -> int:
    """The place after all rows there."""
    highest = session.scalar(sa.select(sa.func.max(position)).where(*among))
    return 0 if highest is None else highest + 1


def _require_admin(by: Reader | None) -> None:
    """The site sets itself up without a person; anybody else must administer it."""
    require(by is None or rules.may_arrange(by), _("Only admins change products and areas."))

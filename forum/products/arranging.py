"""Changing products and areas that are there: what they are called, and in which order they stand."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit
from forum.core.database import Words
from forum.core.errors import require
from forum.core.languages import LANGUAGES, _
from forum.core.people import Reader
from forum.products import rules
from forum.products.models import Area, Product
from forum.products.services import MAX_SLUG, clean_words

_SPELLED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ł": "l"})
_GAPS = re.compile(r"[^a-z0-9]+")


def propose_slug(name: Words) -> str:
    """A short name for addresses made of `name` in the first of its languages; empty when it has no such letters."""
    written = next((name[code] for code in LANGUAGES if name.get(code)), "").casefold().translate(_SPELLED)
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", written) if not unicodedata.combining(sign))
    return _GAPS.sub("-", letters).strip("-")[:MAX_SLUG].rstrip("-")


def rename(session: Session, row: Product | Area, name: Words, *, by: Reader) -> None:
    """Call a product or an area `name`, a text per language; its address stays.

    Raises `NotAllowed` unless `by` administers the site, and `Invalid` for an empty name.
    """
    require(rules.may_arrange(by), _("Only admins change products and areas."))
    before, row.name = row.name, clean_words(name, "name_en")
    _record(session, row, "rename", by, before=before, after=row.name)


def move(session: Session, row: Product | Area, *, up: bool, by: Reader) -> bool:
    """Let a product or an area change places with the one before it, or after it; false at the end of the list.

    An area stays below the area it is below. Raises `NotAllowed` unless `by` administers the site.
    """
    require(rules.may_arrange(by), _("Only admins change products and areas."))
    beside = list(_beside(session, row))
    here = beside.index(row)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(beside):
        return False
    beside[here], beside[there] = beside[there], beside[here]
    for position, one in enumerate(beside):
        one.position = position
    _record(session, row, "move", by, to=there)
    return True


def _beside(session: Session, row: Product | Area) -> Sequence[Product | Area]:
    """The row and those it stands in a list with, in their order."""
    if isinstance(row, Product):
        return session.scalars(sa.select(Product).order_by(Product.position, Product.id)).all()
    same_place = (Area.product_id == row.product_id, Area.parent_id.is_not_distinct_from(row.parent_id))
    return session.scalars(sa.select(Area).where(*same_place).order_by(Area.position, Area.id)).all()


def _record(session: Session, row: Product | Area, act: str, by: Reader, **details: Any) -> None:
    subject = "product" if isinstance(row, Product) else "area"
    audit.record(session, f"{subject}.{act}", by=by.id, subject=subject, subject_id=row.id, **details)

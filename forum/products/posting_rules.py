"""What to mind when posting in an area: written by moderators, in force in the areas below it that have none."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit, markup
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.products import rules
from forum.products.models import Area
from forum.products.services import clean_words


class InForce(NamedTuple):
    """The rules that count in an area, and the area that they were written for."""

    area_id: int
    area: Words
    html: Words


_RULES = sa.select(Area.id, Area.parent_id, Area.name, Area.rules_html)


def write_rules(session: Session, area: Area, words: Words, *, by: Reader, version: int) -> None:
    """Say what to mind when posting in `area`, as Markdown in each language; with none, those above it count.

    Raises `NotAllowed` unless `by` moderates, `Invalid` for text that cannot be rendered, and `Conflict` when the
    area is no longer at `version`.
    """
    require(rules.may_write_rules(by), _("Only moderators and admins write the rules of an area."))
    session.refresh(area, with_for_update=True)
    if version != area.version:
        raise Conflict(_("Somebody else changed this area while you were writing. Both versions are below."))
    before, area.rules = area.rules, clean_words(words, "rules_en", optional=True)
    area.rules_html = {language: _render(language, text) for language, text in area.rules.items()}
    area.version += 1
    session.flush()
    audit.record(
        session, "area.rules", by=by.id, subject="area", subject_id=area.id, before=before, after=dict(area.rules)
    )


def _render(language: str, text: str) -> str:
    try:
        return markup.render(text)
    except Invalid as problem:
        raise Invalid(fields={f"rules_{language}": problem.message}) from problem


def in_force(session: Session, area_id: int) -> InForce | None:
    """The rules that count in an area: its own, else those of the nearest one above that has some."""
    areas = {row.id: row for row in session.execute(_RULES)}
    here = areas.get(area_id)
    while here is not None and not here.rules_html:
        here = areas.get(here.parent_id)
    return InForce(here.id, here.name, here.rules_html) if here else None

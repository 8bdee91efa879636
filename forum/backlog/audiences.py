"""For whom an item is on the roadmap: everybody, customers, one organisation, a segment, or the team alone.

It is a rule of the item: every list, page, count and feed starts from `shown_to`. What everybody may read goes by
`is_public` alone, so that posts, timelines, feeds, embeds and mail never tell of an item that only some may see.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import Organisation
from forum.backlog import rules
from forum.backlog.changing import show_or_hide
from forum.backlog.closed_areas import check_openness
from forum.backlog.decisions import enter
from forum.backlog.models import BacklogItem
from forum.backlog.schemas import AudienceChange
from forum.backlog.services import lock
from forum.backlog.status import Audience, DecisionKind
from forum.core.errors import Invalid, require
from forum.core.languages import _
from forum.core.people import Reader

MOST = 500  # organisations, and segments, to choose from


def set_audience(session: Session, item: BacklogItem, change: AudienceChange, *, by: Reader) -> None:
    """Say who may see an item from now on; the decision book keeps it.

    Raises `NotAllowed` unless `by` plans, `Conflict` for a stale version, and `Invalid` without the organisation or
    segment that was meant, or for an item that may be for the team alone.
    """
    require(rules.may_plan(by), _("Only product managers plan the backlog."))
    lock(session, item, change.version, by=by)
    item.version += 1
    is_public = change.audience == "public"
    if is_public != item.is_public:
        show_or_hide(session, item, by=by)
    if is_public:
        return
    audience = Audience(change.audience)
    if audience is not Audience.TEAM:
        check_openness(session, item)
    values: dict[str, Any] = {
        "audience": audience,
        "audience_organisation_id": _organisation(session, change) if audience is Audience.ORGANISATION else None,
        "audience_key": "",
        "audience_value": "",
    }
    if audience is Audience.SEGMENT:
        values["audience_key"], values["audience_value"] = _segment(session, change)
    before = _said(session, item)
    for name, value in values.items():
        setattr(item, name, value)
    after = _said(session, item)
    if before != after:
        enter(session, item, DecisionKind.OPENNESS, by=by, before=before, after=after)
    session.flush()


def _organisation(session: Session, change: AudienceChange) -> int:
    if change.organisation_id is None or session.get(Organisation, change.organisation_id) is None:
        raise Invalid(fields={"organisation_id": _("Choose an organisation.")})
    return change.organisation_id


def _segment(session: Session, change: AudienceChange) -> tuple[str, str]:
    if change.segment not in segments(session):
        raise Invalid(fields={"segment": _("Choose a segment.")})
    key, _sign, value = change.segment.partition("=")
    return key, value


def _said(session: Session, item: BacklogItem) -> dict[str, Any]:
    """An audience as the decision book keeps it, with the names of that day."""
    return {"audience": item.audience.value, "of": name_of(session, item)}


def name_of(session: Session, item: BacklogItem) -> str:
    """The organisation or segment that an item is for; empty when it is for neither."""
    if item.audience is Audience.SEGMENT:
        return segment_words(item.audience_key, item.audience_value)
    if item.audience is not Audience.ORGANISATION or item.audience_organisation_id is None:
        return ""
    organisation = session.get(Organisation, item.audience_organisation_id)
    return organisation.name if organisation else ""


def segment_words(key: str, value: str) -> str:
    """A segment as people read it: *plan: Fleet*."""
    return f"{key}: {value}"


def organisations(session: Session) -> list[tuple[int, str]]:
    """The organisations to choose from, by name."""
    rows = session.execute(sa.select(Organisation.id, Organisation.name).order_by(Organisation.name).limit(MOST))
    return [(row.id, row.name) for row in rows]


def segments(session: Session) -> list[str]:
    """What organisations can be told apart by: each attribute with each value that one of them has, `plan=Fleet`."""
    found = {
        f"{key}={value}"
        for attributes in session.scalars(sa.select(Organisation.attributes))
        for key, value in attributes.items()
        if isinstance(value, (str, int)) and not isinstance(value, bool) and len(key) <= 40 and len(str(value)) <= 120
    }
    return sorted(found)[:MOST]

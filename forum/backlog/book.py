"""Reading the decision book: the public part shows decisions, the team sees arguments as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.backlog.models import BacklogItem, DecisionEntry
from forum.backlog.queries import AnyRow, cut_page, shown_to
from forum.backlog.status import DecisionKind
from forum.backlog.targets import target_words
from forum.backlog.wording import again_words, reason_words
from forum.core.database import Words
from forum.core.languages import _, number, pick
from forum.core.paging import PAGE_SIZE, Page, read_cursor
from forum.core.people import ANYBODY, Reader

PUBLIC_KINDS = (DecisionKind.PROMOTED, DecisionKind.STATUS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision, ready to be shown."""

    key: int
    at: datetime
    who: str
    item_id: int
    item: Words
    is_public: bool  # whether the item is
    kind: DecisionKind
    before: str  # status, where it changed
    after: str
    changes: list[str]  # in sentences
    sentence: Words  # for everybody
    reason: str
    argument: str  # for the team alone


_ENTRIES = (
    sa.select(
        DecisionEntry.id,
        DecisionEntry.at,
        DecisionEntry.kind,
        DecisionEntry.before,
        DecisionEntry.after,
        DecisionEntry.public_sentence,
        DecisionEntry.argument,
        DecisionEntry.reason,
        DecisionEntry.revisit_on,
        User.display_name.label("who"),
        BacklogItem.id.label("item_id"),
        BacklogItem.title,
        BacklogItem.is_public,
    )
    .join(BacklogItem, BacklogItem.id == DecisionEntry.item_id)
    .outerjoin(User, User.id == DecisionEntry.by_id)
    .order_by(DecisionEntry.at.desc(), DecisionEntry.id.desc())
)


def book_page(session: Session, reader: Reader, after: str) -> Page[Entry]:
    """One page of the decision book, the newest entry first."""
    query = _ENTRIES.where(_read_by(reader)).limit(PAGE_SIZE + 1)
    cursor = read_cursor(after)
    if cursor is not None:
        # The cursor holds the id; the moment comes from the row itself, so no precision is lost.
        last = sa.select(DecisionEntry.at).where(DecisionEntry.id == cursor[0]).scalar_subquery()
        same = (DecisionEntry.at == last) & (DecisionEntry.id < cursor[0])
        query = query.where(sa.or_(DecisionEntry.at < last, same))
    rows = cut_page(session.execute(query).all(), "id", is_first=cursor is None)
    return Page([_entry(row, reader) for row in rows.rows], rows.after, rows.is_first)


def decisions_on(
    session: Session, reader: Reader, item_id: int, limit: int, *, only_public: bool = False
) -> list[Entry]:
    """The last decisions on one item, the newest first; on its public face those that everybody reads."""
    reads = ANYBODY if only_public else reader
    query = _ENTRIES.where(DecisionEntry.item_id == item_id, _read_by(reads)).limit(limit)
    return [_entry(row, reads) for row in session.execute(query)]


def _read_by(reader: Reader) -> sa.ColumnElement[bool]:
    if reader.is_team:
        return sa.true()
    return shown_to(reader) & DecisionEntry.kind.in_(PUBLIC_KINDS)


def _entry(row: AnyRow, reader: Reader) -> Entry:
    return Entry(
        key=row.id,
        at=row.at,
        who=row.who or "",
        item_id=row.item_id,
        item=row.title,
        is_public=row.is_public,
        kind=row.kind,
        before=row.before.get("status", ""),
        after=row.after.get("status", ""),
        changes=changes_in_words(row.kind, row.before, row.after),
        sentence=row.public_sentence,
        reason=_reason(row.reason, row.revisit_on),
        argument=row.argument if reader.is_team else "",
    )


def _reason(reason: Any, revisit_on: date | None) -> str:
    if reason is None:
        return ""
    return " ".join(filter(None, (reason_words(reason), again_words(revisit_on.isoformat() if revisit_on else ""))))


def changes_in_words(kind: DecisionKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What an entry changed, in sentences; moves show their statuses beside them."""
    match kind:
        case DecisionKind.PROMOTED:
            return [_("Put on the backlog.")]
        case DecisionKind.STATUS:
            target = after.get("target", "")
            return [_("Meant for {when}.", when=target_words(target))] if target else []
        case DecisionKind.SCORE:
            return [_change(_score_words(name), before[name], after[name]) for name in before]
        case DecisionKind.OWNER:
            return [_change(_("Owner"), before.get("owner"), after.get("owner"))]
        case DecisionKind.TEXT:
            return [_change(_text_words(name), before[name], after[name]) for name in before]
        case DecisionKind.EVIDENCE:
            is_out = after.get("now") == "removed"
            return [_("A post was taken out of the evidence.") if is_out else _("A post was put back as evidence.")]
        case DecisionKind.OPENNESS:
            return [_("Made public.") if after.get("is_public") else _("Made internal.")]
        case _:
            return []


def _change(name: str, before: Any, after: Any) -> str:
    return _("{name}: {before} → {after}", name=name, before=_said(before), after=_said(after))


def _said(value: Any) -> str:
    """A stored value as people read it."""
    if value is None or value in ("", {}, []):
        return _("nothing")
    if isinstance(value, dict):
        return pick(value)
    if isinstance(value, list):  # issues, with their trackers
        return ", ".join(str(one[-1]) for one in value)
    return number(value) if isinstance(value, (int, float)) else str(value)


def _score_words(name: str) -> str:
    return {
        "impact": _("Impact"),
        "confidence": _("Confidence"),
        "effort_weeks": _("Effort in person-weeks"),
        "value": _("Value in a year"),
        "cost": _("Cost"),
        "assumptions": _("Assumptions"),
    }[name]


def _text_words(name: str) -> str:
    return {
        "title": _("Title"),
        "problem": _("Problem"),
        "public_sentence": _("Public sentence"),
        "target": _("Target"),
        "issues": _("Issues"),
    }[name]

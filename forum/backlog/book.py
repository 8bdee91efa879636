"""Reading the decision book: the public part shows decisions, the team sees arguments as well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.backlog.issues import NAMES
from forum.backlog.models import BacklogItem, DecisionEntry
from forum.backlog.queries import AnyRow, cut_page, shown_to
from forum.backlog.status import Audience, CameBack, DecisionKind, Tracker
from forum.backlog.targets import target_words
from forum.backlog.wording import again_words, audience_words, came_back_words, reason_words
from forum.core.database import Json, Words
from forum.core.languages import LANGUAGES, _, number, pick
from forum.core.paging import PAGE_SIZE, Page, read_cursor
from forum.core.people import ANYBODY, Reader, Role

PUBLIC_KINDS = (DecisionKind.PROMOTED, DecisionKind.STATUS, DecisionKind.CAME_BACK)

TEAM = Reader(id=0, roles=frozenset({Role.MANAGER}))  # for pages that only the team opens


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision, ready to be shown."""

    key: int
    at: datetime
    who: str
    item_id: int | None  # None: of a product's weights
    item: Words
    is_public: bool  # whether the item is
    kind: DecisionKind
    before: str  # status, where it changed
    after: str
    changes: list[str]  # in sentences
    sentence: Words  # for everybody
    reason: str
    argument: str  # for the team alone
    raw_before: Mapping[str, Any]  # as it is stored


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
    .outerjoin(BacklogItem, BacklogItem.id == DecisionEntry.item_id)
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


def decisions_since(session: Session, reader: Reader, item_id: int, version: int) -> list[Entry]:
    """What was decided about an item since it had this version, the newest first."""
    query = _ENTRIES.where(DecisionEntry.item_id == item_id, DecisionEntry.version > version).limit(PAGE_SIZE)
    return [_entry(row, reader) for row in session.execute(query)]


def last_of_kinds(
    session: Session, item_ids: Sequence[int], kinds: Sequence[DecisionKind], limit: int
) -> dict[int, list[Entry]]:
    """The last decisions of these kinds on each of some items, the newest first, as the team reads them."""
    place = sa.func.row_number().over(
        partition_by=DecisionEntry.item_id, order_by=(DecisionEntry.at.desc(), DecisionEntry.id.desc())
    )
    ranked = (
        sa.select(DecisionEntry.id, place.label("place"))
        .where(DecisionEntry.item_id.in_(item_ids), DecisionEntry.kind.in_(kinds))
        .subquery()
    )
    last = sa.select(ranked.c.id).where(ranked.c.place <= limit)
    found: dict[int, list[Entry]] = {}
    for row in session.execute(_ENTRIES.where(DecisionEntry.id.in_(last))):
        found.setdefault(row.item_id, []).append(_entry(row, TEAM))
    return found


def weights_entry(session: Session, product_id: int) -> Entry | None:
    """The last decision on the weights of a product, as the team reads it."""
    query = _ENTRIES.where(DecisionEntry.product_id == product_id, DecisionEntry.kind == DecisionKind.WEIGHTS).limit(1)
    row = session.execute(query).one_or_none()
    return _entry(row, TEAM) if row else None


def _audience(said: Mapping[str, Any]) -> str:
    return audience_words(Audience(said["audience"]), said["of"])


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
        item=row.title or {},
        is_public=bool(row.is_public),
        kind=row.kind,
        before=row.before.get("status", ""),
        after=row.after.get("status", ""),
        changes=changes_in_words(row.kind, row.before, row.after),
        sentence=row.public_sentence,
        reason=_reason(row.reason, row.revisit_on, row.after),
        argument=row.argument if reader.is_team else "",
        raw_before=row.before,
    )


def _reason(reason: Any, revisit_on: date | None, after: Mapping[str, Any]) -> str:
    """Why something was set aside, and when it is looked at again; items it waits for are not named here."""
    if reason is None:
        return ""
    also = {name: after[f"revisit_{name}"] for name in ("votes", "companies") if after.get(f"revisit_{name}")}
    if after.get("revisit_item_id"):
        also["item"] = {}
    return f"{reason_words(reason)} {again_words(revisit_on.isoformat() if revisit_on else '', also)}".strip()


def changes_in_words(kind: DecisionKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What an entry changed, in sentences; moves show their statuses beside them."""
    match kind:
        case DecisionKind.PROMOTED:
            return [_("Put on the backlog.")]
        case DecisionKind.STATUS:
            target = after.get("target", "")
            return [_("Meant for {when}.", when=target_words(target))] if target else []
        case DecisionKind.SCORE:
            numbers = [_change(_score_words(name), before[name], after[name]) for name in before if name != "ratings"]
            return numbers + _ratings_in_words(before.get("ratings", {}), after.get("ratings", {}))
        case DecisionKind.OWNER:
            return [_change(_("Owner"), before.get("owner"), after.get("owner"))]
        case DecisionKind.TEXT:
            return [_change(_text_words(name), before[name], after[name]) for name in before]
        case DecisionKind.EVIDENCE:
            is_out = after.get("now") == "removed"
            return [_("A post was taken out of the evidence.") if is_out else _("A post was put back as evidence.")]
        case DecisionKind.OPENNESS:
            if "audience" in after:
                return [_change(_("Who may see it"), _audience(before), _audience(after))]
            return [_("Made public.") if after.get("is_public") else _("Made internal.")]
        case DecisionKind.NEEDS:
            needed, freed = after.get("title"), before.get("title")
            return [
                _("It needs “{item}” first.", item=pick(needed))
                if needed
                else _("It does not wait for “{item}” any more.", item=pick(freed))
            ]
        case DecisionKind.WEIGHTS:
            return _weights_in_words(before.get("criteria", []), after.get("criteria", []))
        case DecisionKind.CAME_BACK:
            return [_("It came back to the desk."), came_back_words(CameBack(after["why"]))]


def _ratings_in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [_change(pick(told["name"]), before.get(key, {}).get("step"), told["step"]) for key, told in after.items()]


def _weights_in_words(before: list[Json], after: list[Json]) -> list[str]:
    """What changed about a company's own model: criteria that came, went, or weigh something else."""
    old, new = ({one["key"]: one for one in criteria} for criteria in (before, after))
    sentences = []
    for key, one in new.items():
        name, was = pick(one["name"]), old.get(key)
        if was is None:
            sentences.append(_("“{criterion}” counts now, with weight {n}.", criterion=name, n=number(one["weight"])))
        elif was["weight"] != one["weight"]:
            sentences.append(_change(_("Weight of “{criterion}”", criterion=name), was["weight"], one["weight"]))
        elif was != one:
            sentences.append(_("“{criterion}” is named or counted differently.", criterion=name))
    gone = [pick(one["name"]) for key, one in old.items() if key not in new]
    return sentences + [_("“{criterion}” counts no longer.", criterion=name) for name in gone]


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


def field_words(name: str) -> str:
    """What a field of an item's forms is called; those in a language say which."""
    stem, _sign, language = name.rpartition("_")
    if language in LANGUAGES:
        return f"{_text_words({'sentence': 'public_sentence'}.get(stem, stem))} ({LANGUAGES[language]})"
    if name in {tracker.value for tracker in Tracker}:
        return NAMES[Tracker(name)]
    if name == "is_public":
        return _("Who may see it")
    return _("Owner") if name == "owner_id" else (_text_words if name in _TEXTS else _score_words)(name)


_TEXTS = ("title", "problem", "public_sentence", "target", "issues")


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

"""The library of reasons: those that Cabin comes with in three languages, and the site's own beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_moderate
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import LANGUAGES, _, current_language, in_each_language, lazy, pick, speaking
from forum.core.people import Reader
from forum.moderation.models import ReasonText
from forum.moderation.reasons import BUILT_IN, PURPOSES, REASON_NAMES, REASONS
from forum.moderation.status import CaseKind, Decision, Purpose, Reason

Choice = Reason | int  # one that Cabin came with, or the id of one of the site's own
Name = tuple[Purpose, str | int, str]  # what for, key, and the short name in some language
Options = list[tuple[str | int, str]] | list[tuple[list[tuple[str | int, str]], str]]

# What a reason is for, by what is decided with it.
_FOR = {
    Decision.HIDDEN: Purpose.AWAY,
    Decision.REMOVED: Purpose.AWAY,
    Decision.ASKED: Purpose.AWAY,
    Decision.RESTORED: Purpose.BACK,
    Decision.REVERTED: Purpose.BACK,
}


@dataclass(frozen=True)
class Line:
    """One reason of the library, in every language."""

    key: str | int  # as it stands in forms and addresses
    purpose: Purpose
    name: Words
    words: Words
    is_built_in: bool
    is_changed: bool  # one that Cabin came with, in the site's own words
    retired_at: datetime | None


def lines(session: Session) -> list[Line]:
    """The whole library: by purpose, first what Cabin came with, then the site's own in the order of writing."""
    rows = session.scalars(sa.select(ReasonText).order_by(ReasonText.id)).all()
    changed = {row.built_in: row for row in rows if row.built_in}
    found = []
    for purpose, reasons in BUILT_IN.items():
        found += [_built_in(reason, purpose, changed.get(reason)) for reason in reasons]
        own = (row for row in rows if row.built_in is None and row.purpose is purpose)
        found += [Line(row.id, purpose, row.name, row.words, False, False, row.retired_at) for row in own]
    return found


def _built_in(reason: Reason, purpose: Purpose, row: ReasonText | None) -> Line:
    name, words = in_each_language(lazy(REASON_NAMES[reason])), in_each_language(lazy(REASONS[reason]))
    if row is None:
        return Line(reason.value, purpose, name, words, True, False, None)
    return Line(reason.value, purpose, name | row.name, words | row.words, True, row.words != words, row.retired_at)


def options(names: Sequence[Name], purposes: Iterable[Purpose]) -> Options:
    """Of `names` those for these purposes, as choices of a form in the language of the moment; grouped by purpose."""
    wanted = set(purposes)
    groups: dict[Purpose, list[tuple[str | int, str]]] = {}
    for purpose, key, name in names:
        if purpose in wanted:
            groups.setdefault(purpose, []).append((key, name))
    own: list[tuple[str | int, str]] = [(Reason.OTHER.value, _(REASON_NAMES[Reason.OTHER]))]
    if len(groups) < 2:
        return next(iter(groups.values()), []) + own
    return [(choices, _(PURPOSES[purpose])) for purpose, choices in groups.items()] + [(own, _("Neither"))]


def read_names(session: Session) -> list[Name]:
    """Every reason that can be chosen, with its short name in the language of the moment."""
    columns = (ReasonText.id, ReasonText.built_in, ReasonText.purpose, ReasonText.name, ReasonText.retired_at)
    rows = session.execute(sa.select(*columns).order_by(ReasonText.id)).all()
    changed = {row.built_in: row for row in rows if row.built_in}
    found: list[Name] = []
    for purpose, reasons in BUILT_IN.items():
        for reason in reasons:
            row = changed.get(reason)
            if row is None or row.retired_at is None:
                own_name = row.name.get(current_language()) if row else None
                found.append((purpose, reason.value, own_name or _(REASON_NAMES[reason])))
        own = (row for row in rows if row.built_in is None and row.purpose is purpose and row.retired_at is None)
        found += [(purpose, row.id, pick(row.name)) for row in own]
    return found


def purposes_of(kind: CaseKind, decisions: Iterable[Decision]) -> set[Purpose]:
    """What reasons are needed for, where these decisions are on offer."""
    found = {_FOR[decision] for decision in decisions if decision in _FOR}
    return found | ({Purpose.STANDS} if kind is CaseKind.APPEAL and Decision.KEPT in decisions else set())


def sentence(session: Session, choice: Choice, words: str, language: str) -> str:
    """What the author reads, in the author's `language`: the library's sentence and the moderator's own words.

    Raises `Invalid` when there is neither, and for a reason that is not in the library any more.
    """
    words = " ".join(words.split())
    with speaking(language):
        library = told(session, choice)
    if library is None:
        raise Invalid(fields={"reason": _("Choose a reason; its author reads it.")})
    whole = f"{library} {words}".strip()
    if not whole:
        raise Invalid(fields={"words": _("Write the reason; its author reads it.")})
    return whole


def told(session: Session, choice: Choice) -> str | None:
    """The library's sentence in the language of the moment, empty for one's own words; None where it has none."""
    if choice is Reason.OTHER:
        return ""
    is_own = not isinstance(choice, Reason)
    row = session.scalars(
        sa.select(ReasonText).where(ReasonText.id == choice if is_own else ReasonText.built_in == choice)
    ).one_or_none()
    if isinstance(choice, Reason):
        if row is not None and row.words.get(current_language()):
            return row.words[current_language()]
        return _(REASONS[choice])
    return pick(row.words) if row and row.built_in is None and row.retired_at is None else None


def grounds(choice: Choice) -> tuple[Reason, int | None]:
    """How a choice is stored with a case: the reason in short, and the id of one of the site's own."""
    return (choice, None) if isinstance(choice, Reason) else (Reason.OTHER, choice)


def find_line(session: Session, key: str) -> Line | None:
    """The reason with this key, as it stands in addresses."""
    return next((line for line in lines(session) if str(line.key) == key), None)


def write_reason(
    session: Session, line: Line | None, purpose: Purpose, name: Words, words: Words, *, by: Reader
) -> None:
    """Add a reason to the library, or word one that is there differently; what was decided keeps its words.

    Raises `NotAllowed` unless `by` moderates, and `Invalid` without a name or a sentence in some language.
    """
    _require_moderator(by)
    fields = {
        field: _("Write this in at least one language.")
        for field, filled in (("name_en", name), ("words_en", words))
        if not any(filled.values())
    }
    if fields:
        raise Invalid(fields=fields)
    row = _row(session, line)
    row.name, row.words = _filled(name), _filled(words)
    if row.built_in is None:
        row.purpose = purpose
    _keep(session, row, "reason.write", by)


def retire(session: Session, line: Line, *, by: Reader) -> None:
    """Offer a reason no longer. Raises `NotAllowed` unless `by` moderates, and `Conflict` when it is not offered."""
    _require_moderator(by)
    if line.retired_at is not None:
        raise Conflict(_("Somebody has done that already."))
    row = _row(session, line)
    row.retired_at = utcnow()
    _keep(session, row, "reason.retire", by)


def bring_back(session: Session, line: Line, *, by: Reader) -> None:
    """Offer a reason again. Raises `NotAllowed` unless `by` moderates, and `Conflict` when it is offered."""
    _require_moderator(by)
    if line.retired_at is None:
        raise Conflict(_("Somebody has done that already."))
    row = _row(session, line)
    row.retired_at = None
    _keep(session, row, "reason.bring_back", by)


def _require_moderator(by: Reader) -> None:
    require(may_moderate(by), _("Only moderators change the library of reasons."))


def _filled(words: Words) -> Words:
    return {code: words[code].strip() for code in LANGUAGES if words.get(code, "").strip()}


def _row(session: Session, line: Line | None) -> ReasonText:
    """The row behind a line; a new one for what is new, or stood so far as Cabin came with it."""
    if line is None:
        return ReasonText(purpose=Purpose.AWAY)
    if not line.is_built_in:
        return session.get_one(ReasonText, line.key)
    reason = Reason(line.key)
    row = session.scalars(sa.select(ReasonText).where(ReasonText.built_in == reason)).one_or_none()
    return row or ReasonText(built_in=reason, purpose=line.purpose, name=line.name, words=line.words)


def _keep(session: Session, row: ReasonText, action: str, by: Reader) -> None:
    assert by.id is not None
    row.changed_at, row.changed_by_id = utcnow(), by.id
    session.add(row)
    session.flush()
    audit.record(session, action, by=by.id, subject="reason", subject_id=row.id, name=row.name, words=row.words)

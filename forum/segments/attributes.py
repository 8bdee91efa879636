"""What a file of attributes would change: every row matched, nothing written; and writing it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.addresses import address_key, clean_address
from forum.accounts.models import Organisation, User
from forum.core.database import Json
from forum.core.errors import Invalid
from forum.core.languages import lazy
from forum.listening.reading import FORMULA, Row, open_rows
from forum.segments.status import About, Odd
from forum.segments.values import (
    COMPANY,
    MAX_VALUE,
    NOTHING,
    REVENUE,
    SINCE,
    Value,
    about_of,
    read_day,
    read_number,
    read_value,
    understand,
)

MAX_ROWS = 100_000
SHOWN = 50  # lines of each sort in a report
BATCH = 500  # rows looked up, or written, at once

Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What one row changes about a person or a company."""

    line: int
    who: str  # as the page calls them
    person_id: int  # 0: it is about a company
    values: dict[str, Value | None]  # attribute → what it becomes; None: nothing
    before: dict[str, Any]


@dataclass
class Found:
    """What a file would change, and what of it cannot be used."""

    about: About
    columns: dict[str, str]  # of the file → attribute
    left_out: list[str]  # columns
    rows: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    new: dict[str, str] = field(default_factory=dict)  # companies: folded name → name
    unmatched: list[tuple[int, str]] = field(default_factory=list)  # line, address
    odd: list[tuple[int, Odd, str]] = field(default_factory=list)  # line, why, value

    def report(self) -> Json:
        """This as it is kept for the page: all numbers, and the first lines of each sort."""
        return self.numbers() | {
            "columns": self.columns,
            "left_out": self.left_out,
            "first_changes": [
                [one.line, one.who, [[key, _shown(one.before.get(key)), value] for key, value in one.values.items()]]
                for one in self.changes[:SHOWN]
            ],
            "first_new": list(self.new.values())[:SHOWN],
            "first_unmatched": [list(one) for one in self.unmatched[:SHOWN]],
            "first_odd": [[line, why.value, value] for line, why, value in self.odd[:SHOWN]],
        }

    def numbers(self) -> Json:
        """How much there is of each sort: what stays once the file was brought in."""
        return {
            "rows": self.rows,
            "changes": len(self.changes),
            "unchanged": self.unchanged,
            "new": len(self.new),
            "unmatched": len(self.unmatched),
            "odd": len(self.odd),
        }


def look(session: Session, path: Path) -> Found:
    """Read a whole file and say what it would change. Only reads.

    Raises `Invalid` for a file that is no table, names neither addresses nor companies, or is too long.
    """
    rows = list(islice(open_rows(path), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise Invalid(lazy("The file has more than {n} rows. Split it into several.", n=MAX_ROWS))
    columns = list(dict.fromkeys(name for row in rows[:200] for name in row.values if name))
    about = about_of(columns)
    if not rows or about is None:
        raise _no_columns()
    found = Found(about, *understand(columns, about), rows=len(rows))
    companies = {name.casefold(): row for name, row in _companies(session)}
    matched = _people(session, found, rows) if about is About.PEOPLE else _named(found, rows, companies)
    for row, who, person_id, before in matched:
        _compare(found, row, who, person_id, before, companies)
    return found


def about_of_file(path: Path) -> About:
    """What a file is about, by the names of its columns. Raises `Invalid` as `look` does."""
    rows = list(islice(open_rows(path), 1))
    about = about_of(rows[0].values) if rows else None
    if about is None:
        raise _no_columns()
    return about


def _no_columns() -> Invalid:
    return Invalid(
        lazy("The file needs a first row with names of columns: “email” for people, “company” for companies.")
    )


def _companies(session: Session) -> Iterator[tuple[str, Known]]:
    rows = session.execute(sa.select(Organisation.name, Organisation.attributes, Organisation.revenue))
    for name, attributes, revenue in rows:
        yield name, {**attributes, REVENUE: revenue, COMPANY: name}


def _people(session: Session, found: Found, rows: list[Row]) -> Iterator[tuple[Row, str, int, Known]]:
    """The rows that are about somebody with an account, with what is known of them."""
    column = next(name for name, attribute in found.columns.items() if attribute == "email")
    seen: set[str] = set()
    for start in range(0, len(rows), BATCH):
        keys: list[tuple[Row, str]] = []
        for row in rows[start : start + BATCH]:
            key = _key(found, row, column)
            if key and _is_first(found, row, key, seen):
                keys.append((row, key))
        known = {
            person.email_key: (person.display_name, person.id, {**person.attributes, COMPANY: person.name})
            for person in session.execute(
                sa.select(User.id, User.email_key, User.display_name, User.attributes, Organisation.name)
                .outerjoin(Organisation, Organisation.id == User.organisation_id)
                .where(User.email_key.in_([key for _row, key in keys]))
            )
        }
        for row, key in keys:
            if key in known:
                yield row, *known[key]
            else:
                found.unmatched.append((row.line, row.values[column].strip()))


def _key(found: Found, row: Row, column: str) -> str:
    """The address that a row is about, as addresses are compared; empty when there is none."""
    if row.problem:
        found.odd.append((row.line, Odd.UNREADABLE, ""))
        return ""
    try:
        return address_key(clean_address(row.values.get(column, "")))
    except Invalid:
        found.odd.append((row.line, Odd.NO_ADDRESS, row.values.get(column, "")[:MAX_VALUE]))
        return ""


def _is_first(found: Found, row: Row, key: str, seen: set[str]) -> bool:
    if key in seen:
        found.odd.append((row.line, Odd.TWICE, key))
        return False
    seen.add(key)
    return True


def _named(found: Found, rows: list[Row], companies: dict[str, Known]) -> Iterator[tuple[Row, str, int, Known]]:
    """The rows of a file of companies, with what is known of each; those that are not here yet are new."""
    column = next(name for name, attribute in found.columns.items() if attribute == COMPANY)
    seen: set[str] = set()
    for row in rows:
        name = " ".join(row.values.get(column, "").split())
        if row.problem or not name or len(name) > MAX_VALUE or name.startswith(FORMULA):
            found.odd.append((row.line, Odd.UNREADABLE if row.problem else Odd.NO_NAME, name[:MAX_VALUE]))
        elif _is_first(found, row, name.casefold(), seen):
            known = companies.get(name.casefold(), {})
            if not known:
                found.new[name.casefold()] = name
            yield row, known.get(COMPANY, name), 0, known


def _compare(found: Found, row: Row, who: str, person_id: int, before: Known, companies: dict[str, Known]) -> None:
    """Note what a row changes about somebody, and what of it cannot be used."""
    values: dict[str, Value | None] = {}
    for column, attribute in found.columns.items():
        text = row.values.get(column, "").strip()
        if not text or attribute == "email" or (attribute == COMPANY and not person_id):
            continue
        value, why = _read(attribute, text)
        if why is not None:
            found.odd.append((row.line, why, text[:MAX_VALUE]))
            continue
        if attribute == COMPANY and value is not None:
            value = _company(found, str(value), companies)
        if value != before.get(attribute):
            values[attribute] = value
    if values or (not person_id and not before):
        found.changes.append(Change(row.line, who, person_id, values, {key: before.get(key) for key in values}))
    else:
        found.unchanged += 1


def _read(attribute: str, text: str) -> tuple[Value | None, Odd | None]:
    """What a cell says; or why it cannot be used."""
    if text == NOTHING:
        return None, None
    if len(text) > MAX_VALUE:
        return None, Odd.TOO_LONG
    if attribute == REVENUE:
        amount = read_number(text)
        return amount, Odd.NO_NUMBER if amount is None else None
    if text.startswith(FORMULA) and read_number(text) is None:
        return None, Odd.FORMULA
    if attribute == SINCE:
        day = read_day(text)
        return day, Odd.NO_DAY if day is None else None
    return read_value(text) if attribute != COMPANY else " ".join(text.split()), None


def _company(found: Found, name: str, companies: dict[str, Known]) -> str:
    """The company that a row names, as it is called here; one that is not here yet is new."""
    known = companies.get(name.casefold())
    return str(known[COMPANY]) if known else found.new.setdefault(name.casefold(), name)


def _shown(value: Any) -> Any:
    return "" if value is None else value


def write(session: Session, found: Found, changes: Iterable[Change]) -> None:
    """Write some of the changes of a file; companies that are not here yet are made."""
    changes = list(changes)
    names = {str(one.values[COMPANY]) for one in changes if one.values.get(COMPANY)}
    names |= {one.who for one in changes if not one.person_id}
    companies = _ensure(session, names)
    people = {
        person.id: person
        for person in session.scalars(
            sa.select(User).where(User.id.in_([one.person_id for one in changes if one.person_id]))
        )
    }
    for change in changes:
        if not change.person_id:
            _write_company(companies[change.who.casefold()], change)
        elif (person := people.get(change.person_id)) is not None and person.email_key:  # not erased meanwhile
            _write_person(person, change, companies)
    session.flush()


def _ensure(session: Session, names: set[str]) -> dict[str, Organisation]:
    """The companies of these names, by their folded names; those that are missing are made."""
    every = {row.name.casefold(): row for row in session.scalars(sa.select(Organisation))} if names else {}
    for name in sorted(names):
        if name.casefold() not in every:
            every[name.casefold()] = Organisation(name=name, attributes={})
            session.add(every[name.casefold()])
    session.flush()
    return every


def _write_company(company: Organisation, change: Change) -> None:
    values = dict(change.values)
    if REVENUE in values:
        revenue = values.pop(REVENUE)
        company.revenue = None if revenue is None else float(revenue)
    company.attributes = _merged(company.attributes, values)


def _write_person(person: User, change: Change, companies: dict[str, Organisation]) -> None:
    values = dict(change.values)
    if COMPANY in values:
        name = values.pop(COMPANY)
        person.organisation_id = companies[str(name).casefold()].id if name else None
    person.attributes = _merged(person.attributes, values)


def _merged(before: Json, values: Mapping[str, Value | None]) -> Json:
    return {key: value for key, value in {**before, **values}.items() if value is not None}

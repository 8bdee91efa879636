"""The demo's texts, read from `texts/`: who there is, what they say, and what the company decides."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from forum.core.database import Words

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Said:
    """A comment of the demo."""

    text: str
    by: str  # customer, official, employee, internal
    reply_to: int | None  # place among the post's comments


@dataclass(frozen=True)
class Told:
    """A post of the demo."""

    key: str
    lang: str
    kind: str
    area: str
    theme: str  # slug, or nothing
    title: str
    body: str
    severity: int | None
    is_private: bool
    is_rising: bool  # belongs to the last weeks
    comments: tuple[Said, ...]


@dataclass(frozen=True)
class Person:
    """A customer or somebody of the team."""

    name: str
    lang: str
    organisation: str = ""
    role: str = ""
    department: str = ""


@cache
def posts() -> tuple[Told, ...]:
    """All posts, in the order of their files."""
    return tuple(
        _told(json.loads(line))
        for code in ("en", "nb", "da")
        for line in (TEXTS / f"{code}.jsonl").read_text().splitlines()
    )


def _told(row: dict[str, Any]) -> Told:
    return Told(
        key=row["key"],
        lang=row["lang"],
        kind=row["kind"],
        area=row["area"],
        theme=row["theme"],
        title=row["title"],
        body=row["body"],
        severity=row.get("severity"),
        is_private=row.get("visibility") == "private",
        is_rising=bool(row.get("trend")),
        comments=tuple(Said(c["text"], c["by"], c.get("reply_to")) for c in row.get("comments", ())),
    )


@cache
def _people() -> dict[str, list[dict[str, Any]]]:
    people: dict[str, list[dict[str, Any]]] = json.loads((TEXTS / "people.json").read_text())
    return people


def customers() -> list[Person]:
    """The customers."""
    return [Person(row["name"], row["lang"], row["organisation"] or "") for row in _people()["customers"]]


def team() -> list[Person]:
    """The company's people; backlog items name their owners by place in this list."""
    return [Person(row["name"], row["lang"], "", row["role"], row["department"]) for row in _people()["team"]]


@cache
def decisions() -> dict[str, list[dict[str, Any]]]:
    """What the company makes of it: `themes`, `items` and `launches`."""
    book: dict[str, list[dict[str, Any]]] = json.loads((TEXTS / "backlog.json").read_text())
    return book


def theme_names() -> dict[str, tuple[Words, Words]]:
    """Name and sentence of each theme, by its slug."""
    return {row["slug"]: (row["name"], row["sentence"]) for row in decisions()["themes"]}

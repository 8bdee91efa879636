"""Two people change one item at once: the second sees what the first changed, and nothing typed is lost.

Fields that the first changed and the second left alone take the first one's words; where both changed one, the form
keeps what was typed and shows the other beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forum.backlog.book import Entry, field_words
from forum.backlog.models import BacklogItem
from forum.backlog.status import Tracker
from forum.core.languages import LANGUAGES

_IN_FORMS = {"title": "title", "problem": "problem", "public_sentence": "sentence"}  # column → its fields' first word


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed at once."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to an item while a form about it was open."""

    entries: Sequence[Entry]
    taken: list[str]  # fields that now read as somebody else left them
    clashes: list[Clash]


def as_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """Columns of an item, as the fields of its forms have them."""
    fields: dict[str, str] = {}
    for name, value in values.items():
        if name in _IN_FORMS:
            fields |= {f"{_IN_FORMS[name]}_{language}": (value or {}).get(language, "") for language in LANGUAGES}
        elif name == "issues":
            fields |= {
                tracker.value: ", ".join(key for kind, key in value if kind == tracker.value) for tracker in Tracker
            }
        elif name == "is_public":
            fields[name] = "yes" if value else "no"
        elif not isinstance(value, dict):
            fields[name] = as_typed(value)
    return fields


def as_typed(value: Any) -> str:
    """A number or text as people type it: 2, not 2.0."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def settle(raw: dict[str, Any], item: BacklogItem, columns: Sequence[str], entries: Sequence[Entry]) -> Meanwhile:
    """Bring what was typed into a form together with how `item` stands now, and say what came of each field.

    `columns` are those that the form is about; `entries` what was decided since it was opened, newest first.
    """
    now = as_fields({name: getattr(item, name) for name in columns})
    before = dict(now)
    for entry in entries:  # the oldest comes last: what the form was opened with
        before |= {name: text for name, text in as_fields(entry.raw_before).items() if name in now}
    taken, clashes = [], []
    for name, theirs in now.items():
        mine = str(raw.get(name, ""))
        if theirs == before[name] or mine == theirs or name not in raw:
            continue
        if mine == before[name]:
            raw[name] = theirs
            taken.append(field_words(name))
        else:
            clashes.append(Clash(field_words(name), theirs, mine))
    raw["version"] = item.version
    return Meanwhile(entries, taken, clashes)

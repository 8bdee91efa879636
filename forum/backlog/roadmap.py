"""The roadmap: the same items by status or by time, for whoever looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog import queries
from forum.backlog.queries import AnyRow
from forum.backlog.status import ItemStatus
from forum.backlog.targets import heading_words, read_target
from forum.core.languages import _
from forum.core.people import ANYBODY, Reader

PROMISED = (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS, ItemStatus.LAUNCHED)  # the columns
LAUNCHED = 8  # items; the launches have pages of their own


class Eyes(Enum):
    """Whose roadmap the team looks at."""

    EVERYBODY = "everybody"
    CUSTOMERS = "customers"
    TEAM = "team"  # the preview: internal items too


class By(Enum):
    """How the roadmap is put in order."""

    STATUS = "status"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Span:
    """One time of the roadmap by time, and what is meant for it."""

    heading: str
    items: Sequence[AnyRow]


def seen_by(reader: Reader, eyes: Eyes) -> sa.ColumnElement[bool]:
    """The condition on items for what the roadmap shows; only the team looks through others' eyes."""
    if not reader.is_team:
        return queries.shown_to(reader)
    match eyes:
        case Eyes.EVERYBODY:
            return queries.shown_to(ANYBODY)
        case Eyes.CUSTOMERS:
            return queries.shown_to_customers()
    return queries.shown_to(reader)


def read_roadmap(session: Session, shown: sa.ColumnElement[bool], product: str) -> dict[ItemStatus, list[AnyRow]]:
    """The items that `shown` lets through, by status; of the launched ones those of late."""
    items = queries.items_on_roadmap(session, shown, product)
    items[ItemStatus.LAUNCHED] = items[ItemStatus.LAUNCHED][:LAUNCHED]
    return items


def by_time(items: Mapping[ItemStatus, Sequence[AnyRow]]) -> list[Span]:
    """What is planned and in progress, by when it is meant to be there, as exact as was said; the undated last."""
    coming = [item for status in (ItemStatus.IN_PROGRESS, ItemStatus.PLANNED) for item in items[status]]
    texts = {item.target for item in coming}
    spans = [
        Span(heading_words(text), [item for item in coming if item.target == text])
        for text in sorted(texts, key=_place)
        if read_target(text)
    ]
    undated = [item for item in coming if not read_target(item.target)]
    return [*spans, Span(_("No time said yet"), undated)] if undated else spans


def _place(text: str) -> Any:
    return read_target(text) or ()

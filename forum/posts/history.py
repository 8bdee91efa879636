"""How a text read before each edit, and what changed, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.people import Reader
from forum.posts.models import Comment, Post, Revision
from forum.posts.rules import is_author, may_hide

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MAX_CELLS = 250_000  # words before × words after that are compared; longer changes are shown as a whole
VERSIONS = 50  # shown at most, the newest

Piece = tuple[Literal["same", "gone", "new"], str]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a text, with what it changed in the one before."""

    at: datetime
    name: str
    title: list[Piece]
    body: list[Piece]
    is_first: bool
    reason: str = ""  # why a moderator wrote it
    is_closed: bool = False  # only its author and the moderators read it


def versions_of(session: Session, text: Post | Comment, reader: Reader) -> list[Version]:
    """Every version of a post or comment that `reader` may see, newest first; of a closed one, that there was one."""
    whose: sa.ColumnElement[bool] = Revision.comment_id == text.id
    if isinstance(text, Post):
        whose = (Revision.post_id == text.id) & Revision.comment_id.is_(None)
    query = (
        sa.select(
            Revision.title, Revision.body, Revision.written_at, User.display_name, Revision.reason, Revision.is_closed
        )
        .outerjoin(User, User.id == Revision.replaced_by_id)
        .where(whose)
        .order_by(Revision.id.desc())
        .limit(VERSIONS)
    )
    before = session.execute(query).all()[::-1]
    author = session.get(User, text.author_id) if text.author_id else None
    first_by = author.display_name if author else ""
    now = (text.title if isinstance(text, Post) else "", text.body, text.edited_at or text.created_at)
    versions = _compare(before, now, first_by)[::-1]
    if may_hide(reader) or is_author(reader, text):
        return versions
    return [_outside(version, older) for version, older in zip(versions, [*versions[1:], None], strict=True)]


def _outside(version: Version, older: Version | None) -> Version:
    """A version as others read it: nothing of a closed one, and not what was changed in it."""
    if version.is_closed:
        return replace(version, title=[], body=[])
    if older is not None and older.is_closed:
        return replace(version, title=_new(version.title), body=_new(version.body))
    return version


def _new(pieces: list[Piece]) -> list[Piece]:
    text = "".join(words for kind, words in pieces if kind != "gone")
    return [("same", text)] if text else []


def _compare(before: Sequence[Row[*tuple[Any, ...]]], now: tuple[str, str, datetime], first_by: str) -> list[Version]:
    """Each version beside the one before it. A revision knows who replaced it: the next version's author."""
    texts = [(row.title, row.body, row.written_at) for row in before] + [now]
    names = [first_by] + [row.display_name or "" for row in before]
    reasons = [""] + [row.reason for row in before]
    closed = [row.is_closed for row in before] + [False]
    versions = []
    for place, ((title, body, at), name) in enumerate(zip(texts, names, strict=True)):
        old_title, old_body, _at = texts[place - 1] if place else (title, body, at)
        title_pieces, body_pieces = compare(old_title, title), compare(old_body, body)
        versions.append(Version(at, name, title_pieces, body_pieces, not place, reasons[place], closed[place]))
    return versions


def compare(before: str, after: str) -> list[Piece]:
    """What stayed, what went and what is new, word by word. Very long changes are shown as a whole."""
    a, b = _WORDS.findall(before), _WORDS.findall(after)
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    pieces: list[Piece] = [("same", "".join(a[:head]))]
    if len(middle_a) * len(middle_b) > _MAX_CELLS:
        pieces += [("gone", "".join(middle_a)), ("new", "".join(middle_b))]
    else:
        for word, a1, a2, b1, b2 in SequenceMatcher(None, middle_a, middle_b, autojunk=False).get_opcodes():
            if word == "equal":
                pieces.append(("same", "".join(middle_a[a1:a2])))
                continue
            pieces += [("gone", "".join(middle_a[a1:a2])), ("new", "".join(middle_b[b1:b2]))]
    pieces.append(("same", "".join(a[len(a) - tail :])))
    return [piece for piece in pieces if piece[1]]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words two texts have in common from their beginning."""
    for place, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return place
    return min(len(a), len(b))

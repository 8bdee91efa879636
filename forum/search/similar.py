"""Posts that say the same: for somebody who is typing, and beside a post.

For now by words alone: those that two texts share weigh more the fewer posts have them. Of each word only
the newest hits are looked at, so that it costs the same however many posts there are.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.people import Reader
from forum.posts.cards import posts
from forum.posts.models import Post
from forum.posts.queries import visible_to
from forum.search.queries import hits, matching
from forum.search.stemming import asked_stems, is_hit, words_of

LOOKED_AT = 1_000  # newest hits of each word
RARE = 100  # a word that so many posts have weighs half as much as one that no other has
WORDS = 8  # of the text that is compared
CANDIDATES = 20
TITLE_WEIGHT = 0.3  # of each shared word that stands in the other title


@dataclass(frozen=True, slots=True)
class Similar:
    """A post that says something similar."""

    id: int
    title: str
    language: str
    status: str
    kind: str
    area_id: int
    votes: int
    stems: frozenset[str]  # of the words compared, to mark those that are shared


def is_enough(text: str) -> bool:
    """Whether there is enough of a text to look for others like it: three words or twelve characters."""
    return len(text.strip()) >= 12 or sum(1 for _word in words_of(text)) >= 3


def similar_posts(
    session: Session, text: str, *, reader: Reader, limit: int = 3, leave_out: int | None = None
) -> list[Similar]:
    """The listed posts most like `text` that `reader` may see, best first. One query."""
    groups = _longest(asked_stems(text[:1000], limit=40))
    if not groups:
        return []
    dialect = session.get_bind().dialect.name
    values: dict[str, Any] = {f"word_{n}": matching([group], dialect) for n, group in enumerate(groups)}
    values |= {"least": 1 if len(groups) == 1 else 2}
    statement = _statement(dialect, len(groups)).where(visible_to(reader))
    stems = frozenset(stem for group in groups for stem in group)
    rows = [row for row in session.connection().execute(statement, values) if row.id != leave_out]
    rows.sort(key=lambda row: -row.score - TITLE_WEIGHT * _shared(row.title, row.language, stems))
    return [_similar(row, stems) for row in rows[:limit]]


class _Known:
    """Which posts are like which, remembered for a while; whether they may be shown is asked each time."""

    KEPT = 600.0  # seconds
    MANY = 5_000  # posts

    def __init__(self) -> None:
        self.found: dict[tuple[int, str], tuple[float, list[int]]] = {}

    def get(self, key: tuple[int, str]) -> list[int] | None:
        at, ids = self.found.get(key, (0.0, []))
        return ids if at and monotonic() - at < self.KEPT else None

    def put(self, key: tuple[int, str], ids: list[int]) -> None:
        if len(self.found) >= self.MANY:
            self.found.clear()
        self.found[key] = (monotonic(), ids)


_known = _Known()


def posts_like(session: Session, post: Any, *, reader: Reader, limit: int = 3) -> list[Similar]:
    """The listed posts most like `post`, a row with its id, title and excerpt. One query.

    Who is like whom is remembered for ten minutes, what is shown of them is read afresh.
    """
    key = (post.id, f"{post.title}\n{post.excerpt}")
    ids = _known.get(key)
    if ids is None:
        found = similar_posts(session, key[1], reader=reader, limit=limit, leave_out=post.id)
        _known.put(key, [one.id for one in found])
        return found
    if not ids:
        return []
    rows = session.connection().execute(_by_ids(len(ids)), dict(_numbered("id", ids)))
    by_id = {row.id: _similar(row, frozenset()) for row in rows}
    return [by_id[post_id] for post_id in ids if post_id in by_id]


def _similar(row: Any, stems: frozenset[str]) -> Similar:
    return Similar(row.id, row.title, row.language, row.status, row.kind, row.area_id, row.votes, stems)


@lru_cache
def _by_ids(count: int) -> Any:
    return sa.select(*_columns()).where(posts.c.id.in_([sa.bindparam(f"id_{n}") for n in range(count)]), Post.is_listed)


def _numbered(name: str, values: Collection[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{name}_{n}", value) for n, value in enumerate(values))


def _shared(title: str, language: str, stems: Collection[str]) -> int:
    """How many of the words compared stand in a title."""
    return len({word for word in words_of(title) if is_hit(word, language, stems)})


def _longest(groups: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """At most `WORDS` of the words: the longer ones, which fewer posts have."""
    return sorted(groups, key=lambda group: -max(map(len, group)))[:WORDS]


@lru_cache(maxsize=50)
def _statement(dialect: str, words: int) -> Any:
    """The best candidates that share at least two of so many words."""
    parts = []
    for n in range(words):
        newest = hits(dialect, f"word_{n}", LOOKED_AT).cte(f"hits_{n}")
        count = sa.select(sa.func.count()).select_from(newest).scalar_subquery()
        parts.append(sa.select(newest.c.post_id, (1.0 / (1.0 + count / float(RARE))).label("weight")))
    shared = sa.union_all(*parts).subquery()
    score = sa.func.sum(shared.c.weight)
    best = (
        sa.select(shared.c.post_id, score.label("score"))
        .group_by(shared.c.post_id)
        .having(sa.func.count() >= sa.bindparam("least"))
        .order_by(score.desc(), shared.c.post_id.desc())
        .limit(CANDIDATES)
        .cte("best")
    )
    return (
        sa.select(*_columns(), best.c.score)
        .join_from(best, posts, posts.c.id == best.c.post_id)
        .where(Post.is_listed)
        .order_by(best.c.score.desc(), best.c.post_id.desc())
    )


def _columns() -> list[sa.ColumnElement[Any]]:
    """The columns of `Similar`."""
    return [
        posts.c.id,
        posts.c.title,
        posts.c.language,
        sa.type_coerce(posts.c.status, sa.String).label("status"),
        sa.type_coerce(posts.c.kind, sa.String).label("kind"),
        posts.c.area_id,
        posts.c.votes,
    ]

"""Finding listed posts by their words, newest hits first, the best of those on top.

A search by relevance alone has to look at every hit; at a million posts that takes seconds. Here the newest
hits are taken and ranked by whether the title has all the words, with the votes mixed in. Only listed posts
stand in the index, and being listed is asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.paging import PAGE_SIZE
from forum.core.people import Reader
from forum.posts.cards import card_columns, posts
from forum.posts.status import Kind, Status
from forum.search.models import SearchEntry
from forum.search.stemming import asked_stems

NEWEST = 2_000  # hits that are ranked
MAX_QUESTION = 200  # characters
TITLE_WEIGHT = 0.7  # of having all words in the title, beside votes that count from 0 to 1
HALF_VOTES = 20  # votes that count one half

Groups = Sequence[tuple[str, ...]]  # one for each word asked for: the stems it may stand for

entries = SearchEntry.__table__
_fts = sa.table("posts_fts", sa.column("rowid", sa.Integer))


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for."""

    question: str = ""
    kind: Kind | None = None
    status: Status | None = None
    areas: tuple[int, ...] = ()  # empty: everywhere
    page: int = 1

    @property
    def groups(self) -> Groups:
        """The stems of the words asked for."""
        return asked_stems(self.question[:MAX_QUESTION])


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, and how many there are among the newest."""

    rows: Sequence[Any] = ()
    count: int = 0
    stems: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_cut(self) -> bool:
        """Whether there are older hits that were not looked at."""
        return self.count >= NEWEST


def find(session: Session, search: Search, reader: Reader) -> Found:
    """The listed posts that have every word, thirty to a page."""
    groups = search.groups
    if not groups:
        return Found()
    dialect = session.get_bind().dialect.name
    statement = _statement(
        dialect, search.kind is not None, search.status is not None, len(search.areas), reader.is_authenticated
    )
    words = matching(groups, dialect)
    values: dict[str, Any] = {
        "words": words,
        "title_words": f"title : ({words})",
        "kind": search.kind,
        "status": search.status,
        "me": reader.id,
        "skip": (search.page - 1) * PAGE_SIZE,
    }
    values |= {f"area_{n}": area_id for n, area_id in enumerate(search.areas)}
    rows = session.connection().execute(statement, values).all()
    return Found(rows, rows[0].hits if rows else 0, frozenset(stem for group in groups for stem in group))


def matching(groups: Groups, dialect: str) -> str:
    """The groups in the words of the database's full-text search: every group, any stem of each.

    Stems are letters and digits alone; they are quoted all the same.
    """
    sqlite = dialect == "sqlite"
    quote, either, both = ('"', " OR ", " AND ") if sqlite else ("'", " | ", " & ")
    return both.join("(" + either.join(f"{quote}{stem}{quote}" for stem in group) + ")" for group in groups)


def hits(dialect: str, words: str, limit: int) -> sa.Select[Any]:
    """The ids of the newest `limit` posts that match what is bound as `words`."""
    if dialect == "sqlite":
        matched = sa.literal_column("posts_fts").op("MATCH")(sa.bindparam(words))
        return sa.select(_fts.c.rowid.label("post_id")).where(matched).order_by(_fts.c.rowid.desc()).limit(limit)
    vector = sa.func.to_tsvector(
        sa.literal_column("'simple'"), entries.c.title + sa.literal_column("' '") + entries.c.words
    )
    matched = vector.op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), sa.bindparam(words)))
    return sa.select(entries.c.post_id).where(matched).order_by(entries.c.post_id.desc()).limit(limit)


def _in_title(dialect: str, found: Any) -> sa.ColumnElement[int]:
    """One where the title has every word, else nought."""
    if dialect == "sqlite":
        titles = hits(dialect, "title_words", NEWEST).cte("titles")
        return sa.case((found.c.post_id.in_(sa.select(titles.c.post_id)), 1), else_=0)
    vector = sa.func.to_tsvector(sa.literal_column("'simple'"), entries.c.title)
    matched = vector.op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), sa.bindparam("words")))
    return sa.case((sa.exists().where(entries.c.post_id == found.c.post_id, matched), 1), else_=0)


@lru_cache(maxsize=100)
def _statement(dialect: str, has_kind: bool, has_status: bool, areas: int, signed_in: bool) -> Any:
    """The one query of a search: the newest hits, the best of them, and those as cards."""
    found = hits(dialect, "words", NEWEST).cte("found")
    score = _in_title(dialect, found) * TITLE_WEIGHT + posts.c.votes * 1.0 / (posts.c.votes + HALF_VOTES)
    ranked = (
        sa.select(posts.c.id, score.label("score"), sa.func.count().over().label("hits"))
        .join_from(found, posts, posts.c.id == found.c.post_id)
        .where(posts.c.is_listed)
        .order_by(sa.desc("score"), posts.c.id.desc())
        .limit(PAGE_SIZE)
        .offset(sa.bindparam("skip"))
    )
    if has_kind:
        ranked = ranked.where(posts.c.kind == sa.bindparam("kind"))
    if has_status:
        ranked = ranked.where(posts.c.status == sa.bindparam("status"))
    if areas:
        ranked = ranked.where(posts.c.area_id.in_([sa.bindparam(f"area_{n}") for n in range(areas)]))
    best = ranked.cte("best")
    return (
        sa.select(*card_columns(signed_in), posts.c.body, best.c.hits)
        .join_from(best, posts, posts.c.id == best.c.id)
        .order_by(best.c.score.desc(), best.c.id.desc())
    )

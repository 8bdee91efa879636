"""Posts that share words, by the full-text index: what stands in while the index of similar posts is missing.

Words that two texts share weigh more the fewer posts have them. Of each word only the newest hits are looked at,
so that it costs the same however many posts there are. Misspelt and translated words are not found.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.search.queries import hits, matching
from forum.search.stemming import asked_stems

LOOKED_AT = 1_000  # newest hits of each word
RARE = 100  # a word that so many posts have weighs half as much as one that no other has
WORDS = 8  # of the text that is compared


def sharing_words(session: Session, text: str, limit: int) -> list[int]:
    """The ids of the `limit` posts that share the most telling words with `text`, best first. One query."""
    groups = _longest(asked_stems(text, limit=40))
    if not groups:
        return []
    dialect = session.get_bind().dialect.name
    values: dict[str, Any] = {f"word_{n}": matching([group], dialect) for n, group in enumerate(groups)}
    values |= {"least": 1 if len(groups) == 1 else 2, "limit": limit}
    return list(session.connection().execute(_statement(dialect, len(groups)), values).scalars())


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
    return (
        sa.select(shared.c.post_id)
        .group_by(shared.c.post_id)
        .having(sa.func.count() >= sa.bindparam("least"))
        .order_by(sa.func.sum(shared.c.weight).desc(), shared.c.post_id.desc())
        .limit(sa.bindparam("limit"))
    )

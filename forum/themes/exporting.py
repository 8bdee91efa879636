"""What leaves the themes as a file: the themes of a product, or the posts of one, read in batches while it is sent.

Private posts stay out whoever asks: a file goes where nobody here decides who reads it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.models import User
from forum.accounts.rules import is_team
from forum.core.errors import require
from forum.core.feeds import whole
from forum.core.files import head_of, stream_json
from forum.core.languages import _, pick
from forum.core.people import Reader
from forum.core.sheets import stream_csv
from forum.posts.models import Post
from forum.products.models import Area, Product
from forum.themes.models import Theme, ThemeMember
from forum.themes.status import ThemeState

_BATCH = 1_000  # posts read at once


class ThemeFile(Enum):
    """The files that themes can be taken away as."""

    CSV = "csv"
    JSON = "json"

    @property
    def content_type(self) -> str:
        """What kind of file it is."""
        return "text/csv; charset=utf-8" if self is ThemeFile.CSV else "application/json; charset=utf-8"


THEME_COLUMNS = (
    *("id", "address", "product", "name", "is_suggested", "sentence", "posts", "people", "recent", "before_that"),
    *("pain", "breadth", "solidity", "terms", "languages", "changed_at"),
)
POST_COLUMNS = (
    *("id", "address", "title", "text", "language", "kind", "severity", "status", "area", "votes", "author"),
    *("created_at", "placing", "similarity"),
)


def write_themes(session: Session, kind: ThemeFile, product_id: int, *, by: Reader) -> Iterator[bytes]:
    """The accepted themes of a product, those with most posts first. Raises `NotAllowed` unless `by` is of the team."""
    require(is_team(by), _("Only the team takes themes away as files."))
    rows = _themes(session, product_id)
    return _write(kind, "cabin.themes", "themes", THEME_COLUMNS, rows)


def write_posts(session: Session, kind: ThemeFile, theme: Theme, *, by: Reader) -> Iterator[bytes]:
    """The posts of a theme that everybody may read, the newest first. Raises `NotAllowed` unless `by` is of the team.

    It is written while it is read, so `session` has to stay open until the end.
    """
    require(is_team(by), _("Only the team takes themes away as files."))
    return _write(kind, "cabin.posts", "posts", POST_COLUMNS, _posts(session, theme.id))


def _write(
    kind: ThemeFile, shape: str, name: str, columns: tuple[str, ...], rows: Iterator[dict[str, Any]]
) -> Iterator[bytes]:
    if kind is ThemeFile.JSON:
        return (text.encode() for text in stream_json(head_of(shape), name, rows))
    return (text.encode() for text in stream_csv(columns, ([_cell(row[one]) for one in columns] for row in rows)))


def _cell(value: Any) -> Any:
    """A value as one cell: texts in the language of the moment, lists with commas between."""
    if isinstance(value, dict):
        return pick(value)
    return ", ".join(value) if isinstance(value, list) else value


def _themes(session: Session, product_id: int) -> Iterator[dict[str, Any]]:
    query = (
        sa.select(Theme, Product.slug)
        .join(Product, Product.id == Theme.product_id)
        .where(Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED)
        .order_by(Theme.posts.desc(), Theme.id)
    )
    for theme, slug in session.execute(query):
        yield {
            "id": theme.id,
            "address": whole(f"/themes/{theme.id}"),
            "product": slug,
            "name": theme.name or {settings().main_language: theme.suggestion},
            "is_suggested": not theme.name,
            "sentence": theme.sentence,
            "posts": theme.posts,
            "people": theme.people,
            "recent": theme.recent,
            "before_that": theme.before_that,
            "pain": theme.pain,
            "breadth": theme.breadth,
            "solidity": theme.solidity.value,
            "terms": theme.terms,
            "languages": [f"{language} {count}" for language, count in theme.languages.items()],
            "changed_at": theme.changed_at.isoformat(),
        }


_POSTS = (
    sa.select(
        Post.id,
        Post.title,
        Post.body,
        Post.language,
        Post.kind,
        Post.severity,
        Post.status,
        Post.votes,
        Post.created_at,
        Area.name.label("area"),
        User.display_name.label("author"),
        ThemeMember.placing,
        ThemeMember.similarity,
    )
    .join(ThemeMember, ThemeMember.post_id == Post.id)
    .join(Area, Area.id == Post.area_id)
    .outerjoin(User, User.id == Post.author_id)
    .where(Post.is_listed)
    .order_by(Post.id.desc())
    .limit(_BATCH)
)


def _posts(session: Session, theme_id: int) -> Iterator[dict[str, Any]]:
    query = _POSTS.where(ThemeMember.theme_id == theme_id)
    rows = session.execute(query).all()
    while rows:
        for row in rows:
            yield {
                "id": row.id,
                "address": whole(f"/posts/{row.id}"),
                "title": row.title,
                "text": row.body,
                "language": row.language,
                "kind": row.kind.value,
                "severity": row.severity.value if row.severity else "",
                "status": row.status.value,
                "area": row.area,
                "votes": row.votes,
                "author": row.author or "",
                "created_at": row.created_at.isoformat(),
                "placing": row.placing.value,
                "similarity": round(row.similarity, 4),
            }
        rows = session.execute(query.where(Post.id < rows[-1].id)).all() if len(rows) == _BATCH else []

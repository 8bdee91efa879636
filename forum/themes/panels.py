"""What themes show on the pages of posts: rising themes on the board, its theme beside a post."""

from typing import Any

import sqlalchemy as sa

from forum.core.people import Reader
from forum.themes.labels import label_of
from forum.themes.models import Theme
from forum.themes.queries import read_rising
from forum.themes.status import ThemeState
from forum.web.panels import kept, panel
from forum.web.session import db

KEPT = 10  # seconds; a theme stands beside every one of its posts


@panel("board.side", order=40, keep=30)
def rising() -> tuple[str, dict[str, Any]] | None:
    """The three themes that gained most; kept for half a minute, because every front page shows it."""
    themes = [(one.id, label_of(one), one.recent) for one in read_rising(db)]
    return ("themes/_rising.html", {"themes": themes}) if themes else None


_THEME = sa.select(Theme.id, Theme.name, Theme.suggestion, Theme.posts).where(
    Theme.id == sa.bindparam("theme_id"), Theme.state == ThemeState.ACCEPTED
)


def _find(theme_id: int) -> Any:
    return db.execute(_THEME, {"theme_id": theme_id}).one_or_none()


@panel("post.side", order=30)
def in_theme(*, reader: Reader, post: Any, **_values: Any) -> tuple[str, dict[str, Any]] | None:
    """The theme that a post is in, and how many others are in it."""
    theme = kept(KEPT, lambda: _find(post.theme_id), "theme", post.theme_id) if post.theme_id else None
    if theme is None:
        return None
    values = {"theme_id": theme.id, "label": label_of(theme), "others": max(theme.posts - 1, 0), "post_id": post.id}
    is_own = reader.id is not None and getattr(post, "author_id", None) == reader.id
    return "themes/_in_theme.html", values | {"is_signed_in": reader.is_authenticated, "is_own": is_own}

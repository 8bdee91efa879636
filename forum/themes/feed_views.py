"""The feed of a theme: its newest posts."""

from flask import Response, url_for

from forum.core.errors import NotFound
from forum.core.languages import _
from forum.core.people import ANYBODY, anybody
from forum.posts.feeds import newest_posts
from forum.themes import queries
from forum.themes.labels import label_of
from forum.themes.models import Theme
from forum.themes.status import ThemeState
from forum.themes.views import bp
from forum.web.feeds import feed, speak_as_asked
from forum.web.permissions import allowed
from forum.web.session import db
from forum.web.sitemaps import list_pages


@bp.get("/themes/<int:theme_id>/feed.atom")
@allowed(anybody)
def theme_feed(theme_id: int) -> Response:
    """The newest posts of a theme; of one that was merged, those of its heir."""
    speak_as_asked()
    theme = db.scalars(queries.find_theme(ANYBODY, theme_id)).one_or_none()
    theme = queries.last_heir(db, theme) if theme is not None else None
    if theme is None or theme.state is not ThemeState.ACCEPTED:
        raise NotFound(_("There is no such theme. Look at the list of themes."))
    entries = newest_posts(db, url_for("posts.new").removesuffix("new"), theme_id=theme.id)
    return feed(label_of(theme), page=url_for("themes.show", theme_id=theme.id), entries=entries)


themes = Theme.__table__
accepted = themes.c.state == ThemeState.ACCEPTED
list_pages("themes", id=themes.c.id, shown=accepted, changed=themes.c.changed_at, address="/themes/{id}")

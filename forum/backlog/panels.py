"""What the backlog shows on the pages of earlier stages."""

from typing import Any

from forum.backlog import queries, rules
from forum.backlog.targets import target_words
from forum.backlog.wording import again_of, reason_words
from forum.core.people import Reader
from forum.posts.status import Status
from forum.themes.models import Theme
from forum.themes.status import ThemeState
from forum.web.panels import panel
from forum.web.session import db


@panel("post.side", order=20)
def items_of_post(*, reader: Reader, post: Any) -> tuple[str, dict[str, Any]] | None:
    """What became of a post: the items that it speaks for, one click away."""
    is_untouched = post.status in (Status.NEW, Status.ANSWERED)  # no public item speaks for it
    items = [] if is_untouched and not reader.is_team else queries.items_of_post(db, reader, post.id)
    if not items and not rules.may_plan(reader):
        return None
    return "backlog/_of_post.html", {
        "items": items,
        "post": post,
        "may_plan": rules.may_plan(reader),
        "target_words": target_words,
        "reason_words": reason_words,
        "again_of": again_of,
    }


@panel("merge.preview")
def items_of_merge(*, reader: Reader, post: Any, into: Any) -> tuple[str, dict[str, Any]] | None:
    """Before two posts are joined: the items of the one that is, which the other does not speak for."""
    its_own = {item.id for item in queries.items_of_post(db, reader, into.id)}
    items = [item for item in queries.items_of_post(db, reader, post.id) if item.id not in its_own]
    return ("backlog/_of_merge.html", {"items": items, "post": post, "into": into}) if items else None


@panel("theme.side", order=10)
def item_of_theme(*, reader: Reader, theme: Theme) -> tuple[str, dict[str, Any]] | None:
    """For the team, the item that a theme stands behind, or the way to promote it."""
    if not reader.is_team or theme.state is not ThemeState.ACCEPTED:
        return None
    item = queries.item_of_theme(db, theme.id)
    if item is None and not rules.may_plan(reader):
        return None
    return "backlog/_of_theme.html", {"item": item, "theme": theme}

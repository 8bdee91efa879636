"""What the backlog shows on the pages of earlier stages."""

from collections.abc import Sequence
from typing import Any

from forum.backlog import queries, rules
from forum.backlog.evidence import people_of_items
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.targets import target_words
from forum.backlog.wording import again_of, reason_words
from forum.core.people import Reader
from forum.posts.status import Status
from forum.segments.panels import KEPT, known_segments, parts_of, stamp, weighs
from forum.segments.queries import extra_weight
from forum.themes.models import Theme
from forum.themes.status import ThemeState
from forum.web.panels import kept, panel
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


@panel("item.top", order=10)
def segments_of_item(*, reader: Reader, item: BacklogItem) -> tuple[str, dict[str, Any]] | None:
    """For the team, which segments the people behind an item are in, and what their companies bring."""
    if not reader.is_team:
        return None
    which = Evidence.item_id == item.id
    parts = kept(KEPT, lambda: parts_of(lambda: people_of_items(which)), "segments of item", item.id, stamp())
    if not parts.shares and not parts.whole.companies:
        return None
    return "backlog/_segments.html", {"parts": parts, "weighs": weighs(known_segments())}


def weighted_people(rows: Sequence[Any]) -> dict[int, float] | None:
    """As how many people those behind each item of a list count by the weights of segments; None without any."""
    if not weighs(known_segments()):
        return None
    ids = sorted(row.id for row in rows)

    def count() -> dict[int, float]:
        return extra_weight(db, people_of_items(Evidence.item_id.in_(ids), in_public=True))

    extra = kept(KEPT, count, "weights of items", tuple(ids), stamp()) if ids else {}
    return {row.id: row.people + extra.get(row.id, 0.0) for row in rows}

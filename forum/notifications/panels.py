"""What notifications show on the pages of earlier stages: buttons to follow, and that a post was looked at."""

from typing import Any

from flask import request

from forum.backlog.models import BacklogItem
from forum.core.people import Reader
from forum.notifications import looking, queries
from forum.notifications.status import Subject
from forum.web.panels import panel
from forum.web.session import db

Shown = tuple[str, dict[str, Any]] | None


@panel("post.side", order=90)
def look_at_post(*, reader: Reader, post: Any) -> Shown:
    """Whoever reads a post has looked at the notices about it; nothing is shown."""
    looking.note_look(db, reader, post.id)
    return None


def _button(reader: Reader, subject: Subject, subject_id: int, follows: bool | None = None) -> Shown:
    """The button to follow something; whether `reader` does is asked unless the page knows."""
    if follows is None:
        follows = reader.is_authenticated and queries.follows(db, reader, subject, subject_id)
    return "notifications/_follow.html", {"subject": subject.value, "subject_id": subject_id, "follows": follows}


@panel("theme.follow")
def follow_theme(*, reader: Reader, theme: Any, follows: bool | None) -> Shown:
    """The button to follow a theme."""
    return _button(reader, Subject.THEME, theme.id, follows)


@panel("roadmap.item", order=80)
def follow_item(*, reader: Reader, item: BacklogItem) -> Shown:
    """The button to follow what is planned; of what only some may see nobody is told anything."""
    return _button(reader, Subject.ITEM, item.id) if item.is_public else None


@panel("item.follow")
def follow_from_backlog(*, reader: Reader, item: BacklogItem, follows: bool) -> Shown:
    """The same on the team's page of an item; of one that is not public nobody is told anything."""
    return _button(reader, Subject.ITEM, item.id, follows) if item.is_public else None


@panel("board.top", order=10)
def follow_area(*, reader: Reader) -> Shown:
    """Above the posts of one area, where phones show it too: the button to follow it."""
    area = request.args.get("area", "")
    if not (area.isascii() and area.isdigit() and 0 < len(area) < 10):
        return None
    return _button(reader, Subject.AREA, int(area))

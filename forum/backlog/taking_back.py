"""Taking back where several items were moved: each stands again as it did, and who was not told yet never is."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog import evidence, wording
from forum.backlog.decisions import enter
from forum.backlog.events import ItemMovedBack
from forum.backlog.models import BacklogItem, DecisionEntry, Evidence
from forum.backlog.services import settle_posts, standing
from forum.backlog.status import CameBack, DecisionKind, ItemStatus, NotNowReason
from forum.core.database import Json
from forum.core.events import publish
from forum.core.people import Reader
from forum.posts import timeline


def move_back(session: Session, item: BacklogItem, entry: DecisionEntry, *, by: Reader) -> None:
    """Let an item stand as before the move that `entry` is about; the decision book keeps both.

    Its posts forget the move. For callers that hold the item and know that nothing happened since. Publishes
    `ItemMovedBack`.
    """
    before, moved_to = standing(item), item.status
    for name, value in _read(entry.stood).items():
        setattr(item, name, value)
    evidence.recount(session, [item.id])
    enter(session, item, DecisionKind.STATUS, by=by, before=before, after=standing(item), sentence=item.public_sentence)
    its_posts = sa.select(Evidence.post_id).where(Evidence.item_id == item.id)
    timeline.take_back(session, its_posts, wording.MOVED, since=entry.at, item_id=item.id)
    settle_posts(session, item.id)
    publish(session, ItemMovedBack(item.id, moved_to, entry.at))


def _read(stood: Json) -> dict[str, Any]:
    """How an item stood, as its columns have it."""
    return {name: _KINDS[name](value) if value and name in _KINDS else value for name, value in stood.items()}


_KINDS: dict[str, Any] = {
    "status": ItemStatus,
    "reason": NotNowReason,
    "came_back": CameBack,
    "revisit_on": date.fromisoformat,
    "came_back_at": datetime.fromisoformat,
    "status_at": datetime.fromisoformat,
}

"""Writing down that something happened of which people are to be told: one row and one job, with their cause."""

from datetime import timedelta

from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.database import Json
from forum.core.jobs import enqueue
from forum.notifications.jobs import tell
from forum.notifications.models import Happening
from forum.notifications.status import Kind


def happen(
    session: Session,
    kind: Kind,
    *,
    post_id: int | None = None,
    comment_id: int | None = None,
    theme_id: int | None = None,
    item_id: int | None = None,
    actor_id: int | None = None,
    wait: timedelta = timedelta(0),
    values: Json | None = None,
) -> Happening:
    """Have people told of `kind` after `wait`, in which it may still be taken back; `actor_id` did it and knows.

    `values` is what its sentences need beside the rows it points to.
    """
    happening = Happening(
        kind=kind,
        post_id=post_id,
        comment_id=comment_id,
        theme_id=theme_id,
        item_id=item_id,
        actor_id=actor_id,
        values=values or {},
        at=utcnow(),
    )
    session.add(happening)
    session.flush()  # the job needs the id
    enqueue(session, tell, delay=wait.total_seconds(), happening_id=happening.id)
    return happening

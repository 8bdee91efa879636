"""What authors were asked to change, beside what they made of it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.people import Reader
from forum.moderation.models import Case
from forum.moderation.second_look import decisions_about
from forum.moderation.status import Decision
from forum.posts.history import Piece, versions_of
from forum.posts.models import Comment, Post


@dataclass(frozen=True)
class Asked:
    """A moderator's question about a post or comment that came back changed; the pieces say what was changed."""

    reason: str
    at: datetime
    by: str
    title: list[Piece]
    body: list[Piece]


def question_about(session: Session, post_id: int, comment_id: int | None) -> Case | None:
    """The decision that sent a post or comment back to its author, if nothing was decided about it since."""
    latest = decisions_about(post_id, comment_id).where(Case.decided_at.is_not(None))
    case = session.scalars(latest.order_by(Case.decided_at.desc(), Case.id.desc()).limit(1)).one_or_none()
    return case if case is not None and case.decision is Decision.ASKED else None


def asked_about(session: Session, post_id: int, comment_id: int | None, reader: Reader) -> Asked | None:
    """What its author was asked to change in a post or comment, with what was changed; None if nobody asked."""
    case = question_about(session, post_id, comment_id)
    if case is None or case.decided_at is None:
        return None
    text: Post | Comment = session.get_one(Comment, comment_id) if comment_id else session.get_one(Post, post_id)
    now = versions_of(session, text, reader)[0]
    by = session.scalar(sa.select(User.display_name).where(User.id == case.decided_by_id)) or ""
    return Asked(case.reason, case.decided_at, by, now.title, now.body)

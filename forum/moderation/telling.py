"""Telling authors what was decided, in their language, once undoing is over."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.letters import send_letter
from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.core.database import transaction
from forum.core.jobs import enqueue, job
from forum.core.mail import absolute
from forum.moderation.models import Case
from forum.moderation.rules import UNDO_WITHIN
from forum.moderation.status import Decision
from forum.posts.models import Comment, Post
from forum.posts.status import Visibility

TOLD = frozenset((Decision.APPROVED, Decision.ASKED, Decision.HIDDEN, Decision.REMOVED, Decision.RESTORED))


def plan(session: Session, case: Case) -> None:
    """Have the author told of a decision that changed who can read it, unless it is undone first."""
    if case.decision in TOLD and case.decided_at:
        delay = UNDO_WITHIN.total_seconds()
        enqueue(session, tell_author, delay=delay, case_id=case.id, decided_at=case.decided_at.isoformat())


@job("moderation.tell_author")
def tell_author(*, case_id: int, decided_at: str) -> None:
    """Mail the author of a post or comment what was decided at that moment, and why if it was taken away.

    Nothing is sent when the decision was undone, by authors who took it away themselves, or to an address
    that nobody has proved.
    """
    with transaction() as session:
        case = session.get(Case, case_id)
        if case is None or case.decided_at != datetime.fromisoformat(decided_at) or case.decision is None:
            return
        about = sa.select(Post, Comment, User).select_from(Post).where(Post.id == case.post_id)
        about = about.outerjoin(Comment, Comment.id == case.comment_id)
        about = about.join(User, User.id == sa.func.coalesce(Comment.author_id, Post.author_id))
        row = session.execute(about).one_or_none()
        if row is None:
            return
        post, comment, author = row
        if not author.email or author.verified_at is None or author.state is not AccountState.ACTIVE:
            return
        send_letter(
            session,
            author,
            "approved" if case.decision is Decision.APPROVED else "moderated",
            decision=case.decision.value,
            is_comment=comment is not None,
            is_private=post.visibility is Visibility.PRIVATE,
            title=post.title,
            author=author.display_name,
            reason=case.reason,
            address=absolute(f"/posts/{post.id}" + (f"#comment-{comment.id}" if comment else "")),
        )

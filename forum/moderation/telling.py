"""Telling authors what was decided, in their language, once undoing is over."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.letters import send_letter
from forum.accounts.models import User
from forum.accounts.sessions import reader_from
from forum.accounts.status import AccountState
from forum.core.database import transaction
from forum.core.events import publish
from forum.core.jobs import enqueue, job
from forum.core.mail import absolute
from forum.moderation.events import AuthorTold, ObjectionAnswered
from forum.moderation.models import Case, Report
from forum.moderation.rules import UNDO_WITHIN
from forum.moderation.status import CaseKind, Decision
from forum.posts.models import Comment, Post
from forum.posts.status import Visibility

TOLD = frozenset(
    (Decision.APPROVED, Decision.ASKED, Decision.HIDDEN, Decision.REMOVED, Decision.RESTORED, Decision.EDITED)
)

# Whoever objected is told, by the notices.
_ANSWERED = frozenset((CaseKind.OBJECTION, CaseKind.MISPLACED, CaseKind.APPEAL))
_GRANTED = frozenset((Decision.RESTORED, Decision.SEPARATED, Decision.REVERTED, Decision.PASSED_ON))


def plan(session: Session, case: Case) -> None:
    """Have the author told of a decision that changed who can read it, unless it is undone first."""
    if (case.decision in TOLD or case.kind in _ANSWERED) and case.decided_at:
        delay = UNDO_WITHIN.total_seconds()
        enqueue(session, tell_author, delay=delay, case_id=case.id, decided_at=case.decided_at.isoformat())


@job("moderation.tell_author")
def tell_author(*, case_id: int, decided_at: str) -> None:
    """Tell the author of a post or comment what was decided at that moment, and why if it was taken away.

    Nothing is told when the decision was undone, and nothing is mailed to an address that nobody has proved.
    """
    with transaction() as session:
        case = session.get(Case, case_id)
        if case is None or case.decided_at != datetime.fromisoformat(decided_at) or case.decision is None:
            return
        if case.kind in _ANSWERED:
            _answer(session, case)
            return
        about = sa.select(Post, Comment, User).select_from(Post).where(Post.id == case.post_id)
        about = about.outerjoin(Comment, Comment.id == case.comment_id)
        about = about.join(User, User.id == sa.func.coalesce(Comment.author_id, Post.author_id))
        row = session.execute(about).one_or_none()
        if row is None:
            return
        post, comment, author = row
        comment_id, by_id = comment.id if comment else None, case.decided_by_id or 0
        publish(session, AuthorTold(post.id, comment_id, author.id, case.decision, case.reason, by_id))
        if not author.email or author.verified_at is None or author.state is not AccountState.ACTIVE:
            return
        send_letter(
            session,
            author,
            "approved" if case.decision is Decision.APPROVED else "moderated",
            decision=case.decision.value,
            is_comment=comment is not None,
            is_private=post.visibility is Visibility.PRIVATE,
            is_trusted=reader_from(session, author).is_trusted,
            title=post.title,
            author=author.display_name,
            reason=case.reason,
            objection=absolute(
                f"/moderation/posts/{post.id}" + (f"/comments/{comment.id}" if comment else "") + "/object"
            ),
            address=absolute(f"/posts/{post.id}" + (f"#comment-{comment.id}" if comment else "")),
        )


def _answer(session: Session, case: Case) -> None:
    """Let later stages tell those who objected what was decided."""
    is_granted = case.decision in _GRANTED
    for person in session.scalars(sa.select(Report.reporter_id).where(Report.case_id == case.id)).all():
        by, about_theme = case.decided_by_id or 0, case.kind is CaseKind.MISPLACED
        publish(session, ObjectionAnswered(case.post_id, person, is_granted, case.reason, by, case.id, about_theme))

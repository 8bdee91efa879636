"""Moderators edit somebody's words: decided at once, told to the author, open to an objection."""

from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.errors import Invalid
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import library, services, telling
from forum.moderation.library import Choice
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision
from forum.posts import correcting
from forum.posts.correcting import Correction
from forum.posts.models import Comment, Post


def edit(
    session: Session,
    post: Post,
    wanted: Correction,
    *,
    comment: Comment | None = None,
    by: Reader,
    reason: Choice | None,
    words: str = "",
) -> Case:
    """Change a post or comment, and have its author told why once undoing is over.

    Raises `NotAllowed` unless `by` moderates, `NotFound` unless `by` may see it, `Invalid` without a reason or a
    change, and `Conflict` when it was changed meanwhile.
    """
    services.require_moderator(by)
    subject = services.seen(session, post.id, comment.id if comment else None, by)
    if reason is None:
        raise Invalid(fields={"reason": _("Choose a reason; its author reads it.")})
    author = session.get(User, subject.author_id) if subject.author_id else None
    why = library.sentence(session, reason, words, author.language if author else "")
    done = correcting.correct(session, subject.written, wanted, by=by, reason=why)
    now = utcnow()
    case = Case(kind=CaseKind.DIRECT, post_id=post.id, comment_id=subject.comment_id, opened_at=now, before=done)
    case.decision, case.decided_at, case.decided_by_id = Decision.EDITED, now, by.id
    case.ground, case.own_ground_id = library.grounds(reason)
    case.reason = why
    session.add(case)
    session.flush()
    telling.plan(session, case)
    return case

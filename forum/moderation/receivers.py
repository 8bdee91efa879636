"""What moderation does when earlier stages tell what happened."""

from sqlalchemy.orm import Session

from forum.core.events import on
from forum.moderation import (
    forgetting,  # noqa: F401  # it hears by itself
    screening,
)
from forum.moderation.asking import question_about
from forum.moderation.services import open_case
from forum.moderation.status import CaseKind
from forum.posts.events import CommentSubmitted, PostPublished, PostSubmitted
from forum.posts.models import Post


@on(PostSubmitted)
def queue_first_post(session: Session, event: PostSubmitted) -> None:
    """Put a post that waits before a moderator."""
    open_case(session, _why_it_waits(session, event.post_id, None), event.post_id)
    screening.plan(session, event.post_id)


@on(PostPublished)
def look_at_new_post(session: Session, event: PostPublished) -> None:
    """Have a post that was open at once looked at for advertising and duplicates; imports are left alone."""
    if event.is_new and session.get_one(Post, event.post_id).source == "site":
        screening.plan(session, event.post_id)


@on(CommentSubmitted)
def queue_first_comment(session: Session, event: CommentSubmitted) -> None:
    """Put a comment that waits before a moderator."""
    open_case(session, _why_it_waits(session, event.post_id, event.comment_id), event.post_id, event.comment_id)


def _why_it_waits(session: Session, post_id: int, comment_id: int | None) -> CaseKind:
    return CaseKind.CHANGED if question_about(session, post_id, comment_id) else CaseKind.FIRST_POST

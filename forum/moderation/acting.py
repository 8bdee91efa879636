"""What a decision does to a post or comment, and how it is put back exactly."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forum.core.database import Json
from forum.core.languages import _, speaking
from forum.core.people import Reader
from forum.moderation.second_look import last_edit
from forum.moderation.status import Decision
from forum.posts import commenting, correcting, services
from forum.posts import merging as posts_merging
from forum.posts.locking import lock_groups
from forum.posts.models import Comment, Post
from forum.posts.queries import find_comment, find_post
from forum.posts.status import Moderation


@dataclass(frozen=True)
class Subject:
    """The post, or with a comment the comment, that a case is about."""

    post: Post
    comment: Comment | None

    @property
    def written(self) -> Post | Comment:
        """What is decided about."""
        return self.comment or self.post

    @property
    def comment_id(self) -> int | None:
        """The comment's id, None for a post."""
        return self.comment.id if self.comment else None

    @property
    def author_id(self) -> int | None:
        """Who wrote it; None for imported ones without a name."""
        return self.written.author_id

    @property
    def moderation(self) -> Moderation:
        """What the moderators have made of it so far."""
        return self.written.moderation


def find(session: Session, post_id: int, comment_id: int | None, by: Reader) -> Subject | None:
    """What `by` may see and act on, read afresh and locked until the end of the transaction."""
    fresh = {"populate_existing": True}
    lock_groups(session, [post_id])
    post = session.scalars(find_post(by, post_id).with_for_update(of=Post), execution_options=fresh).one_or_none()
    if post is None or comment_id is None:
        return Subject(post, None) if post else None
    locked = find_comment(by, comment_id).where(Comment.post_id == post_id).with_for_update(of=Comment)
    comment = session.scalars(locked, execution_options=fresh).one_or_none()
    return Subject(post, comment) if comment else None


def remember(subject: Subject) -> Json:
    """What `put_back` needs to know about the state before a decision."""
    looked_at = subject.post.looked_at
    return {
        "moderation": subject.moderation.value,
        "reason": subject.written.moderation_reason,
        "looked_at": looked_at.isoformat() if looked_at else "",
        "into_id": subject.post.merged_into_id,
    }


def apply(session: Session, subject: Subject, decision: Decision, why: str, *, by: Reader) -> Json:
    """Do to the post or comment what was decided; each act is written into the audit log there.

    Returns what undoing needs beside what `remember` told.
    """
    post, comment = subject.post, subject.comment
    match decision:
        case Decision.APPROVED if comment:
            commenting.open_comment(session, comment, by=by)
        case Decision.APPROVED:
            services.open_post(session, post, by=by)
        case Decision.ASKED if comment:
            commenting.ask_author(session, comment, by=by, reason=why)
        case Decision.ASKED:
            services.ask_author(session, post, by=by, reason=why)
        case Decision.HIDDEN if comment:
            commenting.hide_comment(session, comment, by=by, reason=why)
        case Decision.HIDDEN:
            services.hide_post(session, post, by=by, reason=why)
        case Decision.REMOVED if comment:
            commenting.remove_comment(session, comment, by=by, reason=why)
        case Decision.REMOVED:
            services.remove_post(session, post, by=by, reason=why)
        case Decision.SEPARATED:
            posts_merging.unmerge(session, posts_merging.standing_merge(session, post.id), by=by)
        case Decision.RESTORED if comment:
            commenting.restore_comment(session, comment, by=by, reason=why)
        case Decision.RESTORED:
            services.restore_post(session, post, by=by, reason=why)
        case Decision.REVERTED:
            edited = last_edit(session, post.id, subject.comment_id)
            return correcting.put_back(session, subject.written, edited.before if edited else {}, by=by, reason=why)
    return {}


def put_back(session: Session, subject: Subject, before: Json, *, by: Reader) -> None:
    """Make the post or comment what it was when `remember` looked: its state, its reason, its place in lists."""
    post, comment = subject.post, subject.comment
    state, reason = Moderation(before["moderation"]), str(before["reason"])
    with speaking(""):  # the log is the site's, so it is written in the site's language
        undone = _("Taken back within ten minutes.")
    match state:
        case Moderation.MERGED:
            posts_merging.merge(session, post, session.get_one(Post, before["into_id"]), by=by)
        case Moderation.HIDDEN if comment:
            commenting.hide_comment(session, comment, by=by, reason=reason or undone)
        case Moderation.HIDDEN:
            services.hide_post(session, post, by=by, reason=reason or undone)
        case Moderation.REMOVED if comment:
            commenting.remove_comment(session, comment, by=by, reason=reason or undone)
        case Moderation.REMOVED:
            services.remove_post(session, post, by=by, reason=reason or undone)
        case _ if comment:
            commenting.restore_comment(session, comment, by=by, reason=undone, to=state)
        case _:
            services.restore_post(session, post, by=by, reason=undone, to=state)
    subject.written.moderation_reason = reason
    post.looked_at = datetime.fromisoformat(before["looked_at"]) if before["looked_at"] else None

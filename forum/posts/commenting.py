"""Comments: talk, official answers and internal notes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import check_may_write
from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import counting, rules, timeline
from forum.posts.events import CommentAdded, CommentSubmitted, PostAnswered
from forum.posts.language import guess_language
from forum.posts.locking import lock_groups
from forum.posts.models import Comment, Post, Revision
from forum.posts.schemas import CommentChange, NewComment
from forum.posts.services import count_approval
from forum.posts.status import MODERATION_MOVES, Moderation, Status, Voice
from forum.products.models import Area
from forum.products.rules import may_comment

_TALKABLE = (Moderation.OPEN, Moderation.WAITING, Moderation.ASKED)


def add_comment(session: Session, post: Post, new: NewComment, *, by: Reader) -> Comment:
    """Comment on a post that `by` may see, in their own voice, the company's, or as a note for the team.

    The comments of people of whom nothing was approved yet wait for a moderator, as their posts do. Publishes
    `CommentAdded`, or `CommentSubmitted` for one that waits, and `PostAnswered` for the first official answer, from
    which the post's status follows. Raises `NotAllowed` where the area, the post or the voice is not for `by`, and
    `Invalid` when the comment replied to is not there.
    """
    _check_allowed(session, post, new, by)
    place, parent_id = _place_of(session, post, new)
    waits = rules.must_wait(by)
    comment = Comment(
        post_id=place.id,
        parent_id=parent_id,
        author_id=by.id,
        voice=new.voice,
        department=by.department if new.voice is Voice.OFFICIAL else "",
        is_internal=new.is_internal,
        body=new.body,
        body_html=markup.render(new.body),
        markup_version=markup.MARKUP_VERSION,
        language=guess_language(new.body),
        moderation=Moderation.WAITING if waits else Moderation.OPEN,
        created_at=utcnow(),
    )
    session.add(comment)
    session.flush()  # its place in the thread needs the id
    comment.thread_key = thread_key(parent_id or comment.id, comment.id)
    if waits:
        publish(session, CommentSubmitted(comment.id, place.id))
        return comment
    if not comment.is_internal:
        for counted in (post, place) if place is not post else (post,):  # what counts for the group first
            _count(session, counted, 1)
        if comment.voice is Voice.OFFICIAL:
            _answer(session, post, comment)
    publish(session, CommentAdded(comment.id, place.id))
    return comment


def thread_key(root_id: int, comment_id: int) -> str:
    """Where a comment stands: sorted by its first comment, then by itself."""
    return f"{root_id:011d}.{comment_id:011d}"


def _check_allowed(session: Session, post: Post, new: NewComment, by: Reader) -> None:
    require(by.id is not None, _("Sign in to comment."))
    check_may_write(by)
    if new.is_internal:
        require(by.is_team, _("Internal notes are for the company's team."))
        if new.voice is Voice.OFFICIAL:
            raise Invalid(fields={"voice": _("A note for the team is not an official answer. Choose one of them.")})
        return
    if new.voice is Voice.OFFICIAL:
        require(rules.may_speak_officially(by), _("Only the company's team answers officially."))
    require(post.moderation in _TALKABLE, _("Comments on this post are closed, because it was taken out of sight."))
    require(rules.would_be_heard(by, post), _("Comments open together with the post, once a moderator has opened it."))
    require(by.is_team or not post.is_locked, _("This post is locked: only the team comments."))
    area = session.get_one(Area, post.area_id)
    if not may_comment(area, by, author_id=post.author_id):
        raise NotAllowed(_("In an area that is closed to ideas, only the author and the company's team comment."))


def _place_of(session: Session, post: Post, new: NewComment) -> tuple[Post, int | None]:
    """The post that a comment hangs on and the first comment of its thread: replies have one level.

    A reply below the survivor of merged posts hangs where the comment hangs that it replies to.
    """
    if new.parent_id is None:
        return post, None
    parent = session.get(Comment, new.parent_id)
    place = session.get(Post, parent.post_id) if parent is not None else None
    is_here = place is not None and post.id in (place.id, place.survivor_id)
    if parent is None or place is None or not is_here or parent.moderation is not Moderation.OPEN:
        raise Invalid(fields={"body": _("The comment you reply to is not there any more. Write yours by itself.")})
    if parent.is_internal != new.is_internal:
        raise Invalid(fields={"body": _("Reply to an internal note with an internal note, and to a comment with one.")})
    return place, parent.parent_id or parent.id


def _count(session: Session, post: Post, change: int) -> None:
    """Change the number of public comments where it stands, so that two people at once are both counted."""
    session.execute(sa.update(Post).where(Post.id == post.id).values(comments=Post.comments + change))
    session.refresh(post)  # its row is ours until the commit, so what is read now stays true


def _answer(session: Session, post: Post, comment: Comment) -> None:
    """Note an official answer: when, in the orders of the board, and on the timeline."""
    is_first = post.answered_at is None
    post.last_answered_at = comment.created_at
    if is_first:
        post.answered_at = comment.created_at
        if post.status is Status.NEW:
            post.status = Status.ANSWERED
        if post.is_listed:
            counting.count_in_area(session, post.area_id, unanswered=-1)
    post.looked_at = comment.created_at
    counting.refresh_keys(post)
    timeline.add(session, post.id, "answered", actor_id=comment.author_id, comment_id=comment.id)
    session.flush()
    if is_first:
        counting.refresh_reply_time(session, post.area_id)
        publish(session, PostAnswered(post.id))


def require_editor(comment: Comment, *, by: Reader) -> None:
    """Raise `NotAllowed` unless `by` may change `comment`."""
    require(rules.may_edit(by, comment), _("Only its author changes a comment."))


def edit_comment(session: Session, comment: Comment, change: CommentChange, *, by: Reader) -> None:
    """Change one's own comment; how it read before stays in the post's history.

    One that its author was asked to change waits for a moderator again, which publishes `CommentSubmitted`. Raises
    `NotAllowed` for anybody but the author, and `Conflict` when it is no longer at `change.version`.
    """
    require_editor(comment, by=by)
    session.refresh(comment, with_for_update=True)
    if comment.version != change.version:
        raise Conflict(_("This comment was changed while you were writing. Both versions are below."))
    if change.body != comment.body:
        _rewrite(session, comment, change.body, by)
    if comment.moderation is Moderation.ASKED:
        comment.moderation, comment.moderation_reason = Moderation.WAITING, ""
        publish(session, CommentSubmitted(comment.id, comment.post_id))


def _rewrite(session: Session, comment: Comment, body: str, by: Reader) -> None:
    """Let a comment read so, and keep how it read before."""
    now = utcnow()
    session.add(
        Revision(
            post_id=comment.post_id,
            comment_id=comment.id,
            body=comment.body,
            written_at=comment.edited_at or comment.created_at,
            replaced_at=now,
            replaced_by_id=by.id,
        )
    )
    comment.body, comment.body_html = body, markup.render(body)
    comment.markup_version, comment.language = markup.MARKUP_VERSION, guess_language(body)
    comment.edited_at, comment.version = now, comment.version + 1


def ask_author(session: Session, comment: Comment, *, by: Reader, reason: str) -> None:
    """Take a comment out of sight until its author has changed it; `reason` says what is needed."""
    _decide(session, comment, Moderation.ASKED, "comment.ask", by, reason)


def hide_comment(session: Session, comment: Comment, *, by: Reader, reason: str) -> None:
    """Take a comment out of sight for a while; its author reads the `reason`."""
    _decide(session, comment, Moderation.HIDDEN, "comment.hide", by, reason)


def remove_comment(session: Session, comment: Comment, *, by: Reader, reason: str) -> None:
    """Remove a comment for good reason, which its author reads; nothing is deleted."""
    _decide(session, comment, Moderation.REMOVED, "comment.remove", by, reason)


def restore_comment(
    session: Session, comment: Comment, *, by: Reader, reason: str = "", to: Moderation = Moderation.OPEN
) -> None:
    """Put a comment back to `to`: open, or waiting where an approval or removal of a waiting one is undone."""
    if comment.moderation is Moderation.OPEN and to is Moderation.WAITING:
        count_approval(session, comment.author_id, -1)
    _decide(session, comment, to, "comment.restore", by, reason)


def open_comment(session: Session, comment: Comment, *, by: Reader) -> None:
    """Let a comment that waits be read; from now on what its author writes need not wait. Publishes `CommentAdded`.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when the comment does not wait any more.
    """
    if comment.moderation is not Moderation.WAITING:
        raise Conflict(_("Somebody has decided about this comment meanwhile. Look at it again."))
    _decide(session, comment, Moderation.OPEN, "comment.open", by, "")
    count_approval(session, comment.author_id, 1)
    publish(session, CommentAdded(comment.id, comment.post_id))


def _decide(session: Session, comment: Comment, to: Moderation, action: str, by: Reader, reason: str) -> None:
    """Change what the moderators make of a comment, its post's counters with it, and write it down."""
    require(rules.may_hide(by), _("Only moderators take comments out of sight or put them back."))
    lock_groups(session, [comment.post_id])
    reason = reason.strip()
    if not reason and to not in (Moderation.OPEN, Moderation.WAITING):
        raise Invalid(fields={"reason": _("Say why: the author reads it.")})
    if to not in MODERATION_MOVES[comment.moderation]:
        raise Conflict(_("Somebody has decided about this comment meanwhile. Look at it again."))
    comment.moderation, comment.moderation_reason = to, "" if to is Moderation.OPEN else reason
    session.flush()
    post = session.get_one(Post, comment.post_id, populate_existing=True)
    recount(session, post)
    if comment.voice is Voice.OFFICIAL:
        of_post = sa.select(Post.id).where(Post.id == post.id)
        is_public = to is Moderation.OPEN
        timeline.show_or_hide(session, of_post, ("answered",), is_public=is_public, comment_id=comment.id)
        counting.refresh_reply_time(session, post.area_id)
    audit.record(
        session, action, by=by.id, subject="comment", subject_id=comment.id, about=comment.author_id, reason=reason
    )


def recount(session: Session, post: Post) -> None:
    """Work out a post's comments and answers afresh after one of them came or went, and those of its survivor."""
    set_answers(session, post, *answers_of(session, post.id))
    counting.recount(session, post)
    if post.survivor_id is not None:
        recount(session, session.get_one(Post, post.survivor_id))


def set_answers(session: Session, post: Post, first: datetime | None, last: datetime | None) -> None:
    """Store when a post was first and last answered, and what follows for its status, its place and its area."""
    was_answered = post.answered_at is not None
    post.answered_at, post.last_answered_at = first, last
    if post.status in (Status.NEW, Status.ANSWERED):
        post.status = Status.ANSWERED if post.answered_at else Status.NEW
    if post.is_listed and was_answered != (post.answered_at is not None):
        counting.count_in_area(session, post.area_id, unanswered=1 if was_answered else -1)
    counting.refresh_keys(post)
    session.flush()


def answers_of(session: Session, post_id: int) -> tuple[datetime | None, datetime | None]:
    """When the first and the last official answer that can be read were written, to a post or one merged into it."""
    first, last = session.execute(
        sa.select(sa.func.min(Comment.created_at), sa.func.max(Comment.created_at)).where(
            Comment.post_id.in_(counting.group_of(post_id)),
            Comment.voice == Voice.OFFICIAL,
            ~Comment.is_internal,
            Comment.moderation == Moderation.OPEN,
        )
    ).one()
    return first, last

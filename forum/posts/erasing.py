"""Forgetting what somebody wrote, voted for and followed, when they leave for good.

What goes is out of everybody's sight at once. The rest takes milliseconds for each post and vote, and nobody else
can write meanwhile, so a job does it piece by piece. Rows of posts and comments stay as shells: others' votes,
comments and merges hang on them. Everything is counted afresh from its rows, with what it counts.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import THE_SITE
from forum.core.events import publish
from forum.core.languages import ngettext
from forum.posts import counting, merging, pictures
from forum.posts.events import CommentErased, PostErased
from forum.posts.locking import lock_groups
from forum.posts.models import (
    Comment,
    Draft,
    Follow,
    Merge,
    Picture,
    PictureChange,
    Post,
    Revision,
    Split,
    SplitAnswer,
    TimelineEntry,
    Vote,
)
from forum.posts.status import Moderation, Voice
from forum.posts.voting import tell_of_votes

_STAYS = (Moderation.OPEN, Moderation.MERGED)  # what others can read; the rest goes in any case
_PIECE = 500  # ids in one statement
_POSTS = 3  # in one transaction, which others who write wait for: each takes up to 50 ms
_ROWS = 40  # votes or comments in one transaction: each takes up to 3 ms
_BULK = {"synchronize_session": False}


def hide_person(session: Session, user_id: int, *, keeps_words: bool) -> None:
    """Take what goes of a person out of sight, in a few statements however much it is; `forget_some` does the rest.

    Their words go unless `keeps_words`; then those that others can read stay without a name. What waits, was hidden
    or removed goes in any case, for nobody can read it. What they said for the company stays the company's.
    """
    session.flush()
    goes = (Post.author_id == user_id) & _of_what_goes(Post.moderation, keeps_words, _STAYS)
    unanswered = sa.func.count().filter(Post.answered_at.is_(None))
    listed = sa.select(Post.area_id, sa.func.count(), unanswered).where(goes, Post.is_listed).group_by(Post.area_id)
    for area_id, n, without_answer in session.execute(listed).all():
        counting.count_in_area(session, area_id, posts=-n, unanswered=-without_answer)
    unlisted = {"moderation": Moderation.ERASED, "is_listed": False, **dict.fromkeys(counting.KEYS)}
    session.execute(sa.update(Post).where(goes).values(unlisted), execution_options=_BULK)
    theirs = (Comment.author_id == user_id) & (Comment.voice != Voice.OFFICIAL) & ~Comment.is_internal
    gone = theirs & _of_what_goes(Comment.moderation, keeps_words, (Moderation.OPEN,))
    session.execute(sa.update(Comment).where(gone).values(moderation=Moderation.ERASED), execution_options=_BULK)
    for model in (Follow, SplitAnswer):
        session.execute(sa.delete(model).where(model.__table__.c.user_id == user_id), execution_options=_BULK)
    session.expire_all()


def _of_what_goes(
    moderation: sa.SQLColumnExpression[Moderation], keeps_words: bool, stays: Collection[Moderation]
) -> sa.ColumnElement[bool]:
    return moderation.not_in(stays) if keeps_words else sa.true()


def forget_some(session: Session, user_id: int, *, keeps_words: bool) -> bool:
    """Forget a piece of what is left of a person whom `hide_person` hid; False when there was nothing left.

    Each piece is whole: what is forgotten is not found again, so that a job which was killed goes on where it was.
    """
    return (
        _forget_drafts(session, user_id)
        or _forget_comments(session, user_id, keeps_words=keeps_words)
        or _forget_posts(session, user_id, keeps_words=keeps_words)
        or _forget_votes(session, user_id)
        or _forget_name(session, user_id)
    )


@dataclass(frozen=True)
class Outlook:
    """What erasing an account would do, in numbers."""

    posts: int
    held: int  # posts on which others have voted or commented
    unread: int  # posts that wait or were taken out of sight
    comments: int
    votes: int
    follows: int
    drafts: int


def preview(session: Session, user_id: int) -> Outlook:
    """What erasing the account of a person would do to posts. Changes nothing."""
    post = Post.author_id == user_id
    others = sa.exists().where(Vote.post_id == Post.id) | sa.exists().where(
        Comment.post_id == Post.id, Comment.author_id.is_distinct_from(user_id)
    )
    counts = {
        "posts": sa.select(sa.func.count()).where(post),
        "held": sa.select(sa.func.count()).select_from(Post).where(post, others),
        "unread": sa.select(sa.func.count()).where(post, Post.moderation.not_in(_STAYS)),
        "comments": sa.select(sa.func.count()).where(Comment.author_id == user_id),
        "votes": sa.select(sa.func.count()).where(Vote.user_id == user_id),
        "follows": sa.select(sa.func.count()).where(Follow.user_id == user_id),
        "drafts": sa.select(sa.func.count()).where(Draft.user_id == user_id),
    }
    row = session.execute(sa.select(*(query.scalar_subquery().label(name) for name, query in counts.items()))).one()
    return Outlook(**row._asdict())


def what_goes(session: Session, user_id: int, keeps_words: bool) -> list[str]:
    """What erasing an account does to posts, as lines of the mail that confirms it."""
    outlook = preview(session, user_id)
    if keeps_words:
        posts = ngettext("{n} post stays, without your name.", "{n} posts stay, without your name.", outlook.posts)
        said = ngettext("{n} comment stays, too.", "{n} comments stay, too.", outlook.comments)
    else:
        posts = ngettext("{n} post and its pictures go.", "{n} posts and their pictures go.", outlook.posts)
        said = ngettext("{n} comment goes.", "{n} comments go.", outlook.comments)
    unread = ngettext(
        "{n} that waits or was taken out of sight goes in any case.",
        "{n} that wait or were taken out of sight go in any case.",
        outlook.unread,
    )
    return [
        f"{posts} {unread}" if keeps_words and outlook.unread else posts,
        said,
        ngettext("{n} vote is taken out of the counts.", "{n} votes are taken out of the counts.", outlook.votes),
        ngettext("{n} thing is followed no longer.", "{n} things are followed no longer.", outlook.follows),
    ]


def _forget_posts(session: Session, user_id: int, *, keeps_words: bool) -> bool:
    """Empty some of a person's posts, or take the name off them."""
    own = sa.select(Post.id).where(Post.author_id == user_id).order_by(Post.id).limit(_POSTS)
    ids = session.scalars(own).all()
    lock_groups(session, ids)
    posts = session.scalars(sa.select(Post).where(Post.id.in_(ids)).order_by(Post.id).with_for_update()).all()
    for post in posts:
        if not (keeps_words and post.moderation in _STAYS):
            _erase_words(session, post)
        post.author_id = None
        session.flush()
        tell_of_votes(session, post, user_id)  # one less behind it
    return bool(posts)


def _erase_words(session: Session, post: Post) -> None:
    """Take the words of a hidden post away for good. Posts that were merged into it stand by themselves again.

    Publishes `PostErased` while the words can still be read.
    """
    for merged in session.scalars(sa.select(Merge).where(Merge.into_id == post.id, Merge.undone_at.is_(None))).all():
        merging.unmerge(session, merged, by=THE_SITE)
    publish(session, PostErased(post.id))
    pictures.remove_all(session, pictures.pictures_of(session, post))
    session.execute(sa.delete(Revision).where(Revision.post_id == post.id, Revision.comment_id.is_(None)))
    session.execute(sa.delete(PictureChange).where(PictureChange.post_id == post.id))
    session.execute(sa.update(Split).where(Split.post_id == post.id).values(words=""))
    post.title = post.body = post.body_html = post.excerpt = post.moderation_reason = ""
    post.language, post.severity, post.edited_at = "und", None, None
    post.moderation = Moderation.ERASED
    post.version += 1
    counting.refresh_keys(post)
    session.flush()


def _forget_drafts(session: Session, user_id: int) -> bool:
    drafts = session.scalars(sa.select(Draft.id).where(Draft.user_id == user_id).limit(_PIECE)).all()
    pictures.remove_all(session, session.scalars(sa.select(Picture).where(Picture.draft_id.in_(drafts))).all())
    session.flush()
    session.execute(sa.delete(Draft).where(Draft.id.in_(drafts)))
    return bool(drafts)


def _forget_comments(session: Session, user_id: int, *, keeps_words: bool) -> bool:
    """Empty some of a person's comments, or take the name off them, and count the posts that they stand on."""
    query = sa.select(Comment).where(Comment.author_id == user_id).order_by(Comment.id).limit(_ROWS)
    own = session.scalars(query).all()
    for comment in own:
        is_official = comment.voice is Voice.OFFICIAL or comment.is_internal
        comment.author_id = None
        if is_official or (keeps_words and comment.moderation is Moderation.OPEN):
            continue
        comment.body = comment.body_html = comment.moderation_reason = ""
        comment.moderation = Moderation.ERASED
        session.execute(sa.delete(Revision).where(Revision.comment_id == comment.id))
        publish(session, CommentErased(comment.id, comment.post_id))
    session.flush()
    for post in _with_survivors(session, {comment.post_id for comment in own}):
        counting.recount(session, post)
    return bool(own)


def _forget_votes(session: Session, user_id: int) -> bool:
    """Take some of a person's votes out of all counts."""
    votes = sa.select(Vote.post_id).where(Vote.user_id == user_id).order_by(Vote.post_id).limit(_ROWS)
    voted = set(session.scalars(votes))
    counted = _with_survivors(session, voted)
    session.execute(sa.delete(Vote).where(Vote.user_id == user_id, Vote.post_id.in_(voted)))
    for post in counted:
        counting.recount(session, post)
        session.flush()
        if post.id in voted:
            tell_of_votes(session, post, user_id)
    return bool(voted)


def _forget_name(session: Session, user_id: int) -> bool:
    """Forget who changed words or did something on a timeline: the last piece."""
    for model, column in ((Revision, Revision.replaced_by_id), (TimelineEntry, TimelineEntry.actor_id)):
        session.execute(sa.update(model).where(column == user_id).values({column.key: None}), execution_options=_BULK)
    return False


def _with_survivors(session: Session, post_ids: Collection[int]) -> list[Post]:
    """Some posts and those that count for their groups, which are held until the transaction ends."""
    lock_groups(session, post_ids)
    tops = sa.select(Post.survivor_id).where(Post.id.in_(post_ids), Post.survivor_id.is_not(None))
    query = sa.select(Post).where(Post.id.in_(post_ids) | Post.id.in_(tops)).order_by(Post.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))

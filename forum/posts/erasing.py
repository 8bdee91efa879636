"""Forgetting what somebody wrote, voted for and followed, when they leave for good.

Rows of posts and comments stay as shells: others' votes, comments and merges hang on them. Everything is
counted afresh from its rows, in the same transaction.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import THE_SITE
from forum.core.events import publish
from forum.posts import counting, merging, pictures, services
from forum.posts.events import CommentErased, PostErased, VoteChanged
from forum.posts.models import (
    Comment,
    Draft,
    Follow,
    Merge,
    Picture,
    Post,
    Revision,
    Split,
    SplitAnswer,
    TimelineEntry,
    Vote,
)
from forum.posts.status import Moderation, Voice

_STAYS = (Moderation.OPEN, Moderation.MERGED)  # what others can read; the rest goes in any case
_PIECE = 500  # ids in one statement


def forget_person(session: Session, user_id: int, *, keeps_words: bool) -> None:
    """Forget what a person did with posts, and their words unless `keeps_words`; those stay without a name.

    What waits, was hidden or removed goes in any case, for nobody can read it. What they said for the company
    stays the company's.
    """
    _forget_drafts(session, user_id)
    session.execute(sa.delete(Follow).where(Follow.user_id == user_id))
    session.execute(sa.delete(SplitAnswer).where(SplitAnswer.user_id == user_id))
    touched = _forget_comments(session, user_id, keeps_words=keeps_words)
    own = session.scalars(sa.select(Post).where(Post.author_id == user_id).order_by(Post.id).with_for_update()).all()
    for post in own:
        if not (keeps_words and post.moderation in _STAYS):
            erase_post(session, post)
        post.author_id = None
        session.flush()
        publish(session, VoteChanged(post.id, user_id, post.product_id, post.theme_id))  # one less behind it
    _forget_votes(session, user_id, touched)
    for model, column in ((Revision, Revision.replaced_by_id), (TimelineEntry, TimelineEntry.actor_id)):
        session.execute(sa.update(model).where(column == user_id).values({column.key: None}))


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


def erase_post(session: Session, post: Post) -> None:
    """Take the words of a post away for good. Posts that were merged into it stand by themselves again.

    Publishes `PostErased` while the words can still be read, and `PostUnlisted` when it was listed.
    """
    if post.moderation is Moderation.ERASED:
        return
    for merged in session.scalars(sa.select(Merge).where(Merge.into_id == post.id, Merge.undone_at.is_(None))).all():
        merging.unmerge(session, merged, by=THE_SITE)
    publish(session, PostErased(post.id))
    pictures.remove_all(session, pictures.pictures_of(session, post))
    session.execute(sa.delete(Revision).where(Revision.post_id == post.id, Revision.comment_id.is_(None)))
    session.execute(sa.update(Split).where(Split.post_id == post.id).values(words=""))
    post.title = post.body = post.body_html = post.excerpt = post.moderation_reason = ""
    post.language, post.severity, post.edited_at = "und", None, None
    post.moderation = Moderation.ERASED
    post.version += 1
    services.relist(session, post)
    session.flush()


def _forget_drafts(session: Session, user_id: int) -> None:
    drafts = sa.select(Draft.id).where(Draft.user_id == user_id)
    pictures.remove_all(session, session.scalars(sa.select(Picture).where(Picture.draft_id.in_(drafts))).all())
    session.flush()
    session.execute(sa.delete(Draft).where(Draft.user_id == user_id))


def _forget_comments(session: Session, user_id: int, *, keeps_words: bool) -> set[int]:
    """Empty a person's comments, or take the name off them; the ids of the posts they stand on."""
    own = session.scalars(sa.select(Comment).where(Comment.author_id == user_id)).all()
    for comment in own:
        is_official = comment.voice is Voice.OFFICIAL or comment.is_internal
        comment.author_id = None
        if is_official or (keeps_words and comment.moderation is Moderation.OPEN):
            continue
        comment.body = comment.body_html = comment.moderation_reason = ""
        comment.moderation = Moderation.ERASED
        session.execute(sa.delete(Revision).where(Revision.comment_id == comment.id))
        publish(session, CommentErased(comment.id, comment.post_id))
    return {comment.post_id for comment in own}


def _forget_votes(session: Session, user_id: int, also: Collection[int]) -> None:
    """Take a person's votes out of all counts, and count the posts `also` afresh."""
    voted = set(session.scalars(sa.select(Vote.post_id).where(Vote.user_id == user_id)))
    session.execute(sa.delete(Vote).where(Vote.user_id == user_id))
    session.flush()
    for post in _with_survivors(session, voted | set(also)):
        counting.recount(session, post)
        session.flush()
        if post.id in voted:
            publish(session, VoteChanged(post.id, user_id, post.product_id, post.theme_id))


def _with_survivors(session: Session, post_ids: Iterable[int]) -> list[Post]:
    """Some posts and those that count for their groups, locked in the order of their ids."""
    ids = sorted(post_ids)
    found: set[int] = set(ids)
    for start in range(0, len(ids), _PIECE):
        tops = sa.select(Post.survivor_id).where(
            Post.id.in_(ids[start : start + _PIECE]), Post.survivor_id.is_not(None)
        )
        found |= {top for top in session.scalars(tops) if top is not None}
    posts: list[Post] = []
    every = sorted(found)
    for start in range(0, len(every), _PIECE):
        query = sa.select(Post).where(Post.id.in_(every[start : start + _PIECE])).order_by(Post.id).with_for_update()
        posts += session.scalars(query)
    return posts

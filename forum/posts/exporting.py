"""What posts know of a person, for the file with everything of theirs."""

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.exporting import exports, exports_files, rows_of
from forum.core.database import Json
from forum.posts import pictures
from forum.posts.models import Comment, Draft, Follow, Picture, PictureChange, Post, Revision, SplitAnswer, Vote

# What the site makes of a post, and what moderators say among themselves.
_OURS = frozenset(
    (
        *("markup_version", "newest_key", "wanted_key", "trending_key", "answered_key", "owed_key", "unanswered_key"),
        *("effective_votes", "is_demo", "thread_key"),
    )
)


@exports("posts")
def _posts(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Post).where(Post.author_id == user_id).order_by(Post.id), without=_OURS)


@exports("comments")
def _comments(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Comment).where(Comment.author_id == user_id).order_by(Comment.id), without=_OURS)


@exports("history")
def _history(session: Session, user_id: int) -> Iterator[Json]:
    """How their posts and comments read before they changed them."""
    posts = sa.select(Post.id).where(Post.author_id == user_id)
    comments = sa.select(Comment.id).where(Comment.author_id == user_id)
    own = sa.case((Revision.comment_id.is_(None), Revision.post_id.in_(posts)), else_=Revision.comment_id.in_(comments))
    return rows_of(
        session, sa.select(Revision).where(own).order_by(Revision.id), without=frozenset(("replaced_by_id",))
    )


@exports("pictures_history")
def _pictures_history(session: Session, user_id: int) -> Iterator[Json]:
    """What became of the pictures of their posts."""
    changes = sa.select(PictureChange).join(Post, Post.id == PictureChange.post_id).where(Post.author_id == user_id)
    return rows_of(session, changes.order_by(PictureChange.id))


@exports("votes")
def _votes(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Vote).where(Vote.user_id == user_id).order_by(Vote.cast_at))


@exports("answers_to_splits")
def _answers(session: Session, user_id: int) -> Iterator[Json]:
    """That they said which parts of a post they meant; what they said stands among their votes."""
    return rows_of(session, sa.select(SplitAnswer).where(SplitAnswer.user_id == user_id))


@exports("follows")
def _follows(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Follow).where(Follow.user_id == user_id).order_by(Follow.since))


@exports("drafts")
def _drafts(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Draft).where(Draft.user_id == user_id).order_by(Draft.id))


@exports("pictures")
def _pictures(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Picture).where(Picture.owner_id == user_id).order_by(Picture.id))


@exports_files
def _picture_files(session: Session, user_id: int) -> Iterator[tuple[str, Path]]:
    for picture in session.scalars(sa.select(Picture).where(Picture.owner_id == user_id)):
        yield f"pictures/{picture.name}", pictures.path_of(picture)

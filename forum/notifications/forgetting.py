"""Forgetting whom to tell, and what was told of posts that are erased."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.events import PersonErased
from forum.accounts.exporting import as_json, exports, rows_of
from forum.core.database import Json
from forum.core.events import on
from forum.notifications.models import Happening, Notice, NoticeChoice, Silence, StatusMail
from forum.posts.events import CommentErased, PostErased


@on(PersonErased)
def forget_person(session: Session, event: PersonErased) -> None:
    """Their notices and choices go; what they did is told without them."""
    for model in (Notice, NoticeChoice, Silence, StatusMail):
        session.execute(sa.delete(model).where(model.__table__.c.user_id == event.user_id))
    session.execute(sa.update(Happening).where(Happening.actor_id == event.user_id).values(actor_id=None))


@on(PostErased)
def forget_post(session: Session, event: PostErased) -> None:
    """Nobody is told any more what happened to a post that is not there."""
    about = sa.select(Happening.id).where(Happening.post_id == event.post_id)
    session.execute(sa.delete(Notice).where(Notice.happening_id.in_(about) | (Notice.post_id == event.post_id)))
    session.execute(sa.delete(Happening).where(Happening.post_id == event.post_id))


@on(CommentErased)
def forget_comment(session: Session, event: CommentErased) -> None:
    """Nobody is told any more what a comment said."""
    about = sa.select(Happening.id).where(Happening.comment_id == event.comment_id)
    session.execute(sa.delete(Notice).where(Notice.happening_id.in_(about)))
    session.execute(sa.delete(Happening).where(Happening.comment_id == event.comment_id))


@exports("notices")
def _notices(session: Session, user_id: int) -> Iterator[Json]:
    query = sa.select(Notice, Happening.kind, Happening.at).join(Happening, Happening.id == Notice.happening_id)
    for notice, kind, at in session.execute(query.where(Notice.user_id == user_id).order_by(Notice.id)):
        yield as_json(notice) | {"kind": kind.value, "happened_at": at.isoformat()}


@exports("silences")
def _silences(session: Session, user_id: int) -> Iterator[Json]:
    """Posts that they voted for and want to hear nothing of."""
    return rows_of(session, sa.select(Silence).where(Silence.user_id == user_id).order_by(Silence.post_id))


@exports("notice_choices")
def _choices(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(NoticeChoice).where(NoticeChoice.user_id == user_id))

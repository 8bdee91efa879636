"""Forgetting the receipts of those who leave, and what is quoted on the receipts of others."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.events import PersonErased
from forum.accounts.exporting import exports, rows_of
from forum.core.database import Json
from forum.core.events import on
from forum.launches.models import PilotSeat, Receipt, Verdict
from forum.posts.events import PostErased


@on(PersonErased)
def forget_person(session: Session, event: PersonErased) -> None:
    """Their receipts, answers and seats in pilots go, and with them their names on launches."""
    for model in (Receipt, Verdict, PilotSeat):
        session.execute(sa.delete(model).where(model.__table__.c.user_id == event.user_id))


@on(PostErased)
def forget_post(session: Session, event: PostErased) -> None:
    """Receipts of those who voted for a post keep their thanks without its words."""
    session.execute(sa.update(Receipt).where(Receipt.post_id == event.post_id).values(sentence=""))


@exports("receipts")
def _receipts(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Receipt).where(Receipt.user_id == user_id).order_by(Receipt.id))


@exports("answers_to_launches")
def _answers(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Verdict).where(Verdict.user_id == user_id))


@exports("pilots")
def _seats(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(PilotSeat).where(PilotSeat.user_id == user_id).order_by(PilotSeat.id))

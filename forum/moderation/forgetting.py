"""Forgetting what moderators had to decide about words that are erased, and about people who leave."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.events import PersonErased
from forum.accounts.exporting import exports, rows_of
from forum.core.database import Json
from forum.core.events import on
from forum.moderation import learning
from forum.moderation.models import Case, CasePrint, Report, Sanction
from forum.posts.events import CommentErased, PostErased


@on(PostErased)
def forget_post(session: Session, event: PostErased) -> None:
    """What is still to be decided about a post is not any more; what was decided stays without its words."""
    _forget_cases(session, (Case.post_id == event.post_id) & Case.comment_id.is_(None))


@on(PersonErased)
def forget_person(session: Session, event: PersonErased) -> None:
    """What they reported stays without their words; warnings go."""
    session.execute(sa.update(Report).where(Report.reporter_id == event.user_id).values(text=""))
    session.execute(sa.delete(Sanction).where(Sanction.user_id == event.user_id))


@on(CommentErased)
def forget_comment(session: Session, event: CommentErased) -> None:
    """The same for a comment."""
    _forget_cases(session, Case.comment_id == event.comment_id)


def _forget_cases(session: Session, concerned: sa.ColumnElement[bool]) -> None:
    session.flush()
    every = sa.select(Case.id).where(concerned)
    session.execute(sa.delete(CasePrint).where(CasePrint.case_id.in_(every)))
    undecided = every.where(Case.decided_at.is_(None))
    session.execute(sa.delete(Report).where(Report.case_id.in_(undecided)))
    session.execute(sa.update(Report).where(Report.case_id.in_(every)).values(text=""))
    ids = session.scalars(undecided).all()
    session.execute(sa.delete(Case).where(Case.id.in_(ids)))
    decided = session.execute(sa.update(Case).where(concerned).values(reason="", before={}))
    if decided.rowcount:  # type: ignore[attr-defined]
        learning.plan(session)  # what was learnt from these words is learnt anew without them


@exports("reports")
def _reports(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(session, sa.select(Report).where(Report.reporter_id == user_id))


@exports("warnings")
def _warnings(session: Session, user_id: int) -> Iterator[Json]:
    return rows_of(
        session,
        sa.select(Sanction).where(Sanction.user_id == user_id),
        without=frozenset(("by_id", "lifted_by_id", "answered_by_id")),
    )

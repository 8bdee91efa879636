"""Which cases are about nearly the same text, so that ten copies are decided at once."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import User
from forum.core.database import insert_for
from forum.core.people import Reader
from forum.moderation.models import Case, CasePrint
from forum.moderation.prints import fingerprints, is_near_copy
from forum.moderation.status import CaseKind, Decision
from forum.posts.models import Comment, Post
from forum.posts.queries import visible_to

COMPARED = 20  # cases with a fingerprint in common that a new one is compared with, the newest first
SHOWN = 20  # of a group beside the case
MOST = 2_000  # cases that are decided with one press

# What an author or voter objects to is about a decision and not about the words, and stands alone.
_ALONE = frozenset((CaseKind.OBJECTION, CaseKind.MISPLACED, CaseKind.APPEAL, CaseKind.DIRECT))

_CANDIDATES = (
    sa.select(Case.id, Case.group_id, Post.title, Post.body, Comment.body.label("comment"))
    .join(CasePrint, CasePrint.case_id == Case.id)
    .join(Post, Post.id == Case.post_id)
    .outerjoin(Comment, Comment.id == Case.comment_id)
    .where(CasePrint.value.in_(sa.bindparam("prints", expanding=True)), Case.id != sa.bindparam("case_id"))
    .order_by(Case.id.desc())
    .limit(COMPARED)
)


def text_of(session: Session, case: Case) -> str:
    """The words that a case is about: those of the comment, else of the post."""
    if case.comment_id is not None:
        return session.get_one(Comment, case.comment_id).body
    post = session.get_one(Post, case.post_id)
    return f"{post.title}\n{post.body}"


def place(session: Session, case: Case, text: str) -> None:
    """Put a new case into the group of those with nearly the same `text`, or let it begin one."""
    case.group_id = case.id
    prints = [] if case.kind in _ALONE else sorted(set(fingerprints(text)))
    if not prints:
        return
    for row in session.execute(_CANDIDATES, {"prints": prints, "case_id": case.id}):
        if is_near_copy(text, row.comment or f"{row.title}\n{row.body}"):
            case.group_id = row.group_id or row.id
            break
    insert = insert_for(session.get_bind().dialect.name, CasePrint)
    session.execute(insert, [{"value": value, "case_id": case.id} for value in prints])


_Author = aliased(User)


def alike(session: Session, reader: Reader, case: Any) -> Sequence[Any]:
    """Up to `SHOWN` other cases of the group of `case` that wait, the oldest first."""
    query = (
        sa.select(Case.id, Case.comment_id, Case.kind, Post.title, Post.language, _Author.display_name.label("author"))
        .join(Post, Post.id == Case.post_id)
        .outerjoin(Comment, Comment.id == Case.comment_id)
        .outerjoin(_Author, _Author.id == sa.func.coalesce(Comment.author_id, Post.author_id))
        .where(Case.group_id == case.group_id, Case.decided_at.is_(None), Case.id != case.id, visible_to(reader))
        .order_by(Case.id)
        .limit(SHOWN)
    )
    return session.execute(query).all()


def decided_before(session: Session, case: Any) -> dict[Decision, int]:
    """How many cases of the group of `case` that are about something else were decided in which way."""
    others = (Case.post_id != case.post_id) | Case.comment_id.is_distinct_from(case.comment_id)
    query = sa.select(Case.decision, sa.func.count()).where(Case.group_id == case.group_id, others)
    rows = session.execute(query.where(Case.decision.is_not(None)).group_by(Case.decision))
    return {decision: n for decision, n in rows if decision is not None}


def waiting_ids(session: Session, reader: Reader, group_id: int) -> list[int]:
    """The ids of the cases of a group that wait, the oldest first and at most `MOST`."""
    query = sa.select(Case.id).join(Post, Post.id == Case.post_id).where(visible_to(reader))
    query = query.where(Case.group_id == group_id, Case.decided_at.is_(None)).order_by(Case.id).limit(MOST)
    return list(session.scalars(query))

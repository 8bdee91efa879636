"""Who may answer an objection: not who made the decision, as long as there is another moderator."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.core.errors import NotAllowed
from forum.core.languages import _
from forum.core.people import Reader, Role
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision
from forum.posts.status import Moderation

TAKEN_AWAY = {Moderation.HIDDEN: Decision.HIDDEN, Moderation.REMOVED: Decision.REMOVED}


_Decided = aliased(Case)
_decider = (
    sa.select(_Decided.decided_by_id)
    .where(
        _Decided.post_id == Case.post_id,
        _Decided.comment_id.is_not_distinct_from(Case.comment_id),
        _Decided.decided_at <= Case.opened_at,
        _Decided.decision.in_((*TAKEN_AWAY.values(), Decision.EDITED)),
    )
    .order_by(_Decided.decided_at.desc(), _Decided.id.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)


def check_other_decides(session: Session, case: Case, *, by: Reader) -> None:
    """Raise `NotAllowed` when `by` made the decision that an objection is about, and another moderator could look."""
    if left_to_others(session, [case], by):
        raise NotAllowed(_("It was your decision. Another moderator looks at the objection."))


def left_to_others(session: Session, cases: Iterable[Any], by: Reader) -> set[int]:
    """The ids of those `cases` that are objections to what `by` decided, while there is another moderator to look."""
    ids = [case.id for case in cases if case.kind is CaseKind.APPEAL]
    if not ids:
        return set()
    own = set(session.scalars(sa.select(Case.id).where(Case.id.in_(ids), _decider == by.id)))
    return own if own and has_other(session, by) else set()


def has_other(session: Session, by: Reader) -> bool:
    """Whether there is a moderator beside `by`."""
    others = sa.select(User.id).join(UserRole, UserRole.user_id == User.id)
    others = others.where(UserRole.role.in_((Role.MODERATOR, Role.ADMIN)), User.state == AccountState.ACTIVE)
    return session.scalar(others.where(User.id != by.id).limit(1)) is not None


def decisions_about(post_id: int, comment_id: int | None) -> sa.Select[Case]:
    """The cases about a post, or with a comment about that."""
    return sa.select(Case).where(Case.post_id == post_id, Case.comment_id.is_not_distinct_from(comment_id))


def last_edit(session: Session, post_id: int, comment_id: int | None) -> Case | None:
    """The moderators' latest edit of a post or comment."""
    query = decisions_about(post_id, comment_id).where(Case.decision == Decision.EDITED)
    return session.scalars(query.order_by(Case.decided_at.desc(), Case.id.desc()).limit(1)).one_or_none()

"""Who may answer an objection: not who made the decision, as long as there is another moderator."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.core.errors import NotAllowed
from forum.core.languages import _
from forum.core.people import Reader, Role
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision
from forum.posts.status import Moderation

TAKEN_AWAY = {Moderation.HIDDEN: Decision.HIDDEN, Moderation.REMOVED: Decision.REMOVED}


def check_other_decides(session: Session, case: Case, *, by: Reader) -> None:
    """Raise `NotAllowed` when `by` made the decision that an objection is about, and another moderator could look."""
    if case.kind is not CaseKind.APPEAL:
        return
    query = decisions_about(case.post_id, case.comment_id).where(Case.decided_at <= case.opened_at)
    query = query.where(Case.decision.in_((*TAKEN_AWAY.values(), Decision.EDITED)))
    decided = session.scalars(query.order_by(Case.decided_at.desc(), Case.id.desc()).limit(1)).one_or_none()
    if decided is None or decided.decided_by_id != by.id:
        return
    others = sa.select(User.id).join(UserRole, UserRole.user_id == User.id)
    others = others.where(UserRole.role.in_((Role.MODERATOR, Role.ADMIN)), User.state == AccountState.ACTIVE)
    if session.scalar(others.where(User.id != by.id).limit(1)) is not None:
        raise NotAllowed(_("It was your decision. Another moderator looks at the objection."))


def decisions_about(post_id: int, comment_id: int | None) -> sa.Select[Case]:
    """The cases about a post, or with a comment about that."""
    return sa.select(Case).where(Case.post_id == post_id, Case.comment_id.is_not_distinct_from(comment_id))


def last_edit(session: Session, post_id: int, comment_id: int | None) -> Case | None:
    """The moderators' latest edit of a post or comment."""
    query = decisions_about(post_id, comment_id).where(Case.decision == Decision.EDITED)
    return session.scalars(query.order_by(Case.decided_at.desc(), Case.id.desc()).limit(1)).one_or_none()

"""Objecting to a decision: an author does so once, and another moderator looks again where there is one."""

from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import acting, services
from forum.moderation.models import Case, Report
from forum.moderation.second_look import TAKEN_AWAY, decisions_about, last_edit
from forum.moderation.status import CaseKind, ReportReason
from forum.posts import correcting


def appealable(session: Session, post_id: int, comment_id: int | None, by: Reader) -> Case | None:
    """The decision that `by` may object to: the latest that took away or edited their own words and still stands."""
    subject = acting.find(session, post_id, comment_id, by)
    if subject is None or by.id is None or subject.author_id != by.id:
        return None
    decision = TAKEN_AWAY.get(subject.moderation)
    if decision is None:
        edited = last_edit(session, post_id, comment_id)
        return edited if edited and correcting.stands(subject.written, edited.before) else None
    query = decisions_about(post_id, comment_id).where(Case.decision == decision, Case.kind != CaseKind.APPEAL)
    return session.scalars(query.order_by(Case.decided_at.desc(), Case.id.desc()).limit(1)).one_or_none()


def appeal_of(session: Session, decided: Case) -> Case | None:
    """The objection to a decision, whatever became of it."""
    query = decisions_about(decided.post_id, decided.comment_id).where(Case.kind == CaseKind.APPEAL)
    return session.scalars(query.where(Case.opened_at >= decided.decided_at).limit(1)).one_or_none()


def appeal(session: Session, post_id: int, comment_id: int | None, text: str, *, by: Reader) -> Case:
    """Object to what was decided about one's own words; it waits for a moderator.

    Raises `NotFound` for words that are not one's own or were not taken away, `Invalid` without a text, and
    `Conflict` the second time.
    """
    decided = appealable(session, post_id, comment_id, by)
    if decided is None:
        raise NotFound(_("There is no decision here that you can object to."))
    if not text.strip():
        raise Invalid(fields={"text": _("Say why it should be looked at again.")})
    if appeal_of(session, decided) is not None:
        raise Conflict(_("You have objected already, once is enough. A moderator looks at it again."))
    case = services.open_case(session, CaseKind.APPEAL, post_id, comment_id)
    said = Report(
        case_id=case.id, reporter_id=by.id, reason=ReportReason.APPEAL, text=text.strip(), reported_at=utcnow()
    )
    session.add(said)
    session.flush()
    return case

"""Opening, claiming and deciding cases, and taking a decision back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import check_may_write, may_moderate
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotFound, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import acting, grouping, learning, library, queries, rules, second_look, spam, telling
from forum.moderation.acting import Subject
from forum.moderation.library import Choice
from forum.moderation.models import Case, Report
from forum.moderation.reasons import DECIDED
from forum.moderation.schemas import Reporting
from forum.moderation.status import BECOMES, CaseKind, Decision, Reason, need_reason, offered
from forum.posts import correcting
from forum.posts.models import Comment, Post


def open_case(session: Session, kind: CaseKind, post_id: int, comment_id: int | None = None) -> Case:
    """Put a post or comment into the queue, or find it there: there is one open case per kind and subject."""
    key = queries.open_key(kind, post_id, comment_id)
    open_one = sa.select(Case).where(Case.open_key == key)
    case = session.scalars(open_one).one_or_none()
    if case is not None:
        case.later_until = None  # what happens again is not put off any longer
        return case
    case = Case(kind=kind, post_id=post_id, comment_id=comment_id, open_key=key, opened_at=utcnow(), before={})
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:  # somebody reported it at the same moment
        return session.scalars(open_one).one()
    text = grouping.text_of(session, case)
    grouping.place(session, case, text)
    case.spam_score = spam.score(text)
    return case


def report(session: Session, post: Post, reporting: Reporting, *, comment: Comment | None = None, by: Reader) -> Case:
    """Tell the moderators about a post or one of its comments; each person reports a thing once.

    Raises `NotAllowed` unless `by` has an account, `NotFound` unless `by` may see it, `Invalid` for one's own
    words and `Conflict` the second time.
    """
    require(rules.may_report(by), _("Sign in to report something."))
    check_may_write(by)
    subject = seen(session, post.id, comment.id if comment else None, by)
    if rules.is_own(by, subject.author_id):
        raise Invalid(_("This is yours. You can change it on its page."))
    if queries.reported_by(session, by, post.id, subject.comment_id):
        raise Conflict(_("You have reported this already, once is enough. A moderator looks at it."))
    case = open_case(session, CaseKind.REPORT, post.id, subject.comment_id)
    session.add(
        Report(
            case_id=case.id,
            reporter_id=by.id,
            reason=reporting.reason,
            text=reporting.text,
            reported_at=utcnow(),
        )
    )
    session.flush()
    return case


def claim(session: Session, case: Case, *, by: Reader) -> None:
    """Let other moderators see for five minutes that `by` looks at this case and at no other.

    What somebody else looks at already stays theirs, and what only somebody else may decide is not looked at.
    """
    require_moderator(by)
    now = utcnow()
    if (
        case.decision is not None
        or queries.is_claimed(case, by, now)
        or second_look.left_to_others(session, [case], by)
    ):
        return
    others = sa.update(Case).where(Case.claimed_by_id == by.id, Case.decided_at.is_(None), Case.id != case.id)
    session.execute(others.values(claimed_by_id=None, claimed_at=None))
    case.claimed_by_id, case.claimed_at = by.id, now


def put_off(session: Session, case: Case, *, by: Reader) -> datetime:
    """Leave a case for later: it comes back by itself at the moment returned. Raises `Conflict` once it is decided."""
    require_moderator(by)
    seen(session, case.post_id, case.comment_id, by)
    _check_undecided(session, case)
    case.later_until = utcnow() + rules.LATER
    case.claimed_by_id = case.claimed_at = None
    return case.later_until


def approve(session: Session, case: Case, *, by: Reader) -> None:
    """Open a first post or comment for everybody; its author need not wait again."""
    decide(session, case, Decision.APPROVED, by=by)


def keep(session: Session, case: Case, *, by: Reader) -> None:
    """Leave what was reported as it is."""
    decide(session, case, Decision.KEPT, by=by)


def hide(session: Session, case: Case, *, by: Reader, reason: Choice, words: str = "") -> None:
    """Take a post or comment out of sight; its author may still change it."""
    decide(session, case, Decision.HIDDEN, by=by, reason=reason, words=words)


def remove(session: Session, case: Case, *, by: Reader, reason: Choice, words: str = "") -> None:
    """Remove a post or comment; its author and the moderators can still read it."""
    decide(session, case, Decision.REMOVED, by=by, reason=reason, words=words)


def decide(
    session: Session, case: Case, decision: Decision, *, by: Reader, reason: Choice | None = None, words: str = ""
) -> None:
    """Decide `case`, act on its post or comment, write both down, and have the author told when undoing is over.

    `words` are the moderator's own, beside the library's sentence for `reason`; both reach the author. Raises
    `NotAllowed` unless `by` moderates, `NotFound` unless `by` may see it, `Invalid` without a reason where one
    is needed, and `Conflict` when somebody was faster.
    """
    require_moderator(by)
    subject = seen(session, case.post_id, case.comment_id, by)
    _check_undecided(session, case)
    second_look.check_other_decides(session, case, by=by)
    if decision not in offered(case.kind, subject.moderation):
        raise Conflict(_("This is no longer possible: what it is about has changed. Look at it again."))
    why = _reason_for(session, case, subject, decision, reason, words)
    before = acting.remember(subject)
    before |= acting.apply(session, subject, decision, why, by=by)
    case.decision, case.decided_at, case.decided_by_id = decision, utcnow(), by.id
    case.ground, case.own_ground_id = library.grounds(reason) if why and reason is not None else (None, None)
    case.reason, case.open_key = why, None
    case.later_until = case.claimed_by_id = case.claimed_at = None
    case.before = before | {"closed": _close_others(session, case, decision, by)}
    if decision is Decision.KEPT:
        _record(session, "case.keep", case, subject, by)
    telling.plan(session, case)
    if case.ground is Reason.SPAM:
        learning.plan(session)
    session.flush()


def moderate(
    session: Session,
    post: Post,
    decision: Decision,
    *,
    comment: Comment | None = None,
    by: Reader,
    reason: Choice | None = None,
    words: str = "",
) -> Case:
    """Hide, remove or restore something unasked; where it waits in the queue, that case is decided.

    Raises what `decide` raises.
    """
    require_moderator(by)
    subject = seen(session, post.id, comment.id if comment else None, by)
    waiting = session.scalars(_open_cases(post.id, subject.comment_id).order_by(Case.opened_at)).all()
    fitting = (case for case in waiting if decision in offered(case.kind, subject.moderation))
    case = next(fitting, None) or open_case(session, CaseKind.DIRECT, post.id, subject.comment_id)
    decide(session, case, decision, by=by, reason=reason, words=words)
    return case


def undo(session: Session, case: Case, *, by: Reader) -> None:
    """Take a decision back as if it had not been made, within ten minutes; the case waits again.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when it is too late, was undone already, or
    something else has happened since.
    """
    require_moderator(by)
    subject = seen(session, case.post_id, case.comment_id, by)
    session.refresh(case, with_for_update=True)
    decision = case.decision
    is_merge = decision is Decision.MERGED  # it is the merge that is undone, and the case with it
    if decision is None or is_merge or not rules.may_still_undo(case, utcnow()):
        raise Conflict(_("This cannot be undone any more. Decide afresh on the page of the post."))
    key = queries.open_key(case.kind, case.post_id, case.comment_id)
    is_changed = subject.moderation is not BECOMES.get(decision, subject.moderation)
    if is_changed or session.scalar(sa.select(Case.id).where(Case.open_key == key)):
        raise Conflict(_("Something else has happened since. Look at it again and decide afresh."))
    if decision is Decision.KEPT:
        _record(session, "case.reopen", case, subject, by)
    elif decision in (Decision.EDITED, Decision.REVERTED):
        correcting.take_back(session, subject.written, case.before, by=by)
    else:
        acting.put_back(session, subject, case.before, by=by)
    reopen(session, [case.id, *case.before.get("closed", [])])
    if case.kind is CaseKind.DIRECT:  # nobody asked for it, so nothing waits
        session.delete(case)
    session.flush()


def require_moderator(by: Reader) -> None:
    """Raise `NotAllowed` unless `by` moderates."""
    require(may_moderate(by), _("Only moderators decide about what others wrote."))


def seen(session: Session, post_id: int, comment_id: int | None, by: Reader) -> Subject:
    """What a case is about, locked until the end of the transaction. Raises `NotFound` unless `by` may see it."""
    subject = acting.find(session, post_id, comment_id, by)
    if subject is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    return subject


def _check_undecided(session: Session, case: Case) -> None:
    """Lock the case; raise `Conflict` with who was faster when it is decided already."""
    session.refresh(case, with_for_update=True)
    if case.decision is None:
        return
    who = session.get(User, case.decided_by_id) if case.decided_by_id else None
    name = who.display_name if who else _("Somebody else")
    raise Conflict(_("{name} was faster: {decision}.", name=name, decision=_(DECIDED[case.decision]).lower()))


def _reason_for(
    session: Session, case: Case, subject: Subject, decision: Decision, reason: Choice | None, words: str
) -> str:
    """The reason as its author will read it, in their language. Raises `Invalid` where it is missing."""
    if decision not in need_reason(case.kind):
        return ""
    if reason is None:
        raise Invalid(fields={"reason": _("Choose a reason; its author reads it.")})
    author = session.get(User, subject.author_id) if subject.author_id else None
    return library.sentence(session, reason, words, author.language if author else "")


def _record(session: Session, action: str, case: Case, subject: Subject, by: Reader) -> None:
    """Write down what changed nothing about the post or comment, which would otherwise leave no trace."""
    audit.record(
        session,
        action,
        by=by.id,
        subject="comment" if case.comment_id else "post",
        subject_id=case.comment_id or case.post_id,
        about=subject.author_id,
    )


def _open_cases(post_id: int, comment_id: int | None) -> sa.Select[Case]:
    about = sa.select(Case).where(Case.post_id == post_id, Case.comment_id.is_not_distinct_from(comment_id))
    return about.where(Case.decided_at.is_(None))


def _close_others(session: Session, case: Case, decision: Decision, by: Reader) -> list[int]:
    """Close what else waits about something that is gone now; the ids of those cases."""
    if decision not in (Decision.HIDDEN, Decision.REMOVED):
        return []
    others = session.scalars(_open_cases(case.post_id, case.comment_id).where(Case.id != case.id)).all()
    for other in others:
        other.decision, other.decided_at, other.decided_by_id = decision, case.decided_at, by.id
        other.open_key = None
    return [other.id for other in others]


def reopen(session: Session, case_ids: list[int]) -> None:
    """Let cases wait again whose decision is taken back."""
    for case in session.scalars(sa.select(Case).where(Case.id.in_(case_ids))):
        case.decision = case.decided_at = case.decided_by_id = case.ground = case.own_ground_id = None
        case.reason, case.before, case.batch = "", {}, None
        case.open_key = queries.open_key(case.kind, case.post_id, case.comment_id)

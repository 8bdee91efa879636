"""Deciding several cases with one press, and taking all of it back with one.

A few are decided in the request. Many are a job, piece by piece in short transactions: each case carries the key of
its press, so that a job that begins again goes on where the one that died had come to.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import may_moderate
from forum.accounts.sessions import reader_from
from forum.core.database import Json, reading, transaction
from forum.core.errors import Conflict, Invalid, NotAllowed, NotFound
from forum.core.jobs import Job, Progress, enqueue, job
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import library, queries, services
from forum.moderation.grouping import MOST
from forum.moderation.library import Choice
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision, Reason, need_reason, offered
from forum.posts.models import Comment, Post

FEW = 30  # cases that are decided in a request, which takes about a tenth of a second
PIECE = 20  # cases of a job that are decided in one transaction


@dataclass(frozen=True)
class Batch:
    """What became of several cases: `key` takes back those that were decided."""

    key: str
    decided: int
    left: int  # that somebody else had decided, or for which this decision is not on offer


def decide_several(
    session: Session,
    case_ids: Iterable[int],
    decision: Decision,
    *,
    by: Reader,
    reason: Choice | None = None,
    words: str = "",
) -> Batch:
    """Decide some cases in the same way, in this transaction. What cannot be decided so any more is left as it is.

    Raises `NotAllowed` unless `by` moderates, `Invalid` without a reason where one is needed, and `Conflict` when
    nothing was left to decide.
    """
    services.require_moderator(by)
    key, ids = secrets.token_hex(16), _in_order(case_ids)
    decided = sum(_decide(session, case_id, decision, key, by=by, reason=reason, words=words) for case_id in ids)
    if not decided:
        raise Conflict(_("None of these could be decided that way: others were faster, or they have changed."))
    return Batch(key, decided, len(ids) - decided)


def decide_later(
    session: Session,
    case_ids: Iterable[int],
    decision: Decision,
    *,
    by: Reader,
    reason: Choice | None = None,
    words: str = "",
) -> Job:
    """Have many cases decided in the background, in the name of `by`.

    Raises `NotAllowed` unless `by` moderates, and `Invalid` without a reason where one is needed.
    """
    services.require_moderator(by)
    if decision in need_reason(CaseKind.FIRST_POST):
        if reason is None:
            raise Invalid(fields={"reason": _("Choose a reason; its author reads it.")})
        library.sentence(session, reason, words, by.language)  # refuses now what would be refused of each
    return enqueue(
        session,
        decide_many,
        by=by.id,
        key=secrets.token_hex(16),
        case_ids=_in_order(case_ids),
        decision=decision.value,
        reason=reason.value if isinstance(reason, Reason) else reason,
        words=words,
        user_id=by.id,
    )


@job("moderation.decide_several", timeout=1800)
def decide_many(
    *,
    key: str,
    case_ids: list[int],
    decision: str,
    reason: str | int | None,
    words: str,
    user_id: int,
    progress: Progress,
) -> Json:
    """Decide cases piece by piece; those that carry `key` were decided by an attempt before this one."""
    why = Reason(reason) if isinstance(reason, str) else reason
    for piece in _pieces(case_ids, progress):
        with transaction() as session:
            progress.fence(session)
            by = reader_from(session, session.get_one(User, user_id))
            if not may_moderate(by):
                break  # not any more
            for case_id in piece:
                with suppress(Invalid):  # one that needs a reason of its own
                    _decide(session, case_id, Decision(decision), key, by=by, reason=why, words=words)
    with reading() as session:
        return _outcome(session, key, len(case_ids))


def undo_several(session: Session, key: str, *, by: Reader) -> Batch:
    """Take back all decisions of one press that nothing has happened to since.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when none is left to take back.
    """
    services.require_moderator(by)
    ids = decided_with(session, key)
    done = sum(_undo(session, case_id, by=by) for case_id in ids)
    if not done:
        raise Conflict(_("This cannot be undone any more. Decide afresh on the page of the post."))
    return Batch(key, done, len(ids) - done)


def undo_later(session: Session, key: str, *, by: Reader) -> Job:
    """Have many decisions of one press taken back in the background. Raises `NotAllowed` unless `by` moderates."""
    services.require_moderator(by)
    many = len(decided_with(session, key))
    return enqueue(session, undo_many, by=by.id, key=key, many=many, user_id=by.id)


@job("moderation.undo_several", timeout=1800)
def undo_many(*, key: str, many: int, user_id: int, progress: Progress) -> Json:
    """Take decisions back piece by piece; a case that waits again does not carry `key` any more."""
    with reading() as session:
        ids = decided_with(session, key)
    for piece in _pieces(ids, progress):
        with transaction() as session:
            progress.fence(session)
            by = reader_from(session, session.get_one(User, user_id))
            if not may_moderate(by):
                break
            for case_id in piece:
                _undo(session, case_id, by=by)
    with reading() as session:
        left = len(decided_with(session, key))
    return {"decided": many - left, "left": left}


def decided_with(session: Session, key: str) -> Sequence[int]:
    """The ids of the cases that stand decided with one press."""
    return session.scalars(sa.select(Case.id).where(Case.batch == key).order_by(Case.id)).all()


def _in_order(case_ids: Iterable[int]) -> list[int]:
    """At most `MOST` of the ids, in the order in which two moderators do not block each other."""
    return sorted(set(case_ids))[:MOST]


def _pieces(ids: Sequence[int], progress: Progress) -> Iterator[Sequence[int]]:
    """The ids piece by piece, telling how far it is. Raises `JobCancelled` when it shall stop."""
    for start in range(0, len(ids), PIECE):
        progress.step("deciding", 0, 1, start / len(ids))
        yield ids[start : start + PIECE]


def _outcome(session: Session, key: str, many: int) -> Json:
    decided = len(decided_with(session, key))
    return {"decided": decided, "left": many - decided}


def _decide(
    session: Session, case_id: int, decision: Decision, key: str, *, by: Reader, reason: Choice | None, words: str
) -> bool:
    """Decide one of several cases; False when it is left as it is, being gone, decided or not to be decided so."""
    case = session.scalars(queries.find_case(by, case_id)).one_or_none()
    if case is None or case.batch == key:
        return False
    try:
        with session.begin_nested():
            services.decide(session, case, _fitting(session, case, decision), by=by, reason=reason, words=words)
            case.batch = key
    except (Conflict, NotFound, NotAllowed):  # not allowed: an objection to one's own decision
        return False
    return True


def _fitting(session: Session, case: Case, decision: Decision) -> Decision:
    """`decision`, or to keep where approving means that: what was reported is open already."""
    written = session.get_one(Comment, case.comment_id) if case.comment_id else session.get_one(Post, case.post_id)
    ways = offered(case.kind, written.moderation)
    return Decision.KEPT if decision is Decision.APPROVED and Decision.APPROVED not in ways else decision


def _undo(session: Session, case_id: int, *, by: Reader) -> bool:
    """Take one decision back; False when it cannot be taken back any more."""
    case = session.get(Case, case_id)
    if case is None:
        return False
    try:
        with session.begin_nested():
            services.undo(session, case, by=by)
    except (Conflict, NotFound):
        return False
    return True

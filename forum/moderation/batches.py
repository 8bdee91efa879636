"""Deciding several cases with one press, and taking all of it back with one."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.errors import Conflict, NotFound
from forum.core.languages import _
from forum.core.people import Reader
from forum.moderation import queries, services
from forum.moderation.grouping import MOST
from forum.moderation.library import Choice
from forum.moderation.models import Case
from forum.moderation.status import Decision, offered
from forum.posts.models import Comment, Post


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
    """Decide up to 200 cases in the same way. What cannot be decided so any more is left as it is.

    Raises `NotAllowed` unless `by` moderates, `Invalid` without a reason where one is needed, and `Conflict` when
    nothing was left to decide.
    """
    key, decided, left = secrets.token_hex(16), 0, 0
    for case_id in sorted(set(case_ids))[:MOST]:  # in this order two moderators do not block each other
        case = session.scalars(queries.find_case(by, case_id)).one_or_none()
        if case is None:
            left += 1
            continue
        try:
            with session.begin_nested():
                services.decide(session, case, _fitting(session, case, decision), by=by, reason=reason, words=words)
                case.batch = key
            decided += 1
        except (Conflict, NotFound):
            left += 1
    if not decided:
        raise Conflict(_("None of these could be decided that way: others were faster, or they have changed."))
    return Batch(key, decided, left)


def _fitting(session: Session, case: Case, decision: Decision) -> Decision:
    """`decision`, or to keep where approving means that: what was reported is open already."""
    written = session.get_one(Comment, case.comment_id) if case.comment_id else session.get_one(Post, case.post_id)
    ways = offered(case.kind, written.moderation)
    return Decision.KEPT if decision is Decision.APPROVED and Decision.APPROVED not in ways else decision


def undo_several(session: Session, key: str, *, by: Reader) -> Batch:
    """Take back all decisions of one press that nothing has happened to since.

    Raises `NotAllowed` unless `by` moderates, and `Conflict` when none is left to take back.
    """
    done, left = 0, 0
    for case in session.scalars(sa.select(Case).where(Case.batch == key).order_by(Case.id)).all():
        try:
            with session.begin_nested():
                services.undo(session, case, by=by)
            done += 1
        except (Conflict, NotFound):
            left += 1
    if not done:
        raise Conflict(_("This cannot be undone any more. Decide afresh on the page of the post."))
    return Batch(key, done, left)

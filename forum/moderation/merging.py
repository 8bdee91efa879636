"""Deciding that posts say the same, taking it back, and hearing those who say that theirs is different."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _, date_words
from forum.core.people import Reader
from forum.moderation import rules, services
from forum.moderation.models import Case, Report
from forum.moderation.queries import open_key
from forum.moderation.status import CaseKind, Decision, ReportReason, offered
from forum.posts import merging
from forum.posts import services as posts
from forum.posts.models import Merge, Post, Vote
from forum.posts.status import Moderation

# What needs no decision of its own once the post is joined; objections are about something else.
_SETTLED = (CaseKind.FIRST_POST, CaseKind.CHANGED, CaseKind.DUPLICATE, CaseKind.SPAM, CaseKind.REPORT)


def join(session: Session, post: Post, into: Post, *, by: Reader) -> Merge:
    """Join `post` with `into`; one that waits for its first approval gets that with it.

    Raises what `posts.merging.merge` raises.
    """
    services.require_moderator(by)
    merging.lock_posts(session, post, into)
    cases = session.scalars(_settled_by_joining(post, into)).all()
    if post.moderation is Moderation.WAITING:
        merging.check_place(session, post, into)
        waits = (case for case in cases if Decision.APPROVED in offered(case.kind, post.moderation))
        waiting = next((case for case in waits if case.post_id == post.id), None)
        if waiting is not None:
            services.approve(session, waiting, by=by)
        else:
            posts.open_post(session, post, by=by)
    merged = merging.merge(session, post, into, by=by)
    for case in cases:
        if case.decision is None:
            case.decision, case.decided_at, case.decided_by_id = Decision.MERGED, utcnow(), by.id
            case.open_key = case.later_until = case.claimed_by_id = case.claimed_at = None
        case.before = {**case.before, "merge_id": merged.id}
    return merged


def _settled_by_joining(post: Post, into: Post) -> sa.Select[Case]:
    """What waits about `post`, and whether `into` is a duplicate: the moderator chose which of the two stays."""
    about = (Case.post_id == post.id) & Case.kind.in_(_SETTLED)
    about |= (Case.post_id == into.id) & (Case.kind == CaseKind.DUPLICATE)
    return sa.select(Case).where(about, Case.comment_id.is_(None), Case.decided_at.is_(None)).order_by(Case.opened_at)


def separate(session: Session, merged: Merge, *, by: Reader) -> None:
    """Undo a merge at any time; an objection that waits is decided with it.

    Within ten minutes the cases that were decided by joining wait again.
    """
    services.require_moderator(by)
    objection = session.scalars(
        sa.select(Case).where(Case.open_key == open_key(CaseKind.OBJECTION, merged.post_id, None))
    ).one_or_none()
    if objection is not None and merged.undone_at is None:
        services.decide(session, objection, Decision.SEPARATED, by=by)
    else:
        merging.unmerge(session, merged, by=by)
        _wait_again(session, merged, by=by)
    whole = session.get_one(Post, merged.into_id)
    if whole.source == posts.BUNDLE and whole.moderation is Moderation.OPEN and merging.is_alone(session, whole):
        posts.remove_post(session, whole, by=by, reason=_("No post stands under this headline any more."))


def _wait_again(session: Session, merged: Merge, *, by: Reader) -> None:
    """Open the cases again that were decided by this merge a moment ago, unless the same waits already."""
    decided = sa.select(Case).where(Case.post_id.in_((merged.post_id, merged.into_id)), Case.decided_at.is_not(None))
    for case in session.scalars(decided.where(Case.decided_at > utcnow() - rules.UNDO_WITHIN)).all():
        key = open_key(case.kind, case.post_id, None)
        if case.before.get("merge_id") != merged.id or session.scalar(sa.select(Case.id).where(Case.open_key == key)):
            continue
        if case.decision is Decision.MERGED:
            services.reopen(session, [case.id])
        else:  # it was approved on the way
            services.undo(session, case, by=by)


def bundle(session: Session, equals: list[Post], *, title: str, body: str, by: Reader) -> Post:
    """Put several posts under one new headline, and return the post that stands over them.

    It has no author, because nobody is behind it but those behind its posts, and stands in the area of the first.
    Raises `Invalid` with fewer than two posts, and what `posts.merging.merge` raises.
    """
    services.require_moderator(by)
    if len(equals) < 2:
        raise Invalid(fields={"posts": _("Choose at least two posts that say the same.")})
    whole = posts.head_bundle(session, equals[0], title=title, body=body)
    for post in equals:
        join(session, post, whole, by=by)
    audit.record(
        session, "post.bundle", by=by.id, subject="post", subject_id=whole.id, posts=[post.id for post in equals]
    )
    return whole


def refusal(session: Session, post: Post, merged_at: datetime, by: Reader) -> str:
    """Why `by` may not say of a merged post that it is different, and what they can do; empty when they may.

    Whoever wrote it or voted on it may, for 14 days.
    """
    voted = sa.select(Vote.post_id).where(Vote.post_id == post.id, Vote.user_id == by.id)
    if by.id is None or (by.id != post.author_id and session.scalar(voted) is None):
        return _("Whoever wrote a post or voted on it can say within 14 days that it is different.")
    until = merged_at + rules.OBJECT_WITHIN
    if utcnow() <= until:
        return ""
    return _(
        "The 14 days for saying so ended on {day}. If yours is different all the same, write a comment on the post"
        " that it was joined with: moderators can separate the two at any time.",
        day=date_words(until),
    )


def object_to(session: Session, post: Post, text: str, *, by: Reader) -> Case:
    """Say that a post is different from the one it was joined with; a moderator decides about it.

    Raises `NotAllowed` for anybody but its author and its voters and after 14 days, `NotFound` when it stands by
    itself, and `Conflict` the second time.
    """
    merged = merging.standing_merge(session, post.id)
    why_not = refusal(session, post, merged.merged_at, by)
    require(not why_not, why_not)
    if objection_of(session, merged, by) is not None:
        raise Conflict(_("You have said so already, once is enough. A moderator looks at it."))
    case = services.open_case(session, CaseKind.OBJECTION, post.id)
    said = Report(case_id=case.id, reporter_id=by.id, reason=ReportReason.DIFFERENT, text=text, reported_at=utcnow())
    session.add(said)
    session.flush()
    return case


def objection_of(session: Session, merged: Merge, by: Reader) -> Case | None:
    """The case in which `by` said of this merge that theirs is different."""
    query = (
        sa.select(Case)
        .join(Report, Report.case_id == Case.id)
        .where(
            Case.kind == CaseKind.OBJECTION,
            Case.post_id == merged.post_id,
            Report.reporter_id == by.id,
            Report.reported_at >= merged.merged_at,
        )
        .order_by(Case.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()

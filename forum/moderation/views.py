"""The pages of moderation: the queue, reports, and acting from a post's page."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Blueprint, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from config import settings
from forum.accounts.rules import may_moderate
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import _, mark, ngettext
from forum.moderation import (
    asking,
    batches,
    grouping,
    library,
    merging,
    pleading,
    queries,
    reasons,
    second_look,
    services,
    spam,
)
from forum.moderation.models import Case
from forum.moderation.panels import reason_options
from forum.moderation.rules import is_own, may_report, may_still_undo
from forum.moderation.schemas import Deciding, DecidingSeveral, Reporting
from forum.moderation.status import CaseKind, Decision, Purpose, need_reason, offered
from forum.posts import joined
from forum.posts.models import Comment, Merge, Post
from forum.posts.queries import find_comment, find_post
from forum.posts.rules import may_correct
from forum.posts.status import Moderation
from forum.search.similar import similar_posts
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("moderation", __name__, url_prefix="/moderation")

BESIDE = 0.25  # soft cosine from which a look-alike is worth reading in full, beside the text
# People object to what was done, and say why in their own words.
OBJECTS = frozenset((CaseKind.OBJECTION, CaseKind.MISPLACED, CaseKind.APPEAL))

# The letter that presses each button of a case.
KEYS = {
    Decision.APPROVED: "a",
    Decision.SEPARATED: "b",
    Decision.KEPT: "a",
    Decision.PASSED_ON: "b",
    Decision.ASKED: "e",
    Decision.HIDDEN: "i",
    Decision.REMOVED: "r",
    Decision.RESTORED: "b",
    Decision.REVERTED: "b",
}


def _counts() -> queries.Counts:
    """How much waits: asked once per page, for the menu and the queue alike."""
    found: queries.Counts | None = g.get("moderation_counts")
    if found is None:
        found = g.moderation_counts = queries.counts(db)
    return found


def _due() -> int:
    try:
        return _counts().due
    except DBAPIError:  # the menu also stands on the page that says the database is away
        return 0


menu("moderation.queue", mark("Moderation"), rule=may_moderate, group="team", order=20, count=_due)


@bp.get("", defaults={"case_id": None})
@bp.get("/<int:case_id>")
@allowed(may_moderate)
def queue(case_id: int | None) -> ResponseReturnValue:
    """Everything that waits for a decision, oldest first, and one case in full."""
    return show_queue(case_id, Form(Deciding))


def _is_put_off() -> bool:
    """Whether the reader works through the cases left for later."""
    return request.args.get("later") == "1"


def _after() -> str:
    """The cursor of the page of the queue that the reader works through."""
    return request.args.get("after", "")


def _kind() -> CaseKind | None:
    """The kind of cases that the reader works through; None for all of them."""
    return request.args.get("kind", None, CaseKind)


def _place(after: str, kind: CaseKind | None) -> dict[str, Any]:
    """The list and its page, as addresses carry them from case to case."""
    place: dict[str, Any] = {"later": 1} if _is_put_off() else {}
    return place | ({"kind": kind.value} if kind else {}) | ({"after": after} if after else {})


def here_in_queue() -> dict[str, Any]:
    """The list and its page that the reader works through, for addresses."""
    return _place(_after(), _kind())


def show_queue(
    case_id: int | None, form: Form[Deciding], status: int = 200, several: Form[DecidingSeveral] | None = None
) -> ResponseReturnValue:
    put_off, kind = _is_put_off(), _kind()
    waiting = queries.waiting(db, me(), put_off=put_off, kind=kind, after=_after())
    if not waiting.rows and not waiting.is_first:  # this page is worked off
        waiting = queries.waiting(db, me(), put_off=put_off, kind=kind)
    if not waiting.rows and kind:  # and this kind
        kind, waiting = None, queries.waiting(db, me(), put_off=put_off)
    rows, now = waiting.rows, utcnow()
    left = second_look.left_to_others(db, rows, me())
    shown = case_id
    if shown is None and rows:
        free = (row.id for row in rows if row.id not in left and not queries.is_claimed(row, me(), now))
        shown = next(free, rows[0].id)
    case = queries.case_in_full(db, me(), shown) if shown else None
    if case_id and case is None:
        raise NotFound(_("This case is not there any more. The queue has the others."))
    return page(
        "moderation/queue.html",
        status,
        rows=rows,
        case=case,
        chosen=case_id,
        counts=_counts(),
        put_off=put_off,
        here=_place("" if waiting.is_first else _after(), kind),
        kind=kind,
        kinds=_kinds(put_off, kind),
        is_first=waiting.is_first,
        following=_place(waiting.after, kind) if waiting.after else None,
        form=form,
        several=several or Form(DecidingSeveral),
        has_errors=bool(form.errors or (several and several.errors)),
        handled=0 if case else queries.handled_today(db),
        pleas=pleading.waiting(db) if _counts().objections else [],
        claimed=lambda row: queries.is_claimed(row, me(), now),
        left=left,
        several_options=reason_options([Purpose.AWAY]) if rows else [],
        **_context(case),
        **_words(),
    )


def _kinds(put_off: bool, chosen: CaseKind | None) -> list[tuple[str, str, bool]]:
    """Each kind of which something waits, with how much, as filters; none where all is of one kind."""
    found = _counts().later_by_kind if put_off else _counts().due_by_kind
    if len(found) < 2 and chosen is None:
        return []
    place: dict[str, Any] = {"later": 1} if put_off else {}
    return [
        (
            f"{_(words)} {found[kind]}",
            url_for("moderation.queue", **place, kind=None if kind is chosen else kind.value),
            kind is chosen,
        )
        for kind, words in reasons.KINDS.items()
        if kind in found
    ]


def _context(case: sa.Row[*tuple[Any, ...]] | None) -> dict[str, Any]:
    """What helps to decide a case: its reports, what is known about the author, how it can be decided."""
    if case is None:
        return {}
    now = case.comment_moderation or case.moderation
    objects = case.kind in OBJECTS  # what others wrote is not the question then
    similar = [] if case.comment_id or objects else similar_posts(db, _text(case), reader=me(), leave_out=case.post_id)
    seen = spam.verdict(case.comment_body or "" if case.comment_id else _text(case))
    is_others = bool(second_look.left_to_others(db, [case], me()))
    decisions = offered(case.kind, now) if case.decision is None and not is_others else ()
    return {
        "reports": queries.reports(db, case.id) if objects or case.kind is CaseKind.REPORT else [],
        "objects": objects,
        "survivor": joined.survivor_of(db, case.post_id, case.survivor_id, me()) if case.survivor_id else None,
        "is_mergeable": case.comment_id is None and now in (Moderation.OPEN, Moderation.WAITING),
        "asked": asking.asked_about(db, case.post_id, case.comment_id, me()) if case.kind is CaseKind.CHANGED else None,
        "alike": grouping.alike(db, me(), case) if case.alike > 1 else [],
        "past": grouping.decided_before(db, case) if case.past else {},
        "verdict": seen if case.kind is CaseKind.SPAM or seen.score >= spam.WORTH_SAYING else None,
        "beside": queries.text_beside(db, me(), similar[0].id) if similar and similar[0].score >= BESIDE else None,
        "history": queries.history(db, case.author_id) if case.author_id else None,
        "similar": similar,
        "decisions": decisions,
        "is_others": is_others,
        "needs_reason": need_reason(case.kind),
        "reason_options": reason_options(library.purposes_of(case.kind, decisions)) if decisions else [],
        "state": now,
        "undo": case.decision is not None and may_still_undo(case, utcnow()),  # type: ignore[arg-type]
    }


def _text(case: Any) -> str:
    return f"{case.title}\n{case.body}"


def _words() -> dict[str, Any]:
    """The words of kinds, reasons and buttons, for templates."""
    return {
        "kind_of": lambda row: _((reasons.COMMENT_KINDS if row.comment_id else reasons.KINDS)[row.kind]),
        "buttons": reasons.BUTTONS,
        "decided_words": reasons.DECIDED,
        "report_reasons": reasons.REPORT_REASONS | reasons.OBJECTIONS,
        "keys": KEYS,
    }


@bp.post("/<int:case_id>")  # the page of the case itself, so that one sent with a mistake can be loaded again
@allowed(may_moderate)
def decide(case_id: int) -> ResponseReturnValue:
    """Approve, keep, hide or remove, then go on with the next case."""
    case = find_or_404(db, queries.find_case(me(), case_id))
    form = Form(Deciding)
    if not form.submitted():
        return show_queue(case_id, form, 422)
    following = following_case(case)
    try:
        value = form.value
        if value.alike and case.group_id:
            return _decide_group(case, value)
        services.decide(db, case, value.decision, by=me(), reason=value.reason, words=value.words)
    except Invalid as problem:
        form.refuse(problem)
        return show_queue(case_id, form, 422)
    except Conflict as problem:
        db.rollback()
        flash(problem.message, problem=True)
        return go("moderation.queue", **following)
    _say_decided(case, value.decision)
    return go("moderation.queue", **following)


def _say_decided(case: Case, decision: Decision) -> None:
    title = db.get_one(Post, case.post_id).title
    said = _("{decision}: “{title}”.", decision=_(reasons.DECIDED[decision]), title=title)
    if decision in need_reason(case.kind):
        mail = _("In ten minutes its author gets a mail with the reason.")
        said = f"{said} {mail}"
    elif decision is Decision.APPROVED:
        mail = _("In ten minutes its author gets a mail.")
        said = f"{said} {mail}"
    flash(said, undo=url_for("moderation.undo", case_id=case.id, **here_in_queue()))


def _decide_group(case: Case, value: Deciding) -> ResponseReturnValue:
    """Decide all that say nearly the same as `case`, then go on with the next case."""
    ids = grouping.waiting_ids(db, me(), case.group_id or case.id)
    return decide_all(ids, value.decision, value.reason, value.words)


def decide_all(ids: list[int], decision: Decision, reason: library.Choice | None, words: str) -> ResponseReturnValue:
    """Decide a few cases now and offer to undo it; have many decided in the background, and show how far that is.

    Raises what `batches.decide_several` raises.
    """
    if len(ids) > batches.FEW:
        job = batches.decide_later(db, ids, decision, by=me(), reason=reason, words=words)
        return go("moderation.show_several", job_id=job.id)
    batch = batches.decide_several(db, ids, decision, by=me(), reason=reason, words=words)
    said = decided_several(decision, batch.decided, batch.left)
    if decision in (Decision.REMOVED, Decision.HIDDEN, Decision.ASKED):
        mail = _("In ten minutes their authors get a mail with the reason.")
        said = f"{said} {mail}"
    flash(said, undo=url_for("moderation.undo_several", key=batch.key, **here_in_queue()))
    return go("moderation.queue", **here_in_queue())


def decided_several(decision: Decision, decided: int, left: int) -> str:
    """How many cases were decided in which way, and how many were left."""
    said = ngettext("{decision}: {n} case.", "{decision}: {n} cases.", decided, decision=_(reasons.DECIDED[decision]))
    if left:
        more = ngettext(
            "{n} was left: it has changed, or somebody was faster.",
            "{n} were left: they have changed, or somebody was faster.",
            left,
        )
        said = f"{said} {more}"
    return said


def following_case(case: Case) -> dict[str, Any]:
    """Where to go on once `case` is decided: the next case of the list, or the queue when it was the last."""
    kind = _kind()
    case_id, page_after = queries.next_after(db, case, me(), put_off=_is_put_off(), kind=kind, after=_after())
    return {"case_id": case_id} | _place(page_after, kind) if case_id else {}


@bp.post("/<int:case_id>/later")
@allowed(may_moderate)
def put_off(case_id: int) -> ResponseReturnValue:
    """Leave a case for tomorrow and go on with the next."""
    case = find_or_404(db, queries.find_case(me(), case_id))
    following = following_case(case)
    services.put_off(db, case, by=me())
    flash(_("Put off for a day. Until then it stands under “Put off”."))
    return go("moderation.queue", **following)


@bp.post("/<int:case_id>/claim")
@allowed(may_moderate)
def claim(case_id: int) -> ResponseReturnValue:
    """Let the other moderators see that I am looking at this."""
    case = find_or_404(db, queries.find_case(me(), case_id))
    services.claim(db, case, by=me())
    if request.headers.get("X-Fragment") == "1":
        return "", 204
    flash(_("For five minutes the others see that you are looking at this."))
    return go("moderation.queue", case_id=case_id, **here_in_queue())


@bp.post("/<int:case_id>/undo")
@allowed(may_moderate)
def undo(case_id: int) -> ResponseReturnValue:
    """Take a decision back and show the case again."""
    case = find_or_404(db, queries.find_case(me(), case_id))
    post_id, kind, merge_id = case.post_id, case.kind, case.before.get("merge_id")
    if merge_id:
        merging.separate(db, db.get_one(Merge, merge_id), by=me())
    else:
        services.undo(db, case, by=me())
    flash(_("Taken back: everything is as it was, and nobody was told."))
    from_case = request.args.get("case", None, int)  # an edit on the way to deciding another case
    if kind is CaseKind.DIRECT and not from_case:
        return go("posts.show", post_id=post_id)
    case_id = from_case or case_id
    return go("moderation.queue", case_id=case_id, **here_in_queue())


def end_of_day(day: date | None) -> datetime | None:
    """The end of a day in the site's time zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings().time_zone))


def subject_of(post_id: int, comment_id: int | None) -> tuple[Post, Comment | None]:
    """The post and, where one is named, its comment, if this reader may see them."""
    post = find_or_404(db, find_post(me(), post_id))
    if comment_id is None:
        return post, None
    return post, find_or_404(db, find_comment(me(), comment_id).where(Comment.post_id == post_id))


def anchor_of(comment: Comment | None) -> str | None:
    return f"comment-{comment.id}" if comment else None


@bp.route("/report", methods=["GET", "POST"])
@allowed(may_report)
@limited("30/hour")
def report() -> ResponseReturnValue:
    """Tell the moderators what is wrong with a post or comment."""
    post, comment = subject_of(request.args.get("post", 0, int), request.args.get("comment", None, int))
    if may_moderate(me()) and request.method == "GET":  # a moderator need not ask another one
        return go("moderation.moderate", post_id=post.id, comment_id=comment.id if comment else None)
    form = Form(Reporting)
    already = queries.reported_by(db, me(), post.id, comment.id if comment else None)
    if form.submitted():
        try:
            services.report(db, post, form.value, comment=comment, by=me())
            flash(
                _("Thank you. A moderator looks at it and decides; until then it stays. You need not do anything more.")
            )
            return go("posts.show", post_id=post.id, _anchor=anchor_of(comment))
        except Invalid as problem:
            form.refuse(problem)
    return page(
        "moderation/report.html",
        422 if form.errors else 200,
        post=post,
        comment=comment,
        already=already,
        own=is_own(me(), (comment or post).author_id),
        form=form,
        has_errors=bool(form.errors),
        options=[(reason.value, _(words), "") for reason, words in reasons.REPORT_REASONS.items()],
    )


@bp.route("/posts/<int:post_id>", methods=["GET", "POST"], defaults={"comment_id": None})
@bp.route("/posts/<int:post_id>/comments/<int:comment_id>", methods=["GET", "POST"])
@allowed(may_moderate)
def moderate(post_id: int, comment_id: int | None) -> ResponseReturnValue:
    """Hide, remove or put back a post or comment, from its page."""
    post, comment = subject_of(post_id, comment_id)
    form = Form(Deciding)
    if form.submitted():
        try:
            value = form.value
            case = services.moderate(
                db, post, value.decision, comment=comment, by=me(), reason=value.reason, words=value.words
            )
            said = _(
                "{decision}. In ten minutes its author gets a mail with the reason.",
                decision=_(reasons.DECIDED[value.decision]),
            )
            flash(said, undo=url_for("moderation.undo", case_id=case.id))
            return go("posts.show", post_id=post.id, _anchor=anchor_of(comment))
        except Invalid as problem:
            form.refuse(problem)
    written = comment or post
    return page(
        "moderation/moderate.html",
        422 if form.errors else 200,
        post=post,
        comment=comment,
        written=written,
        state=written.moderation,
        decisions=(decisions := offered(CaseKind.DIRECT, written.moderation)),
        needs_reason=need_reason(CaseKind.DIRECT),
        reason_options=reason_options(library.purposes_of(CaseKind.DIRECT, decisions)),
        can_edit=may_correct(me(), written),
        history=queries.history(db, written.author_id) if written.author_id else None,
        form=form,
        has_errors=bool(form.errors),
        **_words(),
    )


from forum.moderation import (  # noqa: E402, F401  # importing them is what adds them
    appeal_views,
    batch_views,
    conduct_views,
    editing_views,
    keeping_views,
    log_views,
    merging_views,
    reason_views,
    splitting_views,
)

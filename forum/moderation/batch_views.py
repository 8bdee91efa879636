"""Deciding several cases of the queue with one press, how far that is, and taking it back."""

from typing import Any

from flask import make_response, request
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.jobs import Job, JobState, cancel
from forum.core.languages import _, ngettext
from forum.moderation import batches
from forum.moderation.rules import UNDO_WITHIN
from forum.moderation.schemas import Deciding, DecidingSeveral
from forum.moderation.status import Decision
from forum.moderation.views import bp, decide_all, decided_several, here_in_queue, show_queue
from forum.web.forms import Form
from forum.web.pages import flash, go, is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db

_JOBS = (batches.decide_many.job_name, batches.undo_many.job_name)  # type: ignore[attr-defined]


@bp.post("/several")
@allowed(may_moderate)
def decide_several() -> ResponseReturnValue:
    """Decide the ticked cases in the same way."""
    form = Form(DecidingSeveral)
    if not form.submitted():
        if "cases" in form.errors:
            form.errors = {"": _("Tick the cases first.")}
        return show_queue(None, Form(Deciding), 422, form)
    value = form.value
    try:
        return decide_all(value.cases, value.decision, value.several_reason, value.several_words)
    except Invalid as problem:
        names = {"reason": "several_reason", "words": "several_words"}
        form.refuse(Invalid(fields={names.get(name, name): said for name, said in (problem.fields or {}).items()}))
        return show_queue(None, Form(Deciding), 422, form)
    except Conflict as problem:
        db.rollback()
        flash(problem.message, problem=True)
        return go("moderation.queue")


@bp.get("/several/<int:job_id>")
@allowed(may_moderate)
def show_several(job_id: int) -> ResponseReturnValue:
    """How far deciding many cases is, or taking it back, and what came of it."""
    job = _find(job_id)
    template = "moderation/_several.html" if is_fragment() else "moderation/several.html"
    answer = make_response(page(template, **_told(job)))
    answer.headers.add("Vary", "X-Fragment")
    return answer


@bp.post("/several/<int:job_id>/cancel")
@allowed(may_moderate)
def cancel_several(job_id: int) -> ResponseReturnValue:
    """Stop after the cases that are being decided; those that were stay decided."""
    cancel(db, _find(job_id))
    return go("moderation.show_several", job_id=job_id)


@bp.post("/several/<key>/undo")
@allowed(may_moderate)
def undo_several(key: str) -> ResponseReturnValue:
    """Take back what was decided with one press, and show the first of it where it stood in the queue."""
    cases = batches.decided_with(db, key)
    if len(cases) > batches.FEW:
        return go("moderation.show_several", job_id=batches.undo_later(db, key, by=me()).id)
    batch = batches.undo_several(db, key, by=me())
    flash(ngettext("{n} case waits again.", "{n} cases wait again.", batch.decided))
    return go("moderation.queue", case_id=cases[0] if batch.decided else None, **here_in_queue())


def _find(job_id: int) -> Job:
    job = db.get(Job, job_id, with_for_update=request.method == "POST")
    if job is None or job.name not in _JOBS:
        raise NotFound(_("This has been tidied away. The log says what was decided."))
    return job


def _told(job: Job) -> dict[str, Any]:
    """What the page says of a job: how far it is while it runs; afterwards what stands, asked of the cases."""
    is_undo, key = job.name == _JOBS[1], str(job.arguments["key"])
    many = job.arguments["many"] if is_undo else len(job.arguments["case_ids"])
    standing = len(batches.decided_with(db, key))
    is_busy = job.state in (JobState.QUEUED, JobState.RUNNING)
    is_young = utcnow() - (job.started_at or job.created_at) <= UNDO_WITHIN
    return {
        "job": job,
        "is_busy": is_busy,
        "is_undo": is_undo,
        "many": many,
        "done": many - standing if is_undo else standing,
        "said": "" if is_busy else _outcome(job, is_undo),
        "key": key if standing and is_young and not is_busy and not is_undo else "",
    }


def _outcome(job: Job, is_undo: bool) -> str:
    if job.state is not JobState.DONE:
        return ""
    decided, left = job.result["decided"], job.result["left"]
    if not is_undo:
        return decided_several(Decision(job.arguments["decision"]), decided, left)
    said = ngettext("{n} case waits again.", "{n} cases wait again.", decided)
    if left:
        stay = ngettext(
            "{n} stays as decided: it has changed since.", "{n} stay as decided: they have changed since.", left
        )
        said = f"{said} {stay}"
    return said

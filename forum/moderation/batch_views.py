"""Deciding the cases that were ticked in the queue, and taking it back."""

from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_moderate
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _, ngettext
from forum.moderation import batches
from forum.moderation.schemas import Deciding, DecidingSeveral
from forum.moderation.views import bp, say_several, show_queue
from forum.web.forms import Form
from forum.web.pages import flash, go
from forum.web.permissions import allowed, me
from forum.web.session import db


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
        batch = batches.decide_several(
            db, value.cases, value.decision, by=me(), reason=value.several_reason, words=value.several_words
        )
    except Invalid as problem:
        names = {"reason": "several_reason", "words": "several_words"}
        form.refuse(Invalid(fields={names.get(name, name): said for name, said in (problem.fields or {}).items()}))
        return show_queue(None, Form(Deciding), 422, form)
    except Conflict as problem:
        db.rollback()
        flash(problem.message, problem=True)
        return go("moderation.queue")
    return say_several(batch, value.decision)


@bp.post("/several/<key>/undo")
@allowed(may_moderate)
def undo_several(key: str) -> ResponseReturnValue:
    """Take back what was decided with one press."""
    batch = batches.undo_several(db, key, by=me())
    flash(ngettext("{n} case waits again.", "{n} cases wait again.", batch.decided))
    return go("moderation.queue")

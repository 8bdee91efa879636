"""The page on which moderators do something about a person."""

import sqlalchemy as sa
from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.models import User
from forum.accounts.rules import is_signed_in, may_moderate
from forum.core.clock import utcnow
from forum.core.errors import Invalid, NotFound
from forum.core.languages import _
from forum.moderation import conduct, pleading, queries
from forum.moderation.panels import reason_options
from forum.moderation.schemas import Answering, Objecting, Sanctioning
from forum.moderation.status import Purpose
from forum.moderation.views import bp, end_of_day
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/people/<int:person_id>", methods=["GET", "POST"])
@allowed(may_moderate)
def person(person_id: int) -> ResponseReturnValue:
    """What is known about a person, and to warn or suspend them."""
    somebody = find_or_404(db, sa.select(User).where(User.id == person_id))
    form = Form(Sanctioning)
    if form.submitted():
        try:
            _sanction(somebody, form.value)
            return go("moderation.person", person_id=person_id)
        except Invalid as problem:
            form.refuse(problem)
    suspended = somebody.suspended_until is not None and somebody.suspended_until > utcnow()
    return page(
        "moderation/person.html",
        form.status,
        person=somebody,
        form=form,
        has_errors=bool(form.errors),
        history=queries.history(db, person_id),
        sanctions=conduct.sanctions_of(db, person_id),
        is_suspended=suspended,
        is_others=lambda sanction: pleading.is_left_to_others(db, sanction, me()),
        reason_options=reason_options([Purpose.AWAY]),
    )


def _sanction(somebody: User, value: Sanctioning) -> None:
    if value.how == "warn":
        warning = conduct.warn(db, somebody, value.reason, value.words, by=me())
        undo = url_for("moderation.withdraw", person_id=somebody.id, sanction_id=warning.id)
        flash(_("Warned. A mail with the reason is on its way."), undo=undo)
        return
    until = end_of_day(value.until)
    if until is None:
        raise Invalid(fields={"until": _("Choose a day to come.")})
    conduct.suspend(db, somebody, until, value.reason, value.words, by=me())
    flash(
        _("Suspended. They can read, and write again after that day. A mail with the reason is on its way."),
        undo=url_for("moderation.lift", person_id=somebody.id),
    )


@bp.route("/objection", methods=["GET", "POST"])
@allowed(is_signed_in)
@limited("10/hour")
def object_to_sanction() -> ResponseReturnValue:
    """Ask that another moderator looks again at the warning or suspension that one got."""
    sanction = pleading.standing(db, me())
    if sanction is None:
        raise NotFound(_("There is no decision here that you can object to."))
    form = Form(Objecting)
    if form.submitted():
        try:
            pleading.object_to(db, sanction, form.value.text, by=me())
            flash(_("Thank you. A moderator looks at it again, another one where there is one, and you are told."))
            return go("moderation.object_to_sanction")
        except Invalid as problem:
            form.refuse(problem)
    return page("moderation/objection.html", form.status, sanction=sanction, form=form, has_errors=bool(form.errors))


@bp.post("/people/<int:person_id>/sanctions/<int:sanction_id>/answer")
@allowed(may_moderate)
def answer_objection(person_id: int, sanction_id: int) -> ResponseReturnValue:
    """Agree with an objection to a warning or suspension, or keep to it."""
    somebody = find_or_404(db, sa.select(User).where(User.id == person_id))
    form = Form(Answering)
    if not form.submitted():
        raise Invalid(next(iter(form.errors.values()), ""))
    agrees = form.value.agrees == "yes"
    pleading.answer(db, somebody, sanction_id, agrees=agrees, words=form.value.answer_words, by=me())
    flash(_("Answered. A mail tells them."))
    return go("moderation.person", person_id=person_id)


@bp.post("/people/<int:person_id>/lift")
@allowed(may_moderate)
def lift(person_id: int) -> ResponseReturnValue:
    """End a suspension before its day."""
    somebody = find_or_404(db, sa.select(User).where(User.id == person_id))
    conduct.lift(db, somebody, by=me(), reason=request.form.get("words", "")[:500])
    flash(_("Lifted: they can write again."))
    return go("moderation.person", person_id=person_id)


@bp.post("/people/<int:person_id>/warnings/<int:sanction_id>/withdraw")
@allowed(may_moderate)
def withdraw(person_id: int, sanction_id: int) -> ResponseReturnValue:
    """Take a warning back."""
    somebody = find_or_404(db, sa.select(User).where(User.id == person_id))
    conduct.withdraw(db, somebody, sanction_id, by=me())
    flash(_("Withdrawn. A mail says that the warning does not count any more."))
    return go("moderation.person", person_id=person_id)

"""The pages of the second factor: setting it up, signing in with it, and doing without it again."""

from flask import request
from flask.typing import ResponseReturnValue

from forum.accounts import queries, rules, second_factor, services
from forum.accounts.admin_views import bp as admin
from forum.accounts.identity import enter, read_second_ticket
from forum.accounts.models import SecondFactor, User
from forum.accounts.passwords import is_right
from forum.accounts.schemas import FactorCode, FactorProof, SecondStep, StateChange
from forum.accounts.status import AccountState
from forum.accounts.views import ATTEMPTS, bp, me_id, on_the_way, refused
from forum.core.database import transaction
from forum.core.errors import ForumError, Invalid
from forum.core.languages import _
from forum.core.markup import code_picture
from forum.core.people import Reader, anybody
from forum.web.forms import Form
from forum.web.limits import guarded
from forum.web.pages import find_or_404, flash, go, page
from forum.web.panels import panel
from forum.web.permissions import allowed, me
from forum.web.session import db


def tries_of_ticket() -> str:
    """What tries of the second step are counted by: whose code it is."""
    return f"second step of {read_second_ticket(request.form.get('ticket', ''))[1]}"


@bp.post("/sign-in/second")
@guarded(ATTEMPTS, key=tries_of_ticket, counts=refused)
@allowed(anybody)
def second_step() -> ResponseReturnValue:
    """Let somebody in with the code of their authenticator app, after the password."""
    form = Form(SecondStep, **on_the_way())
    person_id, _account = read_second_ticket(str(form.raw.get("ticket", "")))
    if not person_id:
        flash(_("That took a little long. Sign in once more."), problem=True)
        return go("accounts.sign_in", next=form.raw.get("next") or None, then=form.raw.get("then") or None)
    if form.submitted():
        if _use_up(person_id, form.value.code):
            person = db.get_one(User, person_id)
            return enter(db, person, next=form.value.next, then=form.value.then, is_second=True)
        form.errors["code"] = _(
            "This is not the code that your app shows now, or it was used already. Wait for the next."
        )
    return page("accounts/second_step.html", form.status, form=form, begun="")


def _use_up(person_id: int, code: str) -> bool:
    """Whether `code` is right, which it then was for the last time, whatever becomes of this request."""
    with transaction() as trying:
        is_taken = second_factor.try_code(trying, person_id, code)
        person = trying.get_one(User, person_id)
        if not is_taken:
            services.note_refusal(trying, person.email or "")
        return is_taken and person.state is AccountState.ACTIVE


@bp.route("/me/second-factor", methods=["GET", "POST"])
@guarded(ATTEMPTS, counts=refused)
@allowed(rules.is_signed_in)
def set_up_second_factor() -> ResponseReturnValue:
    """Whether the reader signs in with a second factor; the first step of setting one up asks for the password."""
    person, factor = db.get_one(User, me_id()), second_factor.factor_of(db, me_id())
    form = Form(FactorProof)
    if factor is not None and factor.confirmed_at is not None:
        return _show(person, factor, Form(FactorCode))
    if form.submitted():
        if person.password_hash and not is_right(person.password_hash, form.value.password):
            form.errors["password"] = _("This is not your password.")
        else:
            return _show(person, second_factor.begin(db, by=me()), _empty_code())
    return _show(person, None, form)


@bp.post("/me/second-factor/confirm")
@guarded(ATTEMPTS, counts=refused)
@allowed(rules.is_signed_in)
def confirm_second_factor() -> ResponseReturnValue:
    """Put the second factor to use by its first code, and show the recovery codes."""
    form = Form(FactorCode)
    person, factor = db.get_one(User, me_id()), second_factor.factor_of(db, me_id())
    if form.submitted():
        try:
            codes = second_factor.confirm(db, form.value.code, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            return page("accounts/recovery_codes.html", codes=codes)
    return _show(person, factor, form)


@bp.post("/me/second-factor/change")
@guarded(ATTEMPTS, counts=refused)
@allowed(rules.is_signed_in)
def change_second_factor() -> ResponseReturnValue:
    """With a code: make new recovery codes, or do without a second factor from now on."""
    form = Form(FactorCode)
    is_taken = form.submitted() and _use_up(
        me_id(), form.value.code
    )  # before anything is read, which would wait for it
    person, factor = db.get_one(User, me_id()), second_factor.factor_of(db, me_id())
    if factor is None or factor.confirmed_at is None:
        return go("accounts.set_up_second_factor")
    if is_taken and request.form.get("do") == "off":
        second_factor.turn_off(db, person, by=me())
        flash(_("From now on your password alone lets you in."))
        return go("accounts.set_up_second_factor")
    if is_taken:
        return page("accounts/recovery_codes.html", codes=second_factor.renew_recovery(db, factor))
    form.errors.setdefault(
        "code", _("This is not the code that your app shows now, or it was used already. Wait for the next.")
    )
    return _show(person, factor, form)


def _empty_code() -> Form[FactorCode]:
    form = Form(FactorCode)
    form.errors, form.raw = {}, {}
    return form


def _show(person: User, factor: SecondFactor | None, form: Form[FactorProof] | Form[FactorCode]) -> ResponseReturnValue:
    is_on = factor is not None and factor.confirmed_at is not None
    return page(
        "accounts/second_factor.html",
        form.status,
        form=form,
        person=person,
        factor=factor,
        is_on=is_on,
        picture=code_picture(second_factor.address_of(factor, person)) if factor is not None and not is_on else "",
        key=" ".join(factor.secret[n : n + 4] for n in range(0, len(factor.secret), 4)) if factor is not None else "",
    )


@admin.route("/admin/people/<int:person_id>/second-factor", methods=["GET", "POST"])
@allowed(rules.may_administer)
def take_second_factor(person_id: int) -> ResponseReturnValue:
    """Let somebody who lost phone and recovery codes sign in without a second factor."""
    person = find_or_404(db, queries.one_person(person_id))
    form = Form(StateChange)
    if form.submitted():
        try:
            second_factor.turn_off(db, person, by=me(), reason=form.value.reason)
        except ForumError as problem:
            form.refuse(problem)
        else:
            flash(_("{name} signs in without a second factor now, and is told by mail.", name=person.display_name))
            return go("admin.set_roles", person_id=person_id)
    return page("accounts/take_second_factor.html", form.status, form=form, person=person)


@panel("me", order=4)
@panel("board.side", order=4)
def missing(*, reader: Reader) -> tuple[str, dict[str, object]] | None:
    """Remind somebody of the team whose roles rest until they have a second factor."""
    return ("accounts/_second_factor_missing.html", {}) if reader.lacks_second_factor else None

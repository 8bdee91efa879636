"""The desk on which admins find people, give roles, rename and disable."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from forum.accounts import administering, queries, rules, second_factor
from forum.accounts.schemas import Renaming, RoleChange, StateChange
from forum.core.errors import ForumError
from forum.core.languages import _, mark
from forum.core.paging import read_cursor
from forum.core.people import Role
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("admin", __name__)
menu("admin.people", mark("People"), rule=rules.may_administer, group="team", order=90)


@bp.get("/admin/people")
@allowed(rules.may_administer)
def people() -> ResponseReturnValue:
    """Find people, to give them roles."""
    words = request.args.get("q", "").replace("\0", "").strip()[:200]
    group = request.args.get("group", "")
    group = group if group in queries.GROUPS else ""
    found = queries.people(db, words=words, group=group, after=read_cursor(request.args.get("after", "")))
    return page(
        "accounts/people.html",
        found=found,
        words=words,
        group=group,
        roles_in=queries.roles_in,
        role_word=rules.role_word,
    )


@bp.route("/admin/people/<int:person_id>", methods=["GET", "POST"])
@allowed(rules.may_administer)
def set_roles(person_id: int) -> ResponseReturnValue:
    """One person: which roles they have, and where they work."""
    person = find_or_404(db, queries.one_person(person_id))
    held = queries.roles_of(db, person.id)
    form = Form(RoleChange, roles=held, department=person.department)
    if form.submitted():
        given = form.value
        try:
            changed = administering.set_roles(db, person, frozenset(given.roles), department=given.department, by=me())
        except ForumError as problem:
            form.refuse(problem)
        else:
            flash(
                _("{name} has other roles now, and signs in again to use them.", name=person.display_name)
                if changed
                else _("Saved.")
            )
            return go("admin.set_roles", person_id=person_id)
    roles = [(role, rules.role_word(role)) for role in Role]
    has_factor = second_factor.holds(db, person.id)
    return page("accounts/person.html", form.status, form=form, person=person, roles=roles, has_factor=has_factor)


@bp.route("/admin/people/<int:person_id>/name", methods=["GET", "POST"])
@allowed(rules.may_administer)
def rename(person_id: int) -> ResponseReturnValue:
    """Give a person another display name."""
    person = find_or_404(db, queries.one_person(person_id))
    form = Form(Renaming, display_name=person.display_name)
    if form.submitted():
        try:
            administering.rename(db, person, form.value.display_name, reason=form.value.reason, by=me())
        except ForumError as problem:
            form.refuse(problem)
        else:
            flash(_("The new name is {name}, and they are told by mail.", name=person.display_name))
            return go("admin.set_roles", person_id=person_id)
    return page("accounts/rename.html", form.status, form=form, person=person)


@bp.route("/admin/people/<int:person_id>/<any(disable, enable):action>", methods=["GET", "POST"])
@allowed(rules.may_administer)
def set_state(person_id: int, action: str) -> ResponseReturnValue:
    """Take an account out of use, or back into it."""
    person = find_or_404(db, queries.one_person(person_id))
    form = Form(StateChange)
    if form.submitted():
        change = administering.disable if action == "disable" else administering.enable
        try:
            change(db, person, reason=form.value.reason, by=me())
        except ForumError as problem:
            form.refuse(problem)
        else:
            name = person.display_name
            if action == "disable":
                flash(_("{name} can no longer sign in.", name=name))
            else:
                flash(_("{name} can sign in again.", name=name))
            return go("admin.set_roles", person_id=person_id)
    return page("accounts/set_state.html", form.status, form=form, person=person, disabling=action == "disable")

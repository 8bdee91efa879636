"""What is mine: what I agreed to, a file with everything, and erasing my account."""

from flask import Response, send_file, url_for
from flask.typing import ResponseReturnValue

from forum.accounts import erasing, exporting, queries, rules, services
from forum.accounts.identity import forget_browser
from forum.accounts.models import User
from forum.accounts.schemas import Erasure, Proof
from forum.accounts.status import ConsentKind
from forum.accounts.views import bp, me_id
from forum.core.database import reading
from forum.core.errors import ForumError, Invalid, NotFound
from forum.core.languages import _, mark
from forum.web.forms import Form
from forum.web.limits import guarded
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

menu("accounts.my_data", mark("My data"), rule=rules.is_signed_in, group="me", order=90)
ATTEMPTS = "10/5 minutes"


def _refused(response: Response) -> bool:
    return response.status_code == 422


@bp.route("/me/data", methods=["GET", "POST"])
@guarded(ATTEMPTS, counts=_refused)
@allowed(rules.is_signed_in)
def my_data() -> ResponseReturnValue:
    """Show what the reader agreed to and when, and have a file made with everything of theirs."""
    form = Form(Proof)
    if form.submitted():
        try:
            with reading() as looking:
                exporting.check_password(looking, form.value.password, by=me())
            exporting.ask_for_export(db, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("Your file is being made. It stands on this page in a moment."))
            return go("accounts.my_data")
    latest = exporting.latest_export(db, me())
    return page(
        "accounts/my_data.html",
        form.status,
        form=form,
        consents=queries.all_consents(db, me_id()),
        has_password=_has_password(),
        latest=latest,
        is_ready=latest is not None and exporting.is_ready(latest),
        ends_at=exporting.ends_at,
    )


@bp.get("/me/data/<int:job_id>")
@allowed(rules.is_signed_in)
def my_file(job_id: int) -> ResponseReturnValue:
    """The file with everything of the reader."""
    path = exporting.file_of(db, me(), job_id)
    if path is None:
        raise NotFound(_("This file is over, or was never yours. You can have a new one made."))
    return send_file(
        path, mimetype="application/zip", as_attachment=True, download_name="my-data.zip", conditional=False
    )


@bp.post("/me/consents/<any(credit, contact):consent>/<any(give, withdraw):whether>")
@allowed(rules.is_signed_in)
def choose(consent: str, whether: str) -> ResponseReturnValue:
    """Agree to something from now on, or no longer."""
    services.set_consent(db, me_id(), ConsentKind(consent), whether == "give")
    flash(_("Noted with today's date.") if whether == "give" else _("Taken back, from now on."))
    return go("accounts.my_data")


@bp.route("/me/erase", methods=["GET", "POST"])
@guarded(ATTEMPTS, counts=_refused)
@allowed(rules.is_signed_in)
def erase_me() -> ResponseReturnValue:
    """Say what will happen, then erase the reader's account for good."""
    return _erase(db.get_one(User, me_id()), back=url_for("accounts.my_data"))


@bp.route("/admin/people/<int:person_id>/erase", methods=["GET", "POST"])
@guarded(ATTEMPTS, counts=_refused)
@allowed(rules.may_administer)
def erase_somebody(person_id: int) -> ResponseReturnValue:
    """Erase an account for somebody who has asked for it."""
    person = find_or_404(db, queries.one_person(person_id))
    return _erase(person, back=url_for("admin.set_roles", person_id=person.id))


def _erase(person: User, *, back: str) -> ResponseReturnValue:
    """The page that says what will happen; once it was sent and is right, there is nothing left to show."""
    form, is_own = Form(Erasure, words="stay"), person.id == me().id
    if form.submitted():
        given = form.value
        try:
            with reading() as looking:
                erasing.check_proof(looking, word=given.word, password=given.password, by=me())
            erasing.erase_person(db, person, keeps_words=given.words == "stay", by=me(), reason=given.reason)
        except ForumError as problem:
            form.refuse(problem)
        else:
            if is_own:
                return forget_browser(_("Your account is erased. Thank you for what you said here."))
            flash(_("The account is erased. The log says that it was, and not whose."))
            return go("admin.people")
    word = erasing.word_to_type()
    return page(
        "accounts/erase.html",
        form.status,
        form=form,
        person=person,
        is_own=is_own,
        has_password=_has_password(),
        back=back,
        word=word,
    )


def _has_password() -> bool:
    """Whether the reader could prove who they are: whoever signs in by code may have no password yet."""
    return db.get_one(User, me_id()).password_hash is not None

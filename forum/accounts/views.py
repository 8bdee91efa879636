"""The pages of accounts: the way in and out, one's own page, people."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts import jobs, letters, queries, rules, services, sessions, tokens
from forum.accounts.browsers import browser_name
from forum.accounts.identity import attempts_from_address, attempts_on_account, do_then, enter, goodbye
from forum.accounts.models import User
from forum.accounts.passwords import check_password, hash_password, is_right
from forum.accounts.schemas import (
    NewPassword,
    PasswordChange,
    Profile,
    Registration,
    ResetRequest,
    SigningIn,
    Verification,
)
from forum.accounts.status import ConsentKind, Purpose
from forum.core.database import reading, transaction
from forum.core.errors import Gone, Invalid, NotFound
from forum.core.jobs import enqueue
from forum.core.languages import LANGUAGES, _, mark, ngettext
from forum.core.people import Reader, anybody
from forum.web.cookies import set_cookie
from forum.web.forms import Form
from forum.web.limits import client_address, guarded, limited
from forum.web.navigation import menu
from forum.web.pages import flash, go, local_path, page
from forum.web.panels import panel
from forum.web.pending import tell_pending
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("accounts", __name__)
menu("accounts.my_page", mark("My page"), rule=rules.is_signed_in, group="me", order=10)

ATTEMPTS = "10/5 minutes"
WAYS_IN = ("/sign-in", "/register", "/reset", "/password/", "/verify/")  # nobody wants to end up there


def refused(response: Response) -> bool:
    """Whether an attempt was turned down."""
    return response.status_code >= 400


def accepted(response: Response) -> bool:
    """Whether what was asked for was done."""
    return response.status_code < 400 and request.method == "POST" and "begin" not in request.form


def typed_address() -> str:
    """The address in the form, as mails to it are counted by."""
    return f"reset {attempts_on_account().split()[-1]}"


def on_the_way() -> dict[str, str]:
    """Where the reader wanted to go and what they wanted to do, from a link or a form."""
    next_path, then = request.values.get("next", ""), request.values.get("then", "")
    return {"next": "" if next_path.startswith(WAYS_IN) else next_path, "then": then}


@bp.route("/sign-in", methods=["GET", "POST"])
@guarded(ATTEMPTS, key=attempts_on_account, counts=refused)
@guarded(ATTEMPTS, key=attempts_from_address, counts=refused)
@allowed(anybody)
def sign_in() -> ResponseReturnValue:
    """Ask who the reader is; then do what they came to do."""
    form = Form(SigningIn, **on_the_way())
    if request.method == "GET" and me().is_authenticated:
        if form.raw["then"]:
            return page("accounts/go_on.html", form=form)
        return go_to(form.raw["next"])
    if "begin" not in request.form and form.submitted():
        given = form.value
        with reading() as looking:
            proof = services.prove(looking, given.email, given.password)
        if proof and not proof.is_disabled:
            person = db.get_one(User, proof.user_id)
            person.password_hash = proof.new_hash or person.password_hash
            return enter(db, person, next=given.next, then=form.raw["then"])  # in the address when a form was sent on
        with transaction() as noting:  # a refusal is recorded, whatever becomes of this request
            services.note_refusal(noting, given.email)
        form.errors[""] = (
            _("This account has been disabled. Write to the people who run the site if that is a mistake.")
            if proof
            else _("The e-mail address or the password is not right. Try again, or choose a new password below.")
        )
    return page("accounts/sign_in.html", form.status, form=form, begun=begun(form))


def begun(form: Form[Any], *, registering: bool = False) -> str:
    """What the reader began before they came here, in a sentence."""
    then = form.raw.get("then", "")
    return tell_pending(db, then, registering=registering) if then else ""


def go_to(address: str) -> ResponseReturnValue:
    """Send the reader to a local address, or to the board."""
    return redirect(local_path(address) or url_for("posts.board"), code=303)


@bp.post("/go-on")
@allowed(rules.is_signed_in)
def go_on() -> ResponseReturnValue:
    """Do what somebody wanted before signing in, when they are signed in already."""
    return go_to(do_then(db, me(), request.form.get("then", "")) or request.form.get("next", ""))


@bp.post("/sign-out")
@allowed(anybody)
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    return goodbye(db)


@bp.route("/register", methods=["GET", "POST"])
@guarded("5/30 minutes", key=client_address, counts=accepted)
@allowed(anybody)
def register() -> ResponseReturnValue:
    """Make an account; the same words whether the address is new or not."""
    form = Form(Registration, **on_the_way())
    if request.method == "GET" and me().is_authenticated:
        return go_to(form.raw["next"])
    if "begin" not in request.form and form.submitted():
        try:
            with reading() as looking:
                services.check_registration(looking, form.value)
            password_hash = hash_password(form.value.password)
            person = services.register(db, form.value, password_hash=password_hash)
        except Invalid as problem:
            form.refuse(problem)
        else:
            if person is not None:
                where = do_then(db, sessions.reader_from(db, person), form.value.then)
                letters.send_verification(db, person, then_to=where or local_path(form.value.next))
            return go("accounts.registered")
    return page("accounts/register.html", form.status, form=form, begun=begun(form, registering=True))


@bp.get("/register/done")
@allowed(anybody)
def registered() -> ResponseReturnValue:
    """Say that a mail is on its way."""
    return page("accounts/registered.html")


@bp.route("/verify/<token>", methods=["GET", "POST"])
@guarded(ATTEMPTS, key=client_address, counts=refused)
@allowed(anybody)
def verify(token: str) -> ResponseReturnValue:
    """Prove an address by the link in a mail, and sign in.

    The password is asked for, so that nobody confirms an account that a stranger made with their address.
    """
    form = Form(Verification, next=request.args.get("next", ""))
    with reading() as looking:
        found = tokens.owner_of(looking, token, Purpose.VERIFY)
    if found is None:
        return page("accounts/link_over.html", 410, verifying=True)
    is_theirs = me().id == found[0].id
    if form.submitted():
        if not is_theirs and not is_right(found[0].password_hash, form.value.password):
            form.errors["password"] = _("This is not the password of this account.")
        else:
            person = db.get_one(User, found[0].id)
            if services.verify(db, person, found[1]):
                response = go_to(form.value.next) if is_theirs else enter(db, person, next=form.value.next)
                flash(_("Your address is confirmed. Your votes count now."))
                return response
            form.errors[""] = _("This link has been used meanwhile.")
    return page("accounts/verify.html", form.status, form=form, email=found[0].email, is_theirs=is_theirs)


@bp.post("/verify")
@limited("5/day")
@allowed(rules.is_signed_in)
def send_again() -> ResponseReturnValue:
    """Send the mail that proves the address once more."""
    if services.send_verification_again(db, by=me()):
        flash(_("A mail with a new link is on its way. It may take a minute."))
    else:
        flash(_("Your address is confirmed already."))
    return go("accounts.my_page")


@bp.route("/reset", methods=["GET", "POST"])
@guarded("5/day", key=typed_address, counts=accepted)
@guarded("20/hour", key=client_address)
@allowed(anybody)
def reset() -> ResponseReturnValue:
    """Send a link to choose a new password; the same words whether the address is known or not."""
    form = Form(ResetRequest)
    if form.submitted():
        enqueue(db, jobs.mail_reset, email=form.value.email)
        return go("accounts.reset_sent")
    return page("accounts/reset.html", form.status, form=form)


@bp.get("/reset/sent")
@allowed(anybody)
def reset_sent() -> ResponseReturnValue:
    """Say that a mail is on its way, if there is an account."""
    return page("accounts/reset_sent.html")


@bp.route("/password/<token>", methods=["GET", "POST"])
@guarded(ATTEMPTS, key=client_address, counts=refused)
@allowed(anybody)
def new_password(token: str) -> ResponseReturnValue:
    """Choose a password by the link in a mail or of an invitation."""
    form = Form(NewPassword)
    with reading() as looking:
        found = tokens.owner_of(looking, token, Purpose.RESET, Purpose.INVITE)
    if found is None:
        return page("accounts/link_over.html", 410, verifying=False)
    person, row = found
    if form.submitted():
        try:
            check_password(form.value.password, person.display_name, person.email or "")
            password_hash = hash_password(form.value.password)
            if not services.set_password(db, db.get_one(User, person.id), row, password_hash=password_hash):
                raise Invalid(_("This link has been used meanwhile."))
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("Your password is set, and you are signed out everywhere. Sign in with it now."))
            return go("accounts.sign_in")
    return page("accounts/new_password.html", form.status, form=form, person=person)


@bp.route("/me", methods=["GET", "POST"])
@limited("30/hour")
@allowed(rules.is_signed_in)
def my_page() -> ResponseReturnValue:
    """What the site knows of the reader, and what they may change."""
    person = db.get_one(User, me().id)
    given = queries.consents(db, person.id)
    form = Form(
        Profile,
        display_name=person.display_name,
        language=person.language,
        scheme=person.scheme,
        credit=ConsentKind.CREDIT in given,
        contact=ConsentKind.CONTACT in given,
    )
    if form.submitted():
        try:
            services.edit_profile(db, form.value, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("Saved."))
            response = make_response(go("accounts.my_page"))
            for choice in ("cabin_language", "cabin_scheme"):
                set_cookie(response, choice, "", days=0)  # from now on the account says
            return response
    dates = {kind.value: consent.given_at for kind, consent in given.items()}
    languages = [(code, name, "") for code, name in LANGUAGES.items()]
    return page("accounts/my_page.html", form.status, form=form, person=person, dates=dates, languages=languages)


@bp.route("/me/password", methods=["GET", "POST"])
@guarded(ATTEMPTS, counts=refused)
@allowed(rules.is_signed_in)
def change_password() -> ResponseReturnValue:
    """Choose another password; the other sign-ins end."""
    form = Form(PasswordChange)
    if form.submitted():
        try:
            with reading() as looking:
                password_hash = services.check_change(looking, form.value, by=me())
            ended = services.change_password(db, password_hash=password_hash, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(
                ngettext(
                    "Your password is changed, and {n} other browser was signed out.",
                    "Your password is changed, and {n} other browsers were signed out.",
                    ended,
                )
                if ended
                else _("Your password is changed.")
            )
            return go("accounts.my_page")
    has_password = db.get_one(User, me_id()).password_hash is not None
    return page("accounts/change_password.html", form.status, form=form, has_password=has_password)


@bp.get("/me/sign-ins")
@allowed(rules.is_signed_in)
def sign_ins() -> ResponseReturnValue:
    """Where the reader is signed in."""
    rows = sessions.current_sign_ins(db, me())
    return page("accounts/sign_ins.html", rows=rows, browser_name=browser_name)


@bp.post("/me/sign-ins/<int:sign_in_id>/end")
@allowed(rules.is_signed_in)
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """End one sign-in; of one's own browser, that is signing out."""
    if sign_in_id == me().sign_in_id:
        return goodbye(db)
    sessions.end_sign_in(db, sign_in_id, of=me_id())
    flash(_("That browser is signed out."))
    return go("accounts.sign_ins")


@bp.post("/me/sign-ins/end-others")
@allowed(rules.is_signed_in)
def end_others() -> ResponseReturnValue:
    """Sign out everywhere else."""
    ended = sessions.end_sign_ins(db, me_id(), but=me().sign_in_id)
    flash(ngettext("{n} other browser was signed out.", "{n} other browsers were signed out.", ended))
    return go("accounts.sign_ins")


def me_id() -> int:
    """The id of the reader, who is signed in."""
    return me().id or 0


@bp.get("/people/<int:person_id>")
@allowed(anybody)
def profile(person_id: int) -> ResponseReturnValue:
    """What everybody may know of a person."""
    person = queries.profile(db, person_id)
    if person is None and queries.was_erased(db, person_id):
        raise Gone(_("Whoever this was has erased their account. What they left here stands without a name."))
    if person is None:
        raise NotFound
    return page("accounts/profile.html", person=person, roles=queries.roles_in(person.roles))


@panel("me", order=5)
@panel("board.side", order=5)
def unverified(*, reader: Reader) -> tuple[str, dict[str, Any]] | None:
    """Remind somebody whose address is not proved yet."""
    return ("accounts/_unverified.html", {}) if reader.is_authenticated and not reader.is_verified else None


# Signing in by a code and what is mine have files of their own; importing them adds them to the blueprint.
from forum.accounts import code_views, data_views, second_factor_views  # noqa: E402, F401

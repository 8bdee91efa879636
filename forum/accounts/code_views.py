"""Signing in and registering by a code from a mail, with what the reader came to do done at the end."""

from flask import current_app, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from forum.accounts import codes, queries, services
from forum.accounts.identity import enter
from forum.accounts.models import User
from forum.accounts.schemas import CodeEntered, CodeRequest, Introduction
from forum.accounts.status import AccountState
from forum.accounts.views import ATTEMPTS, accepted, begun, bp, go_to, on_the_way, refused, typed_address
from forum.core.database import transaction
from forum.core.errors import Invalid
from forum.core.languages import _
from forum.core.people import anybody
from forum.web.forms import Form
from forum.web.limits import client_address, guarded
from forum.web.pages import flash, page
from forum.web.permissions import allowed, me
from forum.web.session import db

SECONDS = 1800  # that somebody new may take to say what they are called
OLD = 600  # seconds after which a ticket is no good; the code itself says so too


def _signer(salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=salt)


def _read(salt: str, word: str, seconds: int) -> list[str]:
    """What stands in a word that we signed at most so many seconds ago; empty strings for any other."""
    try:
        address, handle = _signer(salt).loads(word, max_age=seconds)
    except (BadSignature, ValueError, TypeError):
        return ["", ""]
    return [str(address), str(handle)]


@bp.route("/sign-in/code", methods=["GET", "POST"])
@guarded("5/hour", key=typed_address, counts=accepted)
@guarded("20/hour", key=client_address, counts=accepted)
@allowed(anybody)
def ask_code() -> ResponseReturnValue:
    """Send a code to an address; the same words whether it has an account or not."""
    form = Form(CodeRequest, **on_the_way())
    if request.method == "GET" and me().is_authenticated:
        return go_to(form.raw["next"])
    if form.submitted():
        try:
            handle = codes.send_code(db, form.value.email)
        except Invalid as problem:
            form.refuse(problem)
        else:
            ticket = str(_signer("code").dumps([form.value.email, handle]))
            return _ask_digits(Form(CodeEntered, **on_the_way(), ticket=ticket), form.value.email)
    return page("accounts/ask_code.html", form.status, form=form, begun=begun(form, registering=True))


def _ask_digits(form: Form[CodeEntered], email: str) -> ResponseReturnValue:
    return page("accounts/enter_code.html", form.status, form=form, email=email, begun=begun(form))


@bp.post("/sign-in/code/enter")
@guarded(ATTEMPTS, key=client_address, counts=refused)
@allowed(anybody)
def enter_code() -> ResponseReturnValue:
    """Let somebody in with the right code; somebody new is asked for a name first."""
    form = Form(CodeEntered, **on_the_way())
    email, handle = _read("code", str(form.raw.get("ticket", "")), OLD)
    if form.submitted():
        with transaction() as trying:  # a try counts, whatever becomes of this request
            is_right = codes.try_code(trying, handle, form.value.code)
        if is_right:
            return _let_in(form, email)
        with transaction() as noting:
            services.note_refusal(noting, email)
        form.errors["code"] = _(
            "This is not the code, or it is over: it works for ten minutes and five tries. You can have another sent."
        )
    return _ask_digits(form, email)


def _let_in(form: Form[CodeEntered], email: str) -> ResponseReturnValue:
    person = queries.find_by_address(db, email)
    if person is None:
        proof = str(_signer("proved address").dumps([email, ""]))
        return _ask_name(Form(Introduction, **on_the_way(), proof=proof))
    if person.state is not AccountState.ACTIVE:
        form.errors[""] = _("This account is out of use. Write to the people who run the site if that is a mistake.")
        return _ask_digits(form, email)
    is_password_gone = codes.take_in(db, person)
    answer = enter(db, person, next=form.value.next, then=form.value.then)
    if is_password_gone:
        flash(
            _(
                "Your address is confirmed. The password chosen before that works no more, as somebody else could have "
                "chosen it; have a link sent to choose a new one if you want."
            )
        )
    return answer


def _ask_name(form: Form[Introduction]) -> ResponseReturnValue:
    return page("accounts/introduce.html", form.status, form=form, begun=begun(form, registering=True))


@bp.post("/sign-in/code/name")
@guarded("5/30 minutes", key=client_address, counts=accepted)
@allowed(anybody)
def introduce() -> ResponseReturnValue:
    """Make the account of somebody new, and do what they came to do."""
    form = Form(Introduction, **on_the_way())
    email, _empty = _read("proved address", str(form.raw.get("proof", "")), SECONDS)
    if not email:
        asking = Form(CodeRequest, **on_the_way())
        asking.errors[""] = _("That took a little long. Have another code sent.")
        return page("accounts/ask_code.html", 422, form=asking, begun=begun(asking, registering=True))
    if form.submitted():
        try:
            person: User | None = codes.register_proved(db, email, form.value.display_name)
        except Invalid as problem:
            form.refuse(problem)
        else:
            if person is not None:
                return enter(db, person, next=form.value.next, then=form.value.then)
            form.errors[""] = _("This address has an account by now. Have another code sent, and sign in.")
    return _ask_name(form)

"""Who makes this request: Flask-Login asks here, and our own sign-in rows answer."""

import hashlib
import secrets

from flask import Flask, Request, Response, current_app, make_response, redirect, request, url_for
from flask import session as cookie_session
from flask_login import LoginManager
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from forum.accounts import second_factor
from forum.accounts.addresses import address_key
from forum.accounts.models import User
from forum.accounts.schemas import SecondStep
from forum.accounts.seen import mark_seen
from forum.accounts.sessions import end_sign_in, open_sign_in, reader_from, reader_of
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import reading
from forum.core.errors import ForumError
from forum.core.languages import _, best_language, set_language
from forum.core.people import ANYBODY, Reader
from forum.web.cookies import read_cookie, set_cookie
from forum.web.forms import Form
from forum.web.limits import client_address
from forum.web.pages import flash, local_path, page
from forum.web.pending import do_pending
from forum.web.permissions import me
from forum.web.session import session_of_request

COOKIE = "cabin_sign_in"
KNOWN = "cabin_known"  # a browser that an account was signed in with before
SECOND_STEP = 600  # seconds that somebody may take to look up the code of their app
DAYS = 90  # the cookies' life; the rows decide how long a sign-in holds


def init_identity(app: Flask) -> None:
    """Know the reader and speak their language on every request."""
    manager = LoginManager()
    manager.anonymous_user = lambda: ANYBODY
    manager.request_loader(_load)
    manager.init_app(app)
    # Our rows decide; Flask-Login must neither store nor read anything in the cookie session.
    manager.session_protection = None
    app.before_request(_speak)


def _load(request: Request) -> Reader | None:
    key = read_cookie(request, COOKIE)
    if not key:
        return None
    if request.method in ("GET", "HEAD"):  # reads anyway, with the same session
        reader = reader_of(session_of_request(), key)
    else:
        with reading() as session:
            reader = reader_of(session, key)
    if reader and reader.sign_in_id:
        mark_seen(reader.sign_in_id)
    return reader


def _speak() -> None:
    if request.endpoint == "web.static_file":
        return
    chosen = read_cookie(request, "cabin_language") or best_language(request.headers.get("Accept-Language", ""))
    set_language(chosen)  # also for the page that says that nobody can be asked who this is
    set_language(me().language or chosen)


def enter(
    session: Session,
    person: User,
    *,
    next: str = "",  # noqa: A002
    then: str = "",
    otherwise: str = "/",
    is_second: bool = False,
) -> Response:
    """Sign `person` in with this browser under a new key, and do what they came to do.

    Who has a second factor is asked for its code first, unless that was the one just given (`is_second`).

    `then` is the signed word of what they wanted before; it leads where it says. Else they go to `next`
    if that is a local address, else to `otherwise`. What cannot be done any more is said there.
    """
    if not is_second and second_factor.holds(session, person.id):
        return ask_second(person, next=next or otherwise, then=then)
    leave(session)
    key = open_sign_in(session, person.id, browser=request.headers.get("User-Agent", ""), address=client_address())
    person.last_seen_at = utcnow()
    audit.record(session, "account.sign_in", by=person.id, subject="user", subject_id=person.id, about=person.id)
    cookie_session.clear()  # the proof for forms of somebody signed out ends here
    where = do_then(session, reader_from(session, person), then) or local_path(next) or otherwise
    response = make_response(redirect(where, code=303))
    set_cookie(response, COOKIE, key, days=DAYS)
    set_cookie(response, KNOWN, _known_mark(person), days=DAYS)
    return response


def ask_second(person: User, *, next: str, then: str) -> Response:  # noqa: A002
    """Ask somebody whose password was right for the code of their authenticator app."""
    form = Form(SecondStep)
    form.errors = {}
    form.raw = {
        "next": next,
        "then": then,
        "ticket": str(_second_signer().dumps([person.id, _short(person.email or "")])),
    }
    return make_response(page("accounts/second_step.html", form=form, begun=""))


def read_second_ticket(word: str) -> tuple[int, str]:
    """Whose code is asked for, and what tries are counted by; nobody (0) for a ticket that is wrong or over."""
    try:
        person_id, account = _second_signer().loads(word, max_age=SECOND_STEP)
    except (BadSignature, ValueError, TypeError):
        return 0, ""
    return int(person_id), str(account)


def _second_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="second step")


def do_then(session: Session, reader: Reader, then: str) -> str:
    """Do what the signed word `then` says; the address to go to, or nothing. A refusal is said on the next page."""
    if not then:
        return ""
    try:
        with session.begin_nested():  # a refusal takes back the action, not the sign-in
            return do_pending(session, reader, then)
    except ForumError as problem:
        flash(problem.message, problem=True)
        return ""


def leave(session: Session) -> None:
    """End this browser's sign-in, if it has one."""
    reader = me()
    if reader.id is not None and reader.sign_in_id is not None:
        end_sign_in(session, reader.sign_in_id, of=reader.id)


def goodbye(session: Session) -> Response:
    """Sign this browser out and send it to the board."""
    leave(session)
    cookie_session.clear()
    flash(_("You are signed out."))
    response = make_response(redirect(url_for("posts.board"), code=303))
    set_cookie(response, COOKIE, "", days=0)
    return response


def forget_browser(words: str) -> Response:
    """Send a browser whose account is gone to the board, with nothing of it left there, and say `words`."""
    cookie_session.clear()
    flash(words)
    response = make_response(redirect(url_for("posts.board"), code=303))
    for cookie in (COOKIE, KNOWN):
        set_cookie(response, cookie, "", days=0)
    return response


def _known_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="known browser")


def _short(address: str) -> str:
    return hashlib.sha256(address_key(address).encode()).hexdigest()[:24]


def _known_mark(person: User) -> str:
    mark = _known_signer().dumps([_short(person.email or ""), secrets.token_urlsafe(9)])
    return mark if isinstance(mark, str) else mark.decode()


def attempts_on_account() -> str:
    """What attempts to sign in are counted by: the account; for a browser that it knows, that browser alone.

    So a stranger who tries passwords cannot lock the owner out.
    """
    account = _short(request.form.get("email", ""))
    try:
        known, mark = _known_signer().loads(read_cookie(request, KNOWN))
    except (BadSignature, ValueError, TypeError):
        return f"account {account}"
    return f"known browser {mark}" if known == account else f"account {account}"


def attempts_from_address() -> str:
    """The address that attempts to sign in come from; a browser that the account knows counts by itself."""
    counted = attempts_on_account()
    return f"address of {counted}" if counted.startswith("known") else f"address {client_address()}"

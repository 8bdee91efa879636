"""One handler shows readers what went wrong, and gives programs the same words as JSON."""

import secrets

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from structlog import get_logger
from werkzeug.exceptions import HTTPException

from forum.core import errors
from forum.core.database import AWAY
from forum.core.errors import ForumError
from forum.core.languages import _
from forum.core.people import ANYBODY
from forum.web.refusals import record_refusal

LONGEST = 20_000  # characters of a form that are shown again where it was refused


def init_errors(app: Flask) -> None:
    """Answer every error with its page."""
    app.register_error_handler(ForumError, show)
    app.register_error_handler(HTTPException, _show_http)
    app.register_error_handler(CSRFError, _show_csrf)
    app.register_error_handler(IntegrityError, show_database_error)
    app.register_error_handler(OperationalError, show_database_error)
    app.register_error_handler(OverflowError, _show_overflow)
    app.register_error_handler(DataError, _show_overflow)
    app.register_error_handler(Exception, _show_unexpected)


def show(error: ForumError) -> Response:
    """The page of an error, or its words as problem+json."""
    _undo()
    if isinstance(error, errors.NotAllowed):
        record_refusal()
    if request.accept_mimetypes.best_match(["text/html", "application/problem+json"]) == "application/problem+json":
        response = jsonify(title=str(error.title), detail=error.message, status=error.status, code=error.code)
        response.content_type = "application/problem+json"
    else:
        response = make_response(_draw(error))
    response.status_code = error.status
    retry_after = getattr(error, "retry_after", None)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _draw(error: ForumError) -> str:
    """The page of an error: that for anybody where the database cannot be asked who reads it."""
    again = _typed() if isinstance(error, (errors.TooMany, errors.Unavailable)) else []
    typed = _typed() if isinstance(error, errors.NotAllowed) else []
    words = [value for _name, value in typed if _is_text(value)]
    told = {"error": error, "again": again, "words": words, "is_text": _is_text, "has_errors": True}
    try:
        return render_template("errors/error.html", **told)
    except AWAY:
        _undo()
        g._login_user = ANYBODY  # where Flask-Login keeps who it found
        return render_template("errors/error.html", **told)


def _typed() -> list[tuple[str, str]]:
    """The fields of the form that was sent, to be sent once more; without secrets, and nothing from elsewhere.

    What is too long for a page stays in the form alone.
    """
    if request.method != "POST" or not _is_ours():
        return []
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if any("password" in name or name in ("code", "ticket", "token") for name, _value in fields):
        return []
    return fields if sum(len(value) for _name, value in fields) <= LONGEST else []


def _is_text(value: str) -> bool:
    """Whether somebody wrote this, and did not just choose it."""
    return len(value) > 20 or "\n" in value.strip()


def _is_ours() -> bool:
    """Whether the form that was sent is one of ours: nobody shall be shown another as what they wrote."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValueError:
        return False
    return True


def _undo() -> None:
    session = g.get("session")
    if session is not None:
        session.rollback()


def _show_http(error: HTTPException) -> Response:
    kinds: dict[int, tuple[type[ForumError], str]] = {
        400: (ForumError, _("The request was not complete. Go back, reload the page and try again.")),
        404: (errors.NotFound, _("Nothing is at this address. Try the search, or go to the board.")),
        405: (errors.NotFound, _("This address does not take that. Go back and use the page's own buttons.")),
        413: (errors.TooLarge, _("What you sent is larger than this page takes. Make it smaller and try again.")),
        429: (errors.TooMany, ""),
    }
    kind, words = kinds.get(error.code or 500, (ForumError, _("The request could not be used.")))
    shown = kind(words)
    shown.status = error.code or 500
    return show(shown)


def _show_csrf(_error: CSRFError) -> Response:
    return show(
        errors.Conflict(_("The page was open too long, or cookies are off. Go back, reload it and send again."))
    )


def show_database_error(error: DBAPIError) -> Response:
    """A broken constraint means that somebody was faster; anything else, that the database is busy or away."""
    if isinstance(error, IntegrityError):
        return show(errors.Conflict(_("Somebody else was faster. Look at the page again, then try once more.")))
    get_logger().error("database unavailable", error=str(error.orig))
    return show(errors.Unavailable(_("The database is busy or away. Nothing was saved; try again in a few seconds.")))


def _show_overflow(_error: OverflowError | DataError) -> Response:
    """A number in the address that is too large for any row: there is no such row."""
    return show(errors.NotFound(_("Nothing is at this address. Try the search, or go to the board.")))


def _show_unexpected(error: Exception) -> Response:
    if current_app.testing and current_app.config.get("RAISE_ERRORS", True):
        raise error
    reference = secrets.token_hex(4)
    numbers = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
    # Other parts of an address may be secrets: those of links in mail.
    get_logger().exception("unexpected error", reference=reference, page=request.endpoint, **numbers)
    shown = ForumError(
        _("Something broke on our side, and nothing was saved. Quote {ref} if you tell us.", ref=reference)
    )
    shown.status = 500
    return show(shown)

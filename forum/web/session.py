"""One database session per request: committed once after the answer is built, before its first byte leaves."""

from collections.abc import Callable
from typing import cast

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from forum.core.database import new_session
from forum.web.errors import show_database_error as show


def session_of_request() -> Session:
    """This request's session, opened when it is first needed; one of a GET only reads."""
    session: Session | None = g.get("session")
    if session is None:
        session = g.session = new_session(reading=request.method in ("GET", "HEAD"))
    return session


db = cast(Session, LocalProxy(session_of_request))


def init_sessions(app: Flask) -> None:
    """End each request's session: commit what succeeded, roll back the rest."""
    app.after_request(_end)
    app.teardown_request(_close)


def afterwards(do: Callable[[], None]) -> None:
    """Call `do` once this request has been committed; outside of one, at once."""
    if has_request_context():
        g.setdefault("afterwards", {})[do] = None
    else:
        do()


def _end(response: Response) -> Response:
    response = _commit(response)
    for do in g.pop("afterwards", ()):
        do()
    return response


def _commit(response: Response) -> Response:
    session: Session | None = g.get("session")
    if session is None or request.method in ("GET", "HEAD"):
        return response
    if response.status_code >= 400:
        session.rollback()
        return response
    try:
        session.commit()
    except (IntegrityError, OperationalError) as error:
        session.rollback()
        return show(error)
    return response


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()

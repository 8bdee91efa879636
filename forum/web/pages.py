"""What views answer with: pages, redirects, and things found or not."""

from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import flash as flask_flash
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from forum.core.errors import NotFound
from forum.core.languages import _
from forum.web.templates import url_for

Thing = TypeVar("Thing")


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """The page `template` with `values`."""
    return render_template(template, **values), status


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Send the reader on to another page after a change."""
    return redirect(url_for(endpoint, **values), code=303)


def go_back(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Send the reader back to the local address in the form's `next`, else to `endpoint`."""
    return redirect(local_path(request.form.get("next", "")) or url_for(endpoint, **values), code=303)


def local_path(address: str) -> str:
    """`address` when it is a plain path of this site, else nothing. It is never repaired."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address or len(address) > 1000:
        return ""
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in address):
        return ""
    parts = urlsplit(address)
    return "" if parts.scheme or parts.netloc else address


def flash(message: str, *, undo: str = "", problem: bool = False) -> None:
    """Say on the next page what changed; `undo` is the address of a form that takes it back."""
    flask_flash({"text": message, "undo": undo}, "problem" if problem else "ok")  # type: ignore[arg-type]


def find_or_404(session: Session, query: Select[Thing]) -> Thing:
    """The one thing that `query` finds. Raises `NotFound`, for hidden and missing ones alike."""
    thing = session.scalars(query).one_or_none()
    if thing is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    return thing


def is_fragment() -> bool:
    """Whether a script asks for a part of the page to put in place."""
    return request.headers.get("X-Fragment") == "1"

"""The pages of accounts."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from forum.core.people import anybody
from forum.web.pages import page
from forum.web.permissions import allowed

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@allowed(anybody)
def sign_in() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")


@bp.post("/sign-out")
@allowed(anybody)
def sign_out() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")


@bp.get("/register")
@allowed(anybody)
def register() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")

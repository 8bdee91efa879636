"""The pages of posts."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from forum.core.people import anybody
from forum.web.pages import page
from forum.web.permissions import allowed

bp = Blueprint("posts", __name__)


@bp.get("/")
@allowed(anybody)
def board() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")


@bp.get("/posts/new")
@allowed(anybody)
def new() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")

"""The pages of posts."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from forum.core.people import anybody
from forum.web.pages import page
from forum.web.permissions import allowed

bp = Blueprint("posts", __name__)


@bp.get("/posts/new")
@allowed(anybody)
def new() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")


# The front page has a file of its own; importing it is what adds it to the blueprint.
from forum.posts import board_views  # noqa: E402, F401

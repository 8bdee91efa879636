"""The pages of search."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from forum.core.people import anybody
from forum.web.pages import page
from forum.web.permissions import allowed

bp = Blueprint("search", __name__)


@bp.get("/search")
@allowed(anybody)
def search() -> ResponseReturnValue:
    """Soon."""
    return page("web/soon.html")

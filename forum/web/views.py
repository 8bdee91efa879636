"""Pages that belong to no stage: static files, display and language, health."""

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from forum.core.errors import NotFound
from forum.core.languages import LANGUAGES, _
from forum.core.people import anybody
from forum.web import metrics
from forum.web.assets import serve
from forum.web.cookies import read_cookie, set_cookie
from forum.web.pages import flash, go, go_back, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("web", __name__)
SCHEMES = ("", "light", "dark")


@bp.get("/static/<version>/<path:path>")
@allowed(anybody)
def static_file(version: str, path: str) -> Response:
    """A static file; the version in its address only makes it new."""
    return serve(path)


@bp.get("/favicon.ico")
@allowed(anybody)
def favicon() -> Response:
    """The mark of the site, where browsers look for it."""
    return serve("favicon.svg")


@bp.get("/healthz")
@allowed(anybody)
def health() -> ResponseReturnValue:
    """That the process answers; says nothing else."""
    return {"status": "ok"}


@bp.get("/readyz")
@allowed(anybody)
def ready() -> ResponseReturnValue:
    """That the site can do its work: the database answers with the newest schema, and a worker runs."""
    wrong = metrics.faults(db)
    answer = jsonify(status="not ready" if wrong else "ready", missing=wrong)
    answer.status_code = 503 if wrong else 200
    return answer


@bp.get("/metrics")
@allowed(anybody)
def show_metrics() -> ResponseReturnValue:
    """How the site is doing, for programs that may ask; for everybody else there is nothing here."""
    if not metrics.may_read():
        raise NotFound(_("Nothing is at this address. Try the search, or go to the board."))
    answer = make_response(metrics.write(db))
    answer.headers["Content-Type"] = metrics.TYPE
    return answer


@bp.route("/preferences", methods=["GET", "POST"])
@allowed(anybody)
def preferences() -> ResponseReturnValue:
    """Choose language and colours; kept in a cookie of this browser, or for those signed in with their account."""
    if me().is_authenticated:
        return go("accounts.my_page")
    if request.method == "GET":
        return page("web/preferences.html", languages=LANGUAGES, chosen=read_cookie(request, "cabin_language"))
    language, scheme = request.form.get("language", ""), request.form.get("scheme", "")
    response = make_response(go_back("web.preferences"))
    set_cookie(response, "cabin_language", language if language in LANGUAGES else "", days=365)
    set_cookie(response, "cabin_scheme", scheme if scheme in SCHEMES else "", days=365)
    flash(_("Saved for this browser."))
    return response


# What programs and phones ask for has files of its own; importing them adds their addresses.
from forum.web import install_views, program_views  # noqa: E402, F401

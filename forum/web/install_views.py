"""What makes the site an app on a phone: its manifest, the service worker, and the page without a connection."""

import json

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from config import settings
from forum.core.languages import LANGUAGES, _, current_language
from forum.core.people import anybody
from forum.web.assets import asset, static_folder
from forum.web.feeds import speak_as_asked
from forum.web.pages import page
from forum.web.permissions import allowed
from forum.web.views import bp

BACKGROUND, ACCENT = "#faf9f6", "#0a5f6e"  # as in the style sheet
ICONS = (("192", "192x192", "any"), ("512", "512x512", "any"), ("maskable-512", "512x512", "maskable"))


@bp.get("/manifest.webmanifest")
@allowed(anybody)
def manifest() -> Response:
    """What a phone needs to know to install the site, in the language that the address asks for."""
    speak_as_asked()
    name = settings().site_name
    known = {
        "id": "/",
        "name": name,
        "short_name": name[:12],
        "description": _("Say what bothers you, or add your vote to what others have said already."),
        "lang": current_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": ACCENT,
        "icons": [
            {"src": asset(f"icons/{file}.png"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("New post"), "url": url_for("posts.new")},
            {"name": _("Themes"), "url": url_for("themes.index")},
            {"name": _("Roadmap"), "url": url_for("backlog.roadmap")},
        ],
    }
    return Response(json.dumps(known, ensure_ascii=False), content_type="application/manifest+json; charset=utf-8")


@bp.get("/service-worker.js")
@allowed(anybody)
def service_worker() -> Response:
    """The script that opens pages without a connection; it stands at the root, because its place is what it governs."""
    place = asset("")
    language = request.args.get("lang", "")
    values = {
        "VERSION": place.split("/")[2],
        "LANGUAGE": language if language in LANGUAGES else settings().main_language,
        "STATIC": place,
    }
    begun = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    text = begun + (static_folder() / "js" / "service-worker.js").read_text(encoding="utf-8")
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@bp.get("/offline")
@allowed(anybody)
def offline() -> ResponseReturnValue:
    """What stands in for a page that cannot be reached."""
    speak_as_asked()
    return page("web/offline.html")

"""The assembled application: the toolkit, then every stage in the order of the loop."""

from typing import Any, cast

from flask import Flask, g, get_flashed_messages, request, session
from flask_compress import Compress
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from config import HOME, Settings, settings
from forum import cli, receivers
from forum.accounts import admin_views as admin
from forum.accounts import views as accounts
from forum.accounts.identity import init_identity
from forum.backlog import views as backlog
from forum.core import markup
from forum.core.clock import utcnow
from forum.core.feeds import whole
from forum.core.languages import (
    _,
    ago,
    current_language,
    date_words,
    datetime_words,
    day_words,
    language_word,
    ngettext,
    number,
    pick,
)
from forum.core.logs import init_logs
from forum.demo import views as demo
from forum.launches import views as launches
from forum.listening import views as listening
from forum.moderation import views as moderation
from forum.notifications import views as notifications
from forum.posts import views as posts
from forum.products import views as products
from forum.search import views as search
from forum.segments import views as segments
from forum.themes import views as themes
from forum.web import views as web
from forum.web.assets import asset
from forum.web.cookies import FormSessions, cookie_name, read_cookie
from forum.web.errors import init_errors
from forum.web.headers import init_headers
from forum.web.hosts import init_hosts
from forum.web.limits import init_limits
from forum.web.metrics import init_metrics
from forum.web.navigation import frame, nav
from forum.web.panels import panels
from forum.web.permissions import me
from forum.web.session import init_sessions
from forum.web.templates import PlainEnvironment, esc, key_of, url_for
from forum.web.uploads import init_uploads

STAGES = (
    web,
    accounts,
    admin,
    products,
    posts,
    search,
    moderation,
    listening,
    segments,
    themes,
    backlog,
    launches,
    notifications,
    demo,
)

MAX_REQUEST = 2 * 1024 * 1024  # bytes; pages that take files say so with takes_files


class Forum(Flask):
    """Flask with our templates' environment, and without looking each time whether a view waits for something."""

    jinja_environment = PlainEnvironment

    def ensure_sync(self, func: Any) -> Any:
        """Each view and hook as it is: none of ours is a coroutine."""
        return func


def create_app() -> Flask:
    """Build the application from the settings. Raises `ValueError` for a weak secret."""
    app = Forum("forum", root_path=str(HOME), template_folder="templates", static_folder=None)
    app.session_interface = FormSessions()
    assert receivers.ALL  # importing them is what lets stages hear of each other
    chosen = settings()
    _configure(app, chosen)
    init_logs(chosen.log_level)
    init_metrics(app)
    init_hosts(app)
    init_identity(app)
    init_uploads(app)
    csrf = CSRFProtect(app)
    init_limits(app)
    init_errors(app)
    for stage in STAGES:
        app.register_blueprint(stage.bp)
    for view in app.view_functions.values():
        if getattr(view, "proves_itself", False):
            csrf.exempt(view)
    _teach_templates(app)
    Compress(app)
    init_headers(app)
    init_sessions(app)  # after_request runs in reverse: the commit comes first
    cli.init_commands(app)
    if chosen.trusted_proxies:
        count = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, chosen: Settings) -> None:
    app.config.update(
        SECRET_KEY=chosen.secret,
        SESSION_COOKIE_NAME=cookie_name("cabin_form"),
        SESSION_COOKIE_SECURE=chosen.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,  # a draft may be written over days
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST,
        MAX_FORM_PARTS=500,
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_LEVEL=4,
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/javascript",
            "application/json",
            "application/atom+xml",
            "application/xml",
        ],
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _teach_templates(app: Flask) -> None:
    """The words every template may use."""
    app.jinja_env.globals.update(
        _=_,
        ngettext=ngettext,
        asset=asset,
        csrf_field=csrf_field,
        date=date_words,
        datetime=datetime_words,
        language_word=language_word,
        day=day_words,
        ago=lambda moment: ago(moment, utcnow()),
        number=number,
        pick=pick,
        safe_html=markup.safe,
        url_for=url_for,
        whole=whole,
        key_of=key_of,
        panels=panels,
        nav=nav,
        frame=frame,
        flashes=flashes,
        site_name=settings().site_name,
    )

    app.jinja_env.filters["esc"] = esc

    @app.context_processor
    def of_request() -> dict[str, Any]:
        reader = me()
        return {
            "me": reader,
            "lang": current_language(),
            "scheme": reader.scheme or read_cookie(request, "cabin_scheme"),
            "request_path": request.path,
        }


def csrf_field() -> Markup:
    """The hidden input that proves a form is ours; once per page is enough."""
    token: Markup | None = g.get("csrf_input")
    if token is None:
        token = g.csrf_input = Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
    return token


def flashes() -> list[tuple[str, str, str]]:
    """What happened on the page before: category, words, address of the undo form."""
    if "_flashes" not in session:
        return []
    told = cast(list[tuple[str, dict[str, str]]], get_flashed_messages(with_categories=True))
    return [(category, message["text"], message["undo"]) for category, message in told]

"""Saying that the demo is a demo, and removing it with one button."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_administer
from forum.core import audit
from forum.core.languages import _, ngettext
from forum.core.people import Reader
from forum.products.models import Product
from forum.web.pages import flash, go, page
from forum.web.panels import panel
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("demo", __name__)
MINUTE = 60  # seconds
MAKE_ADMIN = "flask --app wsgi users add EMAIL --name NAME --role admin"


@panel("board.side", order=90, keep=MINUTE)
def on_board() -> tuple[str, dict[str, Any]] | None:
    """That what the board shows was made up."""
    return ("demo/_board.html", {}) if db.scalar(_PLANTED) else None


@panel("post.side", order=95)
def on_post(post: Any, reader: Reader) -> tuple[str, dict[str, Any]] | None:
    """That a post was made up."""
    is_demo = getattr(post, "is_demo", False)
    return ("demo/_post.html", {}) if is_demo else None


@panel("me", order=90)
def on_my_page(reader: Reader) -> tuple[str, dict[str, Any]] | None:
    """Where admins remove the demo."""
    return ("demo/_me.html", {}) if may_administer(reader) and db.scalar(_PLANTED) else None


_PLANTED = sa.select(Product.id).where(Product.is_demo).limit(1)


@bp.route("/demo/remove", methods=["GET", "POST"])
@allowed(may_administer)
def remove_demo() -> ResponseReturnValue:
    """Ask, then remove all demo content; what others brought in stays."""
    from forum.demo import trying
    from forum.demo.removing import remove  # rarely needed, and pulls in every stage
    from forum.demo.standing import count_admins, look_ahead

    if request.method == "GET":
        return page("demo/remove.html", outlook=look_ahead(db), command=MAKE_ADMIN)

    removed = remove(db)
    audit.record(db, "demo.remove", by=me().id, subject="demo", posts=removed)
    trying.forget()
    flash(ngettext("{n} demo post was removed.", "{n} demo posts were removed.", removed))
    if not count_admins(db):
        flash(_("Nobody administers the site now. Make somebody an admin: {command}", command=MAKE_ADMIN))
    return go("posts.board")

"""Saying that the demo is a demo, and removing it with one button."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_administer
from forum.core import audit
from forum.core.languages import ngettext
from forum.core.people import Reader
from forum.posts.models import Post
from forum.products.models import Product
from forum.web.pages import flash, go, page
from forum.web.panels import panel
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("demo", __name__)
MINUTE = 60  # seconds


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
    count = db.scalar(sa.select(sa.func.count()).select_from(Post).where(Post.is_demo)) or 0
    if request.method == "GET":
        return page("demo/remove.html", count=count)
    from forum.demo import trying
    from forum.demo.removing import remove  # rarely needed, and pulls in every stage

    removed = remove(db)
    audit.record(db, "demo.remove", by=me().id, subject="demo", posts=removed)
    trying.forget()
    flash(ngettext("{n} demo post was removed.", "{n} demo posts were removed.", removed))
    return go("posts.board")

"""The page on which product managers say when runs start by themselves."""

from flask import request
from flask.typing import ResponseReturnValue

from config import settings
from forum.accounts.rules import may_plan
from forum.core.errors import Conflict, NotFound
from forum.core.languages import _
from forum.products.queries import products as read_products
from forum.themes import queries
from forum.themes.schedule import read_schedule, set_schedule
from forum.themes.schemas import Scheduling
from forum.themes.status import Rhythm
from forum.themes.views import bp, product_links
from forum.web.forms import Form
from forum.web.pages import flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/themes/review/schedule", methods=["GET", "POST"])
@allowed(may_plan)
def schedule() -> ResponseReturnValue:
    """Choose when runs of a product start by themselves."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    if product is None:
        raise NotFound(_("There is no product yet."))
    now = read_schedule(db, product.id)
    form = Form(Scheduling, rhythm=now.rhythm.value, posts=now.posts, version=now.version)
    status = None
    if form.submitted():
        value = form.value
        try:
            set_schedule(db, product, value.rhythm, value.posts, by=me(), version=value.version)
            flash(_("Saved.") + " " + _said(value.rhythm, value.posts))
            return go("themes.review", product=request.args.get("product"))
        except Conflict as problem:
            form.errors[""] = problem.message
            standing = read_schedule(db, product.id)
            form.raw |= {"rhythm": standing.rhythm.value, "posts": standing.posts, "version": standing.version}
            status = 409
    return page(
        "themes/schedule.html",
        status or form.status,
        form=form,
        product=product,
        products=product_links(products, product, "themes.schedule"),
        zone=settings().time_zone,
        asked=request.args.get("product"),
    )


def _said(rhythm: Rhythm, posts: int) -> str:
    """What follows from a choice."""
    words = {
        Rhythm.NEVER: _("Runs start when somebody presses the button."),
        Rhythm.NIGHTLY: _("The next run starts tonight, if anything new was said."),
        Rhythm.WEEKLY: _("The next run starts in the night to Monday, if anything new was said."),
        Rhythm.POSTS: _("The next run starts after {n} new posts.", n=posts),
    }
    return words[rhythm]

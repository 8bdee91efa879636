"""The pages of products: the tree of areas with what each is open to, and deciding about it."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from forum.core.errors import Conflict, Invalid
from forum.core.languages import LANGUAGES, _, mark, ngettext
from forum.core.people import anybody
from forum.products import queries, services
from forum.products.models import Area
from forum.products.rules import may_arrange, may_set_openness, may_write_rules
from forum.products.schemas import OpennessChange
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("products", __name__)
menu("products.areas", mark("Areas"), rule=anybody, order=30)


@bp.get("/areas")
@allowed(anybody)
def areas() -> ResponseReturnValue:
    """Show what each area is open to, why, and how soon the company answers there."""
    trees = queries.forest(db)
    return page(
        "products/areas.html",
        products=[(product, trees.get(product.id, [])) for product in queries.products(db)],
        reply_time=reply_time,
        may_change=may_set_openness(me()),
        may_arrange=may_arrange(me()),
        may_write_rules=may_write_rules(me()),
    )


def reply_time(minutes: int) -> str:
    """A number of minutes in words, as coarse as it is useful."""
    if minutes < 90:
        return ngettext("{n} minute", "{n} minutes", max(1, minutes))
    if minutes < 48 * 60:
        return ngettext("{n} hour", "{n} hours", round(minutes / 60))
    return ngettext("{n} day", "{n} days", round(minutes / 60 / 24))


@bp.get("/areas/<int:area_id>")
@allowed(anybody)
def area(area_id: int) -> ResponseReturnValue:
    """Lead to the posts of an area."""
    found = find_or_404(db, queries.find_area(area_id))
    return redirect(url_for("posts.board", area=found.id))


@bp.route("/areas/<int:area_id>/openness", methods=["GET", "POST"])
@allowed(may_set_openness)
def openness(area_id: int) -> ResponseReturnValue:
    """Decide how open an area is, and say why in each language."""
    area = find_or_404(db, queries.find_area(area_id))
    form = Form(OpennessChange, **_as_it_stands(area))
    standing: Area | None = None
    if form.submitted():
        value = form.value
        try:
            services.set_openness(db, area, value.own_openness, value.why, by=me(), version=value.version)
            flash(_("Saved. Everybody reads it on the areas page; what was posted before stays as it is."))
            return go("products.areas", _anchor=f"area-{area.id}")
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.errors[""] = problem.message
            form.raw["version"] = area.version
            standing = area
    status = 409 if standing else form.status
    parent = db.get(Area, area.parent_id) if area.parent_id else None
    return page(
        "products/openness.html",
        status,
        form=form,
        area=area,
        parent=parent,
        standing=standing,
        languages=LANGUAGES,
    )


def _as_it_stands(area: Area) -> dict[str, Any]:
    words = {f"why_{language}": area.own_why.get(language, "") for language in LANGUAGES}
    chosen = area.own_openness.value if area.own_openness else "inherit"
    return words | {"openness": chosen, "version": area.version}


from forum.products import arranging_views, rule_views  # noqa: E402, F401  # importing them is what adds them to the blueprint

"""The pages on which an area's rules are read and written."""

from typing import Any

from flask import make_response
from flask.typing import ResponseReturnValue

from forum.core.errors import Conflict, Invalid
from forum.core.languages import LANGUAGES, _
from forum.core.people import anybody
from forum.products import posting_rules, queries
from forum.products.models import Area
from forum.products.rules import may_write_rules
from forum.products.schemas import RulesChange
from forum.products.views import bp
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/areas/<int:area_id>/rules")
@allowed(anybody)
def area_rules(area_id: int) -> ResponseReturnValue:
    """What to mind when posting in an area; a script asks for it when another area is chosen."""
    area = find_or_404(db, queries.find_area(area_id))
    shown: dict[str, Any] = {
        "area": area,
        "rules": posting_rules.in_force(db, area_id),
        "may_write": may_write_rules(me()),
    }
    answer = make_response(page("products/_rules.html" if is_fragment() else "products/rules.html", **shown))
    answer.headers.add("Vary", "X-Fragment")
    return answer


@bp.route("/areas/<int:area_id>/rules/write", methods=["GET", "POST"])
@allowed(may_write_rules)
def write_rules(area_id: int) -> ResponseReturnValue:
    """Write what to mind when posting in an area, in each language."""
    area = find_or_404(db, queries.find_area(area_id))
    typed = {f"rules_{language}": area.rules.get(language, "") for language in LANGUAGES}
    form = Form(RulesChange, version=area.version, **typed)
    standing: Area | None = None
    if form.submitted():
        try:
            posting_rules.write_rules(db, area, form.value.rules, by=me(), version=form.value.version)
            flash(_("Saved. Whoever posts there reads it beside the form."))
            return go("products.area_rules", area_id=area.id)
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.errors[""] = problem.message
            form.raw["version"] = area.version
            standing = area
    above = posting_rules.in_force(db, area.parent_id) if area.parent_id else None
    return page(
        "products/write_rules.html",
        409 if standing else form.status,
        form=form,
        area=area,
        above=above,
        standing=standing,
        languages=LANGUAGES,
    )

"""Saying for whom an item is on the roadmap."""

from flask.typing import ResponseReturnValue

from forum.backlog import audiences, queries, rules
from forum.backlog.schemas import AudienceChange
from forum.backlog.views import bp, show_conflict
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.route("/backlog/<int:item_id>/audience", methods=["GET", "POST"])
@allowed(rules.may_plan)
def change_audience(item_id: int) -> ResponseReturnValue:
    """Ask who may see an item: everybody, customers, an organisation, a segment, or the team."""
    item = find_or_404(db, queries.find_item(me(), item_id))
    stands = "public" if item.is_public else item.audience.value
    form = Form(
        AudienceChange,
        audience=stands,
        organisation_id=item.audience_organisation_id,
        segment=f"{item.audience_key}={item.audience_value}" if item.audience_key else "",
        version=item.version,
    )
    choices = [(one, audiences.segment_words(*one.split("=", 1))) for one in audiences.segments(db)]
    values = {"item": item, "form": form, "stands": stands, "segments": choices}
    values["organisations"] = audiences.organisations(db)
    if form.submitted():
        try:
            audiences.set_audience(db, item, form.value, by=me())
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as conflict:
            return show_conflict("backlog/audience.html", conflict, (), **values)
        else:
            flash(_("Saved. From now on the roadmap shows it to them and to nobody else."))
            return go("backlog.show", item_id=item.id)
    return page("backlog/audience.html", status=form.status, **values)

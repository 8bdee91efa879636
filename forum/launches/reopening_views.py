"""Reopening a launched item with its context: the words of those for whom it is not solved."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.backlog.models import BacklogItem
from forum.backlog.queries import find_item
from forum.backlog.schemas import MAX_ARGUMENT, Reopening
from forum.backlog.services import reopen_item
from forum.backlog.status import ItemStatus
from forum.backlog.views import show_conflict
from forum.core.errors import Conflict, NotFound
from forum.core.languages import _, current_language
from forum.launches import queries
from forum.launches.status import Answer
from forum.launches.views import bp
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

SHOWN = 30  # people for whom it is not solved


@bp.route("/launches/<int:launch_id>/reopen", methods=["GET", "POST"])
@allowed(may_plan)
def reopen(launch_id: int) -> ResponseReturnValue:
    """Show the words of those for whom it is not solved, then take the item back to review with those chosen."""
    launch = queries.find_launch(db, me(), launch_id)
    if launch is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Look at the launches."))
    item = find_or_404(db, find_item(me(), launch.item_id))
    if request.method == "GET" and item.status is not ItemStatus.LAUNCHED:
        raise Conflict(_("Only a launched item can be reopened. Look at it again."))
    said = queries.objections(db, launch_id, SHOWN)
    form = Form(Reopening, **_begin(item))
    ticked = request.form.getlist("quote") if request.method == "POST" else [str(one.user_id) for one in said]
    values: dict[str, Any] = {"launch": launch, "item": item, "form": form, "said": said, "ticked": ticked}
    values["verdicts"] = queries.verdicts_of(launch)
    if form.submitted():
        argument = _with_words(form.value.argument, said, set(ticked))
        try:
            reopen_item(db, item, form.value.model_copy(update={"argument": argument}), by=me())
        except Conflict as conflict:
            return show_conflict("launches/reopen.html", conflict, (), **values)
        flash(_("Reopened. The item is in review again, and whoever asked for it is told."))
        return go("backlog.show", item_id=item.id)
    return page("launches/reopen.html", status=form.status, **values)


def _begin(item: BacklogItem) -> dict[str, object]:
    """What the form begins with: a sentence that is true and can be sent as it is."""
    sentence = _("We heard that it is not solved for everybody, and look at it again.")
    return {"version": item.version, f"sentence_{current_language()}": sentence}


def _with_words(argument: str, said: Sequence[queries.AnyRow], chosen: set[str]) -> str:
    """The manager's argument, with the words that were chosen below it, for the decision book."""
    quoted = [
        f"{one.who} ({_('Partly') if one.answer is Answer.PARTLY else _('No')}): “{one.words or one.sentence}”"
        for one in said
        if str(one.user_id) in chosen
    ]
    return "\n".join(([argument] if argument else []) + quoted)[:MAX_ARGUMENT]

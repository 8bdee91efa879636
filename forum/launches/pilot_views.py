"""The pages of pilots: opening one, offering seats, trying it, and what was found."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import is_signed_in, may_plan
from forum.backlog.models import BacklogItem
from forum.backlog.queries import find_item
from forum.core.errors import Conflict, Invalid
from forum.core.languages import _, ngettext
from forum.core.people import anybody
from forum.launches import pilot_queries, pilots
from forum.launches.models import Pilot
from forum.launches.schemas import Feedback, Inviting, Piloting
from forum.launches.status import Answer, PilotState, SeatState
from forum.launches.views import answers_in_words, bp
from forum.web.forms import Form
from forum.web.limits import limited
from forum.web.pages import find_or_404, flash, go, page
from forum.web.permissions import allowed, me
from forum.web.session import db

OFFERED = 60  # people to choose from
SEATS = 10  # of a pilot, unless somebody says otherwise


@bp.route("/backlog/<int:item_id>/pilot", methods=["GET", "POST"])
@allowed(may_plan)
def open_pilot(item_id: int) -> ResponseReturnValue:
    """Ask what is tried, by how many, and who is offered a seat; then open the pilot."""
    item = find_or_404(db, find_item(me(), item_id))
    found = pilot_queries.candidates(db, item.id, OFFERED)
    first = [one.id for one in found[:SEATS]]
    form = Form(Piloting, seats=SEATS, invite=first, **{f"title_{code}": text for code, text in item.title.items()})
    status = 200
    if form.submitted():
        try:
            pilot = pilots.open_pilot(db, item, form.value, by=me())
        except (Conflict, Invalid) as problem:
            form.refuse(problem)
            status = problem.status
        else:
            flash(_offered(len(form.value.invite)))
            return go("launches.pilot", pilot_id=pilot.id)
    return page(
        "launches/open_pilot.html",
        status=form.status if status == 200 else status,
        item=item,
        form=form,
        candidates=found,
        ticked=[str(one) for one in form.raw.get("invite") or []],
        is_tried=item.status in pilots.TRIED,
    )


def _offered(n: int) -> str:
    return ngettext("The pilot is open. {n} person is invited.", "The pilot is open. {n} people are invited.", n)


@bp.get("/pilots/<int:pilot_id>")
@allowed(anybody)
def pilot(pilot_id: int) -> ResponseReturnValue:
    """Show what is tried: to the team with its people and what they found, to everybody else with their own seat."""
    return _show(find_or_404(db, pilot_queries.find_pilot(me(), pilot_id)), Form(Feedback))


def _show(shown: Pilot, form: Form[Feedback]) -> ResponseReturnValue:
    reader = me()
    seat = pilot_queries.seat_of(db, reader, shown.id) if reader.is_authenticated else None
    if request.method == "GET" and seat is not None and seat.solved is not None:
        form.raw.update(solved=seat.solved.value, words=seat.words)
    values: dict[str, Any] = {
        "pilot": shown,
        "item": db.get_one(BacklogItem, shown.item_id),
        "counts": {state.value: n for state, n in pilot_queries.count_seats(db, shown.id).items()},
        "seat": seat,
        "is_open": shown.state is PilotState.OPEN,
        "may_plan": may_plan(reader),
        "form": form,
        "answers": answers_in_words(),
    }
    if reader.is_team:
        seats = pilot_queries.seats_of(db, shown.id)
        values |= {"seats": seats, "verdicts": pilot_queries.found_in(seats)}
        values["candidates"] = pilot_queries.candidates(db, shown.item_id, OFFERED, but=shown.id)
    return page("launches/pilot.html", status=form.status, **values)


@bp.post("/pilots/<int:pilot_id>/invite")
@allowed(may_plan)
def invite(pilot_id: int) -> ResponseReturnValue:
    """Offer seats to more people, or give one to somebody who waits."""
    shown = find_or_404(db, pilot_queries.find_pilot(me(), pilot_id))
    form = Form(Inviting)
    n = pilots.invite(db, shown, form.value.invite, by=me()) if form.submitted() else 0
    if n:
        flash(ngettext("{n} person is told.", "{n} people are told.", n))
    else:
        flash(_("Nobody was chosen, or every seat is taken."), problem=True)
    return go("launches.pilot", pilot_id=pilot_id)


@bp.post("/pilots/<int:pilot_id>/close")
@allowed(may_plan)
def close_pilot(pilot_id: int) -> ResponseReturnValue:
    """End a pilot; whoever took part may still say what they found."""
    shown = find_or_404(db, pilot_queries.find_pilot(me(), pilot_id))
    pilots.close_pilot(db, shown, by=me())
    flash(_("The pilot is over. Whoever took part is asked what they found."))
    return go("launches.pilot", pilot_id=pilot_id)


@bp.post("/pilots/<int:pilot_id>/seat")
@allowed(is_signed_in)
@limited("30/minute")
def take_seat(pilot_id: int) -> ResponseReturnValue:
    """Say yes to a seat, or ask for one."""
    shown = find_or_404(db, pilot_queries.find_pilot(me(), pilot_id))
    seat = pilots.take_seat(db, shown, by=me())
    if seat.state is SeatState.TAKEN:
        words = _("You have a seat. Come back here to say what you find.")
    else:
        words = _("Every seat is taken or offered. You are on the waiting list and are told when one becomes free.")
    flash(words, undo=url_for("launches.give_up_seat", pilot_id=pilot_id))
    return go("launches.pilot", pilot_id=pilot_id)


@bp.post("/pilots/<int:pilot_id>/seat/leave")
@allowed(is_signed_in)
def give_up_seat(pilot_id: int) -> ResponseReturnValue:
    """Say no to a seat, or leave it to whoever waits."""
    shown = find_or_404(db, pilot_queries.find_pilot(me(), pilot_id))
    pilots.give_up_seat(db, shown, by=me())
    flash(_("Your seat goes to somebody else. You can ask for one again as long as the pilot runs."))
    return go("launches.pilot", pilot_id=pilot_id)


@bp.post("/pilots/<int:pilot_id>/feedback")
@allowed(is_signed_in)
@limited("30/minute")
def give_feedback(pilot_id: int) -> ResponseReturnValue:
    """Keep what the reader found while trying it."""
    shown = find_or_404(db, pilot_queries.find_pilot(me(), pilot_id))
    form = Form(Feedback)
    if not form.submitted():
        return _show(shown, form)
    seat = pilot_queries.seat_of(db, me(), pilot_id)
    if seat is None:
        return go("launches.pilot", pilot_id=pilot_id)
    pilots.give_feedback(db, seat, form.value, by=me())
    if form.value.solved is Answer.YES:
        flash(_("Thank you. The team reads it."))
    else:
        flash(_("Thank you. The team reads it before it is launched."))
    return go("launches.pilot", pilot_id=pilot_id)

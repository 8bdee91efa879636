"""Pilots: some customers try what is being built, and say what they find before everybody gets it.

Seats are offered to those behind the evidence first. Whoever says yes has a seat as long as there is one, else they
wait; a seat that becomes free goes to whoever waits longest, those who were invited before those who asked. An
invitation keeps its seat free from those who asked.
"""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import is_signed_in, may_plan
from forum.backlog.models import BacklogItem
from forum.backlog.services import filled
from forum.backlog.status import Behind, ItemStatus
from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.errors import Conflict, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.launches.events import PilotClosed, SeatGiven, SeatsOffered
from forum.launches.models import Pilot, PilotSeat
from forum.launches.pilot_queries import candidates, count_seats, seat_of
from forum.launches.schemas import MOST_SEATS, Feedback, Piloting
from forum.launches.status import SEAT_MOVES, PilotState, SeatState
from forum.posts.status import INTEREST_RANK

TRIED = (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS)  # items of which there may be a pilot
TRYING = (SeatState.TAKEN,)  # who says what they found
_INTERESTS = {rank: interest for interest, rank in INTEREST_RANK.items()}
_BEHIND = (Behind.AUTHOR, Behind.VOTER)


def open_pilot(session: Session, item: BacklogItem, piloting: Piloting, *, by: Reader) -> Pilot:
    """Let some customers try an item that is planned or being built, and offer seats to those chosen.

    Raises `NotAllowed` unless `by` plans, `Conflict` for another status or while a pilot of the item runs, and
    `Invalid` without a title and a text in at least one language.
    """
    require(may_plan(by), _("Only product managers run pilots."))
    title = filled(piloting.words("title"), "title", _("Say what is tried, in at least one language."))
    about = filled(piloting.words("about"), "about", _("Tell what they try and how, in at least one language."))
    session.refresh(item, with_for_update=True)
    if item.status not in TRIED:
        raise Conflict(_("Only what is planned or being built is tried early. Look at the item again."))
    if _is_running(session, item):
        raise Conflict(_("A pilot of this item runs already. Close that one first."))
    pilot = Pilot(
        item_id=item.id,
        title=title,
        about=about,
        about_html={language: markup.render(text) for language, text in about.items()},
        seats=piloting.seats,
        opened_at=utcnow(),
        opened_by_id=by.id,
    )
    session.add(pilot)
    session.flush()
    audit.record(session, "pilot.open", by=by.id, subject="item", subject_id=item.id, pilot=pilot.id)
    invite(session, pilot, piloting.invite, by=by)
    return pilot


def _is_running(session: Session, item: BacklogItem) -> bool:
    running = sa.select(Pilot.id).where(Pilot.item_id == item.id, Pilot.state == PilotState.OPEN)
    return session.scalars(running.limit(1)).first() is not None


def invite(session: Session, pilot: Pilot, user_ids: Collection[int], *, by: Reader) -> int:
    """Offer seats to some of those behind the item, and give one to those who wait; returns how many were told.

    Whoever does not agree to be written to is left out. Publishes `SeatsOffered`. Raises `NotAllowed` unless `by`
    plans, and `Conflict` when the pilot is over.
    """
    require(may_plan(by), _("Only product managers run pilots."))
    _lock_open(session, pilot)
    chosen, now = set(user_ids), utcnow()
    offered = [one for one in candidates(session, pilot.item_id, 10 * MOST_SEATS, but=pilot.id) if one.id in chosen]
    for one in offered:
        session.add(
            PilotSeat(
                pilot_id=pilot.id,
                user_id=one.id,
                behind=_BEHIND[one.rank],
                post_id=one.post_id,
                interest=_INTERESTS.get(one.interest),
                state=SeatState.INVITED,
                since=now,
            )
        )
    session.flush()
    waiting = sa.select(PilotSeat).where(PilotSeat.pilot_id == pilot.id, PilotSeat.state == SeatState.WAITING)
    given = [seat for seat in session.scalars(waiting) if seat.user_id in chosen and _has_room(session, pilot)]
    for seat in given:
        _give(session, seat)
    if offered:
        publish(session, SeatsOffered(pilot.id, tuple(one.id for one in offered)))
    return len(offered) + len(given)


def take_seat(session: Session, pilot: Pilot, *, by: Reader) -> PilotSeat:
    """Say yes to a seat, or ask for one: it is taken while there is room, else waited for. Twice is once.

    Raises `NotAllowed` without an account, and `Conflict` when the pilot is over.
    """
    require(is_signed_in(by), _("Only people with an account try things early."))
    _lock_open(session, pilot)
    seat = seat_of(session, by, pilot.id)
    if seat is None:
        seat = PilotSeat(pilot_id=pilot.id, user_id=by.id, is_asked=True, state=SeatState.WAITING, since=utcnow())
        session.add(seat)
    elif SeatState.TAKEN in SEAT_MOVES[seat.state] and seat.state is not SeatState.WAITING:
        seat.state, seat.since = SeatState.WAITING, utcnow()
    session.flush()
    _move_up(session, pilot, quietly=seat)
    return seat


def give_up_seat(session: Session, pilot: Pilot, *, by: Reader) -> None:
    """Say no to a seat, or leave it to whoever waits. Raises `Conflict` when the pilot is over."""
    _lock_open(session, pilot)
    seat = seat_of(session, by, pilot.id)
    if seat is None:
        return
    to = SeatState.DECLINED if seat.state is SeatState.INVITED else SeatState.LEFT
    if to in SEAT_MOVES[seat.state]:
        seat.state, seat.since = to, utcnow()
        session.flush()
        _move_up(session, pilot)


def _move_up(session: Session, pilot: Pilot, *, quietly: PilotSeat | None = None) -> None:
    """Give free seats to those who wait. Publishes `SeatGiven` for each but `quietly`, who is looking."""
    waiting = sa.select(PilotSeat).where(PilotSeat.pilot_id == pilot.id, PilotSeat.state == SeatState.WAITING)
    for seat in session.scalars(waiting.order_by(PilotSeat.is_asked, PilotSeat.since, PilotSeat.id)).all():
        if _has_room(session, pilot, is_asked=seat.is_asked):
            _give(session, seat, is_told=seat is not quietly)


def _has_room(session: Session, pilot: Pilot, *, is_asked: bool = False) -> bool:
    there = count_seats(session, pilot.id)
    return there[SeatState.TAKEN] + (there[SeatState.INVITED] if is_asked else 0) < pilot.seats


def _give(session: Session, seat: PilotSeat, *, is_told: bool = True) -> None:
    seat.state, seat.since = SeatState.TAKEN, utcnow()
    session.flush()
    if is_told:
        publish(session, SeatGiven(seat.pilot_id, seat.user_id))


def give_feedback(session: Session, seat: PilotSeat, feedback: Feedback, *, by: Reader) -> None:
    """Keep what somebody found who has a seat, also after the pilot is over; a later word takes its place."""
    require(by.id == seat.user_id, _("Only those who try it say what they found."))
    if seat.state not in TRYING:
        raise Conflict(_("Only those who have a seat say what they found."))
    seat.solved, seat.words, seat.said_at = feedback.solved, feedback.words, utcnow()


def close_pilot(session: Session, pilot: Pilot, *, by: Reader) -> None:
    """End a pilot. Publishes `PilotClosed`. Raises `NotAllowed` unless `by` plans."""
    require(may_plan(by), _("Only product managers run pilots."))
    _lock_open(session, pilot)
    _close(session, pilot)
    audit.record(session, "pilot.close", by=by.id, subject="item", subject_id=pilot.item_id, pilot=pilot.id)


def close_pilots(session: Session, item: BacklogItem) -> None:
    """End the pilots of an item that is launched: everybody has it now."""
    for pilot in session.scalars(sa.select(Pilot).where(Pilot.item_id == item.id, Pilot.state == PilotState.OPEN)):
        _close(session, pilot)


def _close(session: Session, pilot: Pilot) -> None:
    pilot.state, pilot.closed_at = PilotState.CLOSED, utcnow()
    session.flush()
    publish(session, PilotClosed(pilot.id))


def _lock_open(session: Session, pilot: Pilot) -> None:
    """Hold a pilot, so that two people cannot take its last seat. Raises `Conflict` when it is over."""
    session.flush()
    session.refresh(pilot, with_for_update=True)
    if pilot.state is not PilotState.OPEN:
        raise Conflict(_("This pilot is over."))

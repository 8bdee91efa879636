"""Whom to offer a seat in a pilot, and what its pages show."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.queries import agreed
from forum.accounts.status import AccountState, ConsentKind
from forum.backlog.evidence import of_items, voices
from forum.backlog.models import BacklogItem, Evidence
from forum.core.people import Reader
from forum.launches.models import Pilot, PilotSeat
from forum.launches.status import Answer, PilotState, SeatState
from forum.launches.verdicts import Verdicts
from forum.posts.status import INTEREST_RANK, Interest

AnyRow = Row[*tuple[Any, ...]]
_TRY = INTEREST_RANK[Interest.TRY]


def find_pilot(reader: Reader, pilot_id: int) -> sa.Select[Pilot]:
    """The pilot with this id: for the team, for whoever is in it, and for everybody when its item is public."""
    query = sa.select(Pilot).join(BacklogItem, BacklogItem.id == Pilot.item_id).where(Pilot.id == pilot_id)
    if reader.is_team:
        return query
    mine = sa.select(PilotSeat.pilot_id).where(PilotSeat.user_id == reader.id)
    return query.where(BacklogItem.is_public | Pilot.id.in_(mine))


def seat_of(session: Session, reader: Reader, pilot_id: int) -> PilotSeat | None:
    """The seat of `reader` in a pilot, whatever its state."""
    theirs = sa.select(PilotSeat).where(PilotSeat.pilot_id == pilot_id, PilotSeat.user_id == reader.id)
    return session.scalars(theirs).one_or_none()


def candidates(session: Session, item_id: int, limit: int, *, but: int | None = None) -> Sequence[AnyRow]:
    """Who behind an item may be offered a seat: those who agree to be written to, who would buy or try it first.

    Then authors, then the other voters, the earliest first; those who have a seat in the pilot `but` are left out.
    Each row says how many there are in all.
    """
    said = voices(of_items(Evidence.item_id == item_id)).subquery()
    interest, rank = sa.func.max(said.c.interest), sa.func.min(said.c.rank)
    keen = sa.case((interest >= _TRY, interest), else_=0)
    query = (
        sa.select(
            User.id,
            User.display_name,
            rank.label("rank"),
            interest.label("interest"),
            sa.func.min(said.c.post_id).label("post_id"),
            sa.func.count().over().label("found"),
        )
        .join(said, said.c.user_id == User.id)
        .where(User.state == AccountState.ACTIVE, User.id.in_(agreed(ConsentKind.CONTACT)))
        .group_by(User.id, User.display_name)
        .order_by(keen.desc(), rank, sa.func.min(said.c.said_at), User.id)
        .limit(limit)
    )
    if but is not None:
        query = query.where(User.id.not_in(sa.select(PilotSeat.user_id).where(PilotSeat.pilot_id == but)))
    return session.execute(query).all()


def count_seats(session: Session, pilot_id: int) -> dict[SeatState, int]:
    """How many seats of a pilot are in each state."""
    counted = sa.select(PilotSeat.state, sa.func.count()).where(PilotSeat.pilot_id == pilot_id)
    found = dict.fromkeys(SeatState, 0)
    return found | {row[0]: row[1] for row in session.execute(counted.group_by(PilotSeat.state))}


def seats_of(session: Session, pilot_id: int) -> Sequence[AnyRow]:
    """Everybody in a pilot with what they found, for the team: those with seats first."""
    order = {state.value: place for place, state in enumerate(_SHOWN)}
    return session.execute(
        sa.select(
            PilotSeat.user_id,
            PilotSeat.state,
            PilotSeat.is_asked,
            PilotSeat.behind,
            PilotSeat.interest,
            PilotSeat.post_id,
            PilotSeat.since,
            PilotSeat.solved,
            PilotSeat.words,
            PilotSeat.said_at,
            User.display_name.label("who"),
        )
        .join(User, User.id == PilotSeat.user_id)
        .where(PilotSeat.pilot_id == pilot_id)
        .order_by(sa.case(order, value=PilotSeat.state), PilotSeat.since, PilotSeat.id)
    ).all()


_SHOWN = (SeatState.TAKEN, SeatState.WAITING, SeatState.INVITED, SeatState.DECLINED, SeatState.LEFT)


def found_in(seats: Sequence[AnyRow]) -> Verdicts:
    """What those in a pilot found, counted."""
    said = [seat.solved for seat in seats]
    return Verdicts(yes=said.count(Answer.YES), partly=said.count(Answer.PARTLY), no=said.count(Answer.NO))


_TAKEN = (
    sa.select(sa.func.count())
    .select_from(PilotSeat)
    .where(PilotSeat.pilot_id == Pilot.id, PilotSeat.state == SeatState.TAKEN)
    .correlate(Pilot)
    .scalar_subquery()
)


def pilots_of_item(session: Session, item_id: int, *, is_open: bool = False) -> Sequence[AnyRow]:
    """The pilots of an item with the seats taken, the latest first; with `is_open` those that run."""
    query = sa.select(Pilot.id, Pilot.title, Pilot.seats, Pilot.state, Pilot.opened_at, _TAKEN.label("taken"))
    query = query.where(Pilot.item_id == item_id).order_by(Pilot.id.desc())
    return session.execute(query.where(Pilot.state == PilotState.OPEN) if is_open else query).all()


def pilots_of(session: Session, reader: Reader, limit: int) -> Sequence[AnyRow]:
    """The pilots in which `reader` has, is offered or waits for a seat, the latest first."""
    there = (SeatState.INVITED, SeatState.TAKEN, SeatState.WAITING)
    return session.execute(
        sa.select(Pilot.id, Pilot.title, Pilot.state.label("pilot_state"), PilotSeat.state, PilotSeat.said_at)
        .join(PilotSeat, PilotSeat.pilot_id == Pilot.id)
        .where(PilotSeat.user_id == reader.id, PilotSeat.state.in_(there))
        .where((Pilot.state == PilotState.OPEN) | (PilotSeat.state == SeatState.TAKEN))
        .order_by(Pilot.id.desc())
        .limit(limit)
    ).all()

"""What people say when a launch is there, and the lives of pilots and of the seats in them."""

from enum import Enum


class Answer(Enum):
    """Does this solve it?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Change(Enum):
    """What can be said of the complaints since a launch."""

    TOO_EARLY = "too early"
    FEWER = "fewer"
    MORE = "more"
    NOT_SEEN = "not seen"


class PilotState(Enum):
    """Whether a pilot still runs."""

    OPEN = "open"
    CLOSED = "closed"


class SeatState(Enum):
    """Where one person is in a pilot."""

    INVITED = "invited"
    TAKEN = "taken"
    WAITING = "waiting"  # for a seat to become free
    DECLINED = "declined"
    LEFT = "left"


# What a person may do about their own seat, while the pilot runs.
SEAT_MOVES: dict[SeatState, set[SeatState]] = {
    SeatState.INVITED: {SeatState.TAKEN, SeatState.WAITING, SeatState.DECLINED},
    SeatState.TAKEN: {SeatState.LEFT},
    SeatState.WAITING: {SeatState.TAKEN, SeatState.LEFT},
    SeatState.DECLINED: {SeatState.TAKEN, SeatState.WAITING},
    SeatState.LEFT: {SeatState.TAKEN, SeatState.WAITING},
}

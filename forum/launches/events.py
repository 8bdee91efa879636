"""What happens to launches and pilots, told to later stages in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemLaunched:
    """An item was launched: its posts say so, and everybody behind it has a receipt."""

    launch_id: int


@dataclass(frozen=True)
class SeatsOffered:
    """Some people may try something early, if they want to."""

    pilot_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SeatGiven:
    """Somebody who waited has a seat in a pilot now."""

    pilot_id: int
    user_id: int


@dataclass(frozen=True)
class PilotClosed:
    """A pilot is over; whoever took part may still say what they found."""

    pilot_id: int

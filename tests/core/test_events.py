"""What happened is told at once, in the same transaction, to each receiver once."""

from dataclasses import dataclass

import pytest

from forum.core.events import on, publish


@dataclass(frozen=True)
class LampLit:
    room: str


def test_receivers_hear_of_their_kind_of_event_in_the_order_they_asked(session):
    heard = []

    def first(inside, event: LampLit) -> None:
        heard.append(("first", inside, event))

    on(LampLit)(first)
    on(LampLit)(first)  # importing twice must not tell twice
    on(LampLit)(lambda inside, event: heard.append(("second", inside, event)))
    publish(session, LampLit("hall"))
    publish(session, "something else")

    assert heard == [("first", session, LampLit("hall")), ("second", session, LampLit("hall"))]


def test_what_a_receiver_refuses_stops_the_cause(session):
    @dataclass(frozen=True)
    class DoorOpened:
        pass

    @on(DoorOpened)
    def refuse(_session, _event) -> None:
        raise ValueError("locked")

    with pytest.raises(ValueError, match="locked"):
        publish(session, DoorOpened())

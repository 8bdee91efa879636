"""Pilots: seats go first to those who would buy it, to whoever waits next, and end with the launch."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.services import set_consent
from forum.accounts.status import ConsentKind
from forum.backlog.status import ItemStatus
from forum.core.clock import utcnow
from forum.core.errors import Conflict, NotAllowed
from forum.core.people import ANYBODY
from forum.launches import pilot_queries, pilots
from forum.launches.models import PilotSeat
from forum.launches.schemas import Feedback, Piloting
from forum.launches.status import Answer, PilotState, SeatState
from forum.launches.verdicts import Verdicts
from forum.notifications.models import Happening
from forum.notifications.status import Kind
from forum.posts.status import Interest

TOLD = {"title_en": "Try warm seats", "about_en": "Drive **two weeks** with them."}


@pytest.fixture
def crowd(session, make):
    """Kari wrote; Ola wants it, Tor would try and Bea would buy it, and Ada would too but may not be written to."""
    people = {name: make.person(name) for name in ("Kari", "Ola", "Tor", "Bea", "Ada")}
    post = make.post("Cold seat", author=people["Kari"], when=utcnow() - timedelta(days=30))
    for name, interest in (("Ola", "want"), ("Tor", "try"), ("Bea", "buy"), ("Ada", "buy")):
        make.vote(post, people[name], interest=Interest(interest))
    for name in ("Kari", "Ola", "Tor", "Bea"):
        set_consent(session, people[name].id, ConsentKind.CONTACT, True)
    return make.theme("Seats", [post]), people


@pytest.fixture
def pilot(session, planner, build, crowd):
    """A pilot with two seats, offered to Bea, Tor and Kari."""
    theme, people = crowd
    invited = [people[name].id for name in ("Bea", "Tor", "Kari", "Ada")]
    return pilots.open_pilot(session, build(theme), Piloting(**TOLD, seats=2, invite=invited), by=planner)


def states(session, pilot):
    """Where each person is in a pilot, by name."""
    return {row.who: row.state.value for row in pilot_queries.seats_of(session, pilot.id)}


def test_those_who_would_buy_or_try_it_come_first_then_authors_then_others(session, build, crowd):
    item = build(crowd[0])

    found = pilot_queries.candidates(session, item.id, 10)

    assert [row.display_name for row in found] == ["Bea", "Tor", "Kari", "Ola"]
    assert {row.found for row in found} == {4}


def test_seats_are_offered_to_those_who_may_be_written_to_and_they_are_told(session, pilot):
    assert states(session, pilot) == {"Bea": "invited", "Tor": "invited", "Kari": "invited"}
    told = session.scalars(sa.select(Happening.values).where(Happening.kind == Kind.PILOT)).one()
    assert (told["said"], len(told["user_ids"])) == ("offered", 3)
    with pytest.raises(NotAllowed):
        pilots.invite(session, pilot, [1], by=ANYBODY)


def test_whoever_says_yes_too_late_waits_and_gets_the_seat_that_becomes_free(session, make, crowd, pilot):
    people = {name: make.as_reader(person) for name, person in crowd[1].items()}
    for name in ("Bea", "Tor", "Kari", "Kari"):
        pilots.take_seat(session, pilot, by=people[name])
    assert states(session, pilot) == {"Bea": "taken", "Tor": "taken", "Kari": "waiting"}

    pilots.give_up_seat(session, pilot, by=people["Tor"])

    assert states(session, pilot) == {"Bea": "taken", "Tor": "left", "Kari": "taken"}
    told = session.scalars(sa.select(Happening.values).where(Happening.kind == Kind.PILOT)).all()
    assert [(one["said"], one["user_ids"]) for one in told[1:]] == [("given", [people["Kari"].id])]


def test_whoever_asks_waits_as_long_as_a_seat_is_offered(session, make, crowd, pilot):
    people = {name: make.as_reader(person) for name, person in crowd[1].items()}
    pilots.take_seat(session, pilot, by=people["Ola"])
    assert states(session, pilot)["Ola"] == "waiting"

    for name in ("Bea", "Tor"):
        pilots.give_up_seat(session, pilot, by=people[name])

    assert states(session, pilot) == {"Bea": "declined", "Tor": "declined", "Kari": "invited", "Ola": "taken"}
    with pytest.raises(NotAllowed):
        pilots.take_seat(session, pilot, by=ANYBODY)


def test_what_was_found_counts_and_ends_with_the_launch(session, make, crowd, pilot, launch):
    bea = make.as_reader(crowd[1]["Bea"])
    seat = pilots.take_seat(session, pilot, by=bea)
    pilots.give_feedback(session, seat, Feedback(solved=Answer.PARTLY, words="Slow."), by=bea)
    with pytest.raises(NotAllowed):
        pilots.give_feedback(session, seat, Feedback(solved=Answer.YES), by=make.as_reader(crowd[1]["Tor"]))
    found = pilot_queries.found_in(pilot_queries.seats_of(session, pilot.id))
    assert found == Verdicts(yes=0, partly=1, no=0)

    item = session.get_one(pilots.BacklogItem, pilot.item_id)
    launch(item)

    assert (pilot.state, item.status) == (PilotState.CLOSED, ItemStatus.LAUNCHED)
    with pytest.raises(Conflict, match="over"):
        pilots.take_seat(session, pilot, by=bea)
    pilots.give_feedback(session, seat, Feedback(solved=Answer.YES, words="Better now."), by=bea)
    assert seat.words == "Better now."


def test_an_item_has_one_pilot_at_a_time_and_only_before_it_is_launched(session, planner, pilot, promote, make):
    item = session.get_one(pilots.BacklogItem, pilot.item_id)
    with pytest.raises(Conflict, match="runs already"):
        pilots.open_pilot(session, item, Piloting(**TOLD, seats=1), by=planner)
    with pytest.raises(Conflict, match="planned or being built"):
        pilots.open_pilot(session, promote(make.theme("Other", [make.post()])), Piloting(**TOLD, seats=1), by=planner)


def test_a_customer_answers_the_offer_tries_it_and_says_what_they_find(session, visitor, crowd, pilot):
    session.commit()
    visitor.sign_in(crowd[1]["Bea"]).open("/me")
    assert "Try warm seats" in visitor.text
    visitor.open(f"/pilots/{pilot.id}").send("Yes, I try it")
    assert "You have a seat. Come back here" in visitor.text

    visitor.send("Send the answer", solved="no", words="Still cold.")

    seat = session.scalars(sa.select(PilotSeat).where(PilotSeat.user_id == crowd[1]["Bea"].id)).one()
    session.refresh(seat)
    assert (seat.state, seat.solved, seat.words) == (SeatState.TAKEN, Answer.NO, "Still cold.")
    assert "Still cold." not in visitor.sign_in(crowd[1]["Tor"]).open(f"/pilots/{pilot.id}").text


def test_the_team_sees_people_and_words_and_offers_more(session, manager, visitor, make, crowd, pilot):
    bea = make.as_reader(crowd[1]["Bea"])
    seat = pilots.take_seat(session, pilot, by=bea)
    pilots.give_feedback(session, seat, Feedback(solved=Answer.NO, words="Still cold."), by=bea)
    session.commit()

    visitor.sign_in(manager).open(f"/pilots/{pilot.id}")
    assert "Still cold." in visitor.text
    visitor.send("Offer a seat", invite=[str(crowd[1]["Ola"].id)])
    assert "1 person is told." in visitor.text
    visitor.send("End the pilot")
    assert "This pilot is over since" in visitor.text

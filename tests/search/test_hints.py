"""What is said of posts like the one that somebody is typing, and the area it probably belongs in."""

import pytest

from forum.core.people import ANYBODY
from forum.posts import timeline
from forum.posts.models import Vote
from forum.posts.status import Interest, Kind, Status, Voice
from forum.products.status import Openness
from forum.search.hints import read_hints
from forum.search.similar import look

TEXT = "My seat heater is slow"


def hints(session, reader=ANYBODY, text=TEXT):
    session.flush()
    return read_hints(session, look(session, text, reader=reader), reader)


def test_a_hint_tells_the_latest_answer_that_everybody_may_read(session, make, said):
    post = said("The seat heater is slow")
    team = make.manager()
    make.comment(post, "We are **testing** a new foam.", author=team, voice=Voice.OFFICIAL)
    make.comment(post, "Do not tell them.", author=team, voice=Voice.OFFICIAL, is_internal=True)
    make.comment(post, "Mine too.")

    assert [hint.reply for hint in hints(session).posts] == ["We are testing a new foam."]


@pytest.mark.parametrize(
    ("values", "reply"),
    [
        ({"why": {"en": "The foam would melt."}}, "The foam would melt."),
        ({}, "The company decided: not now."),
    ],
)
def test_a_hint_tells_why_something_is_not_now(session, make, said, values, reply):
    post = said("The seat heater is slow", status=Status.NOT_NOW)
    make.comment(post, "We look into it.", author=make.manager(), voice=Voice.OFFICIAL)
    timeline.add(session, post.id, "moved", status=Status.NOT_NOW.value, **values)

    assert [hint.reply for hint in hints(session).posts] == [reply]


def test_a_hint_knows_whose_it_is_and_whether_it_can_be_voted_for(session, make, said):
    reader = make.reader()
    closed = make.area("engine", Openness.CLOSED)
    own = said("The seat heater is slow", author_id=reader.id, author=None)
    voted = said("A slow seat heater")
    recorded = said("Slow heater under the seat", area=closed)
    session.add(Vote(post_id=voted.id, user_id=reader.id, interest=Interest.TRY, cast_at=voted.created_at))

    found = {hint.post.id: (hint.is_own, hint.is_votable, hint.interest) for hint in hints(session, reader).posts}

    assert found == {
        own.id: (True, True, None),
        voted.id: (False, True, Interest.TRY),
        recorded.id: (False, False, None),
    }


def test_the_area_of_most_posts_like_it_is_proposed_with_how_many_those_are(session, make, said):
    seats, doors = make.area("seats"), make.area("doors")
    for n in range(3):
        said(f"The seat heater is slow, number {n}", area=seats)
    said("The door has a slow heater", area=doors)

    area = hints(session).area

    assert (area.id, area.name, area.share, area.of) == (seats.id, {"en": "Seats"}, 3, 4)


def test_no_area_is_proposed_where_posts_like_it_disagree(session, make, said):
    for slug in ("seats", "doors", "cabin"):
        said("The seat heater is slow", area=make.area(slug))

    assert hints(session).area is None


def test_an_idea_is_not_led_to_an_area_that_takes_none(visitor, session, make):
    from forum.search.services import index_post

    closed = make.area("engine", Openness.CLOSED)
    for _n in range(2):
        index_post(session, make.post("The engine heater is slow", area=closed, kind=Kind.COMPLAINT).id)

    address, fragment = "/posts/similar?title=engine+heater+is+slow&kind=", {"X-Fragment": "1"}
    proposed = "Proposed: Engine, because most posts like yours stand there (2 of 2)."
    assert proposed in visitor.open(address, headers=fragment).text
    assert "Proposed" not in visitor.open(f"{address}idea", headers=fragment).text

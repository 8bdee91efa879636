"""Search as readers see it."""

import pytest

from forum.posts import services
from forum.posts.models import Vote
from forum.posts.schemas import NewPost
from forum.posts.status import Kind
from forum.products.status import Openness
from forum.search.services import index_post


@pytest.fixture
def heater(session, make):
    """A post that stands in the index."""
    post = make.post("The <b>heater</b> is slow", body="It takes half an hour.", kind=Kind.COMPLAINT)
    index_post(session, post.id)
    return post


def test_a_search_marks_its_words_and_sets_no_cookie(visitor, heater):
    visitor.open("/search?q=slow+heaters")

    assert "The &lt;b&gt;<mark>heater</mark>&lt;/b&gt; is <mark>slow</mark>" in visitor.html
    assert "1 post has these words." in visitor.text
    assert "Set-Cookie" not in visitor.response.headers


def test_no_match_names_the_words_and_the_way_on(visitor, heater):
    visitor.open("/search?q=heater&kind=idea")

    assert "No post has all of these words: “heater”" in visitor.text
    assert 'href="/search?q=heater"' in visitor.html
    assert 'href="/posts/new?title=heater"' in visitor.html


def test_all_look_alikes_stand_on_a_page_of_their_own(visitor, session, make, heater):
    for n in range(4):
        index_post(session, make.post(f"The heater is slow on day {n}").id)
    address = "/posts/similar?title=my+heatr+is+slow&body=every+winter"
    visitor.open(address, headers={"X-Fragment": "1"})
    assert visitor.html.count('name="vote"') == 3
    assert 'href="/posts/similar?title=my+heatr+is+slow&amp;body=every+winter"' in visitor.html

    visitor.open(address)

    assert "<html" in visitor.html
    assert visitor.html.count("/vote") == 5
    assert 'href="/posts/new?title=my+heatr+is+slow"' in visitor.html


def test_a_search_without_a_match_shows_what_may_be_meant(visitor, heater):
    visitor.open("/search?q=slow+heating+noise")

    assert "No post has all of these words" in visitor.text
    assert "Perhaps you mean one of these" in visitor.text
    assert "The &lt;b&gt;<mark>heater</mark>&lt;/b&gt; is <mark>slow</mark>" in visitor.html


@pytest.mark.parametrize("address", ["/search", "/search?q=", "/search?q=%00&page=0&area=x", "/search?q=" + "a" * 900])
def test_odd_addresses_are_answered(visitor, heater, address):
    visitor.open(address)


def test_what_is_posted_is_found_at_once_and_forgotten_when_hidden(visitor, session, make):
    kari, area = make.reader(), make.area(openness=Openness.CO_CREATE)
    post = services.submit_post(
        session, NewPost(kind=Kind.COMPLAINT, area_id=area.id, title="Rattling glovebox", body=""), by=kari
    )
    assert "Rattling" in visitor.open("/search?q=glovebox").text

    services.hide_post(session, post, by=make.as_reader(make.moderator()), reason="Rude.")
    assert "No post has all" in visitor.open("/search?q=glovebox").text


def test_while_typing_similar_posts_are_offered(visitor, heater):
    visitor.open("/posts/similar?title=my+heater+is+slow", headers={"X-Fragment": "1"})

    assert "<html" not in visitor.html
    assert "Vote for this instead" in visitor.text
    assert "<mark>heater</mark>" in visitor.html


def test_two_short_words_are_not_enough_to_look(visitor, heater):
    assert "Vote for this instead" not in visitor.open("/posts/similar?title=heater").text


def test_a_hint_whose_title_has_none_of_the_words_says_what_its_text_says(visitor, session, make):
    post = make.post("Mornings", body="The seat <i>heater</i> takes ages.")
    index_post(session, post.id)

    visitor.open("/posts/similar?title=slow+seat+heater")
    assert "Its text says “seat, heater”." in visitor.text
    assert "<mark>" not in visitor.html


def test_the_body_counts_while_typing(visitor, heater):
    assert "Vote for this instead" not in visitor.open("/posts/similar?title=A+question+of+mine").text
    assert "Vote for this instead" in visitor.open("/posts/similar?title=A+question&body=heater+so+slow").text


def test_beside_a_post_stands_why_others_are_like_it(visitor, session, make, heater):
    other = make.post("My heaters are slow", body="Half an hour and more.")
    index_post(session, other.id)

    visitor.open(f"/posts/{heater.id}")

    assert "My heaters are slow" in visitor.text
    assert "Because of: heaters, slow, half" in visitor.text


def test_on_the_page_with_all_that_is_similar_a_vote_is_cast_in_place(visitor, make, session):
    heater = make.post("My slow seat heater")
    index_post(session, heater.id)
    kari = make.person()
    visitor.sign_in(kari).open("/posts/similar?title=my+heater+is+slow")
    assert "0 votes" in visitor.text

    visitor.send("Vote for this instead")
    assert session.get(Vote, (heater.id, kari.id))
    visitor.open("/posts/similar?title=my+heater+is+slow").send("Take it back")

    assert session.get(Vote, (heater.id, kari.id)) is None

"""Finding posts by their words."""

import pytest

from forum.core.people import ANYBODY
from forum.posts.services import hide_post
from forum.posts.status import Kind, Moderation, Status, Visibility
from forum.search.marking import mark_hits, marked_passage
from forum.search.queries import Search, find


def found(session, question: str, **narrower) -> list[int]:
    """The ids that a question finds, in their order."""
    session.flush()
    return [row.id for row in find(session, Search(question, **narrower), ANYBODY).rows]


def test_every_word_must_be_there_in_any_form_and_language(session, said):
    english = said("Heated seats", "They stay cold.")
    bokmal = said("Setevarmen svikter", "Kalde seter hver morgen.", language="nb")
    danish = said("Sæderne er kolde", language="da")
    said("Something else")

    assert found(session, "heating cold seat") == [english.id]
    assert found(session, "setevarme") == [bokmal.id]
    assert found(session, "kold sæde") == [danish.id]
    assert found(session, "heated wheel") == []


def test_titles_come_before_bodies_and_votes_count(session, said):
    body = said("Mornings", "The heater is slow.", votes=30)
    title = said("Slow heater")
    wanted = said("A heater that is slow", votes=5)

    assert found(session, "slow heater") == [wanted.id, title.id, body.id]


def test_filters_narrow_what_is_found(session, make, said):
    here, there = make.area(), make.area()
    idea = said("Quiet fan", area=here, kind=Kind.IDEA, status=Status.PLANNED)
    complaint = said("Loud fan", area=there)

    assert found(session, "fan", kind=Kind.IDEA) == [idea.id]
    assert found(session, "fan", status=Status.PLANNED) == [idea.id]
    assert found(session, "fan", areas=(there.id,)) == [complaint.id]


def test_only_listed_posts_are_found(session, make, said):
    said("Secret fan", visibility=Visibility.PRIVATE)
    said("Waiting fan", moderation=Moderation.WAITING)
    seen = said("Fan")
    hidden = said("Hidden fan")
    hide_post(session, hidden, by=make.as_reader(make.moderator()), reason="Rude.")

    assert found(session, "fan") == [seen.id]


@pytest.mark.parametrize(
    "question", ['"', "seat AND", "NEAR(seat cold)", "title:*", "'; DROP TABLE posts; --", "\\", "*" * 200, "{a} : b"]
)
def test_no_question_breaks_the_search(session, said, question):
    said("Seat")

    found(session, question)


def test_hits_are_marked_and_everything_else_is_escaped():
    marked = mark_hits("<b>Heated</b> & cold", "en", {"heaten"})

    assert str(marked) == "&lt;b&gt;<mark>Heated</mark>&lt;/b&gt; &amp; cold"


def test_a_passage_shows_where_the_words_stand():
    body = "word " * 60 + "the **heater** of <the> car " + "more " * 60
    passage = str(marked_passage("word " * 30 + "…", body, "en", {"heateren"}))

    assert passage.startswith("…word")
    assert "the <mark>heater</mark> of &lt;the&gt; car" in passage
    assert len(passage) < 240
    assert str(marked_passage("A heater", "A heater", "en", {"heateren"})) == "A <mark>heater</mark>"

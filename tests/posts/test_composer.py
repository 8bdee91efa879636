"""The composer beside sending: look-alikes, a vote instead, preview and drafts; every word comes back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.passwords import hash_password
from forum.core.clock import standing_at, utcnow
from forum.posts import drafts
from forum.posts.drafts import find_draft, own_drafts
from forum.posts.models import Draft, Post, Vote
from forum.posts.schemas import DraftFields
from forum.search.services import index_post

TITLE, BODY = "The seat heater is slow", "Half an *hour* every morning."
PASSWORD = "seven slow green trams"


@pytest.fixture
def seats(make):
    return make.area("seats")


@pytest.fixture
def heater(session, make, seats):
    post = make.post("My slow seat heater", area=seats)
    index_post(session, post.id)
    return post


def fields_of(visitor):
    """What stands in the composer."""
    return next(form.fields for form in visitor.forms() if "body" in form.fields)


def typed(visitor):
    fields = fields_of(visitor)
    return fields["title"], fields["body"]


def test_without_scripts_the_form_comes_back_with_posts_like_it(visitor, make, heater):
    visitor.sign_in(make.person()).open("/posts/new")
    visitor.send("Look whether it was said already", title=TITLE, body=BODY)

    assert "<mark>slow</mark>" in visitor.html
    assert "Proposed: Seats, because the post most like yours stands there." in visitor.text
    assert typed(visitor) == ([TITLE], [BODY])
    assert fields_of(visitor)["area_id"] == [str(heater.area_id)]
    assert fields_of(visitor)["kind"] == ["complaint"]
    assert "Proposed because your words say that something bothers you." in visitor.text


def test_one_sentence_is_enough_and_what_is_proposed_can_be_changed(visitor, make, session, seats):
    other = make.area("other")
    visitor.sign_in(make.person()).open("/posts/new")
    visitor.send("Post", title="Let me choose a colour", status=422)

    assert "Nothing is posted yet. Look at what is proposed below, then press Post." in visitor.text
    assert "the broadest one, because nothing speaks for another. A moderator can move it." in visitor.text
    assert "Choose one of these." not in visitor.text
    visitor.send("Post", area_id=other.id)
    post = session.scalars(sa.select(Post)).one()
    assert (post.kind.value, post.area_id) == ("idea", other.id)


def test_a_vote_instead_is_cast_taken_back_and_nothing_is_lost(visitor, make, session, heater):
    kari = make.person()
    visitor.sign_in(kari).open("/posts/new").send("Look whether", title=TITLE, body=BODY)
    visitor.send("Vote for this instead")

    assert session.get(Vote, (heater.id, kari.id))
    assert "Your vote counts. 1 vote." in visitor.text
    assert "You voted for it" in visitor.text
    assert typed(visitor) == ([TITLE], [BODY])
    visitor.send("Take it back")
    assert session.get(Vote, (heater.id, kari.id)) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1


def test_a_script_gets_the_vote_back_as_a_fragment(visitor, make, heater):
    visitor.sign_in(make.person()).open("/posts/new")
    token = fields_of(visitor)["csrf_token"][0]
    answer = visitor.client.post(
        f"/posts/{heater.id}/vote?as=hint", data={"csrf_token": token, "interest": "want"}, headers={"X-Fragment": "1"}
    ).get_data(as_text=True)

    assert "You voted for it" in answer
    assert 'data-said="Your vote counts. 1 vote."' in answer
    assert 'data-count="1 vote"' in answer
    assert "<html" not in answer


def test_somebody_signed_out_votes_instead_after_signing_in_and_keeps_a_draft(visitor, make, session, heater):
    kari = make.person("Kari", email="kari@example.com", password_hash=hash_password(PASSWORD))
    visitor.open("/posts/new").send("Look whether", title=TITLE, body=BODY)
    visitor.send("Vote for this instead")
    assert "Your vote for “My slow seat heater” counts as soon as you have signed in." in visitor.text

    visitor.send("Sign in", email="kari@example.com", password=PASSWORD)

    assert visitor.path == f"/posts/{heater.id}"
    assert session.get(Vote, (heater.id, kari.id))
    assert [draft.fields["body"] for draft in own_drafts(session, make.as_reader(kari))] == [BODY]


@pytest.mark.parametrize("value", ["999", "x", "99999999999999999999"])
def test_a_vote_for_nothing_is_refused_and_the_form_comes_back(visitor, make, heater, value):
    visitor.sign_in(make.person()).open("/posts/new").send("Look whether", title=TITLE, body=BODY)
    html = visitor.html.replace(f'name="vote" value="{heater.id}"', f'name="vote" value="{value}"')
    visitor.response.set_data(html)

    visitor.send("Vote for this instead", status=404)

    assert typed(visitor) == ([TITLE], [BODY])


def test_a_preview_shows_the_post_as_it_will_be_and_posts_nothing(visitor, make, session, seats):
    visitor.sign_in(make.person()).open("/posts/new")
    visitor.send("Preview", title="x" * 141, status=422)
    assert "Use at most 140 characters." in visitor.text
    visitor.send("Preview", title=TITLE, body=BODY + " <b>bold</b>")
    assert "Nothing is posted yet." in visitor.text
    assert "Please fill this in." not in visitor.text

    visitor.send("Preview", kind="idea", area_id=seats.id)
    assert "Nothing is posted yet." in visitor.text
    assert "<em>hour</em> every morning. &lt;b&gt;bold&lt;/b&gt;" in visitor.html
    assert session.scalar(sa.select(sa.func.count()).select_from(Post)) == 0
    visitor.send("Post")
    assert session.scalars(sa.select(Post)).one().title == TITLE


def test_a_draft_is_saved_found_finished_and_gone(visitor, make, session, seats):
    kari = make.person()
    visitor.sign_in(kari).open("/posts/new").send("Save draft", title=TITLE, body=BODY)
    assert "Your draft is kept until" in visitor.text
    assert typed(visitor) == ([TITLE], [BODY])

    visitor.send("Save draft", body="Now shorter.")
    assert "You have 1 draft" in visitor.open("/posts/new").text
    visitor.open("/me/posts")
    assert visitor.text.count(TITLE) == 1
    draft = own_drafts(session, make.as_reader(kari))[0]
    visitor.open(f"/posts/new?draft={draft.id}").send("Post", kind="complaint", area_id=seats.id)

    assert session.scalars(sa.select(Post)).one().body == "Now shorter."
    assert session.scalars(sa.select(Draft)).all() == []


def test_a_draft_is_nobody_elses_and_ends_after_thirty_days(visitor, make, session, seats):
    kari, ola = make.person(), make.person()
    visitor.sign_in(kari).open("/posts/new").send("Save draft", title=TITLE)
    draft = str(own_drafts(session, make.as_reader(kari))[0].id)

    assert find_draft(session, draft, by=make.as_reader(ola)) is None
    with standing_at(utcnow() + timedelta(days=31)):
        assert find_draft(session, draft, by=make.as_reader(kari)) is None
    visitor.sign_in(ola)
    assert TITLE not in visitor.open(f"/posts/new?draft={draft}").html
    token = fields_of(visitor)["csrf_token"][0]
    assert visitor.client.post(f"/posts/drafts/{draft}/remove", data={"csrf_token": token}).status_code == 404
    visitor.sign_in(kari).open("/me/posts").send("Remove")
    assert own_drafts(session, make.as_reader(kari)) == []


def test_a_script_saves_while_one_types_and_nothing_that_is_empty(visitor, make, session, seats):
    kari = make.person()
    visitor.sign_in(kari).open("/posts/new")
    fields = {name: values[-1] for name, values in fields_of(visitor).items()}

    assert visitor.client.post("/posts/drafts", data=fields).status_code == 204
    first = visitor.client.post("/posts/drafts", data=fields | {"title": "The se"})
    again = visitor.client.post("/posts/drafts", data=fields | {"title": TITLE, "draft": first.json["draft"]})

    assert first.json["draft"] == again.json["draft"]
    session.rollback()
    assert [draft.fields["title"] for draft in own_drafts(session, make.as_reader(kari))] == [TITLE]


def test_a_draft_too_many_is_refused_with_the_reason_and_nothing_is_lost(visitor, make, session, seats):
    kari = make.person()
    for n in range(drafts.MOST):
        drafts.save_draft(session, DraftFields(title=f"Draft {n}"), by=make.as_reader(kari))
    visitor.sign_in(kari).open("/posts/new").send("Save draft", title=TITLE, status=422)
    assert "You have 20 drafts already." in visitor.text
    assert TITLE in visitor.html

    typed = {name: values[-1] for name, values in fields_of(visitor).items()}
    refused = visitor.client.post("/posts/drafts", data=typed, headers={"Accept": "application/problem+json"})

    assert (refused.status_code, refused.json["detail"][:27]) == (422, "You have 20 drafts already.")


def test_a_draft_open_in_two_windows_loses_neither_text(visitor, make, session, seats):
    kari = make.person()
    visitor.sign_in(kari).open("/posts/new").send("Save draft", title=TITLE, body="First.")
    opened = {name: values[-1] for name, values in fields_of(visitor).items()}
    here = visitor.client.post("/posts/drafts", data=opened | {"body": "First, and more."})
    there = visitor.client.post("/posts/drafts", data=opened | {"body": "Otherwise."})

    assert (here.json["draft"], here.json["is_second"]) == (opened["draft"], False)
    assert (there.json["draft"] != opened["draft"], there.json["is_second"]) == (True, True)
    assert "What you wrote here is a second one" in there.json["said"]
    session.rollback()
    kept = [draft.fields["body"] for draft in own_drafts(session, make.as_reader(kari))]
    assert sorted(kept) == ["First, and more.", "Otherwise."]
    visitor.send("Post", kind="idea", area_id=seats.id, body="Shorter.")
    session.rollback()
    assert session.scalars(sa.select(Post)).one().body == "Shorter."
    assert len(own_drafts(session, make.as_reader(kari))) == 2


def test_too_many_drafts_are_refused_with_what_was_typed(visitor, make, session, seats):
    visitor.sign_in(make.person())
    for n in range(20):
        visitor.open("/posts/new").send("Save draft", title=f"Number {n}")
    visitor.open("/posts/new").send("Save draft", title=TITLE, body=BODY, status=422)

    assert "You have 20 drafts already." in visitor.text
    assert typed(visitor) == ([TITLE], [BODY])

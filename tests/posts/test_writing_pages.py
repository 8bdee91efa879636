"""Writing on the pages: nothing that was typed is lost, whatever comes in between."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import OneTimeToken
from forum.accounts.passwords import hash_password
from forum.core.clock import standing_at, utcnow
from forum.core.people import ANYBODY
from forum.posts.drafts import find_draft, keep_draft
from forum.posts.models import Draft, Post
from forum.posts.schemas import NewPost
from forum.posts.status import Kind, Moderation, Severity, Visibility
from forum.products.status import Openness

PASSWORD = "seven slow green trams"
TITLE = "The heated seat is cold every morning"
BODY = "First line.\n\n- with a *list*\n- “quotes” & <tags>"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def kari(make, password_hash):
    return make.person("Kari Hansen", email="kari@example.com", password_hash=password_hash)


@pytest.fixture
def seats(make):
    return make.area("seats")


def the_post(session):
    session.expire_all()
    return session.scalars(sa.select(Post)).one()


def test_somebody_signed_in_posts(visitor, make, session, seats):
    visitor.sign_in(make.person("Kari")).open("/posts/new")
    visitor.send("Post", kind="idea", title=f" {TITLE} ", body=BODY, area_id=seats.id)

    post = the_post(session)
    assert visitor.path == f"/posts/{post.id}?posted=1"
    assert (post.kind, post.title, post.body, post.visibility) == (Kind.IDEA, TITLE, BODY, Visibility.PUBLIC)
    assert "What happens next" in visitor.text
    assert "Everybody can read it now" in visitor.text
    assert "How bad is it" not in visitor.text
    assert "&lt;tags&gt;" in post.body_html


def test_a_complaint_is_asked_how_bad_it_is_and_may_leave_it_open(visitor, make, session, seats):
    visitor.sign_in(make.person()).open("/posts/new")
    visitor.send("Post", kind="complaint", title=TITLE, area_id=seats.id)
    assert "How bad is it for you? (You may leave this open.)" in visitor.text

    visitor.send("Feels unsafe")

    assert the_post(session).severity is Severity.UNSAFE
    assert "Feels unsafe" in visitor.text
    assert "How bad is it" not in visitor.text


def test_somebody_signed_out_writes_first_and_the_post_goes_out_with_the_sign_in(visitor, session, kari, seats):
    visitor.open("/posts/new")
    visitor.send("Post", kind="complaint", title=TITLE, body=BODY, area_id=seats.id, visibility="private")
    assert visitor.path.startswith("/sign-in?")
    assert f"Your complaint “{TITLE}” is kept and goes out as soon as you have signed in." in visitor.text
    assert session.scalars(sa.select(Post)).all() == []

    visitor.send("Sign in", email=kari.email, password="a wrong password", status=422)
    visitor.send("Sign in", email=kari.email, password=PASSWORD)

    post = the_post(session)
    assert visitor.path == f"/posts/{post.id}?posted=1"
    assert (post.title, post.body, post.author_id, post.visibility) == (TITLE, BODY, kari.id, Visibility.PRIVATE)
    assert session.scalars(sa.select(Draft)).all() == []


def test_somebody_new_writes_first_and_registers(visitor, session, seats):
    visitor.open("/posts/new").send("Post", kind="complaint", title=TITLE, body=BODY, area_id=seats.id)
    visitor.send("Register here")
    assert f"“{TITLE}” is kept and goes to a moderator as soon as you have registered." in visitor.text
    visitor.send("Register", display_name="Ola", email="ola@example.com", password=PASSWORD)

    post = the_post(session)
    assert (post.title, post.body, post.moderation) == (TITLE, BODY, Moderation.WAITING)
    assert session.scalars(sa.select(Draft)).all() == []


def test_somebody_signed_out_signs_in_inside_the_form(visitor, session, kari, seats):
    visitor.open("/posts/new")
    visitor.send(
        "Post", kind="idea", title=TITLE, area_id=seats.id, email=kari.email, password="a wrong password", status=422
    )
    assert f"Your idea “{TITLE}” is kept" in visitor.text
    visitor.send("Sign in", password=PASSWORD)
    assert visitor.path == f"/posts/{the_post(session).id}?posted=1"

    visitor.send("Sign out").open("/posts/new")
    visitor.send("Post", kind="idea", title="Another", area_id=seats.id, email=kari.email, password=PASSWORD)
    assert visitor.path.endswith("?posted=1")
    assert session.scalars(sa.select(Post.title).order_by(Post.id)).all() == [TITLE, "Another"]


def test_somebody_new_has_a_code_sent_inside_the_form(visitor, session, seats):
    visitor.open("/posts/new").send("Preview", email="ola@example.com")
    visitor.send("Post", kind="complaint", title=TITLE, area_id=seats.id)

    assert "Type in the code" in visitor.text
    assert f"Your complaint “{TITLE}” is kept and goes out as soon as you have signed in." in visitor.text
    assert session.scalar(sa.select(OneTimeToken.email_key)) == "ola@example.com"


def test_a_draft_is_sent_once(visitor, session, kari, seats):
    visitor.open("/posts/new").send("Post", kind="complaint", title=TITLE, area_id=seats.id)
    asked = visitor.path
    visitor.send("Sign in", email=kari.email, password=PASSWORD)
    visitor.send("Sign out").open(asked).send("Sign in", email=kari.email, password=PASSWORD)

    assert "What you wrote was posted already" in visitor.text
    assert the_post(session).title == TITLE


def test_a_draft_that_is_refused_stays_in_the_form(visitor, session, kari, seats, make):
    nearest = make.area("cabin")
    visitor.open("/posts/new").send("Post", kind="idea", title=TITLE, body=BODY, area_id=seats.id)
    seats.openness = Openness.CLOSED
    visitor.send("Sign in", email=kari.email, password=PASSWORD)

    assert visitor.path.startswith("/posts/new?draft=")
    assert "Seats is not open to ideas." in visitor.text
    fields = visitor.forms()[2].fields
    assert (fields["title"], fields["body"], fields["kind"]) == ([TITLE], [BODY], ["idea"])

    visitor.send("Post it in Cabin")
    assert (the_post(session).area_id, the_post(session).body) == (nearest.id, BODY)
    assert session.scalars(sa.select(Draft)).all() == []


def test_a_draft_belongs_to_whoever_signed_in_with_it(session, make, seats):
    wanted = NewPost(kind="complaint", title=TITLE, area_id=seats.id)
    owner, other = make.reader(), make.reader()
    key = keep_draft(session, wanted)
    session.flush()
    draft = find_draft(session, key, by=ANYBODY)
    draft.user_id = owner.id

    assert key not in str(draft.key_hash)
    assert find_draft(session, key, by=owner) is draft
    assert find_draft(session, key, by=other) is None
    assert find_draft(session, key, by=ANYBODY) is None
    assert find_draft(session, "wrong", by=owner) is None


def test_drafts_are_kept_for_thirty_days(session, seats):
    wanted = NewPost(kind="complaint", title=TITLE, area_id=seats.id)
    key = keep_draft(session, wanted)
    session.flush()

    with standing_at(utcnow() + timedelta(days=29)):
        assert find_draft(session, key, by=ANYBODY)
    with standing_at(utcnow() + timedelta(days=31)):
        assert find_draft(session, key, by=ANYBODY) is None
        keep_draft(session, wanted)
    assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 1


@pytest.mark.parametrize("signed_in", [True, False])
def test_an_idea_for_a_closed_area_is_told_why_and_made_a_complaint_with_one_press(
    visitor, session, make, kari, signed_in
):
    engine = make.area("engine", Openness.CLOSED, why={"en": "Type-approved as a whole."})
    make.area("cabin")
    if signed_in:
        visitor.sign_in(kari)
    visitor.open("/posts/new").send("Post", kind="idea", title=TITLE, body=BODY, area_id=engine.id, status=422)

    assert "Engine is not open to ideas. Type-approved as a whole. Cabin is open to ideas." in visitor.text
    assert visitor.forms()[2 if signed_in else 1].fields["body"] == [BODY]

    visitor.send("Make it a complaint")
    if not signed_in:
        visitor.send("Sign in", email=kari.email, password=PASSWORD)
    post = the_post(session)
    assert (post.kind, post.area_id, post.title, post.body) == (Kind.COMPLAINT, engine.id, TITLE, BODY)
    assert "It is recorded and answered. In this area nothing is put to the vote." in visitor.text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": None}, "Choose one of these."),
        ({"title": "  "}, "Please fill this in."),
        ({"title": "x" * 141}, "Use at most 140 characters."),
        ({"area_id": "999"}, "Choose an area from the list."),
        ({"area_id": "99999999999999999999999"}, "Write a number of at most"),
        ({"language": "klingon"}, "Choose a language from the list."),
        ({"visibility": "secret"}, "Choose one of these."),
        ({"body": "[" * 1200}, "too long or too deeply nested"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_typed_twice(visitor, make, session, seats, wrong, message):
    fields = {"kind": "complaint", "title": TITLE, "body": BODY, "area_id": seats.id} | wrong
    visitor.sign_in(make.person()).open("/posts/new").send("Post", status=422, **fields)

    assert message in visitor.text
    assert "<title>Error:" in visitor.html
    again = visitor.forms()[2].fields
    assert again["body"] == [str(fields["body"])]
    assert again["title"] == [str(fields["title"])]
    assert session.scalars(sa.select(Post)).all() == []


def test_the_form_groups_areas_and_says_what_is_closed(visitor, make):
    product = make.product()
    cabin = make.area("cabin", product_id=product.id)
    make.area("seats", product_id=product.id, parent_id=cabin.id)
    make.area("engine", Openness.CLOSED, product_id=product.id)
    make.area("brakes", Openness.LISTENING, product_id=product.id)

    visitor.open("/posts/new")

    for words in (
        '<optgroup label="Cabin">',
        ">Seats<",
        ">Engine (complaints only, closed for ideas)<",
        ">Brakes (complaints only, we listen)<",
        'data-similar="/posts/similar"',
    ):
        assert words in visitor.html


def test_a_link_may_begin_a_post(visitor, make, seats):
    fields = visitor.open(f"/posts/new?kind=idea&area={seats.id}&title=Warmer+seats").forms()[1].fields
    assert (fields["kind"], fields["area_id"], fields["title"]) == (["idea"], [str(seats.id)], ["Warmer seats"])

    visitor.open("/posts/new?kind=%00&area=x&draft=nothing")


def test_without_products_there_is_a_sentence_instead_of_a_form(visitor):
    assert "the site has no product with areas" in visitor.open("/posts/new").text


def test_the_author_changes_a_post_and_everybody_reads_its_history(visitor, make, session, seats):
    person = make.person("Kari")
    post = make.post("The seat is cold", author=person, body="In the morning.", area=seats)
    visitor.sign_in(person).open(f"/posts/{post.id}").open(f"/posts/{post.id}/edit")
    visitor.send("Save", title="The seat is very cold", body="In the evening.")

    assert "Changed. The history keeps both." in visitor.text
    visitor.client.delete_cookie("cabin_sign_in")
    visitor.open(f"/posts/{post.id}/history")
    assert "The seat is <ins>very </ins>cold" in visitor.html
    assert "In the <del>morning</del><ins>evening</ins>." in visitor.html


def test_a_stale_edit_shows_both_texts(visitor, make, session, seats):
    person = make.person()
    post = make.post(author=person, area=seats)
    visitor.sign_in(person).open(f"/posts/{post.id}/edit")
    session.execute(sa.update(Post).values(title="From the other window", version=2))

    visitor.send("Save", title="From this window", status=409)
    assert "From the other window" in visitor.text
    assert visitor.forms()[2].fields["title"] == ["From this window"]

    visitor.send("Save")
    assert the_post(session).title == "From this window"


def test_a_private_box_can_be_unticked(visitor, make, session, seats):
    person = make.person()
    post = make.post(author=person, area=seats, visibility=Visibility.PRIVATE)
    visitor.sign_in(person).open(f"/posts/{post.id}")
    assert "Only you and the company see this." in visitor.text

    visitor.open(f"/posts/{post.id}/edit").send("Save", visibility=None, title="", status=422)
    visitor.send("Save", title="Now for everybody")

    assert the_post(session).visibility is Visibility.PUBLIC


def test_others_cannot_change_a_post(visitor, make):
    post = make.post()

    visitor.sign_in(make.admin()).open(f"/posts/{post.id}/edit", status=403)

    assert "Only its author changes a post" in visitor.text


def test_my_posts_show_what_became_of_each(visitor, make):
    person = make.person()
    make.post("Open one", author=person)
    make.post("Waiting one", author=person, moderation=Moderation.WAITING)
    make.post("Private one", author=person, visibility=Visibility.PRIVATE)
    make.post("Removed one", author=person, moderation=Moderation.REMOVED, moderation_reason="An advertisement.")
    make.post("Erased one", author=person, moderation=Moderation.ERASED)
    make.post("Somebody else's")

    visitor.sign_in(person).open("/me/posts")

    for words in (
        "Open one New",
        "Waiting one Waits for a moderator",
        "Private one New Private",
        "Removed one Removed",
    ):
        assert words in visitor.text
    assert "Reason: An advertisement." in visitor.text
    assert "Erased one" not in visitor.text
    assert "Somebody else" not in visitor.text


def test_my_posts_have_pages(visitor, make):
    person = make.person()
    for n in range(31):
        make.post(f"Post number {n:02}", author=person)

    visitor.sign_in(person).open("/me/posts")
    assert ("Post number 30" in visitor.text, "Post number 00" in visitor.text) == (True, False)
    assert 'rel="next"' in visitor.html
    visitor.open("/me/posts?before=x")
    assert "Post number 30" in visitor.text


def test_nobody_has_posted_nothing_without_a_next_step(visitor, make):
    visitor.sign_in(make.person()).open("/me/posts")

    assert "You have not posted anything yet" in visitor.text
    assert 'href="/posts/new"' in visitor.html


def test_a_title_is_counted_in_characters_and_refused_with_words(visitor, make, session, seats):
    visitor.sign_in(make.person()).open("/posts/new")
    assert 'data-count="140"' in visitor.html
    assert 'maxlength="140"' not in visitor.html

    visitor.send("Post", kind="complaint", title="🚗" * 141, area_id=seats.id, status=422)
    assert "Use at most 140 characters." in visitor.text
    visitor.send("Post", title="🚗" * 140)

    assert the_post(session).title == "🚗" * 140


def test_who_posts_too_fast_keeps_the_words_and_learns_when_to_try_again(visitor, make, kari, seats, monkeypatch):
    monkeypatch.setattr("forum.posts.writing_views.limits_are_on", lambda: True)
    make.post(author=kari, when=utcnow())
    visitor.sign_in(kari).open("/posts/new?kind=complaint")

    visitor.send("Post", status=429, title=TITLE, body=BODY, area_id=seats.id)

    assert 0 < int(visitor.response.headers["Retry-After"]) <= 15
    assert TITLE in visitor.html

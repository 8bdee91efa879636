"""A post's page: what stands on it for whom, voting and commenting from it, and what it costs."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.passwords import hash_password
from forum.accounts.status import AccountState
from forum.core.clock import utcnow
from forum.posts import timeline
from forum.posts.merging import merge
from forum.posts.models import Comment, Follow, Post, Vote
from forum.posts.status import Interest, Kind, Moderation, Severity, Status, Voice
from forum.products.status import Openness

PASSWORD = "seven slow green trams"


def test_a_post_in_full(visitor, make):
    author = make.person("Kari Hansen")
    area = make.area("seats", why={"en": "You sit there."})
    post = make.post(
        "Setet er kaldt", area=area, author=author, language="nb", body="Hver *morgen*.", severity=Severity.IN_MY_WAY
    )

    visitor.open(f"/posts/{post.id}")

    assert '<h1 lang="nb">Setet er kaldt</h1>' in visitor.html
    assert '<div class="prose" lang="nb"><p>Hver <em>morgen</em>.</p>' in visitor.html
    assert f'href="/people/{author.id}"><bdi>Kari Hansen</bdi></a>' in visitor.html
    for words in ("Complaint", "Gets in my way", "Norwegian Bokmål", "Open for ideas", "You sit there."):
        assert words in visitor.text
    assert f'href="/posts/{post.id}/vote"' in visitor.html
    assert f'href="/moderation/report?post={post.id}"' in visitor.html
    assert "Set-Cookie" not in visitor.response.headers
    assert "csrf_token" not in visitor.html


def test_a_missing_post_is_not_found(visitor):
    visitor.open("/posts/1", status=404)
    visitor.open(f"/posts/{2**63}", status=404)
    visitor.open("/comments/1", status=404)


def test_an_imported_post_without_a_name_says_so(visitor, make, session):
    post = make.post(author_id=None, source="import")

    visitor.open(f"/posts/{post.id}")

    assert "Author unknown" in visitor.text
    assert "heard elsewhere" in visitor.text


def test_the_way_of_a_status_has_days(visitor, make, session):
    post = make.post(when=utcnow() - timedelta(days=40), status=Status.PLANNED)
    timeline.add(session, post.id, "moved", status="in review", at=utcnow() - timedelta(days=20))
    timeline.add(session, post.id, "moved", status="planned", at=utcnow() - timedelta(days=2))

    visitor.open(f"/posts/{post.id}")

    steps = visitor.html.split('<div class="steps">')[1].split("</div>")[0]
    assert steps.count('class="done"') == 2
    assert "Answered" not in steps
    assert 'aria-current="step">Planned<small>' in steps
    assert "The company is looking into it." in visitor.text


@pytest.mark.parametrize(
    ("moderation", "own", "others"),
    [
        (Moderation.WAITING, "Only you and the moderators see this.", "This post waits for a moderator."),
        (Moderation.ASKED, "A moderator asks you to change this post.", "The author was asked to change this post."),
        (Moderation.HIDDEN, "taken this post out of sight. Only you", "taken out of sight. Only its author"),
        (Moderation.REMOVED, "removed this post. Only you", "This post was removed. Only its author"),
    ],
)
def test_what_keeps_others_from_reading_is_said_with_the_reason(visitor, make, app, session, moderation, own, others):
    author = make.person()
    reason = "" if moderation is Moderation.WAITING else "It names a neighbour."
    post = make.post(author=author, moderation=moderation, moderation_reason=reason)

    visitor.sign_in(author).open(f"/posts/{post.id}")
    assert own in visitor.text
    assert reason in visitor.text
    visitor.sign_in(make.moderator()).open(f"/posts/{post.id}")
    assert others in visitor.text


def test_a_merged_post_keeps_its_words_and_leads_on(visitor, make):
    other, post = make.post("The other twin"), make.post("The twin")
    said = make.comment(post, "Mine as well.")
    merge(make.session, post, other, by=make.as_reader(make.moderator()))

    visitor.open(f"/posts/{post.id}")
    assert "The twin" in visitor.text
    assert "Go to the post it was joined with: The other twin" in visitor.text

    visitor.open(f"/comments/{said.id}")
    assert visitor.path == f"/posts/{other.id}"
    for words in ("Said here as well", "It happens every morning", "Mine as well.", "said on The twin"):
        assert words in visitor.text


def test_a_vote_then_how_far_then_taken_back(visitor, make, session):
    post = make.post("Cold seat")
    visitor.sign_in(make.person()).open(f"/posts/{post.id}").send("vote", into="/vote")
    assert "Your vote counts. 1 vote." in visitor.text
    assert "Would you go further?" in visitor.text

    visitor.send("I would buy it")
    assert session.scalars(sa.select(Vote)).one().interest is Interest.BUY
    assert "Would buy it: 1" in visitor.text

    visitor.send("voted", into="/vote")
    assert "Your vote is withdrawn." in visitor.text
    assert session.get(Post, post.id).votes == 0


def test_a_script_gets_the_button_back(visitor, make, session):
    post = make.post("Kaldt sete", language="nb")
    visitor.sign_in(make.person()).open(f"/posts/{post.id}")
    form = next(form for form in visitor.forms() if "csrf_token" in form.fields)

    answer = visitor.client.post(
        f"/posts/{post.id}/vote",
        data={"csrf_token": form.fields["csrf_token"][0], "interest": "want"},
        headers={"X-Fragment": "1"},
    )

    text = answer.get_data(as_text=True).strip()
    assert text.startswith('<div class="slot" data-slot data-said="Your vote counts. 1 vote.">')
    assert 'aria-pressed="true"' in text
    assert '<span class="vh" lang="nb">: Kaldt sete</span>' in text
    assert "X-Fragment" in answer.headers["Vary"]
    assert "<html" not in text
    wrong = visitor.client.post(
        f"/posts/{post.id}/vote", data={"csrf_token": form.fields["csrf_token"][0], "interest": "much"}
    )
    assert wrong.status_code == 422


def test_an_unverified_vote_says_when_it_counts(visitor, make):
    post = make.post()

    visitor.sign_in(make.person(verified_at=None)).open(f"/posts/{post.id}").send("vote", into="/vote")

    assert "counts once you have confirmed your e-mail address" in visitor.text


def test_a_vote_before_signing_in_counts_with_the_sign_in(visitor, make, session):
    person = make.person(email="kari@example.com", password_hash=hash_password(PASSWORD))
    post = make.post()

    visitor.open(f"/posts/{post.id}").open(f"/posts/{post.id}/vote")
    assert session.scalars(sa.select(Vote)).all() == []
    visitor.send("Sign in", email="kari@example.com", password=PASSWORD)

    assert visitor.path == f"/posts/{post.id}"
    assert "Your vote counts. 1 vote." in visitor.text
    assert session.scalars(sa.select(Vote.user_id)).all() == [person.id]


@pytest.mark.parametrize(
    ("openness", "kind", "votes"),
    [
        (Openness.CO_CREATE, Kind.IDEA, True),
        (Openness.LISTENING, Kind.COMPLAINT, True),
        (Openness.LISTENING, Kind.IDEA, False),
        (Openness.CLOSED, Kind.COMPLAINT, False),
    ],
)
def test_a_vote_is_offered_only_where_it_would_be_taken(visitor, make, openness, kind, votes):
    author = make.person()
    post = make.post(area=make.area("", openness), kind=kind, author=author)

    assert (f"/posts/{post.id}/vote" in visitor.open(f"/posts/{post.id}").html) == votes
    visitor.sign_in(make.person()).open(f"/posts/{post.id}")
    assert (f"/posts/{post.id}/vote" in visitor.html) == votes
    visitor.sign_in(author).open(f"/posts/{post.id}")
    assert f"/posts/{post.id}/vote" not in visitor.html


@pytest.mark.parametrize("state", [None, AccountState.ERASED])
def test_an_author_who_is_unknown_or_gone_has_no_page_to_lead_to(visitor, make, state):
    """An imported comment has none, and an account that was erased leaves what others answered."""
    author = make.person("Gone Girl", state=state) if state else None
    post = make.post("Cold seat", author_id=author and author.id, author=None)
    comment = make.comment(post, author_id=author and author.id)

    visitor.sign_in(make.person("Kari")).open(f"/posts/{post.id}?reply={comment.id}")

    assert visitor.text.count("Author unknown") == 2
    assert "Gone Girl" not in visitor.html
    assert "/people/" not in visitor.html.partition("<main")[2]
    assert "Reply to" not in visitor.text


def test_somebody_comments_and_lands_on_the_comment(visitor, make, session):
    post = make.post()
    visitor.sign_in(make.person("Kari")).open(f"/posts/{post.id}").send("Comment", body="Same *here*.")

    comment = session.scalars(sa.select(Comment)).one()
    assert visitor.response.history[-1].location == f"/posts/{post.id}#comment-{comment.id}"
    assert "<p>Same <em>here</em>.</p>" in visitor.html

    visitor.open(f"/posts/{post.id}?reply={comment.id}")
    assert "Reply to Kari" in visitor.text
    visitor.send("Comment", body="And here.")
    reply = session.scalars(sa.select(Comment).order_by(Comment.id.desc())).first()
    assert reply.parent_id == comment.id


def test_an_empty_comment_is_asked_for_beside_the_field(visitor, make):
    post = make.post()

    visitor.sign_in(make.manager()).open(f"/posts/{post.id}").send("Comment", body=" ", speaks="note", status=422)

    assert "Please fill this in." in visitor.text
    form = next(form for form in visitor.forms() if "speaks" in form.fields)
    assert form.fields["speaks"] == ["note"]


def test_the_team_chooses_in_whose_name_it_speaks(visitor, make, session):
    post = make.post()
    visitor.sign_in(make.manager()).open(f"/posts/{post.id}")
    visitor.send("Comment", body="Our answer.", speaks="official")
    visitor.send("Comment", body="My two cents.")
    visitor.send("Comment", body="Ask the supplier.", speaks="note")

    rows = session.execute(sa.select(Comment.voice, Comment.is_internal, Comment.department).order_by(Comment.id)).all()
    assert rows == [
        (Voice.OFFICIAL, False, "Product"),
        (Voice.PERSONAL, False, ""),
        (Voice.PERSONAL, True, ""),
    ]
    assert session.get(Post, post.id).status is Status.ANSWERED


def test_a_customer_cannot_send_the_official_voice(visitor, make, session):
    post = make.post()
    visitor.sign_in(make.person()).open(f"/posts/{post.id}")
    assert "In whose name" not in visitor.text

    visitor.send("Comment", body="We from the company …", speaks="official", status=403)

    assert session.scalars(sa.select(Comment)).all() == []


def test_in_a_closed_area_the_next_step_is_a_complaint(visitor, make):
    area = make.area("engine", Openness.CLOSED)
    post = make.post(area=area)

    for somebody in (None, make.person()):
        if somebody:
            visitor.sign_in(somebody)
        visitor.open(f"/posts/{post.id}")
        assert "the author and the company's team talk" in visitor.text
        assert f'href="/posts/new?kind=complaint&amp;area={area.id}"' in visitor.html


def test_a_comment_is_changed_by_its_author_with_history(visitor, make, session):
    person = make.person()
    comment = make.comment(make.post(), "Frist word", author=person)
    visitor.sign_in(person).open(f"/comments/{comment.id}/edit").send("Save", body="First word")
    assert "First word" in visitor.text

    visitor.open(f"/comments/{comment.id}/history")
    assert "<del>Frist</del><ins>First</ins> word" in visitor.html

    visitor.sign_in(make.person()).open(f"/comments/{comment.id}/edit", status=403)


def test_a_stale_edit_of_a_comment_shows_both_texts(visitor, make, session):
    person = make.person()
    comment = make.comment(make.post(), "As it was", author=person)
    visitor.sign_in(person).open(f"/comments/{comment.id}/edit")
    session.execute(sa.update(Comment).values(body="Newer", body_html="<p>Newer</p>", version=2))

    visitor.send("Save", body="Mine", status=409)
    assert "Newer" in visitor.text
    assert "Mine" in visitor.text
    visitor.send("Save")
    assert session.scalars(sa.select(Comment.body)).all() == ["Mine"]


def test_following_from_the_page(visitor, make, session):
    post = make.post()
    person = make.person()
    visitor.sign_in(person).open(f"/posts/{post.id}").send("Follow")
    assert session.scalars(sa.select(Follow.user_id)).all() == [person.id]

    visitor.send("Following")
    assert session.scalars(sa.select(Follow)).all() == []
    assert "You no longer follow this post." in visitor.text


def test_sign_in_says_what_will_be_followed(visitor, make):
    post, area = make.post("Slow heater"), make.area("seats")

    told = [visitor.open(address).text for address in (f"/posts/{post.id}/follow", f"/follow/area/{area.id}")]

    assert "You follow “Slow heater” as soon as you have signed in." in told[0]
    assert "You follow the area “Seats” as soon as you have signed in." in told[1]


def test_following_before_signing_in_happens_with_the_sign_in(visitor, make, session):
    make.person(email="kari@example.com", password_hash=hash_password(PASSWORD))
    post = make.post()

    visitor.open(f"/posts/{post.id}/follow").send("Sign in", email="kari@example.com", password=PASSWORD)

    assert visitor.path == f"/posts/{post.id}"
    assert "You follow this post" in visitor.text


@pytest.mark.parametrize("comments", [0, 1, 50])
def test_a_page_costs_the_same_queries_however_much_is_said(visitor, make, session, queries, comments):
    post = make.post("The seat heating fails every cold morning")
    for _ in range(3):
        make.post("The seat heating fails on cold mornings")
    someone = make.person()
    session.add_all(
        Comment(
            post_id=post.id,
            author_id=someone.id,
            body="x",
            body_html="x",
            markup_version=1,
            created_at=utcnow(),
            thread_key=f"{n:011d}.{n:011d}",
        )
        for n in range(1, comments + 1)
    )
    session.commit()

    queries.clear()
    visitor.client.get(f"/posts/{post.id}")
    assert len(queries) <= 4, "\n".join(queries)

    visitor.sign_in(make.person())
    queries.clear()
    visitor.client.get(f"/posts/{post.id}")
    assert len(queries) <= 7, "\n".join(queries)


def test_hostile_text_is_shown_as_text(visitor, make, session):
    nasty = "<script>alert(1)</script> [x](javascript:alert(1)) ‮"
    post = make.post(nasty[:60], author=make.person(), body=nasty)
    writer = make.person(nasty[:60])
    make.comment(post, nasty, author=writer)
    make.comment(post, nasty, author=writer, voice=Voice.OFFICIAL, department=nasty[:60])

    visitor.open(f"/posts/{post.id}")

    assert "<script>alert" not in visitor.html
    assert 'href="javascript' not in visitor.html
    assert visitor.html.count("&lt;script&gt;alert(1)") >= 6


def test_what_later_stages_show_stays_within_the_page_s_queries(visitor, make, queries):
    post = make.post("The seat heating fails every cold morning", status=Status.LAUNCHED)
    twin = make.post("The seat heating fails on cold mornings")
    make.theme("Cold seats", [post, twin])

    def cost():
        visitor.open(f"/posts/{post.id}")  # what is kept for everybody is there from now on
        queries.clear()
        visitor.client.get(f"/posts/{post.id}")
        return len(queries)

    assert cost() <= 4, "\n".join(queries)
    visitor.sign_in(make.moderator())
    assert cost() <= 7, "\n".join(queries)


def test_a_post_that_waits_has_no_comment_box_that_nobody_could_read(visitor, make):
    author = make.person(approved_posts=0)
    post = make.post(author=author, moderation=Moderation.WAITING, published_at=None)

    visitor.sign_in(author).open(f"/posts/{post.id}")
    assert 'name="body"' not in visitor.html
    assert "Comments open together with the post, once a moderator has opened it." in visitor.text

    visitor.sign_in(make.moderator()).open(f"/posts/{post.id}")
    assert 'name="body"' in visitor.html


def test_following_promises_no_more_than_the_site_does(visitor, make):
    post = make.post()

    visitor.sign_in(make.person()).open(f"/posts/{post.id}").send("Follow", into="/follow")

    assert "You follow this post." in visitor.text
    assert "told" not in visitor.text

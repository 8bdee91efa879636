"""Talk, official answers and notes for the team."""

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.events import _receivers
from forum.core.people import ANYBODY, Role
from forum.posts import commenting, timeline
from forum.posts.commenting import add_comment
from forum.posts.events import PostAnswered
from forum.posts.models import Post, Revision
from forum.posts.schemas import CommentChange, NewComment
from forum.posts.status import Moderation, Status, Voice
from forum.posts.talk import COMMENTS, read_talk


@pytest.fixture
def answered():
    posts = []

    def listen(_session, event):
        posts.append(event.post_id)

    _receivers[PostAnswered].insert(0, listen)
    yield posts
    _receivers[PostAnswered].remove(listen)


@pytest.fixture
def engineer(make):
    return make.reader("Håvard Brekke", Role.EMPLOYEE, department="Seats")


def say(body="Same here.", **values):
    return NewComment(body=body, **values)


def test_a_comment_is_counted_and_rendered(session, make):
    post = make.post()

    comment = add_comment(session, post, say("It is **so** cold in the morning."), by=make.reader())

    assert comment.body_html == "<p>It is <strong>so</strong> cold in the morning.</p>\n"
    assert (comment.language, comment.voice, post.comments) == ("en", Voice.PERSONAL, 1)
    assert (post.status, post.answered_at) == (Status.NEW, None)


def test_replies_stay_with_their_comment_and_have_one_level(session, make):
    post, who = make.post(), make.reader()
    first = add_comment(session, post, say("First"), by=who)
    second = add_comment(session, post, say("Second"), by=who)
    reply = add_comment(session, post, say("Reply", parent_id=first.id), by=who)
    deeper = add_comment(session, post, say("Reply to the reply", parent_id=reply.id), by=who)

    lines = read_talk(session, post.id, ANYBODY).lines

    assert [(line.comment.id, line.is_reply, line.opens, line.closes) for line in lines] == [
        (first.id, False, False, False),
        (reply.id, True, True, False),
        (deeper.id, True, False, True),
        (second.id, False, False, False),
    ]
    assert deeper.parent_id == first.id


def test_the_first_official_answer_changes_status_order_and_timeline(session, make, answered, engineer):
    area = make.area(posts=1, unanswered=1)
    post = make.post(area=area)

    first = add_comment(session, post, say("We look into it.", voice="official"), by=engineer)
    second = add_comment(session, post, say("Found it.", voice="official"), by=engineer)

    session.expire_all()
    assert (first.department, post.status, post.unanswered_key) == ("Seats", Status.ANSWERED, None)
    assert (post.answered_at, post.last_answered_at) == (first.created_at, second.created_at)
    assert (area.unanswered, area.reply_minutes) == (0, 1)
    assert answered == [post.id]
    entries = timeline.entries(session, post.id, ANYBODY)
    assert [(entry.sentence, entry.href, entry.actor_name) for entry in entries] == [
        ("The company answered.", f"#comment-{first.id}", "Håvard Brekke"),
        ("The company answered.", f"#comment-{second.id}", "Håvard Brekke"),
    ]
    assert read_talk(session, post.id, ANYBODY).pinned.id == second.id


def test_an_answer_does_not_take_a_post_back(session, make, engineer):
    post = make.post(status=Status.PLANNED)

    add_comment(session, post, say(voice="official"), by=engineer)

    assert post.status is Status.PLANNED


def test_the_official_voice_is_the_team_s(session, make):
    post = make.post()

    with pytest.raises(NotAllowed, match="Only the company's team"):
        add_comment(session, post, say(voice="official"), by=make.reader())
    with pytest.raises(NotAllowed, match="Internal notes"):
        add_comment(session, post, say(is_internal=True), by=make.reader())
    with pytest.raises(NotAllowed, match="Sign in"):
        add_comment(session, post, say(), by=ANYBODY)


def test_a_person_of_the_team_may_speak_for_themselves(session, make, engineer):
    post = make.post()

    comment = add_comment(session, post, say(), by=engineer)

    assert (comment.voice, comment.department, post.answered_at) == (Voice.PERSONAL, "", None)


def test_a_note_changes_nothing_that_customers_see(session, make, answered, engineer):
    post = make.post()
    add_comment(session, post, say("Known since May.", is_internal=True), by=engineer)

    assert (post.comments, post.status, answered) == (0, Status.NEW, [])
    assert read_talk(session, post.id, ANYBODY).lines == []
    with pytest.raises(Invalid, match="not an official answer"):
        add_comment(session, post, say(is_internal=True, voice="official"), by=engineer)


def test_replies_do_not_cross_between_notes_and_comments(session, make, engineer):
    post = make.post()
    note = add_comment(session, post, say("Note", is_internal=True), by=engineer)
    comment = add_comment(session, post, say("Comment"), by=engineer)

    with pytest.raises(Invalid, match="Reply to an internal note"):
        add_comment(session, post, say(parent_id=note.id), by=engineer)
    with pytest.raises(Invalid, match="Reply to an internal note"):
        add_comment(session, post, say(parent_id=comment.id, is_internal=True), by=engineer)
    with pytest.raises(Invalid, match="not there any more"):
        add_comment(session, make.post(), say(parent_id=comment.id), by=engineer)


@pytest.mark.parametrize("state", [Moderation.HIDDEN, Moderation.REMOVED, Moderation.MERGED])
def test_posts_out_of_sight_take_no_comments_but_notes(session, make, engineer, state):
    post = make.post(moderation=state)

    with pytest.raises(NotAllowed, match="closed"):
        add_comment(session, post, say(), by=engineer)
    assert add_comment(session, post, say(is_internal=True), by=engineer).id


def test_an_edit_of_a_comment_keeps_how_it_read_before(session, make):
    who = make.reader()
    comment = add_comment(session, make.post(), say("Frist"), by=who)

    commenting.edit_comment(session, comment, CommentChange(body="First", version=1), by=who)

    assert (comment.body_html, comment.version) == ("<p>First</p>\n", 2)
    assert [(kept.comment_id, kept.body) for kept in session.scalars(sa.select(Revision))] == [(comment.id, "Frist")]
    with pytest.raises(Conflict, match="Both versions"):
        commenting.edit_comment(session, comment, CommentChange(body="Stale", version=1), by=who)
    with pytest.raises(NotAllowed, match="Only its author"):
        commenting.edit_comment(session, comment, CommentChange(body="Mine", version=2), by=make.reader())


def test_hiding_the_only_answer_takes_the_post_back_to_new(session, make, engineer):
    area = make.area(posts=1, unanswered=1)
    post, moderator = make.post(area=area), make.as_reader(make.moderator())
    answer = add_comment(session, post, say(voice="official"), by=engineer)

    commenting.hide_comment(session, answer, by=moderator, reason="Wrong post.")
    session.flush()
    session.expire_all()
    assert (post.status, post.answered_at, post.comments, area.unanswered) == (Status.NEW, None, 0, 1)
    assert post.unanswered_key == post.newest_key
    talk = read_talk(session, post.id, ANYBODY)
    assert (talk.pinned, talk.entries, area.reply_minutes) == (None, [], None)

    commenting.restore_comment(session, answer, by=moderator)
    session.flush()
    session.expire_all()
    assert len(read_talk(session, post.id, ANYBODY).entries) == 1
    assert (post.status, post.comments, area.unanswered) == (Status.ANSWERED, 1, 0)
    actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["comment.hide", "comment.restore"]


def test_a_removed_comment_says_why_to_its_author_alone(session, make, visitor):
    person = make.person()
    post = make.post()
    comment = add_comment(session, post, say("You fool."), by=make.as_reader(person))
    commenting.remove_comment(session, comment, by=make.as_reader(make.moderator()), reason="Rude.")

    assert "You fool" not in visitor.open(f"/posts/{post.id}").text
    visitor.sign_in(person).open(f"/posts/{post.id}")
    assert "A moderator took this out of sight. Rude. You fool." in visitor.text


def test_long_talk_has_pages_and_a_link_leads_to_the_right_one(session, make, visitor):
    post, who = make.post(), make.reader()
    comments = [add_comment(session, post, say(f"Number {n}."), by=who) for n in range(COMMENTS + 5)]
    reply = add_comment(session, post, say("A late reply.", parent_id=comments[-1].id), by=who)

    visitor.open(f"/posts/{post.id}")
    assert (f"Number {COMMENTS - 1}." in visitor.text, f"Number {COMMENTS}." in visitor.text) == (True, False)
    assert "More comments" in visitor.text

    visitor.open(f"/comments/{reply.id}")
    assert "A late reply." in visitor.text
    assert f'id="comment-{comments[-1].id}"' in visitor.html
    assert session.get(Post, post.id).comments == COMMENTS + 6


def test_nobody_but_the_team_talks_below_a_post_that_waits(session, make):
    author = make.person()
    post = make.post(author=author, moderation=Moderation.WAITING, published_at=None)

    with pytest.raises(NotAllowed, match="once a moderator has opened it"):
        add_comment(session, post, say(), by=make.as_reader(author))
    assert add_comment(session, post, say(), by=make.reader("", Role.MODERATOR)).id

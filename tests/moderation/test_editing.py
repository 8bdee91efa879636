"""Moderators edit what somebody wrote: both versions stay, the author is told why and objects, and it is undone."""

import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.outbox import OutboxMail
from forum.core.people import Role
from forum.moderation import appealing, editing, services
from forum.moderation.status import CaseKind, Decision, Reason
from forum.moderation.telling import tell_author
from forum.posts.correcting import Correction
from forum.posts.models import Revision


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


@pytest.fixture
def author(make):
    """Somebody who reads Norwegian."""
    return make.person("Per", language="nb")


@pytest.fixture
def post(make, author):
    """A post with a number plate in it."""
    return make.post("My saet is cold", author=author, body="The car EL 12345 is cold.")


def test_an_edit_keeps_both_versions_and_tells_the_author_why(session, make, kari, author, post):
    wanted = Correction("My seat is cold", "It is cold.", post.version)
    with pytest.raises(NotAllowed):
        editing.edit(session, post, wanted, by=make.reader(), reason=Reason.TYPING)
    with pytest.raises(Invalid):
        editing.edit(session, post, wanted, by=kari, reason=None)
    case = editing.edit(session, post, wanted, by=kari, reason=Reason.TYPING)
    with pytest.raises(Conflict):
        editing.edit(session, post, wanted, by=kari, reason=Reason.TYPING)
    session.commit()
    tell_author(case_id=case.id, decided_at=case.decided_at.isoformat())

    assert (post.title, post.body, post.body_html) == ("My seat is cold", "It is cold.", "<p>It is cold.</p>\n")
    before = session.scalars(sa.select(Revision)).one()
    assert (before.title, before.replaced_by_id) == ("My saet is cold", kari.id)
    assert before.reason.startswith("Vi har rettet skrivefeil")
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert "ble rettet" in mail.subject
    assert f"/moderation/posts/{post.id}/object" in mail.text


def test_undoing_within_ten_minutes_leaves_no_trace_in_the_text_or_its_history(session, kari, post):
    case = editing.edit(session, post, Correction("Else", "Else.", 1, True), by=kari, reason=Reason.TITLE)
    services.undo(session, case, by=kari)

    assert (post.title, post.body, post.edited_at) == ("My saet is cold", "The car EL 12345 is cold.", None)
    assert session.scalars(sa.select(Revision)).all() == []


def test_an_objection_puts_the_words_of_a_comment_back(session, make, kari, author, post):
    comment = make.comment(post, "Same hier.", author=author)
    editing.edit(session, post, Correction("", "Same here.", 1), comment=comment, by=kari, reason=Reason.TYPING)
    case = appealing.appeal(session, post.id, comment.id, "I meant it.", by=make.as_reader(author))
    ola = make.reader("Ola", Role.MODERATOR)
    with pytest.raises(NotAllowed, match="Another moderator"):
        services.decide(session, case, Decision.REVERTED, by=kari, reason=Reason.MISTAKE)

    services.decide(session, case, Decision.REVERTED, by=ola, reason=Reason.MISTAKE)
    assert comment.body == "Same hier."
    services.undo(session, case, by=ola)
    assert comment.body == "Same here."


def test_private_matters_are_closed_to_others_in_every_earlier_version(visitor, session, make, author, post):
    visitor.sign_in(make.moderator()).open(f"/posts/{post.id}")
    assert f"/moderation/posts/{post.id}/edit" in visitor.html
    visitor.open(f"/moderation/posts/{post.id}/edit").send("Save", status=422, body="It is cold.")
    visitor.send("Save", body="It is cold.", reason="taken_out", closes="yes")
    assert "its author gets a mail" in visitor.text

    visitor.sign_in(make.person()).open(f"/posts/{post.id}/history")
    assert "12345" not in visitor.html
    assert "A moderator has closed this version" in visitor.text
    visitor.sign_in(author).open(f"/posts/{post.id}/history")
    assert "12345" in visitor.html
    assert f"/moderation/posts/{post.id}/object" in visitor.html
    assert f"/moderation/posts/{post.id}/object" in visitor.open(f"/posts/{post.id}").html


def test_an_author_meets_the_way_to_object_at_a_comment_that_was_taken_away(visitor, session, make, kari, author, post):
    comment = make.comment(post, author=author)
    services.moderate(session, post, Decision.REMOVED, comment=comment, by=kari, reason=Reason.RUDE)
    address = f"/moderation/posts/{post.id}/comments/{comment.id}/object"

    assert address in visitor.sign_in(author).open(f"/posts/{post.id}").html
    visitor.open(address).send("Object" if "Object" in visitor.text else "", text="It was about the car.")
    assert address not in visitor.sign_in(make.moderator()).open(f"/posts/{post.id}").html


def test_an_edit_from_the_queue_comes_back_to_the_case(visitor, session, make, kari, post):
    case = services.open_case(session, CaseKind.SPAM, post.id)
    visitor.sign_in(make.moderator()).open(f"/moderation/{case.id}")
    assert f"/moderation/posts/{post.id}/edit?case={case.id}" in visitor.html

    visitor.open(f"/moderation/posts/{post.id}/edit?case={case.id}").send("Save", title="My seat", reason="typing")
    assert visitor.path == f"/moderation/{case.id}"
    visitor.send("Undo", into="/undo")
    assert (post.title, visitor.path) == ("My saet is cold", f"/moderation/{case.id}")

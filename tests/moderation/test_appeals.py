"""Authors object to decisions once, and another moderator looks again."""

import re

import pytest

from forum.accounts.models import User
from forum.core.errors import Conflict, Invalid, NotAllowed, NotFound
from forum.core.people import Role
from forum.moderation import appealing, services
from forum.moderation.events import ObjectionAnswered
from forum.moderation.status import CaseKind, Decision, Reason
from forum.moderation.telling import tell_author
from forum.notifications import receivers
from forum.posts.status import Moderation


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


@pytest.fixture
def removed(session, make, kari):
    """A post that Kari removed, and its author."""
    author = make.reader("Per")
    post = make.post("My seat is cold", author_id=author.id)
    services.moderate(session, post, Decision.REMOVED, by=kari, reason=Reason.SPAM)
    return post, author


def test_an_author_objects_once_with_a_reason(session, make, removed):
    post, author = removed

    with pytest.raises(NotFound):
        appealing.appeal(session, post.id, None, "It is mine.", by=make.reader())
    with pytest.raises(Invalid):
        appealing.appeal(session, post.id, None, " ", by=author)
    case = appealing.appeal(session, post.id, None, "It is no advertising.", by=author)
    with pytest.raises(Conflict, match="once is enough"):
        appealing.appeal(session, post.id, None, "Once more.", by=author)

    assert case.kind is CaseKind.APPEAL


def test_another_moderator_decides_where_there_is_one(session, make, kari, removed):
    post, author = removed
    case = appealing.appeal(session, post.id, None, "It is no advertising.", by=author)
    ola = make.reader("Ola", Role.MODERATOR)

    with pytest.raises(NotAllowed, match="Another moderator"):
        services.decide(session, case, Decision.KEPT, by=kari)
    services.decide(session, case, Decision.RESTORED, by=ola, reason=Reason.MISTAKE)

    assert post.moderation is Moderation.OPEN


def test_the_only_moderator_answers_and_the_author_is_told(session, kari, removed, monkeypatch):
    post, author = removed
    case = appealing.appeal(session, post.id, None, "It is no advertising.", by=author)
    with pytest.raises(Invalid):
        services.decide(session, case, Decision.KEPT, by=kari)
    services.decide(session, case, Decision.KEPT, by=kari, reason=Reason.STANDS)
    told = []
    monkeypatch.setattr("forum.moderation.telling.publish", lambda _session, event: told.append(event))
    session.commit()

    tell_author(case_id=case.id, decided_at=case.decided_at.isoformat())

    assert told == [ObjectionAnswered(post.id, author.id, False, case.reason, kari.id, case.id)]
    assert case.reason.startswith("We have looked at it again")
    assert receivers.objection_answered


def test_an_author_objects_on_the_page_of_the_post(visitor, session, make, removed):
    post, author = removed
    person = session.get(type(make.person()), author.id)
    visitor.sign_in(person).open(f"/posts/{post.id}")
    assert f"/moderation/posts/{post.id}/object" in visitor.html

    visitor.open(f"/moderation/posts/{post.id}/object").send("Object", status=422)
    visitor.send("Object", text="It is no advertising.")
    assert "A moderator looks at it again" in visitor.text
    visitor.sign_in(make.moderator()).open("/moderation")

    assert "Objection to a decision" in visitor.text
    assert "It is no advertising." in visitor.text


def test_what_stands_or_waits_is_nothing_to_object_to(visitor, session, make):
    author = make.person("Per")
    post = make.post(author=author)
    services.open_case(session, CaseKind.FIRST_POST, post.id)

    visitor.sign_in(author).open(f"/moderation/posts/{post.id}/object", status=404)

    assert "There is no decision here that you can object to." in visitor.text


def test_the_queue_leaves_an_objection_to_others_than_who_decided(visitor, session, make, kari, removed):
    post, author = removed
    objection = appealing.appeal(session, post.id, None, "It is no advertising.", by=author)
    services.open_case(session, CaseKind.REPORT, make.post("Another matter").id)
    ola = make.moderator()

    visitor.sign_in(session.get(User, kari.id)).open("/moderation")
    assert "For another moderator" in visitor.text
    assert re.search(r'id="case-title".*Another matter', visitor.html, re.S)
    visitor.open(f"/moderation/{objection.id}")
    assert "It was your decision. Another moderator looks at the objection." in visitor.text
    assert 'value="restored"' not in visitor.html
    visitor.sign_in(ola).open("/moderation")

    assert 'value="restored"' in visitor.html
    assert "The reason its author reads now: It advertises something" in visitor.text


def test_the_author_reads_wherever_it_stands_that_their_objection_is_looked_at(visitor, session, make, kari, removed):
    post, author = removed
    other = make.post("Cold seat")
    comment = make.comment(other, "Buy ours.", author_id=author.id)
    services.moderate(session, other, Decision.REMOVED, comment=comment, by=kari, reason=Reason.SPAM)
    visitor.sign_in(session.get(User, author.id))
    pages = {f"/posts/{post.id}": None, "/me/posts": None, f"/posts/{comment.post_id}": comment.id}
    assert all("Object to it" in visitor.open(page).text for page in pages)
    for post_id, comment_id in ((post.id, None), (comment.post_id, comment.id)):
        appealing.appeal(session, post_id, comment_id, "It is no advertising.", by=author)

    for page in pages:
        visitor.open(page)
        assert "Object to it" not in visitor.text
        assert "A moderator looks at it again and decides." in visitor.text


def test_who_decided_is_not_shown_as_looking_at_the_objection(session, make, kari, removed):
    post, author = removed
    objection = appealing.appeal(session, post.id, None, "It is no advertising.", by=author)
    ola = make.reader("Ola", Role.MODERATOR)

    services.claim(session, objection, by=kari)
    assert objection.claimed_by_id is None
    services.claim(session, objection, by=ola)

    assert objection.claimed_by_id == ola.id

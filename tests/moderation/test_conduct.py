"""Moving, locking and pinning posts, and warning and suspending people."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.outbox import OutboxMail
from forum.core.people import Role
from forum.moderation import conduct, pleading, queries
from forum.moderation.status import Reason
from forum.posts import keeping
from forum.posts.commenting import add_comment
from forum.posts.models import Draft
from forum.posts.pinned import read_pins
from forum.posts.schemas import NewComment
from forum.posts.status import Kind
from forum.posts.voting import cast_vote
from forum.products.status import Openness
from forum.web.panels import forget_panels


@pytest.fixture
def kari(make):
    """A moderator."""
    return make.reader("Kari", Role.MODERATOR)


def test_a_post_moves_where_the_area_takes_it(session, make, kari):
    idea, open_area = make.post("Cup holders", kind=Kind.IDEA), make.area("doors")
    closed = make.area("engine", Openness.CLOSED)

    with pytest.raises(Invalid, match="not open to ideas"):
        keeping.move_post(session, idea, closed.id, by=kari, reason="It is about the engine.")
    keeping.move_post(session, idea, open_area.id, by=kari, reason="It is about doors.")

    assert idea.area_id == open_area.id
    assert [entry.action for entry in session.scalars(sa.select(AuditEntry))] == ["post.move"]


def test_a_locked_post_takes_comments_of_the_team_alone(session, make, kari):
    post, customer = make.post(), make.reader()
    keeping.lock_post(session, post, True, by=kari, reason="It goes round in circles.")

    with pytest.raises(NotAllowed, match="locked"):
        add_comment(session, post, NewComment(body="Once more."), by=customer)
    assert add_comment(session, post, NewComment(body="The team says."), by=kari).id
    assert cast_vote(session, post, by=customer).votes == 1


def test_a_pin_stands_on_top_of_its_area_and_of_the_board_where_meant_and_ends_by_itself(visitor, session, make, kari):
    area, tomorrow = make.area("doors"), utcnow() + timedelta(days=1)
    post, inner, other = make.post("Read this first"), make.post("Of doors", area=area), make.post("Not pinned")
    with pytest.raises(NotAllowed):
        keeping.pin_post(session, post, tomorrow, by=make.reader(), reason="Please.")
    keeping.pin_post(session, post, tomorrow, by=kari, reason="It is asked every day.")
    keeping.pin_post(session, inner, tomorrow, by=kari, reason="About doors.", on_board=False)

    board = visitor.open("/").html
    assert "Pinned by the moderators" in board
    assert board.index("Read this first") < min(board.index(other.title), board.index("Of doors"))
    assert board.count(f'id="post-{post.id}"') == 1
    forget_panels()
    assert "Pinned by the moderators" in visitor.open(f"/?area={area.id}").text
    assert "Pinned by the moderators" not in visitor.open("/?order=newest").text
    assert "Pinned" in visitor.open(f"/posts/{inner.id}").text
    post.pinned_until = inner.pinned_until = utcnow() - timedelta(seconds=1)
    session.flush()

    assert read_pins(session) == []


def test_move_lock_and_pin_are_taken_back_exactly_as_long_as_nothing_came_after(session, make, kari):
    post, doors = make.post(), make.area("doors")
    home, until = post.area_id, utcnow() + timedelta(days=1)
    moved = keeping.move_post(session, post, doors.id, by=kari, reason="It is about doors.")
    locked = keeping.lock_post(session, post, True, by=kari, reason="Circles.")
    pinned = keeping.pin_post(session, post, until, by=kari, reason="Asked every day.", on_board=False)
    again = keeping.pin_post(session, post, until + timedelta(days=1), by=kari, reason="Longer.")
    with pytest.raises(NotAllowed):
        keeping.undo(session, post, moved, by=make.reader())
    with pytest.raises(Conflict):
        keeping.undo(session, post, pinned, by=kari)

    for entry_id in (moved, locked, again):
        keeping.undo(session, post, entry_id, by=kari)
        with pytest.raises(Conflict):
            keeping.undo(session, post, entry_id, by=kari)

    assert (post.area_id, post.is_locked) == (home, False)
    assert (post.pinned_until, post.is_pinned_on_board) == (until, False)
    actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-3:] == ["post.move", "post.unlock", "post.pin"]


def test_a_moderator_takes_a_lock_back_where_it_was_said_and_on_the_page(visitor, session, make):
    post = make.post()
    visitor.sign_in(make.moderator()).open(f"/moderation/posts/{post.id}/keep")
    visitor.send("Lock", lock_words="Circles.").send("Undo", into="/keep/")
    assert not post.is_locked
    assert "Both stand in the log." in visitor.text
    visitor.open(f"/moderation/posts/{post.id}/keep").send("Lock", lock_words="Circles.")
    visitor.open(f"/moderation/posts/{post.id}/keep").send("Undo", into="/keep/")
    assert not post.is_locked


def test_a_pin_until_the_end_of_a_day_here_is_taken_back(visitor, make):
    post = make.post()
    visitor.sign_in(make.moderator()).open(f"/moderation/posts/{post.id}/keep")
    visitor.send("Pin", until=(utcnow() + timedelta(days=9)).date().isoformat(), pin_words="Read it.")
    visitor.send("Undo", into="/keep/")  # the log has the day in the site's time zone, the post in UTC

    assert post.pinned_until is None


def test_a_suspended_person_reads_and_adds_nothing(visitor, session, make, kari):
    person, post = make.person("Per"), make.post()
    conduct.suspend(session, person, utcnow() + timedelta(days=3), Reason.RUDE, "", by=kari)

    with pytest.raises(NotAllowed, match="It goes for people"):
        cast_vote(session, post, by=make.as_reader(person))
    visitor.sign_in(person).open(f"/posts/{post.id}")
    assert "you can read, and not post, comment or vote. It goes for people" in visitor.text
    assert session.scalars(sa.select(OutboxMail)).one().subject == "You can read, and not write for a while"

    conduct.lift(session, person, by=kari, reason="")
    assert cast_vote(session, post, by=make.as_reader(person)).votes == 1
    assert conduct.sanctions_of(session, person.id)[0].lifted_at is not None


def test_what_somebody_was_writing_when_they_were_suspended_is_kept(visitor, session, make, kari):
    person, post = make.person("Per"), make.post()
    until = utcnow() + timedelta(days=3)
    visitor.sign_in(person).open(f"/posts/{post.id}")
    conduct.suspend(session, person, until, Reason.RUDE, "", by=kari)
    visitor.send("Comment", body="It happens to me as well, on cold days.", status=403)
    assert "Nothing was sent" in visitor.text
    assert "It happens to me as well" in visitor.html

    conduct.lift(session, person, by=kari, reason="")
    visitor.open("/posts/new")
    conduct.suspend(session, person, until, Reason.RUDE, "", by=kari)
    visitor.send("Post", status=403, kind="complaint", title="The rear wiper judders", area_id=post.area_id)
    assert ">Post</button>" not in visitor.html
    assert "kept as a draft until you may post again" in visitor.text
    visitor.send("Save draft")
    assert "The rear wiper judders" in visitor.html
    assert session.scalars(sa.select(Draft)).one().fields["title"] == "The rear wiper judders"


def test_whoever_is_suspended_objects_once_and_another_moderator_answers(visitor, session, make, kari):
    person, other = make.person("Per"), make.moderator()
    conduct.suspend(session, person, utcnow() + timedelta(days=3), Reason.RUDE, "", by=kari)
    visitor.sign_in(person).open("/").open("/moderation/objection")
    visitor.send("Object", status=422)
    visitor.send("Object", text="I meant the car.")
    assert "You objected on" in visitor.text

    visitor.sign_in(session.get_one(User, kari.id)).open("/moderation")
    assert "Per objects to a suspension" in visitor.text
    visitor.open(f"/moderation/people/{person.id}")
    assert "Another moderator looks at the objection." in visitor.text
    visitor.sign_in(other).open(f"/moderation/people/{person.id}").send("Keep to it")
    assert "it stands" in visitor.text
    assert "Per objects" not in visitor.open("/moderation").text
    letter = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
    assert letter.subject == "A moderator has looked again at your objection"


def test_an_objection_to_a_warning_is_agreed_with(session, make, kari):
    person = make.person("Per")
    warning = conduct.warn(session, person, Reason.RUDE, "", by=kari)
    pleading.object_to(session, warning, "It was a joke.", by=make.as_reader(person))

    pleading.answer(session, person, warning.id, agrees=True, words="", by=kari)  # there is no other moderator

    assert warning.lifted_at is not None
    assert pleading.waiting(session) == []
    assert queries.counts(session).due == 0


def test_the_team_is_not_suspended(session, make, kari):
    with pytest.raises(NotAllowed):
        conduct.warn(session, make.moderator(), Reason.RUDE, "", by=kari)


def test_a_moderator_pins_and_warns_on_their_pages(visitor, session, make):
    post = make.post("Read this first")
    visitor.sign_in(make.moderator()).open(f"/moderation/posts/{post.id}/keep")
    visitor.send("Lock", status=422)
    assert "Say why" in visitor.text
    visitor.send("Lock", lock_words="It goes round in circles.")
    assert post.is_locked

    visitor.open(f"/moderation/people/{post.author_id}").send("Suspend", status=422, reason="rude")
    assert "Choose a day to come." in visitor.text
    visitor.send("Warn", reason="rude")
    assert "Warned. A mail with the reason is on its way." in visitor.text


def test_the_log_is_filtered_by_moderator_and_day(visitor, session, make, kari):
    keeping.lock_post(session, make.post("Locked one"), True, by=kari, reason="Circles.")
    today = utcnow().date()
    visitor.sign_in(make.moderator())

    assert "Locked one" in visitor.open(f"/moderation/log?moderator={kari.id}&since={today}").text
    assert "Locked one" not in visitor.open("/moderation/log?moderator=1000000").text
    assert "Locked one" not in visitor.open("/moderation/log?until=2020-01-01").text

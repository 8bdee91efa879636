"""An author says theirs is about something else: through a moderator to the product managers."""

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.accounts.sessions import reader_from
from forum.core.errors import Conflict, NotAllowed
from forum.core.people import Role
from forum.moderation import services
from forum.moderation.models import Case
from forum.moderation.status import CaseKind, Decision
from forum.moderation.telling import tell_author
from forum.themes import misplacing
from forum.themes.models import Misplaced, Steering
from forum.themes.status import SteeringKind


@pytest.fixture
def world(session, make):
    posts = [make.post(f"Post {n}") for n in range(6)]
    one, other = make.theme("Seats", posts[:3]), make.theme("Fans", posts[3:])
    author = reader_from(session, session.get_one(User, posts[0].author_id))
    return posts, one, other, author


def pass_on(session, make, decision):
    case = session.scalars(sa.select(Case).where(Case.kind == CaseKind.MISPLACED)).one()
    services.decide(session, case, decision, by=make.reader("Mod", Role.MODERATOR))
    session.commit()
    tell_author(case_id=case.id, decided_at=case.decided_at.isoformat())
    session.expire_all()
    return session.scalars(sa.select(Misplaced)).one()


def test_what_an_author_says_becomes_steering_after_two_nods(session, make, world, manager, members):
    posts, one, other, author = world
    misplacing.say_misplaced(session, posts[0], "It is the fan.", by=author)
    assert misplacing.read_waiting(session, one.product_id, manager) == []

    said = pass_on(session, make, Decision.PASSED_ON)
    [waiting] = misplacing.read_waiting(session, one.product_id, manager)
    assert (waiting.post_id, waiting.text) == (posts[0].id, "It is the fan.")
    misplacing.answer(session, said, "move", other, by=manager)

    assert members(other) == {posts[0].id, *(post.id for post in posts[3:])}
    assert session.get_one(Steering, said.steering_id).kind is SteeringKind.PIN
    with pytest.raises(Conflict):
        misplacing.answer(session, said, "stays", None, by=manager)


def test_what_a_moderator_does_not_agree_to_never_reaches_the_desk(session, make, world, manager):
    posts, one, _other, author = world
    misplacing.say_misplaced(session, posts[0], "", by=author)

    said = pass_on(session, make, Decision.KEPT)

    assert (said.passed_on_at, misplacing.read_waiting(session, one.product_id, manager)) == (None, [])
    assert said.decided_at is not None


def test_only_the_author_says_so_and_only_once(session, make, world):
    posts, _one, _other, author = world
    with pytest.raises(NotAllowed):
        misplacing.say_misplaced(session, posts[0], "", by=make.reader("Ola"))
    misplacing.say_misplaced(session, posts[0], "", by=author)
    with pytest.raises(Conflict):
        misplacing.say_misplaced(session, posts[0], "", by=author)

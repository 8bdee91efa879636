"""Themes on PostgreSQL: a diff decided, steered, counted and restored as on SQLite."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.people import Role
from forum.themes import desk, diffs, queries, steering, versions
from forum.themes.accepting import accept_all
from forum.themes.models import RunLine, Theme, ThemeVersion
from forum.themes.reopening import reopen_line
from forum.themes.status import Order
from forum.themes.watching import look_for_rises
from tests.make import Make


@pytest.fixture
def session(postgresql_session):
    """The test's session, on PostgreSQL."""
    return postgresql_session


@pytest.mark.postgresql
@pytest.mark.timeout(300)
def test_a_diff_is_decided_steered_counted_and_restored(session: Session, propose) -> None:
    make = Make(session)
    manager = make.reader("Mia", Role.MANAGER)
    posts = [make.post(f"Post {n}") for n in range(12)]
    make.vote(posts[0])
    accept_all(session, propose({-1: posts[:6], -2: posts[6:]}, n1="cold", n2="noise"), by=manager)
    session.commit()
    cold, noise = session.scalars(sa.select(Theme).order_by(Theme.id)).all()
    assert (cold.posts, cold.people, cold.breadth) == (6, 7, pytest.approx((7 * 1 * 7) ** (1 / 3)))
    first = session.scalars(sa.select(ThemeVersion)).one()

    steering.pin(session, cold, posts[11].id, by=manager)
    run = propose({cold.id: posts})
    moved = {line.label: line.moving for line in diffs.read_lines(session, run.id)}
    assert [(one.come.count, one.go.count) for one in moved.values()] == [(5, 0)]
    accept_all(session, run, by=manager)
    session.commit()
    assert (cold.posts, noise.posts) == (12, 0)
    line = session.scalars(sa.select(RunLine).where(RunLine.run_id == run.id)).one()
    reopen_line(session, line, by=manager)
    session.commit()
    assert (cold.posts, noise.posts, noise.heir_id) == (7, 5, None)
    accept_all(session, run, by=manager)
    session.commit()
    assert (cold.posts, noise.posts) == (12, 0)
    versions.restore(session, first, by=manager)
    session.commit()

    assert (cold.posts, noise.posts) == (7, 5)
    assert [card.posts for card in queries.read_cards(session, cold.product_id).rows] == [7, 5]
    assert sum(count for _monday, count in queries.read_shape(session, cold.id).weeks) == 7
    assert desk.read_lines_of_weeks(session, cold.product_id)[cold.id][-1] == 7
    assert desk.count_people(session, [cold.id, noise.id]) == 13

    make.post(when=utcnow() - timedelta(days=100))
    session.commit()
    assert look_for_rises(cold.product_id, [cold.id]) == 1
    session.commit()
    ((theme, warning), *_others), _dismissed = desk.read_themes(session, cold.product_id, Order.POSTS)
    assert (theme.id, warning.people, warning.weeks) == (cold.id, 7, 13)
    assert len(desk.read_newest(session, [cold.id], manager)[cold.id]) == 3
    assert desk.count_warnings(session) == {cold.product_id: 1}

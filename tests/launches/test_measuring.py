"""Complaints around a launch, counted by the theme they were first put into."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.backlog.schemas import Reopening
from forum.backlog.services import reopen_item
from forum.backlog.status import ItemStatus
from forum.core.clock import standing_at, utcnow
from forum.launches.measuring import measure, measure_latest
from forum.launches.models import Launch
from forum.posts.status import Kind, Moderation, Visibility
from forum.themes.membership import seat
from forum.themes.models import FirstAssignment
from forum.themes.services import join
from forum.themes.status import Placing

WEEK = timedelta(days=7)


@pytest.fixture
def launched(session, make, build, launch):
    """A theme whose item was launched eight weeks ago, at twenty past two on that day; the product is a year old."""
    make.post(when=utcnow() - timedelta(days=365))
    theme = make.theme("Seat heating", [make.post(when=utcnow() - 60 * WEEK)])
    item = build(theme)
    done = launch(item)
    done.launched_at = item.launched_at = utcnow() - 8 * WEEK - timedelta(hours=5)
    session.flush()
    return theme, item, done


@pytest.fixture
def say(session, make, launched):
    """Writes a complaint of the theme so many days after the launch, or before it."""
    theme, _item, done = launched

    def say(days: float, into=theme, **values):
        when = done.launched_at + timedelta(days=days)
        post = make.post(**{"when": when} | values)
        with standing_at(when):
            seat(session, into, {post.id: 0.5}, Placing.WORDING)
        return post

    return say


def weeks(session, done: Launch):
    """What was counted before and after a launch."""
    session.flush()
    effect = measure(session, done.id).effect
    return effect.before, effect.after


def test_whole_weeks_from_the_moment_of_the_launch_are_counted(session, launched, say):
    for days in (-83.9, -7.1, -6.9, -0.01, 0.01, 6.9, 7.1, 55.9):
        say(days)
    say(-84.1)  # thirteen weeks before
    say(56.01)  # in the week that is still running

    assert weeks(session, launched[2]) == ((1, *[0] * 9, 1, 2), (2, 1, 0, 0, 0, 0, 0, 1))


def test_only_what_was_complained_of_here_and_in_public_counts(session, launched, say):
    merged, survivor = say(3), say(4)
    session.flush()
    merged.moderation, merged.merged_into_id, merged.is_listed = Moderation.MERGED, survivor.id, False
    say(5, kind=Kind.IDEA)
    say(5, source="import")
    say(5, is_dated=False)
    say(5, visibility=Visibility.PRIVATE, is_listed=False)
    hidden = say(5)
    hidden.moderation, hidden.is_listed = Moderation.HIDDEN, False

    assert weeks(session, launched[2])[1] == (2, 0, 0, 0, 0, 0, 0, 0)


def test_a_post_counts_by_the_theme_it_was_first_put_into(session, make, launched, say):
    theme, _item, done = launched
    other = make.theme("Wipers")
    moved = say(3)
    seat(session, other, {moved.id: 0.9}, Placing.PERSON)
    came = say(3, into=other)
    seat(session, theme, {came.id: 0.9}, Placing.PERSON)

    assert session.scalar(sa.select(FirstAssignment.theme_id).where(FirstAssignment.post_id == came.id)) == other.id
    assert sum(weeks(session, done)[1]) == 1


def test_themes_that_went_into_it_count_as_it(session, make, launched, say):
    theme, _item, done = launched
    other = make.theme("Cold seats")
    say(-3, into=other)
    assert sum(weeks(session, done)[0]) == 0

    join(session, other, theme)

    assert sum(weeks(session, done)[0]) == 1


def test_a_second_launch_ends_the_first_one(session, planner, launched, say, launch):
    theme, item, first = launched
    reopen_item(session, item, Reopening(sentence_en="Again."), by=planner)
    item.status = ItemStatus.IN_PROGRESS
    session.flush()
    second = launch(item, title_en="Now really")
    second.launched_at = first.launched_at + 3 * WEEK
    say(2)
    say(22)

    assert weeks(session, first) == ((0,) * 12, (1, 0, 0))
    assert weeks(session, second) == ((1, 0, 0), (1, 0, 0, 0, 0))
    assert measure_latest(session, theme.id).launch_id == second.id


def test_before_reaches_no_further_than_the_product_was_spoken_of(session, make, build, launch):
    theme = make.theme("Seats", [make.post(when=utcnow() - timedelta(days=50))])
    make.post(when=utcnow() - timedelta(days=400), source="import")
    done = launch(build(theme))

    assert len(weeks(session, done)[0]) == 7


def test_without_a_theme_nothing_is_measured(session, make, launched):
    _theme, item, done = launched
    session.execute(sa.text("delete from item_themes"))

    assert measure(session, done.id) is None
    assert item.id

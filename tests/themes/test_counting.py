"""The numbers of themes, by their formulas."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core.clock import utcnow
from forum.core.jobs import Job
from forum.posts import counting
from forum.posts.merging import merge, standing_merge, unmerge
from forum.posts.models import Vote
from forum.posts.status import Interest, Kind, Severity, Visibility
from forum.posts.voting import cast_vote
from forum.themes.counting import recount
from forum.themes.desk import count_people
from forum.themes.status import Direction
from forum.themes.trends import direction, percent_change


def days(n):
    return utcnow() - timedelta(days=n)


def test_posts_and_people_count_each_once(session, make):
    kari, ola = make.person(), make.person()
    posts = [make.post(author=kari), make.post(author=kari), make.post(author_id=None)]
    make.vote(posts[0], ola)
    make.vote(posts[1], ola)
    make.vote(posts[2], kari)
    session.add(Vote(post_id=posts[0].id, user_id=make.person().id, cast_at=utcnow(), is_counted=False))
    theme = make.theme("Cold", posts)

    recount(session, [theme.id])

    assert (theme.posts, theme.people, theme.languages) == (3, 2, {"en": 3})


def test_many_votes_are_left_to_a_job(session, make):
    post = make.post()
    make.vote(post)
    theme = make.theme("Cold", [post], people=0)

    assert recount(session, [theme.id], most_votes=0)
    assert (theme.posts, theme.people) == (1, 0)
    assert not recount(session, [theme.id], most_votes=1)
    assert theme.people == 2


def test_private_and_waiting_posts_count_nowhere(session, make):
    posts = [make.post(), make.post(visibility=Visibility.PRIVATE)]
    make.vote(posts[1])
    theme = make.theme("Cold", posts)

    recount(session, [theme.id])

    assert (theme.posts, theme.people, theme.recent) == (1, 1, 1)


def test_what_came_without_a_date_makes_no_theme_rise(session, make):
    old = [make.post(when=days(age)) for age in (40, 45)]
    theme = make.theme("Cold", [*old, *(make.post(is_dated=False) for _ in range(9))])

    recount(session, [theme.id])

    assert (theme.posts, theme.recent, theme.before_that) == (11, 0, 2)
    assert direction(theme.posts, theme.recent, theme.before_that) is Direction.STEADY


def test_the_last_four_weeks_against_the_four_before(session, make):
    theme = make.theme("Cold", [make.post(when=days(age)) for age in (1, 27, 29, 55, 57, 300)])

    recount(session, [theme.id])

    assert (theme.recent, theme.before_that) == (2, 2)


def test_pain_is_the_mean_severity_of_complaints_times_their_share(session, make):
    posts = [
        make.post(severity=Severity.UNSAFE),
        make.post(severity=Severity.IN_MY_WAY),
        make.post(severity=None),
        make.post(kind=Kind.IDEA, severity=Severity.UNSAFE),
    ]
    theme = make.theme("Cold", posts)

    recount(session, [theme.id])

    assert theme.pain == pytest.approx((3 + 2 + 1) / 3 * 3 / 4)


def test_breadth_is_the_cube_root_of_people_weeks_and_organisations(session, make):
    company = make.organisation()
    workers = [make.person(organisation_id=company.id) for _ in range(2)]
    posts = [make.post(author=workers[0], when=days(30)), make.post(author=make.person(), when=days(60))]
    vote = make.vote(posts[0], workers[1])
    vote.cast_at = days(90)
    theme = make.theme("Cold", posts)

    recount(session, [theme.id])

    assert theme.breadth == pytest.approx((3 * 3 * 2) ** (1 / 3))


def test_a_burst_of_votes_in_one_hour_adds_no_breadth_beyond_the_tenth(session, make):
    post = make.post(author_id=None)
    hour = utcnow().replace(minute=30)
    for n in range(30):
        voter = make.person()
        session.add(
            Vote(post_id=post.id, user_id=voter.id, interest=Interest.WANT, cast_at=hour + timedelta(seconds=n))
        )
    counting.recount(session, post)
    theme = make.theme("Cold", [post])

    recount(session, [theme.id])

    assert (theme.people, theme.breadth) == (30, pytest.approx((10 * 1 * 10) ** (1 / 3)))


def people(session, *themes):
    """People and breadth of themes, counted afresh."""
    recount(session, [theme.id for theme in themes])
    return [(theme.people, theme.breadth) for theme in themes]


def test_a_merge_takes_nobody_out_of_any_theme_and_undoing_it_restores_every_number(session, make):
    moderator, both = make.as_reader(make.moderator()), make.person()
    first, second, third, elsewhere, nowhere = (make.post(when=days(age)) for age in (1, 9, 17, 25, 33))
    for post in (first, second, elsewhere, nowhere):
        make.vote(post)
        make.vote(post, both)
    cold, loud = make.theme("Cold", [first, second, third]), make.theme("Loud", [elsewhere])
    before = people(session, cold, loud)

    merges = [
        merge(session, *pair, by=moderator) for pair in ((nowhere, elsewhere), (elsewhere, second), (second, first))
    ]
    assert [count for count, _breadth in people(session, cold, loud)] == [10, 5]  # each person once in either
    assert count_people(session, [cold.id, loud.id]) == 10
    assert cold.breadth > before[0][1]

    for merged in reversed(merges):
        unmerge(session, merged, by=moderator)
    assert people(session, cold, loud) == before
    assert [count for count, _breadth in before] == [6, 3]


def test_a_merge_and_a_vote_in_a_group_have_themes_counted_soon(session, make):
    moderator, waits = make.as_reader(make.moderator()), sa.select(sa.func.count()).where(Job.name == "themes.recount")
    first, second = make.post(), make.post()
    make.theme("Cold", [first])
    session.commit()

    def counts_soon(act):
        session.execute(sa.delete(Job))
        act()
        session.commit()
        return session.scalar(waits) == 1

    assert counts_soon(lambda: merge(session, second, first, by=moderator))
    assert counts_soon(lambda: cast_vote(session, second, by=make.reader()))
    assert counts_soon(lambda: unmerge(session, standing_merge(session, second.id), by=moderator))
    assert not counts_soon(lambda: cast_vote(session, second, by=make.reader()))


@pytest.mark.parametrize(
    ("posts", "recent", "before_that", "expected"),
    [
        (9, 9, 0, Direction.NEW),
        (50, 10, 6, Direction.GROWING),
        (50, 3, 1, Direction.STEADY),
        (500, 103, 100, Direction.STEADY),
        (50, 2, 8, Direction.FADING),
        (0, 0, 0, Direction.STEADY),
    ],
)
def test_which_way_a_theme_goes(posts, recent, before_that, expected):
    assert direction(posts, recent, before_that) is expected


def test_percent_change_is_rounded_and_safe():
    assert (percent_change(30, 42), percent_change(3, 2), percent_change(0, 5)) == (40, -33, 0)

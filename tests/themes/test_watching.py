"""Early warnings: what raises one, what does not, what ends it, and what the team sees of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.clock import standing_at, utcnow
from forum.core.errors import NotAllowed
from forum.core.events import _receivers, on
from forum.core.jobs import Job, JobState
from forum.core.people import Role
from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.themes import desk, jobs, steering
from forum.themes.events import ThemeRose
from forum.themes.models import EarlyWarning, ThemeMember
from forum.themes.status import Placing
from forum.themes.watching import look, look_for_rises, see_warning, unsee_warning, write_down


def days(n):
    return utcnow() - timedelta(days=n)


@pytest.fixture
def wrote(session, make):
    """Have people write in a theme so many days ago: `wrote(theme, [1, 1.5, 2])`, each by somebody else."""
    template = {key: value for key, value in vars(make.post(when=days(190))).items() if key[0] != "_"}
    template |= dict.fromkeys(("id", *(key for key in template if key.endswith("_key"))))
    del template["id"]

    def write(theme, ages, **values):
        authors = [make.person() for _age in ages] if not values.keys() & {"author_id"} else []
        rows = [template | {"title": "Burning seat", "created_at": days(age), "theme_id": theme.id} for age in ages]
        for row, author in zip(rows, authors, strict=False):
            row["author_id"] = author.id
        ids = session.scalars(sa.insert(Post).returning(Post.id), [row | values for row in rows]).all()
        seated = {"theme_id": theme.id, "placing": Placing.WORDING, "similarity": 0.5, "since": utcnow()}
        session.execute(sa.insert(ThemeMember), [seated | {"post_id": post_id} for post_id in ids])
        session.commit()
        return ids

    return write


@pytest.fixture
def quiet(make, wrote):
    """A theme in which, for half a year, two people a week have written."""
    theme = make.theme("Seat heating")
    wrote(theme, [8 + 3.5 * n for n in range(52)], title="Cold seat")
    return theme


@pytest.fixture
def more(wrote):
    """Have so many people more write in a theme, yesterday: `more(theme, 9)`."""
    return lambda theme, n, **values: wrote(theme, [1 + k / 50 for k in range(n)], **values)


def warnings(session):
    session.commit()
    session.expire_all()
    return session.scalars(sa.select(EarlyWarning).order_by(EarlyWarning.id)).all()


def test_a_rise_is_told_of_once(session, quiet, more):
    assert look_for_rises(quiet.product_id) == 0
    more(quiet, 11)

    assert [look_for_rises(quiet.product_id) for _time in range(3)] == [1, 0, 0]
    (warning,) = warnings(session)

    assert (warning.people, warning.posts, warning.weeks, warning.ended_at) == (11, 11, 26, None)
    assert warning.usual == pytest.approx(2, abs=0.2)
    assert warning.chance < 0.001


def test_it_goes_on_while_it_lasts_and_the_next_rise_is_another(session, quiet, more):
    more(quiet, 11)
    look_for_rises(quiet.product_id)
    more(quiet, 4)
    look_for_rises(quiet.product_id)
    (warning,) = warnings(session)
    assert (warning.people, warning.most_people) == (15, 15)

    with standing_at(utcnow() + timedelta(days=30)):
        look_for_rises(quiet.product_id)
        (warning,) = warnings(session)
        assert (warning.people, warning.most_people) == (0, 15)
        assert warning.ended_at is not None
        more(quiet, 16)
        assert look_for_rises(quiet.product_id) == 1

    first, second = warnings(session)
    assert (first.newest_of, second.newest_of, second.ended_at) == (None, quiet.id, None)


def test_one_loud_person_is_not_ten(session, make, quiet, more):
    more(quiet, 40, author_id=make.person("Ola").id)
    more(quiet, 3)

    assert look_for_rises(quiet.product_id) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"is_dated": False},
        {"source": "import"},
        {"author_id": None},
        {"visibility": Visibility.PRIVATE},
        {"moderation": Moderation.HIDDEN},
    ],
    ids=["without a date", "imported", "signed by nobody", "private", "hidden"],
)
def test_what_does_not_count_raises_nothing(quiet, more, values):
    more(quiet, 12, **values)

    assert look_for_rises(quiet.product_id) == 0


def test_imported_posts_tell_what_is_usual(session, make, wrote, more):
    theme = make.theme("Heard elsewhere")
    wrote(theme, [8 + n for n in range(180)], source="import", author_id=None)
    more(theme, 11)

    assert look_for_rises(theme.product_id) == 0
    more(theme, 15)

    assert look_for_rises(theme.product_id) == 1
    assert warnings(session)[0].usual == pytest.approx(7, abs=0.5)


def test_merged_posts_were_written_all_the_same(quiet, more):
    (first,) = more(quiet, 1)
    more(quiet, 11, moderation=Moderation.MERGED, is_listed=False, merged_into_id=first)

    assert look_for_rises(quiet.product_id) == 1


def test_a_young_forum_says_nothing_for_eight_weeks(session, make, wrote, more):
    session.execute(sa.delete(Post))
    theme = make.theme("New")
    wrote(theme, [20, 40, 60])
    more(theme, 12)

    assert look_for_rises(theme.product_id) == 0
    wrote(theme, [70])
    assert look_for_rises(theme.product_id) == 1
    assert warnings(session)[0].weeks == 9


def test_a_new_theme_of_an_old_forum_is_a_rise(make, more):
    theme = make.theme("The new update")
    more(theme, 5)

    assert look_for_rises(theme.product_id) == 1


def test_what_rises_everywhere_is_no_rise_here(session, make, quiet, wrote, more):
    others, kari = make.theme("All else"), make.person()
    wrote(others, [8 + n / 5 for n in range(900)], author_id=kari.id)
    more(quiet, 9)
    assert [one.is_rise for one in look(session, quiet.product_id)] == [True]

    more(others, 140, author_id=kari.id)

    (found,) = look(session, quiet.product_id)
    assert not found.is_rise
    assert found.usual > 4


def test_a_theme_that_is_put_out_of_sight_warns_no_more(session, quiet, more, manager):
    more(quiet, 11)
    look_for_rises(quiet.product_id)
    steering.dismiss(session, quiet, by=manager)
    session.commit()

    assert desk.count_warnings(session) == {}
    look_for_rises(quiet.product_id)
    assert warnings(session)[0].ended_at is not None
    assert look_for_rises(quiet.product_id) == 0


def test_it_is_published_and_two_who_look_at_once_raise_one(session, quiet, more):
    told = []
    receiver = on(ThemeRose)(lambda _session, event: told.append(event))
    more(quiet, 11)
    looks = look(session, quiet.product_id)

    first = write_down(session, quiet.product_id, looks)
    session.commit()
    _receivers[ThemeRose].remove(receiver)

    assert [(event.theme_id, event.warning_id) for event in told] == [(quiet.id, first[0].id)]
    assert write_down(session, quiet.product_id, looks) == []


def test_deciding_about_themes_has_them_looked_at_soon_and_then_daily(session, quiet, more, manager):
    posts = more(quiet, 11)
    steering.keep_out(session, quiet, posts[0], by=manager)
    session.commit()
    queued = sa.select(Job).where(Job.name == "themes.watch", Job.state == JobState.QUEUED)
    (soon,) = session.scalars(queued)
    assert soon.run_at < utcnow() + timedelta(minutes=1)
    session.delete(soon)
    session.commit()

    assert jobs.watch_themes(product_id=quiet.product_id) == {"warnings": 1}

    (daily,) = session.scalars(queued)
    assert daily.run_at > utcnow() + timedelta(hours=23)


def test_only_product_managers_put_a_warning_aside_and_it_is_logged(session, make, quiet, more, manager):
    more(quiet, 11)
    look_for_rises(quiet.product_id)
    (warning,) = warnings(session)
    for act in (see_warning, unsee_warning):
        with pytest.raises(NotAllowed):
            act(session, warning, by=make.reader("", Role.MODERATOR))

    see_warning(session, warning, by=manager)
    see_warning(session, warning, by=make.reader("", Role.MANAGER))
    assert warning.seen_by_id == manager.id
    assert desk.count_warnings(session) == {}
    unsee_warning(session, warning, by=manager)
    assert (warning.seen_at, desk.count_warnings(session)) == (None, {quiet.product_id: 1})
    session.flush()

    actions = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_id == quiet.id)).all()
    assert actions == ["theme.see_warning", "theme.unsee_warning"]


# --- On pages ---------------------------------------------------------------------------------------------------


def test_the_desk_tells_of_a_rise_until_somebody_has_seen_it(session, visitor, make, quiet, more):
    more(quiet, 11)
    more(quiet, 1, visibility=Visibility.PRIVATE)
    look_for_rises(quiet.product_id)
    visitor.sign_in(make.manager()).open("/themes/review")

    assert "Rising: 11 people in seven days, 2 usual" in visitor.text
    assert "11 posts in these days; each person counts once. Going by the 26 weeks before" in visitor.text
    assert visitor.text.count("Burning seat") == 3
    assert "Private" in visitor.text
    assert "Theme review1 waiting" in visitor.text.replace(" 1", "1")

    visitor.send("Seen", into="/seen")
    assert "Seen. You are told of the next rise" in visitor.text
    assert "Burning seat" not in visitor.text
    assert "waiting" not in visitor.text
    assert "Rising" in visitor.text  # in its row, while it lasts
    visitor.send("Undo", into="/unseen")
    assert visitor.text.count("Burning seat") == 3


def test_where_hardly_anybody_wrote_the_desk_says_so(visitor, make, more):
    theme = make.theme("The new update")
    more(theme, 5)
    look_for_rises(theme.product_id)

    visitor.sign_in(make.manager()).open("/themes/review")

    assert "Rising: 5 people in seven days, fewer than 1 usual" in visitor.text


def test_a_rise_that_nobody_saw_is_told_of_afterwards(session, visitor, make, quiet, more):
    more(quiet, 11)
    look_for_rises(quiet.product_id)
    warning = warnings(session)[0]
    warning.people, warning.ended_at = 1, utcnow()

    visitor.sign_in(make.manager()).open("/themes/review")

    assert "11 people in seven days, 2 usual. It is quiet again." in visitor.text


def test_the_page_of_a_theme_tells_the_team_alone(visitor, make, quiet, more):
    more(quiet, 11)
    more(quiet, 1, visibility=Visibility.PRIVATE)
    look_for_rises(quiet.product_id)
    address = f"/themes/{quiet.id}"

    visitor.open(address)
    assert "Rising: " not in visitor.text
    assert "rise noticed" not in visitor.text
    for person, may_see in ((make.person("Employee", Role.EMPLOYEE), False), (make.manager(), True)):
        visitor.sign_in(person).open(address)
        assert "Rising: 11 people in seven days, 2 usual" in visitor.text
        assert "A triangle marks the week in which a rise was noticed." in visitor.text
        assert "(rise noticed)" in visitor.text
        assert '<div class="quotes">' in visitor.html
        assert ("/seen" in visitor.html) is may_see


def test_others_cannot_put_a_warning_aside(session, visitor, make, quiet, more):
    more(quiet, 11)
    look_for_rises(quiet.product_id)
    visitor.sign_in(make.manager()).open("/themes/review")
    visitor.sign_in(make.moderator())

    visitor.send("Seen", into="/seen", status=403)

    assert "This is for product managers" in visitor.text
    assert warnings(session)[0].seen_at is None

"""The demo can be planted, tried and removed, and nothing of anybody else's goes with it."""

import shutil
import stat

import pytest
import sqlalchemy as sa

from config import settings
from forum.accounts.models import User
from forum.backlog.models import BacklogItem, ItemDependency, ItemTheme, SavedView
from forum.backlog.status import Audience
from forum.backlog.targets import read_target
from forum.core.database import Model, transaction
from forum.core.languages import LANGUAGES
from forum.demo import company, script, trying
from forum.demo.removing import remove
from forum.launches import looking
from forum.launches.measuring import measure
from forum.launches.models import Launch, LaunchPicture, Pilot, PilotSeat, Receipt, Verdict
from forum.launches.status import Change
from forum.listening.services import Plan, import_file
from forum.moderation.models import Case
from forum.posts import counting, voting
from forum.posts.models import Post
from forum.posts.status import Kind
from forum.products.models import Area, Product
from forum.products.status import Openness
from forum.themes.models import EarlyWarning, Misplaced, RunSchedule, Theme
from forum.themes.status import Rhythm

pytestmark = pytest.mark.long


@pytest.fixture
def planted(fresh_database, demo_database):
    """The demo, planted."""
    shutil.copyfile(demo_database, settings().data_dir / "forum.db")


def counts(session):
    session.commit()
    rows = {
        table.name: session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in Model.metadata.sorted_tables
    }
    return {name: n for name, n in rows.items() if n}


def test_the_texts_are_many_and_distinct():
    posts = script.posts()
    sentences = [s.strip() for post in posts for s in f"{post.title}. {post.body}".split(". ") if len(s.strip()) > 12]

    assert len(posts) >= 400
    assert {post.lang for post in posts} == {"en", "nb", "da"}
    assert len(set(sentences)) >= 0.95 * len(sentences)
    assert len(script.customers()) + len(script.team()) == 60


def test_a_year_is_planted_by_the_rules_of_the_site(session, planted):
    posts = session.scalars(sa.select(Post)).all()
    openness = {area.id: area.openness for area in session.scalars(sa.select(Area))}

    assert len(posts) == len(script.posts())
    assert all(post.is_demo for post in posts)
    assert all(post.kind is Kind.COMPLAINT or openness[post.area_id] is Openness.CO_CREATE for post in posts)
    assert all(post.votes == 0 for post in posts if openness[post.area_id] is Openness.CLOSED)
    assert (max(p.created_at for p in posts) - min(p.created_at for p in posts)).days > 300
    for post in posts[:40]:
        before = (post.votes, post.comments, post.trending_key, post.unanswered_key)
        counting.recount(session, post)
        assert (post.votes, post.comments, post.trending_key, post.unanswered_key) == before


def test_removing_leaves_nothing_behind(session, planted):
    with transaction() as writing:
        assert remove(writing) == len(script.posts())

    assert set(counts(session)) <= {"audit_entries"}


def test_what_others_brought_in_outlives_the_demo(session, make, planted, tmp_path):
    product = session.scalars(sa.select(Product)).one()
    cabin = session.scalars(sa.select(Area).where(Area.slug == "cabin")).one()
    path = tmp_path / "heard.csv"
    path.write_text("id,body\n1,The glovebox light never goes off\n")
    session.commit()
    import_file(Plan(path, product.id, "heard", area_id=cabin.id))
    real = session.scalars(sa.select(Post).where(~Post.is_demo)).one()
    demo_person = make.as_reader(session.scalars(sa.select(User).where(User.is_demo)).first())
    session.commit()
    with transaction() as writing:
        voting.cast_vote(writing, real, by=demo_person)
    with transaction() as writing:
        remove(writing)

    session.expire_all()
    assert [(p.title, p.votes) for p in session.scalars(sa.select(Post))] == [("The glovebox light never goes off", 0)]
    assert session.scalars(sa.select(Product.is_demo)).one() is False
    assert session.scalars(sa.select(User.id)).all() == []
    assert session.get_one(Area, cabin.id).posts == 1


def test_a_receipt_that_goes_with_the_demo_is_not_announced_any_more(session, make, planted):
    kari, launch = make.person("Kari"), session.scalars(sa.select(Launch)).first()
    given = session.scalars(sa.select(Receipt).where(Receipt.launch_id == launch.id)).first()
    told = {"behind": given.behind, "post_id": given.post_id, "sentence": "Cold.", "said_at": given.said_at}
    session.add(Receipt(launch_id=launch.id, user_id=kari.id, created_at=given.created_at, **told))
    looking.count_new(session, sa.select(User.id).where(User.id == kari.id))
    session.commit()
    session.expire_all()
    assert session.get_one(User, kari.id).new_receipts == 1
    session.commit()
    with transaction() as writing:
        remove(writing)

    session.expire_all()
    assert session.get_one(User, kari.id).new_receipts == 0


def test_trying_it_gives_one_account_a_role_with_a_password_of_its_own(planted, visitor):
    with transaction() as writing:
        trying.give_passwords(writing)
    lines = trying.sign_in_lines()
    path = settings().data_dir / "demo-sign-in.json"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({line.split()[-3] for line in lines[1:6]}) == 5
    trying.prepare()
    assert trying.sign_in_lines() == lines
    _role, email, password = lines[1].split()[:3]
    visitor.open("/sign-in").send("Sign in", email=email, password=password)
    assert "Sign out" in visitor.text


def test_the_command_plants_once_and_removes(app, planted):
    runner = app.test_cli_runner()

    again = runner.invoke(args=["demo"])
    assert (again.exit_code, "planted already" in again.output) == (1, True)
    assert (
        runner.invoke(args=["demo", "--remove", "--yes"]).output.splitlines()[-3].startswith("554 demo posts removed")
    )


def test_the_year_has_themes_a_backlog_and_two_launches(session, planted):
    themes = session.scalars(sa.select(Theme)).all()
    items = session.scalars(sa.select(BacklogItem)).all()
    launches = session.scalars(sa.select(Launch)).all()

    assert len(themes) == 12
    assert all(theme.posts >= 8 and theme.terms and theme.exemplar_ids for theme in themes)
    rising = {theme.name["en"] for theme in themes if theme.recent > 1.5 * theme.before_that}
    assert {"Phone connection", "Fogged windows", "Slow screen"} <= rising
    assert {item.status.value for item in items} == {
        *("proposed", "in review", "planned", "in progress", "launched", "not now"),
    }
    assert len(launches) == 2
    for launch in launches:
        people = session.scalar(sa.select(sa.func.count()).where(Receipt.launch_id == launch.id))
        answers = session.scalar(sa.select(sa.func.count()).where(Verdict.launch_id == launch.id))
        assert people == launch.people >= 12
        assert 0 < answers < people
    assert session.scalar(sa.select(sa.func.count()).where(Case.decided_at.is_(None))) == 5


def test_the_year_shows_what_a_product_manager_works_with(session, planted):
    items = session.scalars(sa.select(BacklogItem)).all()
    exactness = {target.months for item in items if (target := read_target(item.target))}
    (waiting,) = session.scalars(sa.select(Misplaced)).all()
    tried = session.scalars(sa.select(PilotSeat.words)).all()

    assert {item.audience for item in items if not item.is_public} == {Audience.TEAM, Audience.ORGANISATION}
    assert exactness == {1, 3}
    assert (waiting.passed_on_at is not None, waiting.decided_at) == (True, None)
    assert session.scalars(sa.select(RunSchedule.rhythm)).one() is Rhythm.POSTS
    assert all(session.scalars(sa.select(LaunchPicture.alt)))
    assert any(tried)
    changes = {measure(session, launch.id).effect.change for launch in session.scalars(sa.select(Launch))}
    assert changes == {Change.FEWER, Change.TOO_EARLY}
    for model, n in ((LaunchPicture, 2), (ItemDependency, 1), (SavedView, 1), (Pilot, 1)):
        assert session.scalar(sa.select(sa.func.count()).select_from(model)) == n


def test_a_rise_of_the_last_days_was_noticed_and_waits_to_be_seen(session, planted):
    names = {theme.id: theme.name["en"] for theme in session.scalars(sa.select(Theme))}
    warnings = session.scalars(sa.select(EarlyWarning)).all()

    waiting = [warning for warning in warnings if warning.seen_at is None and warning.ended_at is None]

    assert "Fogged windows" in {names[warning.theme_id] for warning in waiting}
    assert all(warning.chance < 0.001 and warning.most_people >= 5 for warning in warnings)
    assert len(warnings) <= 4


def test_what_the_company_writes_stands_in_all_languages(session, planted):
    """And where there is room for one only, in that of the site."""
    partial = []
    for table in Model.metadata.sorted_tables:
        for column in (column for column in table.c if isinstance(column.type, sa.JSON)):
            for value in session.scalars(sa.select(column)):
                values = value.values() if isinstance(value, dict) else ()
                partial += [(table.name, column.name, words) for words in (value, *values) if _lacks_a_language(words)]

    assert partial == []
    assert _lacks_a_language({"en": "Car", "nb": "Bil"})
    assert set(session.scalars(sa.select(BacklogItem.assumptions))) == {company.ASSUMPTIONS["en"]}
    assert not any(_lacks_a_language(words) for words in (company.ASSUMPTIONS, *company.UNDERWAY.values()))


def _lacks_a_language(words):
    """Whether this is text for readers, and not for all."""
    is_text = isinstance(words, dict) and any(isinstance(words.get(language), str) for language in LANGUAGES)
    return is_text and not all(words.get(language) for language in LANGUAGES)


def test_no_seat_theme_is_promoted_yet(session, planted):
    promoted = set(session.scalars(sa.select(ItemTheme.theme_id)))
    seats = session.scalars(sa.select(Theme.id).where(Theme.suggestion.in_(["seat heating", "lower back pain"]))).all()

    assert len(seats) == 2
    assert promoted.isdisjoint(seats)

"""What real people brought in outlives the demo, and says nothing of what went."""

import shutil

import pytest
import sqlalchemy as sa

from config import settings
from forum import receivers
from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.backlog import changing, closed_areas, evidence
from forum.backlog import services as backlog
from forum.backlog.models import BacklogItem, DecisionEntry, Evidence, ItemTheme
from forum.backlog.schemas import Promotion
from forum.backlog.status import ItemStatus
from forum.core.database import transaction
from forum.core.people import Role
from forum.demo.removing import remove
from forum.launches.models import Launch
from forum.moderation.models import Case
from forum.moderation.services import open_case
from forum.moderation.status import CaseKind
from forum.posts import commenting, merging, services, timeline, voting
from forum.posts.models import Comment, Post, Revision, TimelineEntry
from forum.posts.schemas import CommentChange, NewComment, NewPost
from forum.posts.status import Kind, Moderation, Status, Voice
from forum.products.models import Area
from forum.themes import steering, versions
from forum.themes.models import Steering, Theme, ThemeVersion

assert receivers.ALL  # what follows from an act follows here too

pytestmark = pytest.mark.long


@pytest.fixture
def planted(fresh_database, demo_database):
    """The demo, planted."""
    shutil.copyfile(demo_database, settings().data_dir / "forum.db")


@pytest.fixture
def demo(session, planted, make):
    """Demo people by role."""

    def someone(role):
        with_role = sa.select(UserRole.user_id).where(UserRole.role == role) if role else sa.select(UserRole.user_id)
        has = User.id.in_(with_role) if role else User.id.not_in(with_role)
        return make.as_reader(session.scalars(sa.select(User).where(User.is_demo, has).order_by(User.id)).first())

    return someone


def seats(session):
    return session.scalars(sa.select(Area).where(Area.slug == "seats")).one()


def say(session, make, author=None, title="My seat is freezing"):
    post = make.post(title, area=seats(session), author=author)
    session.commit()
    return post


def take_away(session):
    session.commit()
    with transaction() as writing:
        remove(writing)
    session.expire_all()


@pytest.fixture
def comment(session):
    """Comments on a post in a transaction of its own and returns the comment's id."""

    def comment(post, by, body="Same here.", **values):
        session.commit()
        with transaction() as writing:
            new = NewComment(body=body, **values)
            return commenting.add_comment(writing, writing.get_one(Post, post.id), new, by=by).id

    return comment


def told(session, post):
    return set(session.scalars(sa.select(TimelineEntry.kind).where(TimelineEntry.post_id == post.id)))


def test_a_post_says_nothing_of_an_item_that_went_and_of_an_answer_that_went(session, make, demo):
    post = say(session, make)
    launch = session.scalars(sa.select(Launch).order_by(Launch.id)).first()
    with transaction() as writing:
        here = writing.get(Post, post.id)
        answer = NewComment(body="We hear you.", voice=Voice.OFFICIAL)
        commenting.add_comment(writing, here, answer, by=demo(Role.EMPLOYEE))
        here.status = Status.LAUNCHED
        values = {"launch_id": launch.id, "item_id": launch.item_id, "title": {"en": "X"}}
        timeline.add(writing, post.id, "item_launched", **values)

    take_away(session)

    post = session.get_one(Post, post.id)
    assert (post.status, post.answered_at, post.comments) == (Status.NEW, None, 0)
    assert told(session, post).isdisjoint({"item_launched", "answered"})
    area = seats(session)
    assert (area.posts, area.unanswered, area.reply_minutes) == (1, 1, None)


@pytest.mark.parametrize(("role", "voice"), [(Role.EMPLOYEE, Voice.OFFICIAL), (None, Voice.PERSONAL)])
def test_real_replies_to_demo_comments_stay_as_threads_of_their_own_in_order(session, make, demo, comment, role, voice):
    post, kari = say(session, make), make.reader("Kari")
    first = comment(post, kari, "Since when?")
    answer = comment(post, demo(role), "We hear you.", voice=voice)
    second = comment(post, kari, "Thanks.", parent_id=answer)
    comment(post, demo(None), "Yes, thanks.", parent_id=answer)
    third = comment(post, kari, "How is it now?")
    fourth = comment(post, kari, "Still cold.", parent_id=answer)
    fifth = comment(post, kari, "Since May.", parent_id=first)

    take_away(session)

    talk = sa.select(Comment.id, Comment.parent_id).where(Comment.post_id == post.id).order_by(Comment.thread_key)
    read = session.execute(talk).all()
    assert read == [(first, None), (fifth, first), (second, None), (third, None), (fourth, None)]
    assert session.get_one(Post, post.id).comments == 5


def test_how_a_demo_comment_read_before_goes_with_it(session, make, demo, comment):
    post = say(session, make)
    written = comment(post, demo(None))
    with transaction() as writing:
        change = CommentChange(body="Same here, and colder.", version=1)
        commenting.edit_comment(writing, writing.get_one(Comment, written), change, by=demo(None))

    take_away(session)

    assert session.scalars(sa.select(Revision).where(Revision.post_id == post.id)).all() == []


def test_a_case_about_a_demo_comment_goes_with_it_and_one_about_the_post_stays(session, make, demo, comment):
    post = say(session, make)
    written = comment(post, demo(None))
    with transaction() as writing:
        open_case(writing, CaseKind.REPORT, post.id, written)
        stays = open_case(writing, CaseKind.REPORT, post.id).id

    take_away(session)

    assert session.scalars(sa.select(Case.id).where(Case.post_id == post.id)).all() == [stays]


def test_a_demo_theme_with_a_real_post_stays_with_its_item_launch_and_decisions(session, make, demo):
    kari = make.person("Kari")
    post = say(session, make, kari)
    theme = session.scalars(
        sa.select(Theme)
        .join(Evidence, Evidence.via_theme_id == Theme.id)
        .join(Launch, Launch.item_id == Evidence.item_id)
    ).first()
    with transaction() as writing:
        steering.pin(writing, writing.get_one(Theme, theme.id), post.id, by=demo(Role.MANAGER))
        item_id = writing.scalars(sa.select(ItemTheme.item_id).where(ItemTheme.theme_id == theme.id)).one()
        evidence.add_post(writing, writing.get_one(BacklogItem, item_id), post.id, by=None)
        backlog.settle_posts(writing, item_id, [post.id])

    session.commit()
    session.expire_all()
    assert session.get_one(Post, post.id).status is Status.LAUNCHED
    take_away(session)

    post, left = session.get_one(Post, post.id), session.scalars(sa.select(Theme)).one()
    assert (left.id, left.posts, left.is_demo) == (theme.id, 1, False)
    assert set(left.exemplar_ids) <= {post.id}
    item = session.scalars(sa.select(BacklogItem)).one()
    launch = session.scalars(sa.select(Launch)).one()
    assert (item.posts, item.people, launch.people, post.status) == (1, 1, 1, Status.LAUNCHED)
    assert session.scalars(sa.select(DecisionEntry.item_id)).all()
    assert session.scalars(sa.select(Steering.post_id)).all() == [post.id]
    version = session.scalars(sa.select(ThemeVersion)).first()
    versions.restore(session, version, by=make.reader("", Role.MANAGER))
    assert (list(version.themes), left.posts) == ([str(theme.id)], 1)
    shells = session.execute(
        sa.select(User.state, User.display_name, User.email).where(User.state == AccountState.ERASED)
    ).all()
    assert set(shells) == {(AccountState.ERASED, "", None)}


def test_what_real_people_made_of_real_posts_stays(session, make, planted):
    manager = make.reader("Petra", Role.MANAGER)
    post = say(session, make)
    with transaction() as writing:
        promotion = Promotion(title_en="Warm seats", is_public=True, owner_id=manager.id)
        backlog.promote_post(writing, writing.get_one(Post, post.id), promotion, by=manager)

    take_away(session)

    item = session.scalars(sa.select(BacklogItem)).one()
    assert (item.title, item.posts, item.status) == ({"en": "Warm seats"}, 1, ItemStatus.PROPOSED)
    assert session.scalars(sa.select(DecisionEntry.by_id)).all() == [manager.id]


def test_evidence_that_a_demo_manager_took_out_stays_out(session, make, demo, visitor):
    manager = make.reader("Petra", Role.MANAGER)
    post, unfit = say(session, make), say(session, make, title="Another one")
    with transaction() as writing:
        promotion = Promotion(title_en="Warm seats", is_public=True, owner_id=manager.id)
        item = backlog.promote_post(writing, writing.get_one(Post, post.id), promotion, by=manager)
        evidence.add_post(writing, item, unfit.id, by=manager)
        writing.flush()
        changing.remove_evidence(writing, item, unfit.id, by=demo(Role.MANAGER))

    take_away(session)

    item = session.scalars(sa.select(BacklogItem)).one()
    assert closed_areas.take_in(session, item) == []
    session.commit()
    visitor.sign_in(session.get_one(User, manager.id)).open(f"/backlog/{item.id}/evidence?out=1")
    assert "Another one" in visitor.text


def test_a_post_typed_as_a_demo_person_stays_without_a_name(session, demo, visitor):
    with transaction() as writing:
        written = services.submit_post(
            writing,
            NewPost(kind=Kind.COMPLAINT, title="I typed this", body="By hand.", area_id=seats(session).id),
            by=demo(None),
        )
        post_id = written.id

    take_away(session)

    post = session.get_one(Post, post_id)
    assert (post.author_id, post.moderation) == (None, Moderation.OPEN)
    assert "Author unknown" in visitor.open(f"/posts/{post_id}").text


def test_votes_of_demo_people_and_the_milestones_they_made_go(session, make, demo):
    post, kari = say(session, make), make.reader("Kari")
    session.commit()
    with transaction() as writing:
        here = writing.get_one(Post, post.id)
        voting.cast_vote(writing, here, by=demo(None))
        voting.cast_vote(writing, here, by=kari)
        writing.add(TimelineEntry(post_id=post.id, at=here.created_at, kind="votes", values={"n": 2}))

    take_away(session)

    assert session.get_one(Post, post.id).votes == 1
    assert "votes" not in told(session, post)


def test_the_command_says_in_numbers_what_goes_and_stays_and_asks(app, session, make, demo):
    kari = make.reader("Kari", Role.EMPLOYEE)
    say(session, make)
    with transaction() as writing:
        here = writing.scalars(sa.select(Post).where(~Post.is_demo)).one()
        commenting.add_comment(writing, here, NewComment(body="Same."), by=demo(None))
        planted = writing.scalars(sa.select(Post).where(Post.is_demo, Post.is_listed)).first()
        commenting.add_comment(writing, planted, NewComment(body="Really."), by=kari)
    runner = app.test_cli_runner()

    asked = runner.invoke(args=["demo", "--remove"], input="n\n")
    assert asked.exit_code == 1
    mine = "1 comment of these was written by somebody real"
    for line in (
        "554 demo posts",
        mine,
        "1 comment or answer that was typed as a demo person",
        "1 post that was imported",
    ):
        assert line in asked.output
    assert session.scalar(sa.select(sa.func.count(Post.id))) == 555
    session.commit()

    done = runner.invoke(args=["demo", "--remove", "--yes"])
    assert done.output.splitlines()[-3:] == [
        "554 demo posts removed, with everything that hung on them alone.",
        "Nobody administers the site now. Make somebody an admin:",
        "  flask --app wsgi users add EMAIL --name NAME --role admin",
    ]


def test_nothing_is_said_of_admins_where_one_is_left(app, session, make, planted):
    make.admin()
    session.commit()

    done = app.test_cli_runner().invoke(args=["demo", "--remove", "--yes"])

    assert done.output.splitlines()[-1] == "554 demo posts removed, with everything that hung on them alone."


def test_the_page_says_it_too(session, make, demo, visitor):
    say(session, make)
    admin = session.get_one(User, demo(Role.ADMIN).id)

    visitor.sign_in(admin).open("/demo/remove")
    assert "554 demo posts, with their votes and comments" in visitor.text
    assert "1 post that was imported or written here" in visitor.text
    assert "Nobody who administers the site would be left." in visitor.text

    visitor.send("Remove the demo")
    assert "554 demo posts were removed." in visitor.text
    assert "Nobody administers the site now." in visitor.text


def test_a_real_post_that_was_merged_into_one_of_the_demo_stands_by_itself_again(session, make, planted, demo):
    whole = session.scalars(sa.select(Post).where(Post.is_demo, Post.is_listed).limit(1)).one()
    area = make.area(product_id=whole.product_id)
    real, below, voter = make.post(area=area), make.post(area=area), make.person()
    for post, into in ((below, real), (real, whole)):
        merging.merge(session, post, into, by=demo(Role.MODERATOR))
    make.vote(below, voter)
    session.commit()

    with transaction() as removing:
        remove(removing)

    session.expire_all()
    assert (real.moderation, real.is_listed, real.votes) == (Moderation.OPEN, True, 1)
    assert (real.survivor_id, below.survivor_id, below.moderation) == (None, real.id, Moderation.MERGED)

"""Posts of closed areas speak for internal items alone."""

import pytest
import sqlalchemy as sa

from forum.backlog.changing import change_item, remove_evidence, restore_evidence
from forum.backlog.models import BacklogItem
from forum.backlog.schemas import ItemChanges
from forum.backlog.services import move_item
from forum.backlog.status import ItemStatus
from forum.core.errors import Invalid, NotAllowed
from forum.core.people import ANYBODY
from forum.posts import timeline
from forum.posts.status import Status
from forum.products.status import Openness
from tests.backlog.conftest import decision
from tests.backlog.test_evidence import join, speaking


@pytest.fixture
def gearbox(make):
    """An area that is closed to ideas."""
    make.post()  # the tests' first area is another one
    return make.area("gearbox", Openness.CLOSED)


@pytest.fixture
def show(session, planner):
    """Makes an item public, or internal."""

    def show(item, is_public):
        changes = ItemChanges(title_en="Seats", owner_id=planner.id, is_public=is_public, version=item.version)
        change_item(session, item, changes, by=planner)

    return show


def sentences(session, post):
    """What everybody reads on a post's timeline."""
    session.flush()
    return [entry.sentence for entry in timeline.entries(session, post.id, ANYBODY)]


def test_a_public_item_leaves_posts_of_closed_areas_out(session, make, planner, promote, gearbox):
    open_post, closed = make.post(), make.post(area=gearbox)
    item = promote(make.theme("Seats", [open_post, closed]))
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)

    assert speaking(session, item) == {open_post.id}
    session.refresh(closed)
    assert (item.posts, item.people, closed.status, sentences(session, closed)) == (1, 1, Status.NEW, [])


def test_an_internal_item_takes_posts_of_closed_areas(session, make, promote, gearbox):
    posts = [make.post(), make.post(area=gearbox)]

    assert len(speaking(session, promote(make.theme("Seats", posts), is_public=False))) == 2


def test_a_post_of_a_closed_area_that_joins_later_is_left_out_too(session, make, promote, gearbox):
    theme = make.theme("Seats", [make.post()])
    item = promote(theme)
    late = make.post(area=gearbox)

    join(session, theme, late)
    join(session, theme, make.post())

    assert late.id not in speaking(session, item)
    assert len(speaking(session, item)) == 2
    assert sentences(session, late) == []


def test_an_area_that_is_closed_later_takes_nothing_away(session, make, promote):
    area = make.area("seats")
    post = make.post(area=area)
    theme = make.theme("Seats", [post])
    item = promote(theme)

    area.openness = Openness.CLOSED
    join(session, theme, make.post(area=area))

    assert speaking(session, item) == {post.id}


def test_an_area_that_is_opened_again_lets_its_posts_speak(session, make, promote, gearbox):
    closed = make.post(area=gearbox)
    theme = make.theme("Seats", [make.post(), closed])
    item = promote(theme)

    gearbox.openness = Openness.CO_CREATE
    join(session, theme, make.post())

    assert closed.id in speaking(session, item)


def test_an_internal_item_made_public_leaves_them_out_and_takes_them_back(
    session, make, planner, promote, gearbox, show
):
    open_post, closed, unfit = make.post(), make.post(area=gearbox), make.post(area=gearbox)
    item = promote(make.theme("Seats", [open_post, closed, unfit]), is_public=False)
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)
    remove_evidence(session, item, unfit.id, by=planner)

    show(item, True)
    session.refresh(closed)
    assert speaking(session, item) == {open_post.id}
    assert (item.posts, closed.status, sentences(session, closed)) == (1, Status.NEW, [])
    assert "Planned as “Seats”." not in sentences(session, closed)
    with pytest.raises(NotAllowed, match="closed to ideas"):
        restore_evidence(session, item, unfit.id, by=planner)

    show(item, False)
    assert speaking(session, item) == {open_post.id, closed.id}


def test_an_item_of_which_nothing_would_be_left_stays_internal(session, make, promote, gearbox, show):
    item = promote(make.theme("Gearshift", [make.post(area=gearbox)]), is_public=False)

    with pytest.raises(Invalid, match="closed to ideas, so the item stays internal"):
        show(item, True)


def test_posts_that_a_person_took_out_do_not_make_an_item_fit_to_be_public(
    session, make, planner, promote, gearbox, show
):
    unfit = make.post()
    item = promote(make.theme("Gearshift", [unfit, make.post(area=gearbox)]), is_public=False)
    remove_evidence(session, item, unfit.id, by=planner)

    with pytest.raises(Invalid, match="closed to ideas, so the item stays internal"):
        show(item, True)


@pytest.mark.parametrize("is_closed", [True, False])
def test_an_item_of_which_everything_was_taken_out_stays_internal(
    session, make, planner, promote, gearbox, show, is_closed
):
    post = make.post(area=gearbox) if is_closed else make.post()
    item = promote(make.theme("Gearshift", [post]), is_public=False)
    remove_evidence(session, item, post.id, by=planner)

    with pytest.raises(Invalid, match="No post speaks for it any more, so the item stays internal"):
        show(item, True)


def test_the_team_reads_how_many_posts_are_left_out_and_why(session, make, manager, visitor, gearbox):
    posts = [make.post("Hard seat"), make.post("Gearbox squeaks", body="The seat squeaks.", area=gearbox)]
    theme = make.theme("Seats", posts, terms=["seat"])

    visitor.sign_in(manager).open(f"/themes/{theme.id}/promote")
    assert "1 post lies in an area that is closed to ideas." in visitor.text
    assert "A public item leaves it out; an internal one takes it." in visitor.text
    assert "squeaks" not in visitor.html
    visitor.send("Promote", title_en="Softer seats")
    item = session.scalars(sa.select(BacklogItem)).one()
    assert visitor.path == f"/backlog/{item.id}"
    assert "1 post lies in an area that is closed to ideas and is left out, because this item is public" in visitor.text
    assert "Nobody has taken a post out" in visitor.open(f"/backlog/{item.id}/evidence?out=1").text
    assert "closed to ideas" not in visitor.open(f"/roadmap/{item.id}").text

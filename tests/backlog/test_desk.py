"""The desk: filters and orders, views that are kept, several items at once, what comes first, what comes back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.backlog import book, jobs
from forum.backlog.bulk import change_items, undo_batch
from forum.backlog.listing import Beside, Looking, Sort, blocking, items_beside, items_by_status, items_in_order
from forum.backlog.modelling import places_of
from forum.backlog.models import BacklogItem, DecisionEntry, Evidence, SavedView
from forum.backlog.needs import add_need, remove_need
from forum.backlog.revisiting import bring_back
from forum.backlog.schemas import BulkChange, Viewing
from forum.backlog.services import as_it_stands, finish_item, move_item
from forum.backlog.status import CameBack, DecisionKind, ItemStatus, Tracker
from forum.backlog.viewing import Taken, remove_view, save_view, views_of
from forum.core.clock import standing_at, today, utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed, NotFound
from forum.core.people import Role
from forum.notifications.audience import still_holds
from forum.notifications.models import Happening
from forum.notifications.status import Kind
from forum.posts import timeline
from forum.posts.models import Post
from forum.segments.conditions import Condition
from forum.segments.services import save_segment
from forum.segments.status import How
from tests.backlog.conftest import decision
from tests.browser import Visitor


def ids(page) -> list[int]:
    """The items of a page, in their order."""
    return [row.id for row in page.rows]


def test_the_table_sorts_both_ways_with_what_is_not_known_last(session, promote):
    first, second, third = promote(), promote(), promote()
    first.effort_weeks, second.effort_weeks = 2.0, 8.0
    first.value, first.cost, second.value, second.cost = 50.0, 100.0, 300.0, 100.0
    first.target, second.target = "2027", "2027 Q2"
    session.flush()

    def order(sort: Sort, *, turned: bool = False) -> list[int]:
        return ids(items_in_order(session, Looking(sort=sort, turned=turned), ""))

    assert order(Sort.EFFORT) == [first.id, second.id, third.id]
    assert order(Sort.EFFORT, turned=True) == [second.id, first.id, third.id]
    assert order(Sort.RETURN) == [second.id, first.id, third.id]
    assert order(Sort.RETURN, turned=True) == [first.id, second.id, third.id]
    assert order(Sort.TARGET) == [second.id, first.id, third.id]  # a quarter comes before its whole year
    assert order(Sort.NEWEST) == [third.id, second.id, first.id]


def test_filters_are_read_from_the_address_and_written_back(session, manager, promote):
    item, other = promote(title="Warm seats"), promote(title="A 100% roof", is_public=False)
    looking = Looking.read({"owner": str(manager.id), "words": "100%", "openness": "internal", "sort": "nonsense"})

    assert ids(items_in_order(session, looking, "")) == [other.id]
    assert looking.arguments() == {"owner": str(manager.id), "words": "100%", "openness": "internal"}
    assert ids(items_in_order(session, Looking(words="SEAT"), "")) == [item.id]
    assert ids(items_in_order(session, Looking(owner=0), "")) == []
    assert [row.total for row in items_by_status(session, Looking())[ItemStatus.PROPOSED]] == [2, 2]


def test_items_are_sorted_by_what_segments_weigh_and_narrowed_to_those_behind_whom_one_stands(
    session, make, manager, promote
):
    rail = make.organisation("Fjord Rail")
    kari, ola, ida = make.person(organisation_id=rail.id), make.person(organisation_id=rail.id), make.person()
    company = [Condition("company", How.IS, "Fjord Rail")]
    segment = save_segment(session, None, "Rail", company, 5, version=0, by=make.as_reader(manager))
    said = {name: make.post(author_id=kari.id) for name in ("one", "two")}
    make.vote(said["two"], ola)
    crowd = [make.post(author_id=one.id) for one in (ida, make.person(), make.person())]
    few, more, loud = (
        promote(make.theme(name, posts)) for name, posts in [("a", [said["one"]]), ("b", [said["two"]]), ("c", crowd)]
    )

    def order(**asked) -> list[int]:
        return ids(items_in_order(session, Looking.read(asked), ""))

    assert order(sort="people") == [loud.id, more.id, few.id]
    assert order(sort="weights") == [more.id, few.id, loud.id]  # as 10, 5 and 3 people
    assert order(sort="segment", segment=str(segment.id)) == [more.id, few.id]
    assert order(sort="segment", segment=str(segment.id), turned="1") == [few.id, more.id]
    shown = items_in_order(session, Looking.read({"sort": "segment", "segment": str(segment.id)}), "").rows
    assert [row.in_segment for row in shown] == [2, 1]
    assert [row.id for row in items_by_status(session, Looking(segment=segment.id))[ItemStatus.PROPOSED]] == [
        more.id,
        few.id,
    ]
    assert order(sort="segment") == order()  # without a segment there is nothing to sort by


def test_views_are_ones_own_or_for_everybody_who_plans_the_backlog(session, make, planner):
    employee = make.reader("", Role.EMPLOYEE)
    mine = save_view(session, Viewing(name="Mine", query="view=table&status=planned&evil=1"), by=employee)
    shared = save_view(session, Viewing(name="Ours", query="back=1", is_shared=True), by=planner)

    assert mine.query == "view=table&status=planned"
    assert [view.name for view in views_of(session, employee)] == ["Ours", "Mine"]
    assert [view.name for view in views_of(session, planner)] == ["Ours"]
    with pytest.raises(NotAllowed):
        remove_view(session, shared.id, by=employee)
    with pytest.raises(NotFound):
        remove_view(session, mine.id, by=planner)
    remove_view(session, mine.id, by=employee)
    assert session.scalar(sa.select(sa.func.count()).select_from(SavedView)) == 1


def test_a_view_takes_the_place_of_another_only_once_its_reader_has_seen_that_one(session, make, planner):
    other = make.as_reader(make.manager())
    first = save_view(session, Viewing(name="Ours", query="back=1", is_shared=True), by=planner)
    mine = {"name": "Ours", "query": "blocked=1", "is_shared": True}

    with pytest.raises(Taken) as taken:
        save_view(session, Viewing(**mine), by=other)
    assert (taken.value.query, first.query) == ("back=1", "back=1")
    assert save_view(session, Viewing(**mine, replaces="?back=1"), by=other) is first
    with pytest.raises(Conflict):
        remove_view(session, first.id, by=planner, stood="back=1")
    with pytest.raises(Taken):  # changed once more since it was seen
        save_view(session, Viewing(**(mine | {"query": "view=table"}), replaces="?back=1"), by=planner)
    assert first.query == "blocked=1"
    remove_view(session, first.id, by=planner, stood="blocked=1")


def test_two_who_set_trackers_at_once_both_see_what_the_other_wrote(app, session, make):
    product = make.product()
    one, two = (
        Visitor(app, session).sign_in(make.manager()).open(f"/backlog/trackers/{product.slug}") for _each in range(2)
    )
    one.send("Save", jira="https://one.example/browse")

    two.send("Save", jira="https://two.example/browse", status=409)
    assert "What changed meanwhile" in two.text
    assert "https://one.example/browse" in two.text
    assert places_of(session, product.id) == {Tracker.JIRA: "https://one.example/browse"}
    two.send("Save")
    session.expire_all()
    assert places_of(session, product.id) == {Tracker.JIRA: "https://two.example/browse"}


def test_several_items_are_handed_over_and_that_is_undone_where_nothing_happened_since(session, make, planner, promote):
    items = [promote(title=title) for title in ("One", "Two", "Three")]
    heir = make.manager()
    change = BulkChange(act="owner", owner_id=heir.id, item=[item.id for item in items])

    outcome = change_items(session, change, by=planner)
    assert {item.owner_id for item in items} == {heir.id}
    move_item(session, items[2], ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    undone = undo_batch(session, outcome.batch, by=planner)

    assert (sorted(undone.changed), undone.left) == ([items[0].id, items[1].id], [items[2].id])
    assert [item.owner_id for item in items] == [planner.id, planner.id, heir.id]
    assert undo_batch(session, outcome.batch, by=planner).changed == []


def test_several_items_are_decided_as_if_each_by_itself(session, planner, promote):
    first, second = promote(title="One"), promote(title="Two")
    move_item(session, second, ItemStatus.PLANNED, decision("planned"), by=planner)
    to_progress = BulkChange(act="status", to="in progress", sentence_en="Being built.", item=[first.id, second.id])

    outcome = change_items(session, to_progress, by=planner)

    assert (outcome.changed, outcome.left) == ([second.id], [first.id])
    assert (first.status, second.status) == (ItemStatus.PROPOSED, ItemStatus.IN_PROGRESS)
    with pytest.raises(Invalid):
        change_items(session, BulkChange(act="status", to="in review", item=[first.id]), by=planner)
    aside = {"to": "not now", "reason": "cost", "line_en": "Too dear.", "item": [first.id, second.id]}
    with pytest.raises(Invalid) as refused:
        change_items(session, BulkChange(act="status", revisit_item_id=first.id, **aside), by=planner)
    assert refused.value.fields == {"revisit_item_id": "“One”: Choose another item of this product."}
    assert change_items(session, BulkChange(act="status", revisit_companies=7, **aside), by=planner).left == []
    assert {(item.reason.value, item.revisit_companies) for item in (first, second)} == {("cost", 7)}


def test_several_moves_are_taken_back_whole_and_whoever_was_not_told_never_is(session, planner, promote):
    items = [promote(title=title) for title in ("One", "Two", "Three")]
    move_item(session, items[0], ItemStatus.NOT_NOW, decision("not now", revisit_votes=9), by=planner)
    stood = [as_it_stands(item) for item in items]
    post = session.get(Post, session.scalars(sa.select(Evidence.post_id).order_by(Evidence.id)).first())
    lines = len(timeline.entries(session, post.id, planner))
    change = BulkChange(act="status", to="in review", sentence_en="We look.", item=[item.id for item in items])

    outcome = change_items(session, change, by=planner)
    assert {(item.status, item.revisit_votes, item.reason) for item in items} == {(ItemStatus.IN_REVIEW, None, None)}
    move_item(session, items[2], ItemStatus.PLANNED, decision("planned"), by=planner)
    undone = undo_batch(session, outcome.batch, by=planner)

    assert (sorted(undone.changed), undone.left) == ([items[0].id, items[1].id], [items[2].id])
    assert [as_it_stands(item) for item in items[:2]] == stood[:2]
    assert (post.status.value, len(timeline.entries(session, post.id, planner))) == ("not now", lines)
    told = session.scalars(sa.select(Happening).where(Happening.item_id == items[1].id)).all()
    assert (len(told), [one for one in told if still_holds(session, one)]) == (1, [])
    assert [one.kind.value for one in book.decisions_on(session, planner, items[1].id, 2)] == ["status", "status"]
    assert undo_batch(session, outcome.batch, by=planner).changed == []


def test_needs_are_shown_from_both_sides_and_never_go_in_a_circle(session, planner, promote):
    first, second, third = (promote(title=title) for title in ("One", "Two", "Three"))
    add_need(session, first, second, by=planner)
    add_need(session, second, third, by=planner)

    for item, needs in ((third, first), (second, first), (first, first)):
        with pytest.raises(Conflict):
            add_need(session, item, needs, by=planner)
    assert [row.id for row in blocking(items_beside(session, first))] == [second.id]
    assert [row.id for row in items_beside(session, third)[Beside.NEEDING]] == [second.id]
    assert ids(items_in_order(session, Looking(blocked=True), "")) == [second.id, first.id]

    remove_need(session, first, second, by=planner)
    add_need(session, third, first, by=planner)
    kinds = session.scalars(sa.select(DecisionEntry.kind).where(DecisionEntry.kind == DecisionKind.NEEDS)).all()
    assert len(kinds) == 4


@pytest.mark.parametrize("trigger", ["date", "votes", "companies", "item"])
def test_what_was_set_aside_comes_back_once_and_tells_its_followers(trigger, session, make, planner, promote):
    item, other = promote(title="Warm seats"), promote(title="Heated wheel")
    for to in ("planned", "in progress"):
        move_item(session, other, ItemStatus(to), decision(to), by=planner)
    waits = {
        "date": {"revisit_on": today() + timedelta(days=9)},
        "votes": {"revisit_votes": 1, "revisit_on": None},
        "companies": {"revisit_companies": 1, "revisit_on": None},
        "item": {"revisit_item_id": other.id, "revisit_on": None},
    }[trigger]
    move_item(session, item, ItemStatus.NOT_NOW, decision("not now", **waits), by=planner)
    assert bring_back(session) == []

    def happens() -> None:
        match trigger:
            case "item":
                finish_item(session, other, {"en": "Done."}, by=planner)
            case "votes":
                item.votes = 1
            case "companies":
                item.companies = 1

    happens()
    with standing_at(utcnow() + timedelta(days=10 if trigger == "date" else 0)):
        bring_back(session)
        assert bring_back(session) == []

    assert (item.status, item.came_back) == (ItemStatus.NOT_NOW, CameBack(trigger))
    told = session.scalars(sa.select(Happening).where(Happening.kind == Kind.CAME_BACK)).all()
    assert [happening.item_id for happening in told] == [item.id]
    assert ids(items_in_order(session, Looking(back=True), "")) == [item.id]

    move_item(session, item, ItemStatus.NOT_NOW, decision("not now"), by=planner)
    assert (item.came_back, item.revisit_votes, item.revisit_item_id) == (None, None, None)


def test_a_trigger_has_to_lie_ahead(session, planner, promote):
    item = promote()
    item.votes = 5

    for waits in ({"revisit_on": None}, {"revisit_votes": 5}, {"revisit_item_id": item.id}, {"revisit_on": today()}):
        with pytest.raises(Invalid):
            move_item(session, item, ItemStatus.NOT_NOW, decision("not now", **waits), by=planner)


def test_the_daily_count_brings_back_what_waits(session, planner, promote):
    item = promote()
    waits = decision("not now", revisit_on=today() + timedelta(days=1))
    move_item(session, item, ItemStatus.NOT_NOW, waits, by=planner)
    session.commit()
    assert 0 < jobs.until_morning() <= jobs.DAY + jobs.MORNING

    with standing_at(utcnow() + timedelta(days=2)):
        jobs.recount()

    session.expire_all()
    assert session.get_one(BacklogItem, item.id).came_back is CameBack.DATE


def test_everybody_reads_what_else_brings_it_back(session, visitor, planner, promote):
    item, secret = promote(title="Warm seats"), promote(title="A secret", is_public=False)
    waits = {"revisit_on": None, "revisit_votes": 50, "revisit_item_id": secret.id}
    move_item(session, item, ItemStatus.NOT_NOW, decision("not now", **waits), by=planner)
    said = "With 50 votes it is looked at again. Once something else is launched, it is looked at again."

    for path in ("/roadmap", f"/roadmap/{item.id}", "/decisions"):
        assert said in visitor.open(path).text
    assert "A secret" not in visitor.html
    item.votes = 50
    bring_back(session)
    assert "It is being looked at again." in visitor.open("/roadmap").text

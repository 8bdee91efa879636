"""Segments and breadth beside themes and items: the numbers, the orders, and that only the team reads them."""

import pytest

from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.status import ItemStatus
from forum.core.clock import utcnow
from forum.segments import services
from forum.segments.conditions import Condition
from forum.segments.models import Segment
from forum.segments.status import How
from forum.themes.counting import recount
from forum.themes.loudness import Loudness, Tells, read_loudness


@pytest.fixture
def heard(session, make):
    """A theme of one large customer, louder in the other of many small ones; and the segment of the large one."""
    manager = make.manager()
    rail = make.organisation("Fjord Rail")
    rail.attributes, rail.revenue = {"plan": "Enterprise"}, 1_200_000.0
    kari = make.person("Kari", organisation_id=rail.id)
    few = make.theme("Few", [make.post("The seat is cold", author=kari)])
    many = make.theme("Many", [make.post("The lamp is dim"), make.post("A dim lamp")])
    recount(session, [few.id, many.id])
    plan = [Condition("plan", How.IS, "Enterprise")]
    by = make.as_reader(manager)
    services.save_segment(session, None, "Zqlarge", plan, 5, version=0, by=by)
    return few, many, manager


def test_a_theme_says_to_the_team_how_broad_it_is_and_who_is_behind_it(visitor, make, heard):
    few, many, manager = heard
    visitor.sign_in(manager).open(f"/themes/{few.id}")
    for words in (
        *("Breadth beside loudness", "Zqlarge", "1 person · 1 company · 1.2 million a year"),
        "By your weights they count as 5 people instead of 1.",
    ):
        assert words in visitor.text
    assert "Zqlarge" not in visitor.open(f"/themes/{many.id}").text
    visitor.sign_in(make.person()).open(f"/themes/{few.id}")
    assert "Breadth beside loudness" not in visitor.text


def test_the_list_of_themes_has_columns_for_the_chosen_segment_and_for_weights(visitor, session, heard):
    few, many, manager = heard
    segment_id = session.query(Segment).one().id

    def order(path):
        html = visitor.open(path).html
        return sorted((few, many), key=lambda theme: html.index(f'href="/themes/{theme.id}"'))

    visitor.sign_in(manager)
    assert order("/themes/review?order=people") == [many, few]
    assert order("/themes/review?order=weighted") == [few, many]
    assert order(f"/themes/review?order=segment&segment={segment_id}") == [few, many]
    assert "Weighted: Zqlarge as 5, everybody else as 1." in visitor.text
    assert "plan is Enterprise" in visitor.text


def test_an_item_says_who_is_behind_it_and_the_table_weighs_them(visitor, make, heard):
    few, _many, manager = heard
    now = utcnow()
    fixed = {"promoted_at": now, "promoted_by_id": manager.id, "status_at": now, "counted_at": now}
    item = make._add(
        BacklogItem(
            product_id=few.product_id,
            title={"en": "Warm seats"},
            problem={},
            status=ItemStatus.PLANNED,
            is_public=True,
            public_sentence={"en": "Soon."},
            people=1,
            **fixed,
        )
    )
    make._add(Evidence(item_id=item.id, post_id=few.exemplar_ids[0], added_at=now, added_by_id=manager.id))

    visitor.sign_in(make.moderator()).open(f"/backlog/{item.id}")
    assert "1 person · 1 company. Their companies bring 1.2 million a year." in visitor.text
    assert "Zqlarge" in visitor.text
    assert 'data-label="Weighted">5<' in visitor.open("/backlog?view=table").html
    visitor.sign_in(make.person()).open(f"/roadmap/{item.id}")
    assert "Zqlarge" not in visitor.text


def test_what_breadth_is_made_of_tells_what_it_amounts_to(session, make):
    company = make.organisation()
    posts = [make.post(author=make.person(organisation_id=company.id)) for _n in range(3)]
    theme = make.theme("", posts)
    for _n in range(2):
        make.vote(posts[0])

    found = read_loudness(session, theme.id, 5)

    assert (found.people, found.weeks, found.companies, found.alone, found.left_out, found.votes) == (5, 1, 1, 2, 0, 2)
    assert found.tells is Tells.SHORT
    told = {
        Tells.NOTHING: Loudness(0, 0, 0, 0, 0, 0),
        Tells.BURST: Loudness(30, 9, 3, 5, 20, 40),
        Tells.FEW_PLACES: Loudness(30, 9, 1, 2, 0, 40),
        Tells.BROAD: Loudness(30, 9, 3, 20, 2, 40),
    }
    assert {numbers.tells for numbers in told.values()} == set(told)

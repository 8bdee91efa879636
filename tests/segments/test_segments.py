"""Segments: conditions, who is in them, and the pages to make them."""

import pytest
import sqlalchemy as sa

from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.languages import speaking
from forum.segments import members, queries, services
from forum.segments.conditions import Condition, hold, make_condition, sentence_of
from forum.segments.models import Segment, SegmentMember
from forum.segments.status import How
from tests.browser import Visitor


@pytest.fixture
def manager(make):
    return make.as_reader(make.manager())


KNOWN = {"plan": "Enterprise", "revenue": 250_000.0, "since": "2022-05-31", "seats": 12, "company": "Fjord Rail"}


@pytest.mark.parametrize(
    ("key", "how", "value", "is_so"),
    [
        ("plan", How.IS, "fleet, ENTERPRISE", True),
        ("plan", How.IS_NOT, "Fleet", True),
        ("revenue", How.AT_LEAST, "100 000", True),
        ("revenue", How.UNDER, "100 000", False),
        ("since", How.BEFORE, "2024", True),
        ("since", How.FROM, "2022-05-31", True),
        ("seats", How.IS, "12", True),
        ("region", How.IS_NOT, "North", False),
    ],
)
def test_a_condition_holds_of_what_is_known_alone(key, how, value, is_so):
    assert make_condition(key, how, value).holds(KNOWN) is is_so


def test_conditions_are_said_in_words_and_odd_values_are_refused():
    conditions = [
        make_condition("Plan", How.IS, "Enterprise"),
        make_condition("revenue", How.AT_LEAST, "100000"),
    ]
    assert sentence_of(conditions) == "plan is Enterprise and revenue is at least 100,000"
    assert hold(conditions, KNOWN)
    for how, value in ((How.AT_LEAST, "much"), (How.BEFORE, "soon"), (How.IS, "")):
        with pytest.raises(Invalid):
            make_condition("plan", how, value)


def test_a_segment_knows_its_people_and_companies_and_a_company_speaks_for_its_people(session, make, manager):
    rail = make.organisation("Fjord Rail")
    rail.attributes, rail.revenue = {"plan": "Enterprise"}, 250_000.0
    kari, ola = make.person(organisation_id=rail.id), make.person(organisation_id=rail.id, attributes={"plan": "Basic"})
    ida = make.person(attributes={"plan": "enterprise"})
    plan = [Condition("plan", How.IS, "Enterprise")]

    segment = services.save_segment(session, None, "Enterprise", plan, 3, version=0, by=manager)

    assert set(session.scalars(sa.select(SegmentMember.user_id))) == {kari.id, ida.id}
    (known,) = queries.read_segments(session)
    assert (known.people, known.companies, known.weight, known.sentence) == (2, 1, 3, "plan is Enterprise")
    ola.attributes = {}
    members.refresh(session)
    assert set(session.scalars(sa.select(SegmentMember.user_id))) == {kari.id, ida.id, ola.id}

    services.save_segment(
        session, segment, "Rail", [Condition("company", How.IS, "fjord rail")], 1, version=1, by=manager
    )
    assert set(session.scalars(sa.select(SegmentMember.user_id))) == {kari.id, ola.id}
    with pytest.raises(Conflict):
        services.save_segment(session, segment, "Rail", plan, 1, version=1, by=manager)
    with pytest.raises(Invalid):
        services.save_segment(session, None, "rail", plan, 1, version=0, by=manager)
    with pytest.raises(NotAllowed):
        services.remove_segment(session, segment, by=make.as_reader(make.moderator()))
    services.remove_segment(session, segment, by=manager)
    assert session.query(Segment).count() == session.query(SegmentMember).count() == 0


def test_shares_count_each_person_and_each_company_once_and_weights_only_the_heaviest(session, make, manager):
    rail = make.organisation("Fjord Rail")
    rail.attributes, rail.revenue = {"plan": "Enterprise"}, 250_000.0
    kari, ola, ida = make.person(organisation_id=rail.id), make.person(organisation_id=rail.id), make.person()
    plan, company = [Condition("plan", How.IS, "Enterprise")], [Condition("company", How.IS, "Fjord Rail")]
    first = services.save_segment(session, None, "Enterprise", plan, 3, version=0, by=manager)
    services.save_segment(session, None, "Rail", company, 2, version=0, by=manager)
    people = sa.union(
        *(sa.select(sa.literal(group), sa.literal(one.id)) for group, one in ((1, kari), (1, ola), (1, ida), (2, ida)))
    ).subquery()

    assert queries.shares(session, people)[1][first.id] == queries.Share(2, 1, 250_000.0)
    assert queries.whole(session, people) == {1: queries.Share(3, 1, 250_000.0), 2: queries.Share(1, 0, 0.0)}
    assert queries.extra_weight(session, people) == {1: 4.0}


def test_a_segment_is_called_in_the_reader_s_language(session, make, manager):
    plan, names = [Condition("plan", How.IS, "Fleet")], {"en": "Fleets", "nb": "Flåter", "da": ""}
    segment = services.save_segment(session, None, "Fleets", plan, 1, version=0, by=manager, names=names)

    assert segment.names == {"en": "Fleets", "nb": "Flåter"}
    (known,) = queries.read_segments(session)
    assert (known.name, segment.called) == ("Fleets", "Fleets")
    with speaking("nb"):
        assert (known.name, segment.called) == ("Flåter", "Flåter")
    with speaking("da"):
        assert known.name == "Fleets"


def test_who_changes_a_segment_second_sees_what_the_first_wrote_and_chooses(app, session, make, manager):
    segment = services.save_segment(
        session, None, "Fleets", [Condition("plan", How.IS, "Fleet")], 1, version=0, by=manager
    )
    one, two = (Visitor(app, session).sign_in(make.manager()).open(f"/segments/{segment.id}") for _each in range(2))
    one.send("Save", name="Large fleets")

    two.send("Save", name="Small fleets", status=409)
    assert "What changed meanwhile Name Large fleets" in two.text
    two.send("Save")
    session.refresh(segment)
    assert segment.name == "Small fleets"


def test_a_segment_is_made_changed_and_removed_on_its_pages(visitor, session, make):
    company = make.organisation("Fjord Rail")
    company.attributes = {"plan": "Enterprise"}
    make.person(organisation_id=company.id)
    visitor.sign_in(make.manager()).open("/segments").open("/segments/new")
    visitor.send("Save", name="Large", keys="plan", hows="at least", values="many", status=422)
    assert "“many” is not a number." in visitor.text
    visitor.send("Save", name="Enterprise customers", keys="plan", hows="is", values="Enterprise", weight="3")
    assert "each person counts as 3" in visitor.text
    assert "plan is Enterprise" in visitor.text

    segment = session.query(Segment).one()
    visitor.open(f"/segments/{segment.id}").send("Remove this segment")
    assert "No segments yet" in visitor.text


def test_a_file_is_looked_at_and_brought_in_on_its_pages(visitor, session, make, tmp_path):
    kari = make.person("Kari Hansen", email="kari@example.com")
    path = tmp_path / "people.csv"
    path.write_text("email,plan\nkari@example.com,Fleet\nghost@example.com,Fleet\n")
    visitor.sign_in(make.manager()).open("/segments/import")
    visitor.upload("file", path, button="Look at the file")
    assert "Without an account here" in visitor.text
    assert "ghost@example.com" in visitor.text

    visitor.send("Bring it in")

    session.refresh(kari)
    assert kari.attributes == {"plan": "Fleet"}
    assert "ghost@example.com" not in visitor.text
    path.write_text("title,text\nno,no\n")
    visitor.open("/segments/import").upload("file", path, button="Look at the file", status=422)
    assert "The file needs a first row" in visitor.text

"""How open an area is: its own or inherited, why, and who decides."""

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.people import Role
from forum.products.models import Area
from forum.products.queries import forest, nearest_open_area, tree
from forum.products.services import make_area, make_product, set_openness
from forum.products.status import Openness

OPEN, LISTENING, CLOSED = Openness.CO_CREATE, Openness.LISTENING, Openness.CLOSED


@pytest.fixture
def admin(make):
    return make.as_reader(make.admin())


@pytest.fixture
def car(session):
    return make_product(session, "car", {"en": "Car", "nb": "Bil"}, by=None)


@pytest.fixture
def cabin(session, car, admin):
    return make_area(session, car, "cabin", {"en": "Cabin"}, by=admin, openness=OPEN, why={"en": "You sit here."})


def test_an_area_without_openness_has_that_of_the_area_above(session, car, cabin, admin):
    seats = make_area(session, car, "seats", {"en": "Seats"}, by=admin, parent=cabin)
    heating = make_area(session, car, "heating", {"en": "Heating"}, by=admin, parent=seats)

    set_openness(session, cabin, CLOSED, {"en": "Not now.", "nb": "Ikke nå."}, by=admin)

    why = {"en": "Not now.", "nb": "Ikke nå."}
    assert [(area.openness, area.why) for area in (cabin, seats, heating)] == [(CLOSED, why)] * 3
    assert [(area.own_openness, area.own_why) for area in (seats, heating)] == [(None, {})] * 2


def test_an_area_with_its_own_openness_keeps_it(session, car, cabin, admin):
    airbags = make_area(
        session, car, "airbags", {"en": "Airbags"}, by=admin, parent=cabin, openness=LISTENING, why={"en": "The law."}
    )
    below = make_area(session, car, "curtain", {"en": "Curtain airbags"}, by=admin, parent=airbags)

    set_openness(session, cabin, CLOSED, {"en": "Closed."}, by=admin)
    assert [(area.openness, area.why) for area in (airbags, below)] == [(LISTENING, {"en": "The law."})] * 2

    set_openness(session, airbags, None, {}, by=admin)
    assert [(area.openness, area.why) for area in (airbags, below)] == [(CLOSED, {"en": "Closed."})] * 2


def test_an_area_may_say_more_than_the_one_above_without_differing(session, car, cabin, admin):
    seats = make_area(session, car, "seats", {"en": "Seats"}, by=admin, parent=cabin, why={"en": "And you sit long."})

    assert (seats.openness, seats.why) == (OPEN, {"en": "And you sit long."})


@pytest.mark.parametrize(
    ("openness", "why", "field"), [(None, {"en": "Because."}, "openness"), (CLOSED, {"en": " "}, "why_en")]
)
def test_an_area_at_the_top_says_for_itself_how_open_it_is_and_why(session, cabin, admin, openness, why, field):
    with pytest.raises(Invalid) as refusal:
        set_openness(session, cabin, openness, why, by=admin)

    assert list(refusal.value.fields) == [field]


def test_an_area_that_differs_from_the_one_above_says_why(session, car, cabin, admin):
    with pytest.raises(Invalid, match="at least one language"):
        make_area(session, car, "airbags", {"en": "Airbags"}, by=admin, parent=cabin, openness=CLOSED)


def test_only_admins_decide(session, make, cabin):
    for role in (Role.EMPLOYEE, Role.MODERATOR, Role.MANAGER):
        with pytest.raises(NotAllowed, match="Only admins"):
            set_openness(session, cabin, CLOSED, {"en": "No."}, by=make.reader("", role))
    with pytest.raises(NotAllowed, match="Only admins"):
        make_product(session, "van", {"en": "Van"}, by=make.reader())

    assert cabin.openness is OPEN


def test_a_decision_stands_in_the_audit_log(session, cabin, admin):
    set_openness(session, cabin, CLOSED, {"en": "No."}, by=admin)
    session.flush()

    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "area.openness")).one()
    assert (entry.actor_id, entry.subject_id) == (admin.id, cabin.id)
    assert entry.details == {"before": "co-create", "after": "closed", "why": {"en": "No."}}
    assert (cabin.decided_by_id, cabin.version) == (admin.id, 2)


def test_of_two_people_who_decide_at_once_the_second_is_told(session, cabin, admin):
    set_openness(session, cabin, CLOSED, {"en": "First."}, by=admin, version=1)

    with pytest.raises(Conflict, match="Both versions"):
        set_openness(session, cabin, LISTENING, {"en": "Second."}, by=admin, version=1)

    assert cabin.why == {"en": "First."}


@pytest.mark.parametrize("slug", ["", "Cabin", "a b", "-a", "a--b", "x" * 41, "ø"])
def test_short_names_fit_into_addresses(session, car, admin, slug):
    with pytest.raises(Invalid, match="small letters"):
        make_area(session, car, slug, {"en": "Cabin"}, by=admin, openness=OPEN, why={"en": "Yes."})


def test_a_short_name_is_taken_once_per_product(session, car, cabin, admin):
    with pytest.raises(Invalid, match="taken"):
        make_area(session, car, "cabin", {"en": "Cabin"}, by=admin, openness=OPEN, why={"en": "Yes."})

    van = make_product(session, "van", {"en": "Van"}, by=admin)
    assert make_area(session, van, "cabin", {"en": "Cabin"}, by=admin, openness=OPEN, why={"en": "Yes."}).id


def test_the_tree_puts_each_area_before_those_below_it(session, make):
    product = make.product()
    top = make.area("b-top", product_id=product.id, position=2, posts=1, unanswered=1)
    first = make.area("a-top", product_id=product.id, position=1)
    below = make.area("below", product_id=product.id, parent_id=top.id, posts=2)
    make.area("elsewhere", product_id=make.product().id)

    rows = tree(session, product.id)

    assert [(row.slug, row.depth, row.label) for row in rows] == [
        ("a-top", 0, "A-Top"),
        ("b-top", 0, "B-Top"),
        ("below", 1, "B-Top › Below"),
    ]
    assert [(row.posts_below, row.unanswered_below) for row in rows] == [(0, 0), (3, 1), (2, 0)]
    assert forest(session)[product.id] == rows
    assert {first.id, top.id, below.id} == {row.id for row in rows}


def test_the_nearest_open_area_has_the_fewest_steps(session, make):
    product = make.product()
    closed = make.area("drivetrain", CLOSED, product_id=product.id)
    engine = make.area("engine", CLOSED, product_id=product.id, parent_id=closed.id)
    far = make.area("cabin", product_id=product.id)
    make.area("seats", product_id=product.id, parent_id=far.id)

    assert nearest_open_area(session, engine).slug == "cabin"

    make.area("gear-knob", product_id=product.id, parent_id=closed.id)
    assert nearest_open_area(session, engine).slug == "gear-knob"


def test_a_product_may_have_no_open_area(session, make):
    area = make.area("engine", CLOSED)

    assert nearest_open_area(session, session.get(Area, area.id)) is None

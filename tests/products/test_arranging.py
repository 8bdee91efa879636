"""Adding products and areas, renaming them and putting them in order: pages, services and commands agree."""

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.errors import Invalid, NotAllowed
from forum.core.people import Role
from forum.posts.models import Post
from forum.products.arranging import move, propose_slug, rename
from forum.products.models import Area, Product
from forum.products.queries import tree
from forum.products.status import Openness


@pytest.fixture
def run(app, session):
    """Runs a command; returns its lines."""

    def run(*words, code=0):
        session.commit()
        result = app.test_cli_runner().invoke(args=words)
        session.expire_all()
        assert result.exit_code == code, result.output
        return result.output.strip().splitlines()

    return run


def test_an_admin_makes_an_empty_site_usable(session, make, visitor):
    visitor.sign_in(make.admin()).open("/posts/new")
    visitor.open("/areas").open("/products/new")

    visitor.send("Add the product", name_nb="Liten bil Ø")
    assert visitor.path.endswith("/areas/new")
    visitor.send("Add the area", name_en="Cabin", openness="co-create", why_en="You sit here.")
    assert "Cabin is added." in visitor.text
    product = session.scalars(sa.select(Product)).one()
    assert (product.slug, product.name) == ("liten-bil-o", {"nb": "Liten bil Ø"})
    visitor.open(f"/products/{product.id}/areas/new")
    cabin = session.scalars(sa.select(Area)).one()
    visitor.send("Add the area", name_en="Seats", slug="chairs", parent=cabin.id, openness="inherit")

    seats = session.scalars(sa.select(Area).where(Area.slug == "chairs")).one()
    assert (seats.parent_id, seats.openness, seats.why) == (cabin.id, Openness.CO_CREATE, {"en": "You sit here."})
    visitor.open("/posts/new").send("Post", kind="idea", title="Warm seats", body="Please.", area_id=seats.id)
    assert session.scalars(sa.select(Post.title)).all() == ["Warm seats"]


def test_an_area_at_the_top_says_how_open_it_is_and_what_was_typed_stays(make, visitor):
    product = make.product("car")
    make.area("cabin", product_id=product.id)

    visitor.sign_in(make.admin()).open(f"/products/{product.id}/areas/new")
    visitor.send("Add the area", name_en="Doors", openness="inherit", status=422)

    assert "An area at the top says for itself how open it is." in visitor.text
    assert 'value="Doors"' in visitor.html


@pytest.mark.parametrize("slug", ["car", "Car!"])
def test_a_bad_or_taken_short_name_is_said_beside_the_field(make, visitor, slug):
    make.product("car")

    visitor.sign_in(make.admin()).open("/products/new")
    visitor.send("Add the product", name_en="Car", slug=slug, status=422)

    assert 'id="slug-error"' in visitor.html


def test_a_name_is_needed_in_one_language(make, visitor):
    visitor.sign_in(make.admin()).open("/products/new").send("Add the product", slug="car", status=422)

    assert "Write this in at least one language." in visitor.text


def test_areas_are_renamed_and_moved_on_the_page(session, make, visitor):
    product = make.product("car")
    seats, doors = (make.area(slug, product_id=product.id) for slug in ("seats", "doors"))
    below = make.area("cushion", product_id=product.id, parent_id=seats.id)

    visitor.sign_in(make.admin()).open(f"/areas/{seats.id}/name")
    visitor.send("Save", name_en="Chairs", name_da="Stole")
    assert "It is called Chairs now." in visitor.text
    visitor.send("Move up", into=f"/areas/{doors.id}/move")
    assert "Doors stands one place higher now." in visitor.text
    visitor.send("Move up", into=f"/areas/{below.id}/move")
    assert "Cushion is at the top already." in visitor.text

    session.expire_all()
    assert [(row.slug, row.name) for row in tree(session, product.id)] == [
        ("doors", {"en": "Doors"}),
        ("seats", {"en": "Chairs", "da": "Stole"}),
        ("cushion", {"en": "Cushion"}),
    ]


def test_products_change_places(session, make):
    admin = make.as_reader(make.admin())
    car, van = make.product("car"), make.product("van")

    assert move(session, car, up=False, by=admin)
    assert not move(session, car, up=False, by=admin)

    assert session.scalars(sa.select(Product.slug).order_by(Product.position)).all() == ["van", "car"]
    entries = session.execute(sa.select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.actor_id)).all()
    assert entries == [("product.move", car.id, admin.id)]
    rename(session, van, {"en": "Big van"}, by=admin)
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "product.rename")).one()
    assert entry.details == {"before": {"en": "Van"}, "after": {"en": "Big van"}}


def test_only_admins_arrange(session, make, visitor):
    area = make.area("cabin")

    for role in (Role.EMPLOYEE, Role.MODERATOR, Role.MANAGER):
        with pytest.raises(NotAllowed, match="Only admins"):
            rename(session, area, {"en": "X"}, by=make.reader("", role))
        with pytest.raises(NotAllowed, match="Only admins"):
            move(session, area, up=True, by=make.reader("", role))
    with pytest.raises(Invalid):
        rename(session, area, {"en": " "}, by=make.as_reader(make.admin()))
    visitor.sign_in(make.manager()).open("/products/new", status=403)
    assert "Only admins change products and areas." in visitor.text
    assert "Add a product" not in visitor.open("/areas").text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ({"en": "Phone & Audio"}, "phone-audio"),
        ({"nb": "Kjøretøy på æren"}, "kjoretoy-pa-aeren"),
        ({"en": "Ünïque  -- car"}, "unique-car"),
        ({"en": "x" * 60}, "x" * 40),
        ({"en": "汽车"}, ""),
    ],
)
def test_short_names_are_proposed_from_names(name, slug):
    assert propose_slug(name) == slug


def test_the_commands_make_a_site_usable(session, run):
    assert run("products", "add", "Car", "--nb", "Bil")[-1] == "Car is a product now, with the short name car."
    why = ("--openness", "co-create", "--why", "You sit here.")
    said = run("areas", "add", "car", "Cabin", *why)
    assert said[-1] == "Cabin is an area of Car now, co-create, short name cabin."
    run("areas", "add", "car", "Seats", "--below", "cabin", "--da", "Sæder")

    assert run("areas", "list", "car") == ["cabin\tco-create\tCabin", "seats\tco-create\tCabin › Seats", "2 areas."]
    assert run("products", "list") == ["car\tCar", "1 product."]
    seats = session.scalars(sa.select(Area).where(Area.slug == "seats")).one()
    assert seats.name == {"en": "Seats", "da": "Sæder"}
    assert session.scalars(sa.select(Product.name)).one() == {"en": "Car", "nb": "Bil"}


def test_the_commands_refuse_in_plain_words(run, make):
    make.product("car")

    assert run("products", "add", "Car", code=1) == ["Error: This short name is taken."]
    assert "says for itself how open it is" in run("areas", "add", "car", "Cabin", code=1)[-1]
    assert "There is no product “van”." in run("areas", "add", "van", "Cabin", code=1)[-1]
    assert "There is no area “cabin”." in run("areas", "add", "car", "Seats", "--below", "cabin", code=1)[-1]

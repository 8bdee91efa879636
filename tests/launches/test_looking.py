"""The menu says on every page that something was launched from one's words, until the receipt was looked at."""

import pytest
import sqlalchemy as sa

from forum.accounts.models import User
from forum.launches import looking
from forum.launches.models import Receipt


@pytest.fixture
def path_of(session):
    """The addresses of a person's receipts, the oldest first."""

    def paths(person) -> list[str]:
        ids = sa.select(Receipt.id).where(Receipt.user_id == person.id).order_by(Receipt.id)
        return [f"/receipts/{receipt_id}" for receipt_id in session.scalars(ids)]

    return paths


def news(visitor, path: str = "/preferences") -> str:
    """What the closed menu's button says of receipts on a page."""
    button = visitor.open(path).html.partition("<summary")[2].partition("</summary>")[0]
    _name, _mark, words = button.partition('<span class="vh">')
    return words.partition("<")[0].strip()


def test_everybody_behind_a_launch_reads_of_it_on_any_page(visitor, make, manager, seats, build, launch):
    _theme, kari, ola, _post = seats
    visitor.sign_in(kari)
    assert news(visitor) == ""
    launch(build(seats[0]))

    for person in (kari, ola):
        assert news(visitor.sign_in(person), "/") == "1 new receipt"
        assert "My receipts 1 1 new receipt" in visitor.text
    assert news(visitor.sign_in(make.person())) == ""
    assert news(visitor.sign_in(manager)) == ""
    launch(build(make.theme("", [make.post(author=kari)])))
    assert news(visitor.sign_in(kari)) == "2 new receipts"


def test_a_receipt_that_was_looked_at_is_not_new_any_more(session, visitor, make, seats, build, launch, path_of):
    kari = seats[1]
    launch(build(seats[0]))
    launch(build(make.theme("", [make.post(author=kari)])))
    first, second = path_of(kari)
    visitor.sign_in(kari)
    assert visitor.open("/me/receipts").html.count("pill--ok") == 2

    assert news(visitor, first) == "1 new receipt"
    assert visitor.open("/me/receipts").html.count("pill--ok") == 1
    assert session.scalars(sa.select(Receipt.seen_at).where(Receipt.user_id == kari.id)).all() == [None, None]
    looking.LOOKED.flush()

    assert news(visitor, first) == "1 new receipt"
    assert visitor.open("/me/receipts").html.count("pill--ok") == 1
    assert news(visitor, second) == ""
    looking.LOOKED.flush()
    session.expire_all()
    assert session.get_one(User, kari.id).new_receipts == 0
    assert None not in session.scalars(sa.select(Receipt.seen_at).where(Receipt.user_id == kari.id)).all()


def test_looking_at_somebody_elses_receipt_changes_nothing(visitor, seats, build, launch, path_of):
    _theme, kari, ola, _post = seats
    launch(build(seats[0]))

    visitor.sign_in(ola).open(path_of(kari)[0], status=404)
    looking.LOOKED.flush()

    assert news(visitor) == "1 new receipt"
    assert news(visitor.sign_in(kari)) == "1 new receipt"


def test_a_receipt_answered_on_the_page_of_the_post_is_not_new_any_more(visitor, make, seats, build, launch, path_of):
    kari, post = seats[1], seats[3]
    launch(build(seats[0]))
    launch(build(make.theme("", [make.post(author=kari)])))
    visitor.sign_in(kari).open(path_of(kari)[0])

    visitor.open(f"/posts/{post.id}").send("Partly")

    assert news(visitor) == "1 new receipt"
    looking.LOOKED.flush()
    assert news(visitor) == "1 new receipt"


def test_what_goes_out_of_sight_is_not_announced(visitor, manager, seats, build, launch):
    item = build(seats[0])
    launch(item)

    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", is_public="no")
    assert news(visitor.sign_in(seats[1])) == ""
    visitor.sign_in(manager).open(f"/backlog/{item.id}/edit").send("Save", is_public="yes")
    assert news(visitor.sign_in(seats[1])) == "1 new receipt"


def test_the_mark_costs_no_query(visitor, session, seats, build, launch, count_queries):
    visitor.sign_in(seats[1])

    def cost() -> int:
        visitor.open("/")
        session.rollback()
        with count_queries() as seen:
            visitor.client.get("/")
        return len([statement for statement in seen if statement.startswith(("SELECT", "WITH"))])

    before = cost()
    launch(build(seats[0]))

    assert cost() == before

"""Which words say nothing about a product's themes, and which are one: the service, the page, and what a run reads."""

import pytest
import sqlalchemy as sa

from forum.core.audit import AuditEntry
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.products.models import Product
from forum.themes.corpus import read_corpus
from forum.themes.wording import MAX_LINES, read_groups, read_names, set_words, write_groups

SEATS = [["seat", "sete", "sæde"], ["cup holder", "kopholder"]]


@pytest.fixture
def product(make):
    return make.product("car")


def test_lists_are_read_line_by_line_and_written_the_same_way():
    assert read_names("Polar\n\n  Polar  One \npolar\n") == ["polar", "Polar One"]
    assert read_groups("seat = sete=sæde\n\n cup  holder = kopholder =") == SEATS
    assert read_groups(write_groups(SEATS)) == SEATS


def test_lists_are_kept_with_the_product_and_what_was_there_is_logged(session, product, manager):
    set_words(session, product, ["Polar"], SEATS, by=manager, version=1)

    assert (product.own_names, product.equal_words, product.words_version) == (["Polar"], SEATS, 2)
    [entry] = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "product.words"))
    assert entry.details == {"added": ["Polar", *write_groups(SEATS).splitlines()], "removed": []}


def test_only_product_managers_choose_words(session, make, product):
    with pytest.raises(NotAllowed):
        set_words(session, product, [], [], by=make.reader("Ola"), version=1)


def test_a_stale_list_is_a_conflict(session, product, manager):
    set_words(session, product, ["Polar"], [], by=manager, version=1)

    with pytest.raises(Conflict, match="Somebody else"):
        set_words(session, product, ["Nord"], [], by=manager, version=1)

    assert product.own_names == ["Polar"]


@pytest.mark.parametrize(
    ("names", "groups", "field", "said"),
    [
        (["12"], [], "own_names", "has no letter"),
        (["a" * 61], [], "own_names", "longer than 60"),
        (["a"] * (MAX_LINES + 1), [], "own_names", "at most 200 lines"),
        ([], [["seat"]], "equal_words", "“seat” is equal to nothing"),
        ([], [["seat", "Seat"]], "equal_words", "equal to nothing"),
        ([], [["seat", "?"]], "equal_words", "has no letter"),
        ([], [["seat", "sete"], ["Seat", "sæde"]], "equal_words", "“Seat” stands in two lines"),
        ([], [["seat", "sete"], ["seat!", "sæde"]], "equal_words", "the same to the engine"),
        (["Polar One"], [["polar", "seat"]], "equal_words", "“polar” is left out"),
        ([], [["seat", "car"]], "equal_words", "“car” is left out"),
        ([], [["a", "b"]] * (MAX_LINES + 1), "equal_words", "at most 200 lines"),
    ],
)
def test_lists_that_make_no_sense_are_refused_beside_their_field(session, product, manager, names, groups, field, said):
    with pytest.raises(Invalid) as refused:
        set_words(session, product, names, groups, by=manager, version=1)

    assert said in refused.value.fields[field]
    assert (product.own_names, product.words_version) == ([], 1)


def test_a_run_reads_both_lists_without_what_the_product_is_called_now(session, make, product, manager):
    make.post("Cold seat", area=make.area(product_id=product.id))
    set_words(session, product, ["Polar"], [*SEATS, ["boot", "wagon"]], by=manager, version=1)
    product.name = {"en": "Wagon"}

    corpus = read_corpus(session, product.id)

    assert (corpus.stop_words, corpus.equal_words) == (["Polar", "Wagon"], SEATS)


def test_a_product_manager_edits_both_lists_on_a_page_of_the_desk(visitor, session, make, product):
    visitor.sign_in(make.manager()).open("/themes/review")
    assert "/themes/review/words" in visitor.html
    visitor.open("/themes/review/words")
    assert "counts from the next run" in visitor.text

    visitor.send("Save", own_names="Polar", equal_words="seat", status=422)
    assert "“seat” is equal to nothing" in visitor.text
    assert ">\nseat</textarea>" in visitor.html
    assert ">\nPolar</textarea>" in visitor.html

    visitor.send("Save", own_names="Polar", equal_words="seat = sete")
    assert visitor.path == "/themes/review"
    assert "Saved. It counts from the next run." in visitor.text
    session.expire_all()
    assert session.get_one(Product, product.id).equal_words == [["seat", "sete"]]


def test_two_who_write_at_once_see_both_versions(visitor, session, make, product, manager):
    visitor.sign_in(make.manager()).open("/themes/review/words")
    set_words(session, product, ["Nord"], [["boot", "bagagerum"]], by=manager, version=1)
    session.commit()

    visitor.send("Save", own_names="Polar", equal_words="", status=409)

    assert "Somebody else changed these words" in visitor.text
    assert "boot = bagagerum" in visitor.text
    visitor.send("Save", own_names="Polar", equal_words="boot = bagagerum")
    session.expire_all()
    assert session.get_one(Product, product.id).own_names == ["Polar"]


def test_others_do_not_come_to_the_page(visitor, make, product):
    visitor.sign_in(make.person()).open("/themes/review/words", status=403)


def test_the_command_shows_words_and_sets_them_from_files(app, session, product, tmp_path):
    (tmp_path / "equal.txt").write_text(write_groups(SEATS))
    session.commit()

    def run(*more, **options):
        return app.test_cli_runner().invoke(args=["themes", "words", "car", *more], **options)

    assert run("--own-names", "-", input="Polar\nNord\n").exit_code == 0
    said = run("--equal-words", str(tmp_path / "equal.txt")).output

    assert "  Nord\n" in said
    assert "  seat = sete = sæde\n" in said
    assert said.endswith("2 words say nothing in car, and 2 groups are one.\n")
    refused = run("--own-names", "-", input="12\n")
    assert (refused.exit_code, "has no letter" in refused.output) == (1, True)

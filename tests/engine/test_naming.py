"""What themes are called: phrases in the order and case people wrote, nothing that says little."""

import numpy as np
import pytest

from forum.engine.equal_words import EqualWords
from forum.engine.naming import name_themes
from forum.engine.phrases import clauses_of, phrases_of
from tests.engine import sentences

CUPS = [
    "The cup holder is too small for my mug",
    "My bottle falls out, the cup holder is too small",
    "A bigger cup holder please, the mug tips over",
    "The cup holders rattle and no bottle fits",
    "Cup holder is too small",
]
FUEL = [
    "I get thirty miles per gallon in the city",
    "Miles per gallon are worse than promised",
    "Only twenty miles per gallon on the motorway, bad fuel economy",
    "The fuel economy is poor, the tank is empty at once",
    "Fuel economy of this engine disappoints, twenty miles per gallon",
]
GPS = [
    "The GPS map is old",
    "GPS loses the satellites in town",
    "My GPS shows the wrong map",
    "The GPS map has no new roads",
    "A new map for the GPS costs a fortune",
]


def named(*themes, language="en", **given):
    """Return (names, terms) of themes of these texts, each theme a list."""
    posts = [(text, language, 1.0) for theme in themes for text in theme]
    labels = np.repeat(np.arange(len(themes)), [len(theme) for theme in themes])
    found = name_themes(posts, labels, len(themes), **given)
    return found.names, found.terms


def test_names_are_phrases_in_natural_order_with_small_words_and_capitals_as_written():
    names, _ = named(CUPS, FUEL, GPS)

    assert names == ["Cup holder", "Miles per gallon", "GPS map"]


def test_what_is_too_much_belongs_to_the_phrase():
    [clause] = clauses_of("The cup holder is much too small", "en")

    assert {term for term, *_ in phrases_of(clause)} >= {"cup holder", "small holder", "cup holder ·too small"}


def test_phrases_end_where_clauses_do():
    clauses = clauses_of("Great radio, seats squeak. Phone-pairing fails", "en")

    said = {term for clause in clauses for term, *_ in phrases_of(clause)}
    assert {"seat squeak", "phone pair fail"} <= said
    assert not said & {"radio seat", "squeak phone"}


def test_no_name_of_the_product_and_no_courtesy_among_names_and_terms():
    seats = [
        "Please help, the Nordvik seat is hard",
        "Thanks Nordvik, seat is hard",
        "Hello, Nordviks seat hurts, thanks",
    ]
    radio = ["Please fix the Nordvik radio", "Nordvik radio is silent, please help", "Hello, the radio of Nordvik hums"]

    names, terms = named(seats, radio, stop={"nordvik"})

    assert all("seat" in name.lower() or "radio" in name.lower() for name in names)
    said = " ".join([*names, *(term for ten in terms for term in ten)]).lower()
    assert not any(word in said for word in ("nordvik", "please", "thanks", "hello", "help"))


def test_a_maker_that_all_themes_speak_of_names_none_although_nobody_said_so():
    ways = ("My {} Nordvik", "The {} of this Nordvik", "A Nordvik {} again")
    parts = ("seat", "radio", "mirror", "engine", "boot", "window")
    themes = [[f"{way.format(part)} is {told}" for way in ways for told in ("bad", "late")] for part in parts]

    names, terms = named(*themes)

    assert "nordvik" not in str([names, terms]).lower()


def test_a_word_stands_in_one_form_only():
    _, terms = named([*CUPS, "Cups and cup holders", "The cups tip"], FUEL)

    assert [term for term in terms[0] if term.lower() in ("cup", "cups")] == ["cup"]
    assert not {"cup holders"} & set(terms[0]) or "cup holder" not in terms[0]


def test_small_words_of_another_language_are_in_no_name():
    films = ["Finn filmen The Grudge", "Finn the movie Saw", "Søk etter filmen The Ring", "Hvor går filmen The Saw"]

    names, terms = named(films, [*CUPS], language="nb")

    assert "the" not in " ".join([*names, *terms[0]]).lower().split()


def test_a_theme_in_several_languages_is_named_in_the_main_one_or_where_enough_speak_it():
    texts, themes, codes = sentences.three_languages()
    labels = np.array([sorted(set(themes)).index(theme) for theme in themes])
    posts = [(text, code, 1.0) for text, code in zip(texts, codes, strict=True)]

    for main in ("en", "nb", "da"):
        assert name_themes(posts, labels, 3, main_language=main).languages == [main] * 3
    found = name_themes(posts, labels, 3, main_language="nb")
    assert found.terms[1][:1] == ["kald"] or "luft" in " ".join(found.terms[1][:6])


def test_a_compound_that_says_what_kind_of_thing_is_a_name_by_itself():
    cups = ["Kopholderen er for lille", "Min kopholder klaprer", "En kop vælter i kopholderen", "Holderen til en kop"]
    phones = ["Telefonen mister forbindelsen", "Telefonen falder ud", "Ingen forbindelse til min telefon"]

    names, _ = named(cups, phones, language="da")

    assert names[0] == "Kopholderen"
    assert "telefon" in names[1].lower()


def test_equal_words_are_one_term():
    posts = [("The seat is cold", "en", 1.0), ("Setet er kaldt", "nb", 1.0), ("Sædet er koldt", "da", 1.0)] * 3
    posts += [("The radio hums", "en", 1.0)] * 3

    found = name_themes(posts, np.repeat([0, 1], [9, 3]), 2, equal=EqualWords([("seat", "sete", "sæde")]))

    assert sum(term.lower() in ("seat", "setet", "sædet") for term in found.terms[0]) == 1


def test_lists_of_terms_differ():
    _, terms = named(CUPS, FUEL, GPS)

    said = [term for ten in terms for term in ten]
    assert len(set(said)) >= 0.9 * len(said)


@pytest.mark.parametrize("posts", [[], [("", "en", 1.0)], [("12 34", "en", 1.0), ("the of", "en", 1.0)]])
def test_themes_without_a_word_have_empty_names(posts):
    found = name_themes(posts, np.zeros(len(posts), dtype=int), 1)

    assert (found.names, found.terms) == ([""], [[]])


def test_of_very_many_posts_some_of_each_theme_are_read(monkeypatch):
    monkeypatch.setattr("forum.engine.naming.MOST_POSTS", 66)

    names, _ = named(CUPS * 40, FUEL * 4, GPS * 40)

    assert (names[0], names[2]) == ("Cup holder", "GPS map")
    assert names[1] in ("Miles per gallon", "Fuel economy")

"""Words as the search compares them."""

from forum.search.stemming import asked_stems, is_hit, stems_of


def test_words_are_stemmed_in_the_language_of_the_post():
    assert stems_of("The heated seats, heating slowly", "en") == ["heat", "seat", "heat", "slowli"]
    assert stems_of("Setevarmen er treg om vinteren", "nb") == ["setevarm", "treg", "vinter"]
    assert stems_of("Sæderne er kolde", "da") == ["sæd", "kold"]
    assert stems_of("Setevarmen", "no") == stems_of("Setevarmen", "nb")


def test_a_text_in_an_unknown_language_has_the_stems_of_all():
    assert set(stems_of("heating setevarmen", "und")) == {"heat", "heating", "setevarmen", "setevarm"}


def test_a_question_asks_for_each_word_in_any_language():
    assert asked_stems("seat HEATING seat") == [("seat",), ("heat", "heating")]


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others():
    assert asked_stems("the seat is cold") == [("seat",), ("cold",)]
    assert asked_stems("is") == [("is",)]  # Norwegian for ice


def test_signs_and_markup_ask_for_nothing():
    assert asked_stems('"* () - ^ :') == []
    assert asked_stems('seat" OR title:cold NEAR(x)') == [("seat",), ("titl",), ("cold",), ("near",), ("x",)]


def test_a_hit_is_known_by_its_stem_in_the_language_of_the_post():
    assert is_hit("Heated", "en", {"heat"})
    assert not is_hit("Heated", "nb", {"heat"})

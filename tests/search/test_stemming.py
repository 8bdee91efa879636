"""Words as the search compares them."""

from forum.search.stemming import asked_stems, is_hit, stems_of


def test_words_are_stemmed_in_the_language_of_the_post():
    assert stems_of("The heated seats, heating slowly", "en") == ["heaten", "seaten", "heaten", "slowlien"]
    assert stems_of("Setevarmen er treg om vinteren", "nb") == ["setevarmnb", "tregnb", "vinternb"]
    assert stems_of("Sæderne er kolde", "da") == ["sædda", "koldda"]
    assert stems_of("Setevarmen", "no") == stems_of("Setevarmen", "nb")


def test_a_text_in_an_unknown_language_has_the_stems_of_all():
    stems = {"heaten", "heatingnb", "heatingda", "setevarmenen", "setevarmnb", "setevarmda"}
    assert set(stems_of("heating setevarmen", "und")) == stems


def test_a_question_asks_for_each_word_in_any_language():
    assert asked_stems("seat HEATING seat") == [("seaten", "seatnb", "seatda"), ("heaten", "heatingnb", "heatingda")]


def test_a_word_is_not_taken_for_another_that_has_its_stem_in_another_language():
    assert not set(asked_stems("sete")[0]) & set(stems_of("I set it in the settings", "en"))
    assert set(asked_stems("setet")[0]) & set(stems_of("Setene er harde", "nb"))


def test_numbers_are_the_same_in_every_language():
    assert asked_stems("2008") == [("2008",)]
    assert stems_of("2008", "da") == ["2008"]


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others():
    assert asked_stems("the seat is cold") == [("seaten", "seatnb", "seatda"), ("colden", "coldnb", "coldda")]
    assert asked_stems("is") == [("isnb", "isda")]  # ice


def test_signs_and_markup_ask_for_nothing():
    assert asked_stems('"* () - ^ :') == []
    asked = [group[0] for group in asked_stems('seat" OR title:cold NEAR(x)')]
    assert asked == ["seaten", "titlen", "colden", "nearen", "xen"]


def test_a_hit_is_known_by_its_stem_in_the_language_of_the_post():
    assert is_hit("Heated", "en", {"heaten"})
    assert not is_hit("Heated", "nb", {"heaten"})

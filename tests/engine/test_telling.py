"""What tells the parts of a theme apart."""

from forum.engine.telling import tell_apart

SLIPS = [
    ("The transmission slips", "en"),
    ("My transmission slips again", "en"),
    ("The transmission slips on hills", "en"),
]
SHIFTS = [("Rough shifts", "en"), ("The transmission has rough shifts", "en"), ("Those rough shifts", "en")]


def test_parts_are_told_by_what_the_others_do_not_say():
    slips, shifts = tell_apart([SLIPS, SHIFTS])

    assert slips[0] == "transmission slips"
    assert shifts == ["rough shifts"]


def test_parts_that_say_the_same_are_told_by_nothing():
    assert tell_apart([SLIPS, SLIPS]) == [[], []]


def test_stop_words_are_in_no_phrase():
    assert tell_apart([SHIFTS, SLIPS], frozenset(["rough"]))[0] == ["shifts"]


def test_each_language_is_read_as_itself_and_an_unknown_one_as_english():
    nordic = [("Setevarmen er treg", "nb"), ("Setevarmen virker ikke", "nb"), ("Why so slow", "und")]

    assert tell_apart([nordic, SHIFTS])[0] == ["setevarmen"]

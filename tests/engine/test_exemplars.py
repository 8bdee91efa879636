"""The posts that show what a theme is about."""

import numpy as np

from forum.engine.exemplars import choose_exemplars, clearness


def rows_at(*angles):
    """Unit rows in a plane, at these angles in degrees."""
    turns = np.radians(angles)
    return np.column_stack([np.cos(turns), np.sin(turns)]).astype(np.float32)


def test_exemplars_are_typical_and_differ_and_the_odd_one_is_far_out():
    rows = rows_at(0, 1, 0, 20, -20, 25, -25, 80)

    chosen, odd = choose_exemplars(rows, rows_at(0)[0], most=3)

    assert chosen[0] in (0, 1, 2)
    assert not {0, 1, 2} & set(chosen[1:])
    assert odd == 7


def test_near_copies_are_never_quoted_twice():
    chosen, odd = choose_exemplars(rows_at(0, 0, 1, 2, 3, 1), rows_at(0)[0])

    assert (len(chosen), odd is None) == (1, False)


def test_of_two_as_typical_the_better_to_quote_is_shown():
    rows = rows_at(10, -10)

    assert choose_exemplars(rows, rows_at(0)[0], most=1, clear=[0.2, 1.0].__getitem__)[0] == [1]


def test_a_clear_sentence_is_better_to_quote_than_a_fragment_a_page_or_a_shout():
    sentence = "The cup holder is too small for my bottle."
    worse = ["cup holder", ", " + sentence, sentence.upper(), sentence * 20, ""]

    assert clearness(sentence) == 1
    assert all(clearness(text) < 0.8 for text in worse)

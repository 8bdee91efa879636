"""How the bench judges the terms of themes."""

import pytest

from tests.bench.themes import diversity, label_hit, words_of_label


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Refund_not_showing_up", ["refund", "not", "show"]),
        ("BookRestaurant", ["book", "restaur"]),
        ("comp.sys.mac.hardware", ["comp", "sys", "mac", "hardwar"]),
        ("fogged-windows", ["fog", "window"]),
        ("weather/find", ["weather", "find"]),
    ],
)
def test_labels_are_read_word_by_word(label, words):
    assert words_of_label(label) == words


def test_a_label_is_hit_by_a_form_of_its_word_or_a_compound_among_the_first_five_terms():
    labels = ["seat-heating", "card_charged", "trade"]
    terms = {
        0: ["headseats", "cold"],
        1: ["extra charges"],
        2: ["ec", "japan", "sugar", "tariff", "states", "trade"],
    }

    assert label_hit(labels, {"labels": [0, 1, 2], "terms": terms}) == pytest.approx(1 / 3)


def test_diversity_is_the_share_of_different_terms():
    assert diversity({"terms": {0: ["seat", "cold"], 1: ["seat", "radio"]}}) == 0.75

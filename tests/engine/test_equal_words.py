"""Words that people read as one: within a language, across languages, in compounds."""

import numpy as np
import pytest

from forum.engine import ThemeModel, explain_membership, load_themes
from forum.engine.equal_words import EqualWords
from forum.engine.spaces import read
from tests.engine import sentences

SEATS = [("seat", "sete", "sæde"), ("cup holder", "kopholder")]


@pytest.mark.parametrize(
    ("text", "language", "stems"),
    [
        ("The seats hurt", "en", ["=seat", "hurt"]),
        ("Setet er vondt", "nb", ["=seat", "pain"]),
        ("Sædet gør ondt", "da", ["=seat", "pain"]),
        ("Cup holders break", "en", ["=cup holder", "break"]),
        ("Holder for a cup", "en", ["holder", "cup"]),
        ("Setevarmen virker", "nb", ["=seat", "heat", "work"]),
        ("Bagsædet knirker", "da", ["back", "=seat", "squeak"]),
        ("Korset knirker", "nb", ["cross", "squeak"]),
    ],
)
def test_equal_words_are_one_term_in_whatever_form(text, language, stems):
    assert read(text, language, equal=EqualWords(SEATS)).stems == stems


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("seat", "not one string"),
        (["seat"], "not one string: 'seat'"),
        ([("seat",)], "at least two, not \\['seat'\\]"),
        ([("seat", "Seat")], "at least two"),
        ([()], "at least two"),
        ([("seat", "")], "'' has no letter"),
        ([("seat", "12")], "'12' has no letter"),
        ([("seat", 12)], "strings, not int"),
        ([("seat", "sete"), ("sæde", "Seat")], "'seat' is in two groups"),
        ([("seat", "volvo")], "'volvo' is a stop word"),
    ],
)
def test_empty_and_contradictory_groups_are_refused(texts, groups, said):
    with pytest.raises(ValueError, match=said):
        ThemeModel(equal_words=groups, stop_words=["Volvo"]).fit(texts)


def test_a_fit_with_equal_words_places_and_explains_with_them_also_from_a_file(tmp_path):
    texts, _, languages = sentences.three_languages()
    model = ThemeModel(equal_words=SEATS, random_state=0).fit(texts, languages=languages)
    model.save(tmp_path / "themes.npz")

    again, alone = ThemeModel.load(tmp_path / "themes.npz"), load_themes(tmp_path / "themes.npz")

    told, foreign = "The seat hurts my back", "Sædet gør ondt i ryggen"
    assert again.equal_words == (["seat", "sete", "sæde"], ["cup holder", "kopholder"])
    assert alone.equal.groups == model.fitted_.equal.groups
    for one in (model, again, alone):
        likeness = one.transform([told, foreign], ["en", "da"])
        np.testing.assert_allclose(likeness, model.transform([told, foreign], ["en", "da"]))
        assert one.predict([told], languages=["en"]) == model.predict([told], languages=["en"])
        assert explain_membership(one, told, "en") == explain_membership(model, told, "en")

"""Everyday words of bokmål and Danish by their English equals."""

from pathlib import Path

import pytest

from forum.engine import lexicon
from forum.engine.lexicon import in_any_language, in_english
from forum.engine.spaces import read
from forum.engine.spelling import form_of


@pytest.mark.parametrize(
    ("word", "language", "english"),
    [
        ("setet", "nb", ("seat",)),
        ("sæderne", "da", ("seat",)),
        ("gikk", "nb", ("go",)),
        ("skærmen", "da", ("screen",)),
        ("setevarmen", "nb", ("seat", "heating")),
        ("sædevarmen", "da", ("seat", "heating")),
        ("hundesetet", "nb", ("dog", "seat")),
        ("xyzzy", "nb", ()),
        ("seat", "en", ()),
    ],
)
def test_a_word_is_read_by_its_form_its_stem_or_its_parts(word, language, english):
    assert in_english(word, language) == english


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("setet", "seat"),
        ("sæderne", "seat"),
        ("feil", "mistake"),
        ("regner", "rain"),
        ("vindauga", "window"),
        ("skærmen", "display"),
        ("screen", "display"),
        ("sent", "send"),  # in bokmål *late*
        ("gift", ""),  # in bokmål and Danish *married* and *poison*
        ("tab", ""),  # in Danish *loss*
        ("timer", ""),  # in bokmål and Danish *hours*
        ("sellers", ""),
        ("by", ""),
        ("xyzzy", ""),
    ],
)
def test_without_the_language_an_english_word_stays_one(word, english):
    assert in_any_language(form_of(word)) == english


def test_posts_in_three_languages_come_to_the_same_terms():
    said = [
        read("The seat heating is slow", "en"),
        read("Setevarmen er treg", "nb"),
        read("Sædevarmen er langsom", "da"),
    ]

    assert said[0].stems == said[1].stems == said[2].stems == ["seat", "heat", "slow"]
    assert said[1].words == ["setevarmen", "er", "treg"]  # as they were written, for letters and quotes


def test_the_file_has_one_meaning_for_each_form():
    lines = Path(lexicon.__file__).with_name("lexicon.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert all(len(row) == 3 and row[0] and (row[1] or row[2]) for row in rows)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    for column in (1, 2):
        forms = [form for row in rows for form in row[column].split()]
        assert len(forms) == len(set(forms)) > 7_000

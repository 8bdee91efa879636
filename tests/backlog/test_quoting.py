"""Customers' words: chosen, never changed."""

import doctest
from types import SimpleNamespace

import pytest

from forum.backlog import closed_areas, quoting, scoring, targets
from forum.backlog.quoting import own_sentence, quotations, stems
from forum.core import markup


def test_the_formulas_hold_as_their_documents_say():
    for module in (closed_areas, quoting, scoring, targets):
        assert doctest.testmod(module).failed == 0


def test_what_is_quoted_has_no_markup():
    html = markup.render("# Hello\n\nThe **left** seat stays cold & wet. See [this](https://example.com).")

    assert own_sentence("Seat", html, stems("cold seat")) == "Hello The left seat stays cold & wet."


def test_a_long_sentence_is_cut_at_a_word():
    assert len(own_sentence("Long", "word " * 300)) <= 400


def test_quotations_stand_in_their_own_languages_and_others_in_the_main_one():
    posts = [
        SimpleNamespace(title="Kald stol", body_html="", language="nb"),
        SimpleNamespace(title="Kalter Sitz", body_html="", language="de"),
    ]

    assert quotations(posts, (), "en") == {"en": "“Kalter Sitz”", "nb": "«Kald stol»", "da": ""}
    assert quotations(posts[:1], (), "en")["en"] == "«Kald stol»"


def test_quotation_marks_are_those_of_the_language_a_post_is_in():
    posts = [SimpleNamespace(title=language, body_html="", language=language) for language in ("en", "nb", "da", "de")]

    assert quotations(posts, (), "da") == {"en": "“en”", "nb": "«nb»", "da": "»da«\n\n»de«"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("“It is cold.”", "And nothing helps."),
        ("«Det er kaldt.»", "Ingenting hjelper."),
        ("»Det er koldt.«", "Ingenting hjælper."),
    ],
)
def test_a_sentence_ends_behind_its_closing_mark(first, then):
    assert own_sentence("", f"<p>{first} {then}</p>", stems(then)) == then

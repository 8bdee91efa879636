"""Customers' words: chosen, never changed."""

import doctest
from types import SimpleNamespace

from forum.backlog import quoting, scoring, targets
from forum.backlog.quoting import own_sentence, quotations, stems
from forum.core import markup


def test_the_formulas_hold_as_their_documents_say():
    for module in (quoting, scoring, targets):
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

    assert quotations(posts, (), "en") == {"en": "“Kalter Sitz”", "nb": "“Kald stol”", "da": ""}
    assert quotations(posts[:1], (), "en")["en"] == "“Kald stol”"

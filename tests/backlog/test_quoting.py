"""Customers' words: chosen, never changed."""

import doctest
from types import SimpleNamespace

import pytest

from forum.backlog import closed_areas, quoting, scoring, targets
from forum.backlog.quoting import own_sentence, quotations, stems
from forum.core import markup
from forum.posts.status import Kind, Severity


def test_the_formulas_hold_as_their_documents_say():
    for module in (closed_areas, quoting, scoring, targets):
        assert doctest.testmod(module).failed == 0


def test_what_is_quoted_has_no_markup():
    html = markup.render("# Hello\n\nThe **left** seat stays cold & wet. See [this](https://example.com).")

    assert own_sentence("Seat", html, stems("cold seat")) == "Hello The left seat stays cold & wet."


def test_a_long_sentence_is_cut_at_a_word():
    assert len(own_sentence("Long", "word " * 300, stems("word"))) <= 400


def wrote(title, body="", language="en", **values):
    """A post to quote from."""
    fixed = {"kind": Kind.COMPLAINT, "severity": None}
    return SimpleNamespace(title=title, body_html=f"<p>{body}</p>", language=language, **fixed | values)


def test_quotations_stand_in_their_own_languages_and_others_in_the_main_one():
    posts = [wrote("Kald stol", language="nb"), wrote("Kalter Sitz", language="de")]
    about = stems("kald stol kalter sitz")

    assert quotations(posts, about, "en") == {"en": "“Kalter Sitz”", "nb": "«Kald stol»", "da": ""}
    assert quotations(posts[:1], about, "en")["en"] == ""


def test_quotation_marks_are_those_of_the_language_a_post_is_in():
    posts = [wrote(f"seat {language}", language=language) for language in ("en", "nb", "da", "de")]

    assert quotations(posts, stems("seat"), "da") == {
        "en": "“seat en”",
        "nb": "«seat nb»",
        "da": "»seat da«\n\n»seat de«",
    }


def test_what_says_nothing_of_the_theme_is_not_quoted():
    posts = [
        wrote("Vestjylland", "Vi har ikke hund.", "da"),
        wrote("Hård ryg", "Sædet er hårdt. " + "Det. " * 60, "da"),
    ]

    assert quotations(posts, stems("sæder sæde"), "en") == {"en": "", "nb": "", "da": "»Sædet er hårdt.«"}
    assert own_sentence("Seat", "<p>We have no dog.</p>", stems("hard seats")) == "Seat"


def test_complaints_of_known_severity_come_first_then_whole_texts_then_sentences_torn_out():
    long = "It goes on and on. " * 20
    posts = [
        wrote("Hello", f"{long} The seat was very comfortable."),
        wrote("Soft seats please", long, kind=Kind.IDEA),
        wrote("Hard", "The seat hurts.", severity=Severity.IN_MY_WAY),
    ]

    assert quotations(posts, stems("seat"), "en")["en"].split("\n\n") == [
        "“The seat hurts.”",
        "“Soft seats please”",
        "“The seat was very comfortable.”",
    ]


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

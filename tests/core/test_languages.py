"""Words, dates and numbers in the reader's language."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.support import Translations

from config import settings
from forum.core import languages
from forum.core.languages import (
    LANGUAGES,
    _,
    ago,
    best_language,
    current_language,
    date_words,
    datetime_words,
    day_words,
    language_word,
    lazy,
    mark,
    ngettext,
    number,
    pick,
    set_language,
    speaking,
)

EVENING = datetime(2026, 11, 22, 15, 5, tzinfo=UTC)  # five past four in Oslo


@pytest.fixture
def danish(monkeypatch):
    """A Danish catalogue of three messages, whatever the real one holds."""
    catalogue = Translations()
    catalogue._catalog = {
        "“{theme}” is there.": "»{theme}« er der.",
        ("{n} post by {name}", 0): "{n} opslag af {name}",
        ("{n} post by {name}", 1): "{n} opslag i alt af {name}",
    }
    catalogue.plural = lambda n: int(n != 1)
    real = languages._catalogue
    monkeypatch.setattr(languages, "_catalogue", lambda code: catalogue if code == "da" else real(code))
    monkeypatch.setattr(languages, "_messages", languages._messages.__wrapped__)  # without its memory


def test_a_sentence_is_spoken_in_the_language_of_the_moment(danish):
    later = lazy("“{theme}” is there.")

    with speaking("da"):
        assert _("“{theme}” is there.", theme="Kulde") == "»Kulde« er der."
        assert str(later) == "»{theme}« er der."
    assert _("“{theme}” is there.", theme="Cold") == "“Cold” is there."
    assert mark("Themes") == "Themes"


def test_an_unknown_sentence_stays_english(danish):
    with speaking("da"):
        assert _("Never translated {n}", n=3) == "Never translated 3"


def test_braces_in_values_and_in_sentences_without_values_are_left_alone():
    assert _("“{theme}” is there.", theme="{0} {me}") == "“{0} {me}” is there."
    assert _("Write {name} here") == "Write {name} here"


def test_a_number_chooses_the_form(danish):
    def forms(code):
        with speaking(code):
            return [ngettext("{n} post by {name}", "{n} posts by {name}", n, name="Kari") for n in (1, 0, 2, 12345)]

    assert forms("en") == ["1 post by Kari", "0 posts by Kari", "2 posts by Kari", "12,345 posts by Kari"]
    assert forms("da") == [
        "1 opslag af Kari",
        "0 opslag i alt af Kari",
        "2 opslag i alt af Kari",
        "12.345 opslag i alt af Kari",
    ]


def test_an_unknown_language_means_the_main_one_of_the_site(monkeypatch):
    monkeypatch.setattr(settings(), "main_language", "nb")
    set_language("xx")

    assert current_language() == "nb"
    with speaking("da"):
        assert current_language() == "da"
    assert current_language() == "nb"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("da", "da"),
        ("no", "nb"),
        ("nn-NO,nn;q=0.9", "nb"),
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb"),
        ("de-DE,de;q=0.9,da;q=0.4,en;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("da;q=high,nb", "nb"),
        ("en-GB;q=0.1, DA", "da"),
        ("*", "en"),
        (",;q=1" * 5000, "en"),
    ],
)
def test_the_browser_chooses_among_our_languages(accepted, language):
    assert best_language(accepted) == language


def test_company_words_fall_back(monkeypatch):
    words = {"en": "Seats", "da": "Sæder"}

    assert pick(words, "da") == "Sæder"
    assert pick(words, "nb") == "Seats"
    assert pick({"da": "Sæder", "en": ""}, "nb") == "Sæder"
    monkeypatch.setattr(settings(), "main_language", "da")
    assert pick(words, "nb") == "Sæder"
    assert (pick({}), pick(None)) == ("", "")


@pytest.mark.parametrize(
    ("language", "day", "when", "back", "thousands"),
    [
        ("en", "22 November 2026", "22 November 2026", "3 days ago", "1,234,567"),
        ("nb", "22. november 2026", "22. november 2026", "for 3 døgn siden", "1\u00a0234\u00a0567"),
        ("da", "22. november 2026", "22. november 2026", "for 3 dage siden", "1.234.567"),
    ],
)
def test_days_and_numbers_are_written_as_the_language_does(language, day, when, back, thousands):
    with speaking(language):
        assert date_words(EVENING) == day
        assert day_words(date(2026, 11, 22)) == day
        assert datetime_words(EVENING).startswith(when)
        assert ago(EVENING - timedelta(days=3), EVENING) == back
        assert number(1234567).replace("\u202f", "\u00a0") == thousands
        assert number(999) == "999"


def test_days_turn_at_midnight_of_the_site():
    with speaking("en"):
        assert date_words(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1 January 2027"
        assert "00:30" in datetime_words(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))


def test_every_language_has_a_name_and_a_locale():
    for code in LANGUAGES:
        with speaking(code):
            assert date_words(EVENING)


def test_languages_are_called_by_the_reader_s_own_words():
    assert [language_word(code) for code in ("da", "und", "zz")] == ["Danish", "", "another language"]
    with speaking("nb"):
        assert [language_word(code) for code in ("en", "zz")] == ["engelsk", "et annet språk"]

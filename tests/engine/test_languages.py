"""The language of posts, guessed one by one and as a corpus."""

import pytest

from forum.engine.languages import guess_language, guess_languages, language_code
from tests.engine import sentences


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Will it rain at 5pm?", "en"),
        ("set alarm for 6am", "en"),
        ("Hvordan er været i London?", "nb"),
        ("Finn en kino som viser The Sound of Music", "nb"),
        ("Spill låta fra spillelista mi", "nb"),
        ("Hvordan er vejret i London?", "da"),
        ("Giv The Sound of Music fem stjerner", "da"),
        ("Jeg vil gerne reservere et bord i aften", "da"),
    ],
)
def test_short_posts_are_told_apart_by_small_words_and_spelling(text, code):
    assert guess_language(text) == code


def test_a_corpus_of_three_languages_is_told_apart():
    texts, _, codes = sentences.three_languages()

    found = guess_languages(texts)

    assert sum(one == other for one, other in zip(found, codes, strict=True)) >= 0.95 * len(
        codes
    )  # some are the same in two


@pytest.mark.parametrize("code", ["en", "nb", "da"])
def test_a_corpus_of_one_language_stays_one(code):
    texts, _, codes = sentences.three_languages()
    mine = [text for text, one in zip(texts, codes, strict=True) if one == code]

    assert set(guess_languages(mine)) == {code}


def test_tags_are_read_by_their_language():
    tags = ("en-GB", "nb_NO", "no", "nn", "da-DK", "sv", None)

    assert [language_code(tag) for tag in tags] == ["en", "nb", "nb", "nb", "da", "und", "und"]

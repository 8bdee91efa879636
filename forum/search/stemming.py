"""Words as the search compares them: lower case, stemmed in the post's language.

Both databases index the stems as they are, so that they give the same answers. Each stem carries its language:
the Norwegian *sete* is cut to *set*, and who looks for a seat does not look for settings. A question has no
language: each of its words stands for its stems in all three.
"""

import re
import threading
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

ALGORITHMS = {"en": "english", "nb": "norwegian", "da": "danish"}
NEAR = {"no": "nb", "nn": "nb"}
MAX_WORD = 40  # characters; longer ones are addresses and the like
_WORD = re.compile(r"[^\W_]+")

# Words that say nothing about a car or anything else. Short on purpose: what may name a part or a place
# (back, side, front, top, over, under) stays.
_ENGLISH = """
a an and are as at be been but by can did do does for from had has have he her his i if in into is it its me my no not
of on or our she so than that the their them then there these they this to too us was we were what when which while who
will with would you your
"""
_BOKMAL = """
alle at av bare ble blir da de deg dem den denne der dere det dette du eller en er et etter for fra ha han har hun hva
hvis hvor i ikke jeg kan man med meg men mer min mitt mine når og også om opp oss på seg selv sin sitt sine skal som så
til ut var ved vi vil
"""
_DANISH = """
af alle at bare blev bliver da de dem den denne der det dette dig du efter eller en er et for fra ham han har have hun
hvad hvis hvor i ikke jeg kan man med men mere mig min mit mine når og også om op os på selv sig sin sit sine skal som
så til ud var ved vi vil
"""
STOPS = {language: frozenset(words.split()) for language, words in (("en", _ENGLISH), ("nb", _BOKMAL), ("da", _DANISH))}

_own = threading.local()  # Snowball's stemmers keep what they work on in themselves


def words_of(text: str) -> Iterator[str]:
    """The words of a text in the form that is compared, in their order."""
    for found in _WORD.finditer(unicodedata.normalize("NFKC", text).lower()):
        yield found[0][:MAX_WORD]


def stems_of(text: str, language: str) -> list[str]:
    """What is indexed of a text: the stems of its telling words; of an unknown language, those of all three."""
    code = NEAR.get(language, language)
    if code not in ALGORITHMS:
        return [stem for word in words_of(text) for stem in variants(word)]
    return [stem for word in words_of(text) if (stem := stem_word(word, code))]


@lru_cache(maxsize=50_000)
def stem_word(word: str, language: str) -> str:
    """The stem of one word in `en`, `nb` or `da` with that code at its end; nothing for a word that says nothing.

    Numbers are the same in every language.
    """
    if word in STOPS[language]:
        return ""
    return word if word.isdigit() else f"{_stemmer(language).stemWord(word)}{language}"


@lru_cache(maxsize=20_000)
def variants(word: str) -> tuple[str, ...]:
    """What one word of a question may stand for: its stems in the three languages."""
    stems = dict.fromkeys(stem_word(word, language) for language in ALGORITHMS)
    return tuple(stem for stem in stems if stem)


def is_telling(word: str) -> bool:
    """Whether a word says something in every language; the others need not be found."""
    return not any(word in stops for stops in STOPS.values())


def asked_stems(question: str, limit: int = 12) -> list[tuple[str, ...]]:
    """The groups of stems that a question asks for, each group one word; at most `limit`, none twice.

    Words that say nothing in some language are left out, unless there are no others.
    """
    words = list(dict.fromkeys(words_of(question)))
    telling = [word for word in words if is_telling(word)] or words
    groups = dict.fromkeys(variants(word) for word in telling)
    return [group for group in groups if group][:limit]


def is_hit(word: str, language: str, stems: Collection[str]) -> bool:
    """Whether a word of a post in `language` is one of the `stems` asked for."""
    code = NEAR.get(language, language)
    lowered = word.lower()[:MAX_WORD]
    if code in ALGORITHMS:
        return stem_word(lowered, code) in stems
    return any(stem in stems for stem in variants(lowered))


def _stemmer(language: str) -> Any:
    stemmers: dict[str, Any] | None = getattr(_own, "stemmers", None)
    if stemmers is None:
        stemmers = _own.stemmers = {}
    if language not in stemmers:
        import snowballstemmer  # where the first word is stemmed, not at start

        stemmers[language] = snowballstemmer.stemmer(ALGORITHMS[language])
    return stemmers[language]

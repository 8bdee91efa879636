"""Everyday words of bokmål and Danish by their commonest English equal, so that three languages meet.

`lexicon.tsv` has a line per meaning: the English word, bokmål forms, Danish forms; written by us, for what
people say of products and services. It is general and short: a word stands in one line, under what it mostly
means, and whatever it leaves out is read as it stands. Of a compound that it does not have (*setevarme*) it
reads the parts.
"""

from functools import lru_cache
from pathlib import Path

from forum.engine.text import stem

_FILE = Path(__file__).with_name("lexicon.tsv")
_LANGUAGES = ("nb", "da")
_SHORTEST_COMPOUND = 7  # letters
_SHORTEST_PART = 3
_JOINTS = ("", "s", "e")  # letters between the parts of a compound


@lru_cache(maxsize=50_000)
def in_english(word, language):
    """Return the English words that `word` of `language` means, as a tuple; empty when they are not known.

    English words, and those of other languages, mean themselves.
    """
    if language not in _LANGUAGES:
        return ()
    return _meaning(word, language) or _parts(word, language)


def _meaning(word, language):
    """Return what `word` means by its form, else by its stem; what one of the two lacks the other may have."""
    for code in (language, *(other for other in _LANGUAGES if other != language)):
        forms, stems = _read()[code]
        found = forms.get(word) or stems.get(stem(word, code))
        if found:
            return found
    return ()


def _parts(word, language):
    """Return the meaning of the two parts of a compound, the last one as long as possible."""
    if len(word) < _SHORTEST_COMPOUND:
        return ()
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        last = _meaning(word[cut:], language)
        for joint in _JOINTS if last else ():
            first = word[:cut].removesuffix(joint) if word[:cut].endswith(joint) else ""
            if len(first) >= _SHORTEST_PART and (found := _meaning(first, language)):
                return found + last
    return ()


@lru_cache(maxsize=1)
def _read():
    """Return dict of language -> (meaning of each form, meaning of each stem)."""
    forms: dict = {code: {} for code in _LANGUAGES}
    stems: dict = {code: {} for code in _LANGUAGES}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        english, *columns = line.split("\t")
        meaning = tuple(english.split())
        for code, said in zip(_LANGUAGES, columns, strict=True):
            for form in said.split():
                forms[code].setdefault(form, meaning)
    for code, known in forms.items():
        for form, meaning in known.items():
            stems[code].setdefault(stem(form, code), meaning)
    return {code: (forms[code], stems[code]) for code in _LANGUAGES}

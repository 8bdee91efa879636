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
# What looks like a word and is a prefix, a particle or an ending more often than part of a compound.
_NO_FIRST_PART = """
for fore be an til inn ind over under opp op ned med fra av af ut ud etter efter gjen gen frem fram mis van mot
mod ved vor her der hvor ikke med å en et den det de i vi du han sin kan vil skal var bli ble men som så sam om
ens selv fast
"""
_NO_LAST_PART = """
ing inger ingen ring ringer ende som somme lig lige skap skab skaper skaber else sel het hed heden er et en ent
ere eri isk ske se te ne ner ler le no ord øre øret sted st kel
"""


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
        last = _part(word[cut:], language, _NO_LAST_PART)
        for joint in _JOINTS if last else ():
            first = word[:cut].removesuffix(joint) if word[:cut].endswith(joint) else ""
            if found := _part(first, language, _NO_FIRST_PART):
                return found + last
    return ()


def _part(part, language, unlikely):
    """Return what `part` of a compound means; the shortest ones must be forms that are listed."""
    if len(part) < _SHORTEST_PART or part in unlikely.split():
        return ()
    if len(part) == _SHORTEST_PART and not any(part in _read()[code][0] for code in _LANGUAGES):
        return ()
    return _meaning(part, language)


@lru_cache(maxsize=1)
def _read():
    """Return dict of language -> (meaning of each form, meaning of each stem)."""
    forms: dict = {code: {} for code in _LANGUAGES}
    stems: dict = {code: {} for code in _LANGUAGES}
    firsts: dict = {code: [] for code in _LANGUAGES}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        english, *columns = line.split("\t")
        meaning = tuple(english.split())
        for code, said in zip(_LANGUAGES, columns, strict=True):
            for form in said.split():
                forms[code].setdefault(form, meaning)
            firsts[code] += [(place > 0, form) for place, form in enumerate(said.split())]
    for code, listed in firsts.items():
        for _, form in sorted(listed, key=lambda pair: pair[0]):  # the first form of a line has the better right
            stems[code].setdefault(stem(form, code), forms[code][form])
    return {code: (forms[code], stems[code]) for code in _LANGUAGES}

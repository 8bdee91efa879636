"""Words that people read as one, across languages or within one: seat = sete = sæde.

A list of groups that the product's people keep. In the wording and the word company of a post every word of a
group counts as the same term, whatever its ending; in bokmål and Danish also as the first or last part of a
compound (*setevarme*, *førersæde*), which then says both its own word and the group's.
"""

import re
from functools import cached_property

from forum.engine.text import LANGUAGES, stem, words_of

MARK = "="  # begins the term of a group, so that it is no stem
COMPOUNDING = ("nb", "da")
_SHORTEST = 4  # letters of a word that is looked for within compounds; *rat* would be found in *rate*
_REST = 3  # letters that must stand before or after it
_ENDINGS = "erne|ene|ens|ets|rne|en|er|et|ne|ns|ts|a|e|n|r|s|t"


class EqualWords:
    """Groups of words that are read as one.

    Parameters
    ----------
    groups : iterable of iterables of str, default=()
        Words or phrases, at least two in a group; no word is in two groups.
    stop : set of str, default=frozenset()
        Words without content, such as product names; no group holds one.

    Raises
    ------
    ValueError
        For groups of fewer than two words, entries without a letter, a word in two groups, a stop word.
    """

    def __init__(self, groups=(), stop=frozenset()):
        self.groups = [_checked(group) for group in _listed(groups)]
        _check_contradictions(self.groups, stop)
        self._terms: dict = {code: {} for code in LANGUAGES}
        for group in self.groups:
            for phrase in group:
                for code, terms in self._terms.items():
                    terms.setdefault(tuple(stem(word, code) for word in phrase.split()), MARK + group[0])
        self._longest = max((len(phrase.split()) for group in self.groups for phrase in group), default=0)

    def read(self, words, language):
        """Return (word or phrase, term) of each of `words`; a compound gives one more pair per part."""
        said = []
        for start, size, term in self.spans(words, language):
            said.append((" ".join(words[start : start + size]), term))
            if size == 1 and self.groups and not term.startswith(MARK):
                said.extend((words[start], part) for part in self._parts(words[start], language))
        return said

    def spans(self, words, language):
        """Return (start, number of words, term) of each word of `words`, or phrase that a group holds."""
        stems = [stem(word, language) for word in words]
        if not self.groups:
            return [(place, 1, term) for place, term in enumerate(stems)]
        terms = self._terms.get(language, self._terms["en"])
        found = []
        place = 0
        while place < len(words):
            sizes = range(min(self._longest, len(words) - place), 0, -1)
            size = next((size for size in sizes if tuple(stems[place : place + size]) in terms), 1)
            found.append((place, size, terms.get(tuple(stems[place : place + size]), stems[place])))
            place += size
        return found

    def _parts(self, word, language):
        """Return the terms of the groups whose words begin or end the compound `word`."""
        if language not in COMPOUNDING or len(word) < _SHORTEST + _REST or not self._within:
            return []
        found = (pattern.match(word) for pattern in self._compounds)
        return list(dict.fromkeys(self._within[match["part"]] for match in found if match))

    @cached_property
    def _within(self):
        """Dict of word -> term of the words that are looked for in compounds."""
        return {
            phrase: MARK + group[0]
            for group in self.groups
            for phrase in group
            if " " not in phrase and len(phrase) >= _SHORTEST
        }

    @cached_property
    def _compounds(self):
        parts = "|".join(map(re.escape, sorted(self._within, key=len, reverse=True)))
        return (
            re.compile(rf"(?P<part>{parts})\w{{{_REST},}}$"),
            re.compile(rf"\w{{{_REST},}}(?P<part>{parts})(?:{_ENDINGS})?$"),
        )


def _listed(groups):
    if isinstance(groups, str | bytes):
        raise ValueError("equal_words is a series of groups of words, not one string")
    return list(groups)


def _checked(group):
    """Return `group` as a list of different phrases in lower case."""
    if isinstance(group, str | bytes):
        raise ValueError(f"a group of equal words is a series of words, not one string: {group!r}")
    phrases = []
    for phrase in group:
        if not isinstance(phrase, str):
            raise ValueError(f"equal words are strings, not {type(phrase).__name__}")
        words = words_of(phrase)
        if not any(word.strip("0123456789") for word in words):
            raise ValueError(f"among equal words {phrase!r} has no letter")
        phrases.append(" ".join(words))
    phrases = list(dict.fromkeys(phrases))
    if len(phrases) < 2:
        raise ValueError(f"a group of equal words has at least two, not {phrases}")
    return phrases


def _check_contradictions(groups, stop):
    home: dict = {}
    for group in groups:
        for phrase in group:
            if phrase in home:
                raise ValueError(f"{phrase!r} is in two groups of equal words: {home[phrase]} and {group}")
            if phrase in stop:
                raise ValueError(f"{phrase!r} is a stop word and in the group of equal words {group}")
            home[phrase] = group


NONE = EqualWords()

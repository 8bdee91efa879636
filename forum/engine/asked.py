"""What is looked for: a text with its words as they are weighed, and whether a word of a post is among them."""

from collections import Counter
from functools import lru_cache
from math import log, sqrt

from forum.engine.lexicon import in_any_language
from forum.engine.spelling import form_of, groups_of, is_slip, root_of
from forum.engine.stops import ANY_STOP_WORD, VAGUE
from forum.engine.text import words_of

TITLE_COUNTS = 2  # times, of a text of several lines
SPELT_ALIKE = 0.5  # cosine of letter groups from which another word is taken for the same misspelt, and shown as shared
STOP_WORD_WEIGHT, VAGUE_WEIGHT = 0.3, 0.5  # of words that say nothing, and of *good*, *week* and the like
SHORTEST = 4  # letters of a word that may be misspelt
LONG, SLIPS = 6, 2  # letters of a word that may be misspelt in so many places
STOPS = frozenset(map(form_of, ANY_STOP_WORD)) | ANY_STOP_WORD
_VAGUE = frozenset(form_of(word) for words in VAGUE.values() for word in words) - STOPS
_ENDINGS = frozenset({"a", "e", "en", "ene", "er", "erne", "et", "n", "ne", "r", "s", "t"})
_SOUND_ALIKE = ({"c", "k"}, {"v", "w"}, {"c", "s"})  # first letters


class Question:
    """A text that others are compared with: its words as they are weighed, and whether a word is among them."""

    def __init__(self, text):
        check_text(text)
        self.words = list(dict.fromkeys(words_of(text)))
        self.weights = weights_of(text)
        said = [form for form in self.weights if form not in STOPS]
        telling = [form for form in said if form not in _VAGUE] or said
        self._keys = {key_of(form) for form in telling}
        self.telling = len(self._keys)  # different words that say something
        self._parts = frozenset(part for key in self._keys for part in parts_of_key(key))
        self._groups = [(form, groups_of(form)) for form in telling if len(form) >= SHORTEST]
        self._any = frozenset().union(*(groups for _form, groups in self._groups))
        self._said: dict = {}  # word of a post -> whether it is among these; posts have most of theirs in common
        self._initials: dict = {}  # first letter -> words that begin with it
        for form in telling:
            self._initials.setdefault(form[0], []).append(form)

    def mean(self, form):
        """Take `form` for what was meant by a word that nobody says."""
        if (key := key_of(form)) not in self._keys:
            self._keys, self._said = self._keys | {key}, {}

    def shared(self, words):
        """Return a list of those of `words` of a post that are among the text's, no word in two forms."""
        return list({key_of(form_of(word)): word for word in reversed(words) if self.says(word)}.values())[::-1]

    def worth(self, words):
        """Return how many things the shared `words` of a post say: a compound, as *setevarme*, says two."""
        return sum(len(parts_of_key(key_of(form_of(word)))) for word in words)

    def says(self, word):
        """Say whether `word` of a post is one of the text's: in any form, translated, or misspelt."""
        said = self._said.get(word)
        if said is None:
            said = self._said[word] = self._says(form_of(word.lower()))
        return said

    def _says(self, form):
        if form in STOPS or len(form) < 2:
            return False
        key = key_of(form)
        if key in self._keys or not self._parts.isdisjoint(parts_of_key(key)):
            return True
        if len(form) < SHORTEST:
            return False
        if any(is_slip(form, other) for other in self._initials.get(form[0], ())):
            return True
        own = groups_of(form)
        return len(own & self._any) >= SPELT_ALIKE**2 * len(own) and any(
            len(own & groups) >= SPELT_ALIKE * sqrt(len(own) * len(groups)) and _may_be_same(form, other)
            for other, groups in self._groups
        )


def check_text(text):
    """Raise ValueError unless `text` is a string."""
    if not isinstance(text, str):
        raise ValueError(f"a text is a string, not {type(text).__name__}")


@lru_cache(maxsize=50_000)
def key_of(form):
    """Return what all forms of a word and its translations have in common."""
    english = in_any_language(form)
    return root_of(form_of(english) if english else form)


def key_of_word(word):
    """Return the key of a word as it is written."""
    return key_of(form_of(word))


def parts_of_key(key):
    """Return the parts of what a compound means, or the key alone: *setevarme* is about seats and about heat."""
    return [part for part in key.split() if len(part) >= SHORTEST] if " " in key else [key]


def _may_be_same(form, other):
    """Say whether two forms that are spelt alike may be one word: *lader* is not *hader*, nor *head* a *heater*."""
    same_start = form[0] == other[0] or {form[0], other[0]} in _SOUND_ALIKE
    short, long = sorted((form, other), key=len)
    if long.startswith(short) and long[len(short) :] in _ENDINGS:
        return True
    return same_start and min(len(form), len(other)) >= LONG and _steps(form, other) <= SLIPS


def _steps(one, other):
    """Return how many letters have to be added, left out or changed to make `other` of `one`."""
    before = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        row = [n]
        for m, instead in enumerate(other, 1):
            row.append(min(row[-1] + 1, before[m] + 1, before[m - 1] + (letter != instead)))
        before = row
    return before[-1]


def weights_of(text):
    """Return {form: weight} of the words of a text: 1 + ln of how often it says them."""
    title, _, body = text.partition("\n")
    counts: Counter = Counter()
    for part, times in ((title, TITLE_COUNTS if body.strip() else 1), (body, 1)):
        for word in words_of(part):
            form = form_of(word)
            if len(form) > 1:
                counts[form] += times
    return {form: (1 + log(count)) * _worth(form) for form, count in counts.items()}


def _worth(form):
    if form in STOPS:
        return STOP_WORD_WEIGHT
    return VAGUE_WEIGHT if form in _VAGUE else 1.0

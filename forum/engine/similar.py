"""Find the posts most like a few words, while they are being typed.

An inverted index in memory, kept up post by post: stems for what is said, letter groups for how it is
spelt, so that *seet heting* finds *seat heating*. It needs numpy and the stemmer, nothing of training.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from math import log, sqrt
from threading import RLock

import numpy as np

from forum.engine.stops import ANY_STOP_WORD
from forum.engine.text import letter_groups, stem, words_of

WORDS_WORTH = 0.6  # of the score comes from stems, the rest from letter groups
GROUPS = (3, 4)  # letters
TOO_COMMON = 0.1  # a letter group in more than this share of many posts finds nothing
MANY = 2_000  # posts
STALE = 1.1  # growth after which the lengths of posts are worked out anew
SPELT_ALIKE = 0.5  # Dice similarity of letter groups from which two words count as the same misspelt


@dataclass(frozen=True)
class Likeness:
    """A post that is like the query: its `id`, a `score` in [0, 1], and its `words` that the two share."""

    id: object
    score: float
    words: list


class SimilarPosts:
    """An index of posts that answers which are most like a text.

    Safe to share between threads. Posts can be added and removed at any time; ids are hashable.

    Examples
    --------
    >>> similar = SimilarPosts().fit([1, 2], ["Seat heating is slow", "The radio crackles"])
    >>> [(found.id, found.words) for found in similar.query("slow seats")]
    [(1, ['seat', 'slow'])]
    """

    def __init__(self):
        self._lock = RLock()
        self._clear()

    def __len__(self):
        return len(self._slot)

    def __contains__(self, post):
        return post in self._slot

    def fit(self, ids, texts):
        """Index `texts` (n str) under `ids` (n hashables) instead of what was there. Returns self.

        Raises ValueError for lengths that differ, ids that repeat and texts that are no strings.
        """
        ids, texts = list(ids), list(texts)
        if len(ids) != len(texts):
            raise ValueError(f"ids has {len(ids)} entries for {len(texts)} texts")
        if len(set(ids)) != len(ids):
            raise ValueError("ids repeat: each post needs its own")
        with self._lock:
            self._clear()
            for post, text in zip(ids, texts, strict=True):
                self.add(post, text)
        return self

    def add(self, id, text):  # noqa: A002 - the public word for it
        """Index `text` under `id`; a post that was there under this id is replaced."""
        if not isinstance(text, str):
            raise ValueError(f"a text is a string, not {type(text).__name__}")
        words = words_of(text)
        with self._lock:
            self.remove(id)
            slot = len(self._ids)
            self._slot[id] = slot
            self._ids.append(id)
            self._words.append(list(dict.fromkeys(words)))
            self._said.add(slot, _said(words), len(self._slot))
            self._spelt.add(slot, _spelt(words), len(self._slot))

    def remove(self, id):  # noqa: A002 - the public word for it
        """Forget the post `id`; nothing happens when it is not there."""
        with self._lock:
            slot = self._slot.pop(id, None)
            if slot is None:
                return
            words = self._words[slot]
            self._said.remove(slot, _said(words))
            self._spelt.remove(slot, _spelt(words))
            self._ids[slot], self._words[slot] = None, []
            if len(self._ids) > 2 * len(self._slot) + 1000:
                self._compact()

    def query(self, text, k=10):
        """Return a list of up to `k` `Likeness`, best first; only posts that share something.

        The score is a weighted mean of two cosines, of stems and of letter groups, both with
        (1 + ln tf) × idf weights: 1 for the same words, 0 for nothing in common.
        """
        if not isinstance(text, str):
            raise ValueError(f"a text is a string, not {type(text).__name__}")
        words = words_of(text)
        with self._lock:
            n = len(self._slot)
            if not n or not words or k < 1:
                return []
            said = self._said.scores(_said(words), n)
            spelt = self._spelt.scores(_spelt(words), n)
            score = spelt if said is None else WORDS_WORTH * said + (1 - WORDS_WORTH) * spelt
            best = np.flatnonzero(score > 1e-6)
            if len(best) > k:
                best = best[np.argpartition(-score[best], k - 1)[:k]]
            best = best[np.lexsort((best, -score[best]))]
            return [
                Likeness(self._ids[slot], min(1.0, float(score[slot])), _shared(words, self._words[slot]))
                for slot in best.tolist()
            ]

    def _clear(self):
        self._slot: dict = {}
        self._ids: list = []
        self._words: list = []
        self._said = _Postings()
        self._spelt = _Postings(TOO_COMMON)

    def _compact(self):
        kept = [(post, self._words[slot]) for post, slot in self._slot.items()]
        self._clear()
        for post, words in kept:
            self.add(post, " ".join(words))


class _Postings:
    """Which posts have which terms, and how much each weighs."""

    def __init__(self, too_common=1.0):
        self._too_common = too_common
        self._slots: dict = {}  # term -> ascending slots
        self._weights: dict = {}  # term -> 1 + ln tf
        self._lengths = array("f")  # of every slot, with the idf of when it was last measured
        self._measured = 0  # posts there were then

    def add(self, slot, counts, n):
        """Take in the term `counts` of the next `slot`; there are now `n` posts."""
        square = 0.0
        for term, count in counts.items():
            weight = 1 + log(count)
            self._slots.setdefault(term, array("i")).append(slot)
            self._weights.setdefault(term, array("f")).append(weight)
            square += (weight * self._idf(len(self._slots[term]), n)) ** 2
        self._lengths.append(sqrt(square))

    def remove(self, slot, counts):
        """Forget the term `counts` of `slot`."""
        for term in counts:
            slots = self._slots.get(term, ())
            place = bisect_left(slots, slot)
            if place < len(slots) and slots[place] == slot:
                slots.pop(place)
                self._weights[term].pop(place)
            if not slots:
                self._slots.pop(term, None)
                self._weights.pop(term, None)

    def scores(self, counts, n):
        """Return (slots,) cosines with the query `counts`, or None when it has no terms."""
        if not counts:
            return None
        if not self._measured / STALE <= n <= self._measured * STALE:
            self._measure(n)
        score = np.zeros(len(self._lengths), dtype=np.float32)
        square = 0.0
        for term, count in counts.items():
            slots = self._slots.get(term, ())
            idf = self._idf(len(slots), n)
            weight = (1 + log(count)) * idf
            square += weight**2
            if len(slots) and not (n > MANY and len(slots) > self._too_common * n):
                theirs = np.frombuffer(self._weights[term], dtype=np.float32)
                score[np.frombuffer(slots, dtype=np.int32)] += theirs * np.float32(weight * idf)
        lengths = np.frombuffer(self._lengths, dtype=np.float32) * np.float32(sqrt(square))
        return score / np.maximum(lengths, 1e-9)

    def _measure(self, n):
        squares = np.zeros(len(self._lengths), dtype=np.float64)
        for term, slots in self._slots.items():
            weight = np.frombuffer(self._weights[term], dtype=np.float32) * self._idf(len(slots), n)
            squares[np.frombuffer(slots, dtype=np.int32)] += weight**2
        self._lengths = array("f", np.sqrt(squares).astype(np.float32).tobytes())
        self._measured = n

    @staticmethod
    def _idf(found_in, n):
        return 1.0 + log((1 + n) / (1 + found_in))


def _root(word):
    """Return a stem that serves the three languages alike, whichever the post is in."""
    return stem(stem(word, "en"), "nb")


def _said(words):
    return Counter(_root(word) for word in words if len(word) > 1 and word not in ANY_STOP_WORD)


def _spelt(words):
    return Counter(group for word in words for group in letter_groups(word, *GROUPS))


def _shared(asked, words):
    """Return those of `words` that say the same as one of `asked`, misspellings included."""
    roots = {_root(word) for word in asked if word not in ANY_STOP_WORD}
    groups = [set(letter_groups(word, *GROUPS)) for word in asked if word not in ANY_STOP_WORD and len(word) > 3]
    shared = []
    for word in words:
        if word in ANY_STOP_WORD or len(word) < 2:
            continue
        own = set(letter_groups(word, *GROUPS))
        if _root(word) in roots or (
            len(word) > 3 and any(2 * len(own & other) >= SPELT_ALIKE * (len(own) + len(other)) for other in groups)
        ):
            shared.append(word)
    return shared

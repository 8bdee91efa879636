"""Find the posts most like a few words, while they are being typed.

What counts is shared words, each by how telling it is. A word counts in full for itself, nearly so for other
forms of it and for its translation, and the less the less alike it is spelt: *seet heting* finds *seat heating*,
*koffer* finds *hvorfor*. It needs numpy and the stemmer, nothing of training.
"""

from dataclasses import dataclass
from math import sqrt
from threading import RLock

import numpy as np

from forum.engine.asked import SHORTEST, STOPS, Question, check_text, key_of, key_of_word, weights_of
from forum.engine.postings import Frozen, Growing, idf
from forum.engine.spelling import form_of, groups_of, slips_to
from forum.engine.text import words_of

SAME_WORD = 0.5  # of a word's weight is for being the same word in any form, the rest for being spelt alike
SAME_MEANING = 0.6  # least that another form or a translation counts
LEAST_ALIKE = 0.2  # cosine of letter groups from which another word counts at all
MEANING_COUNTS = 0.15  # times the likeness of what words mean elsewhere, beside that of the words themselves
WEIGHED = 100  # posts at the top of which meanings are compared
MOST_TERMS = 20  # words of a question that are looked for: the most telling ones
MOST_ALIKE = 12  # other words that one word of a question may stand for
MOST_POSTINGS = 150_000  # looked at for one question; the least telling words come last
DENSE = 10  # times as many posts as postings, below which all are gone through at once
MANY = 2_000  # posts, from which common words are not looked for
COMMON = 0.1  # share of many posts; stop words and likely misspellings in more of them tell nothing
MOST_SLIPS = 3  # words of a question that nobody says, for which the one that was meant is looked for
LONGEST_SLIP = 16  # letters of them
_REMEMBERED = 20_000  # words whose neighbours in a file are kept


@dataclass(frozen=True)
class Likeness:
    """A post that is like a query.

    Attributes
    ----------
    id : str or int
        Of the post.
    score : float
        How like, in [0, 1].
    words : list of str
        Words of the post that the two share.
    """

    id: object
    score: float
    words: list


class SimilarPosts:
    """An index of posts that answers which are most like a text.

    Safe to share between threads. Posts can be added and removed at any time; ids are hashable. `save` writes a
    file that `open` maps into memory, in as many processes as there are; there ids are whole numbers. Of a text
    of several lines the first is its title, which counts twice.

    Examples
    --------
    >>> similar = SimilarPosts().fit([1, 2], ["Seat heating is slow", "The radio crackles"])
    >>> [(found.id, found.words) for found in similar.query("slow seats")]
    [(1, ['seat', 'slow'])]
    """

    def __init__(self):
        self._lock = RLock()
        self._base: Frozen | None = None
        self._gone: set = set()  # slots of the base whose posts were removed or replaced
        self._growing = Growing()
        self._neighbours: dict = {}  # form -> what it stands for in the base

    @classmethod
    def open(cls, path):
        """Map an index that was saved; what is added or removed stays in memory.

        Parameters
        ----------
        path : str or Path
            What `save` wrote.

        Returns
        -------
        similar : SimilarPosts

        Raises
        ------
        FileNotFoundError
            When there is none.
        ModelFileError
            When the file cannot be trusted. It is a ValueError.
        """
        opened = cls()
        opened._base = Frozen(path)
        opened._growing = Growing(opened._base)
        return opened

    @property
    def facts(self):
        """What was told when the file was saved; empty for an index that was never in one."""
        return self._base.facts if self._base else {}

    def __len__(self):
        return self._growing.posts - len(self._gone)

    def __contains__(self, post):
        return post in self._growing.slot_of or self._place_in_base(post) >= 0

    def fit(self, ids, texts):
        """Index posts instead of what was there.

        Parameters
        ----------
        ids : iterable of n hashables
            Whole numbers where the index is to be saved.
        texts : iterable of n str

        Returns
        -------
        self : SimilarPosts

        Raises
        ------
        ValueError
            For lengths that differ, ids that repeat and texts that are no strings.
        """
        ids, texts = list(ids), list(texts)
        if len(ids) != len(texts):
            raise ValueError(f"ids has {len(ids)} entries for {len(texts)} texts")
        if len(set(ids)) != len(ids):
            raise ValueError("ids repeat: each post needs its own")
        with self._lock:
            self._base, self._gone, self._growing, self._neighbours = None, set(), Growing(), {}
            for post, text in zip(ids, texts, strict=True):
                self.add(post, text)
        return self

    def add(self, id, text):  # noqa: A002 - the public word for it
        """Index one more post, or replace the one that was there under its id.

        Parameters
        ----------
        id : hashable
        text : str

        Raises
        ------
        ValueError
            When `text` is not a string.
        """
        check_text(text)
        said = list(dict.fromkeys(words_of(text)))
        weights = weights_of(text)
        with self._lock:
            self.remove(id)
            self._growing.add(id, said, weights, key_of)

    def remove(self, id):  # noqa: A002 - the public word for it
        """Forget a post.

        Parameters
        ----------
        id : hashable
            Nothing happens when it is not there.
        """
        with self._lock:
            self._growing.remove(id)
            slot = self._place_in_base(id)
            if slot >= 0:
                self._gone.add(slot)
            if self._growing.slots > 2 * len(self._growing.slot_of) + 1000:
                self._compact()

    def query(self, text, k=10):
        """Find the posts most like a text.

        Parameters
        ----------
        text : str
        k : int, default=10
            Most posts to return.

        Returns
        -------
        found : list of Likeness
            Best first; only posts that share something. The score is a soft cosine (Sidorov et al. 2014) of
            (1 + ln tf) × idf weights: 1 for the same words, 0 for nothing in common.

        Raises
        ------
        ValueError
            When `text` is not a string.
        """
        question = Question(text)
        with self._lock:
            return [
                Likeness(index.post(slot), score, question.shared(index.said(slot)))
                for index, slot, score in self._best(question, k)
            ]

    def nearest(self, question, k=10):
        """Find the posts most like a text that was weighed before; quicker than `query`.

        Parameters
        ----------
        question : forum.engine.asked.Question
        k : int, default=10
            Most posts to return.

        Returns
        -------
        found : list of (id, float)
            Ids and scores in [0, 1], best first.
        """
        with self._lock:
            return [(index.post(slot), score) for index, slot, score in self._best(question, k)]

    def save(self, path, facts=None):
        """Write the index to a file, all or nothing.

        Parameters
        ----------
        path : str or Path
            Where to.
        facts : dict, optional
            JSON values to keep beside it.

        Raises
        ------
        ValueError
            For ids that are no whole numbers, and for an index that was itself opened from a file: that one is
            fitted anew.
        """
        with self._lock:
            if self._base is not None:
                raise ValueError("an index that was opened from a file is not saved again; fit a new one")
            self._growing.write(path, facts or {})

    def _best(self, question, k):
        """Return (index, slot, score) of the `k` best over the base and what was added since."""
        found, many = [], max(k, WEIGHED)
        terms, length = self._terms(question)
        for index in (self._base, self._growing):
            if index is not None and index.slots and question.weights and k > 0:
                score = self._scores(index, terms, length)
                if index is self._base and self._gone:
                    score[list(self._gone)] = 0
                best = np.flatnonzero(score > 1e-6)
                if len(best) > many:
                    best = best[np.argpartition(-score[best], many - 1)[:many]]
                found += [(index, slot, min(1.0, float(score[slot]))) for slot in best.tolist()]
        # Where two are alike, the newer one, which stands later, comes last.
        found.sort(key=lambda one: (-one[2], one[0] is not self._base, one[1]))
        return self._weigh_meaning(question, found)[:k]

    def _weigh_meaning(self, question, found):
        """Return `found` by likeness of meaning too, of those at the top; as they are where no vectors were saved."""
        base = self._base
        asked = base.meaning(question.words) if base else None
        if base is None or asked is None:
            return found
        top, rest = found[:WEIGHED], found[WEIGHED:]
        slots = [slot for index, slot, _score in top if index is base]
        meant = iter(base.meanings(slots) if slots else ())
        weighed = []
        for index, slot, score in top:
            means = next(meant) if index is base else base.meaning(index.said(slot))
            near = 0.0 if means is None else max(0.0, float(means @ asked))
            weighed.append((index, slot, min(1.0, (score + MEANING_COUNTS * near) / (1 + MEANING_COUNTS))))
        weighed.sort(key=lambda one: -one[2])
        return weighed + [(index, slot, score / (1 + MEANING_COUNTS)) for index, slot, score in rest]

    def _terms(self, question):
        """Return (form, weight) of the most telling words of a question, and the length of all of them together."""
        posts, found_in = self._growing.posts, self._growing.found_in
        meant = self._meant(question)
        for form in meant.values():
            question.mean(form)
        said = {meant.get(form, form): weight for form, weight in question.weights.items()}
        terms = [(form, weight * idf(posts, found_in(key_of(form)))) for form, weight in said.items()]
        terms.sort(key=lambda term: -term[1])
        return terms[:MOST_TERMS], max(sqrt(sum(weight**2 for _form, weight in terms)), 1e-6)

    def _meant(self, question):
        """Return {form: form} of what was most likely meant by words of a question that no post says."""
        meant, found_in = {}, self._growing.found_in
        unknown = [
            word
            for word in question.words
            if SHORTEST <= len(word) <= LONGEST_SLIP and form_of(word) not in STOPS and not found_in(key_of_word(word))
        ]
        for word in unknown[:MOST_SLIPS]:
            near = {other for other in slips_to(word) if self._growing.says(other) or self._says_base(other)}
            best = max(near, key=lambda other: (found_in(key_of_word(other)), other), default="")
            if best and found_in(key_of_word(best)):
                meant[form_of(word)] = form_of(best)
        return meant

    def _says_base(self, word):
        return self._base is not None and self._base.says(word)

    def _scores(self, index, terms, length):
        """Return (slots,) likeness of all posts of one index to the terms of a question."""
        posts = self._growing.posts
        score = np.zeros(index.slots, dtype=np.float32)
        one_word = np.zeros(index.slots, dtype=np.float32)
        left = MOST_POSTINGS
        for form, weight in terms:
            touched: list = []
            for where, worth in self._stands_for(index, form, posts):
                slots, said = index.postings(where)
                left -= len(slots)
                worths = said * np.float32(worth)
                one_word[slots] = np.maximum(one_word[slots], worths) if touched else worths
                touched.append(slots)
            # A post that says two words of those counts once.
            if DENSE * sum(map(len, touched)) > index.slots:  # so many that it is quicker to go through all posts
                score += one_word * np.float32(weight)
                one_word[:] = 0
            elif touched:
                slots = np.concatenate(touched)
                score[slots] = score[slots] + one_word[slots] * np.float32(weight)  # the same sum written twice
                one_word[slots] = 0
            if left <= 0:
                break
        return score / (index.lengths() * np.float32(length))

    def _stands_for(self, index, form, posts):
        """Return (where it is said, worth in [0, 1]) of the words that a word of a question may stand for."""
        if index is not self._base:
            return _stands_for(index, form, posts)
        known: list | None = self._neighbours.get(form)
        if known is None:
            if len(self._neighbours) >= _REMEMBERED:
                self._neighbours.clear()
            known = self._neighbours[form] = _stands_for(index, form, posts)
        return known

    def _place_in_base(self, post):
        if self._base is None or not isinstance(post, int):
            return -1
        slot = self._base.place(post)
        return -1 if slot in self._gone else slot

    def _compact(self):
        kept = list(self._growing.all())
        self._growing = Growing(self._base)
        for post, said, weights in kept:
            self._growing.add(post, said, weights, key_of)


def _stands_for(index, form, posts):
    same = set(index.same(key_of(form)))
    if form in STOPS and posts > MANY:
        return []
    found: dict = dict.fromkeys(same, SAME_MEANING)
    forms, alike = index.spelt_like(groups_of(form), LEAST_ALIKE)
    if len(forms) > MOST_ALIKE:
        best = np.argpartition(-alike, MOST_ALIKE)[:MOST_ALIKE]
        forms, alike = forms[best], alike[best]
    for other, likeness in zip(forms.tolist(), alike.tolist(), strict=True):
        worth = (1 - SAME_WORD) * likeness
        if other in same:
            found[other] = max(SAME_MEANING, SAME_WORD + worth)
        elif posts <= MANY or index.common(other) <= COMMON * posts:
            found[other] = worth
    return [(index.where(other), worth) for other, worth in found.items()]

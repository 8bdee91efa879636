"""Which posts say which words: the two kinds of index that `SimilarPosts` asks.

`Growing` lives in memory and takes posts in one by one. `Frozen` is a file that was written once and is mapped
into memory: processes share its pages, and only those that a question touches are read. Both answer the same
calls, over slots (places of posts) and forms (numbers of words, whichever way they are spelt).
"""

from array import array
from bisect import bisect_left
from collections import Counter
from functools import lru_cache
from math import log, sqrt

import numpy as np

from forum.engine.mapped import read_arrays, write_arrays
from forum.engine.meaning import Meanings, learn
from forum.engine.spelling import form_of, groups_of

STALE = 1.1  # growth after which the lengths of posts are worked out anew
COMMONEST_GROUP = 0.05  # a letter group in more than this share of many words tells them not apart
MANY_WORDS = 5_000
_STEP = 32  # a weight is kept in a byte, in steps of a thirty-second


def idf(posts, found_in):
    """Return how telling a word is that `found_in` of so many `posts` say."""
    return 1.0 + log((1 + posts) / (1 + min(found_in, posts)))


class Growing:
    """An index in memory that posts are added to and removed from, beside a `Frozen` base or alone."""

    def __init__(self, base=None):
        self._base = base
        self.slot_of: dict = {}  # id -> slot
        self._ids: list = []
        self._words: list = []  # as they were written
        self._known: dict = {}  # word -> its place in them
        self._said: list = []  # slot -> places of its words
        self._weights: list = []  # slot -> (forms, their weights)
        self._forms: dict = {}  # text of a form -> its number
        self._keys: list = []  # form -> key
        self._slots: list = []  # form -> ascending slots
        self._heavy: list = []  # form -> weights, one per slot
        self._same: dict = {}  # key -> forms
        self._found_in: Counter = Counter()  # key -> posts
        self._grouped: dict = {}  # letter group -> forms
        self._sizes = array("f")  # form -> how many letter groups
        self._lengths = array("f")
        self._measured = 0  # posts there were when lengths were last worked out

    @property
    def posts(self):
        """How many posts there are, those of the base too."""
        return len(self.slot_of) + (self._base.posts if self._base else 0)

    @property
    def slots(self):
        """How many places there are, those of removed posts too."""
        return len(self._ids)

    def add(self, post, said, weights, key_of):
        """Take in `post`, which says the words `said`; `weights` is {form: weight}, `key_of` gives a form's key."""
        slot = len(self._ids)
        self.slot_of[post] = slot
        self._ids.append(post)
        self._said.append(array("i", map(self._place_of, said)))
        numbers = array("i", [self._number(form, key_of) for form in weights])
        heavy = array("f", weights.values())
        self._weights.append((numbers, heavy))
        for form, weight in zip(numbers, heavy, strict=True):
            self._slots[form].append(slot)
            self._heavy[form].append(weight)
        self._found_in.update({self._keys[form] for form in numbers})
        self._lengths.append(self._length(numbers, heavy))

    def says(self, word):
        """Say whether some post says `word`, as it is written, or did when it was there."""
        return word in self._known

    def remove(self, post):
        """Forget `post`; nothing happens when it is not there."""
        slot = self.slot_of.pop(post, None)
        if slot is None:
            return
        numbers, _heavy = self._weights[slot]
        for form in numbers:
            place = bisect_left(self._slots[form], slot)
            self._slots[form].pop(place)
            self._heavy[form].pop(place)
        self._found_in.subtract({self._keys[form] for form in numbers})
        self._ids[slot], self._said[slot], self._weights[slot] = None, _NO_WORDS[0], _NO_WORDS

    def all(self):
        """Yield (post, words, {form: weight} by text) of every post that is there, in the order of their slots."""
        texts = list(self._forms)
        for post, slot in self.slot_of.items():
            weights = zip(*self._weights[slot], strict=True)
            yield post, self.said(slot), {texts[form]: weight for form, weight in weights}

    def found_in(self, key):
        """Return how many posts say a word of this key, those of the base too."""
        return self._found_in.get(key, 0) + (self._base.found_in(key) if self._base else 0)

    def same(self, key):
        """Return the forms of a key."""
        return self._same.get(key, ())

    def spelt_like(self, groups, least):
        """Return (forms, likeness in [least, 1]) of the words that share letter `groups` (cosine)."""
        lists = [np.frombuffer(self._grouped[group], dtype=np.int32) for group in groups if group in self._grouped]
        return _compared(lists, np.frombuffer(self._sizes, dtype=np.float32), len(groups), least)

    def where(self, form):
        """Return what `postings` asks for of a form."""
        return form

    def postings(self, form):
        """Return (slots, weights × idf) of the posts that say a form."""
        if not self._slots[form]:
            return _NONE, _NOTHING
        weight = np.float32(idf(self.posts, self.found_in(self._keys[form])))
        slots = np.frombuffer(self._slots[form], dtype=np.int32)
        return slots, np.frombuffer(self._heavy[form], dtype=np.float32) * weight

    def common(self, form):
        """Return how many posts say a form."""
        return len(self._slots[form])

    def lengths(self):
        """Return (slots,) lengths of all posts, worked out anew when there are many more or fewer than then."""
        if not self._measured / STALE <= self.posts <= self._measured * STALE:
            self._lengths = array("f", [self._length(*said) for said in self._weights])
            self._measured = self.posts
        return np.frombuffer(self._lengths, dtype=np.float32)

    def post(self, slot):
        """Return the id at a slot."""
        return self._ids[slot]

    def said(self, slot):
        """Return the words of the post at a slot, as they were written."""
        return [self._words[place] for place in self._said[slot]]

    def _place_of(self, word):
        place = self._known.get(word)
        if place is None:
            place = self._known[word] = len(self._words)
            self._words.append(word)
        return place

    def _number(self, form, key_of):
        number = self._forms.get(form)
        if number is None:
            number = self._forms[form] = len(self._keys)
            key = key_of(form)
            self._keys.append(key)
            self._slots.append(array("i"))
            self._heavy.append(array("f"))
            self._same.setdefault(key, []).append(number)
            groups = groups_of(form)
            self._sizes.append(len(groups))
            for group in groups:
                self._grouped.setdefault(group, array("i")).append(number)
        return number

    def _length(self, numbers, heavy):
        posts = self.posts
        square = 0.0
        for form, weight in zip(numbers, heavy, strict=True):
            square += (weight * idf(posts, self.found_in(self._keys[form]))) ** 2
        return max(sqrt(square), 1e-6)

    def write(self, path, facts):
        """Write what is here to `path` for `Frozen`; ids are whole numbers. See `mapped.write_arrays`."""
        write_arrays(path, {"posts": len(self.slot_of), "told": facts}, _frozen(self))


class Frozen:
    """An index in a file, mapped into memory. Raises what `mapped.read_arrays` raises."""

    def __init__(self, path):
        facts, a = read_arrays(path)
        self.facts = facts["told"]
        self.posts = self.slots = int(facts["posts"])
        self._ids, self._lengths = a["ids"], a["lengths"]
        self._words, self._said, self._starts = _Texts(a, "words"), a["said"], a["said_starts"]
        self._meanings = Meanings(a["vectors"], a["tongues"], a["middles"])
        self._keys, self._key_posts = _Texts(a, "keys"), a["key_posts"]
        self._key_forms, self._key_starts = a["key_forms"], a["key_starts"]
        self._groups, self._grouped, self._group_starts = _Texts(a, "groups"), a["grouped"], a["group_starts"]
        self._sizes, self._idf = a["sizes"], a["idf"]
        self._slots, self._heavy, self._posting_starts = a["slots"], a["heavy"], a["posting_starts"]

    def place(self, post):
        """Return the slot of a post, or -1."""
        slot = int(np.searchsorted(self._ids, post))
        return slot if slot < self.posts and self._ids[slot] == post else -1

    def found_in(self, key):
        """Return how many posts say a word of this key."""
        number = self._keys.find(key)
        return 0 if number < 0 else int(self._key_posts[number])

    def says(self, word):
        """Say whether some post says `word`, as it is written."""
        return self._words._find(word) >= 0  # not remembered: hardly any word that is tried exists

    def same(self, key):
        """Return the forms of a key."""
        number = self._keys.find(key)
        return () if number < 0 else self._key_forms[self._key_starts[number] : self._key_starts[number + 1]].tolist()

    def spelt_like(self, groups, least):
        """Return (forms, likeness in [least, 1]) of the words that share letter `groups` (cosine)."""
        most = max(MANY_WORDS, len(self._sizes)) * COMMONEST_GROUP
        lists = []
        for number in (self._groups.find(group) for group in groups):
            start, end = (0, 0) if number < 0 else self._group_starts[number : number + 2]
            if end - start <= most:
                lists.append(self._grouped[start:end])
        return _compared(lists, self._sizes, len(groups), least)

    def where(self, form):
        """Return (first, end, idf) of the postings of a form."""
        return int(self._posting_starts[form]), int(self._posting_starts[form + 1]), float(self._idf[form])

    def postings(self, where):
        """Return (slots, weights × idf) of the posts that say a form, given what `where` said of it."""
        first, end, telling = where
        return self._slots[first:end], self._heavy[first:end] * np.float32(telling / _STEP)

    def common(self, form):
        """Return how many posts say a form."""
        return int(self._posting_starts[form + 1] - self._posting_starts[form])

    def lengths(self):
        """Return (slots,) lengths of all posts."""
        return self._lengths

    def post(self, slot):
        """Return the id at a slot."""
        return int(self._ids[slot])

    def meaning(self, words):
        """Return ndarray (width,) of what `words` mean together, or None where no post says any of them."""
        places = [place for place in map(self._place_of, words) if place >= 0]
        return self._meanings.of_words(places) if places and self._meanings.width else None

    def meanings(self, slots):
        """Return ndarray (slots, width) of what the posts at `slots` mean."""
        said = [self._said[self._starts[slot] : self._starts[slot + 1]] for slot in slots]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in said])])
        return self._meanings.of_posts(starts, np.concatenate(said))

    def _place_of(self, word):
        place = self._words.find(word)
        return place if place >= 0 else self._words.find(form_of(word))

    def said(self, slot):
        """Return the words of the post at a slot, as they were written."""
        return [self._words[word] for word in self._said[self._starts[slot] : self._starts[slot + 1]].tolist()]


_NO_WORDS = (array("i"), array("f"))
_NONE = np.zeros(0, dtype=np.int32)
_NOTHING = np.zeros(0, dtype=np.float32)


def _compared(lists, sizes, asked, least):
    """Return (forms, cosine) of the forms that occur often enough in `lists`, one list per letter group asked for."""
    if not lists:
        return _NONE, _NOTHING
    forms, shared = np.unique(np.concatenate(lists), return_counts=True)
    likeness = (shared / np.sqrt(sizes[forms] * np.float32(asked))).astype(np.float32)
    near = likeness >= least
    return forms[near], likeness[near]


class _Texts:
    """Strings in a byte array, sorted by their bytes, found by halving."""

    def __init__(self, arrays, name):
        self._bytes, self._starts = arrays[f"{name}_bytes"], arrays[f"{name}_starts"]
        self.find = lru_cache(maxsize=10_000)(self._find)

    def __len__(self):
        return len(self._starts) - 1

    def __getitem__(self, number):
        return self._raw(number).decode()

    def _raw(self, number):
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._bytes[self._starts[number] : self._starts[number + 1]].tobytes()

    def _find(self, text):
        """Return the number of `text`, or -1."""
        wanted = text.encode()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._raw(low) == wanted else -1


def _frozen(growing):
    """Return the arrays of a `Frozen` index with the posts of a `Growing` one, in the order of their ids."""
    if any(isinstance(post, bool) or not isinstance(post, int) for post in growing.slot_of):
        raise ValueError("only posts whose ids are whole numbers can be kept in a file")
    ids = sorted(growing.slot_of)
    order = [growing.slot_of[post] for post in ids]
    place = np.zeros(growing.slots, dtype=np.int32)  # slot -> place in the file
    place[order] = np.arange(len(order), dtype=np.int32)
    forms = [form for form, number in growing._forms.items() if growing._slots[number]]
    numbers = [growing._forms[form] for form in forms]
    slots, weights, sizes = _postings(growing, numbers, place)
    key_of = [growing._keys[number] for number in numbers]
    of_key = _gathered((key, [form]) for form, key in enumerate(key_of))
    telling = np.zeros(len(forms), dtype=np.float32)
    for key, members in of_key.items():
        telling[members] = idf(len(ids), growing.found_in(key))
    grouped = _gathered((group, [form]) for form, text in enumerate(forms) for group in sorted(groups_of(text)))
    words, said, said_starts = _spoken(growing, order)
    return {
        "ids": np.array(ids, dtype=np.int64),
        "lengths": _lengths(len(ids), slots, weights, np.repeat(telling, sizes)),
        **_texts("words", words),
        "said": said,
        "said_starts": said_starts,
        **learn(words, said_starts, said),
        **_texts("keys", list(of_key)),
        "key_posts": np.array([growing.found_in(key) for key in of_key], dtype=np.int32),
        **_series("key_forms", list(of_key.values()), starts="key_starts"),
        **_texts("groups", list(grouped)),
        **_series("grouped", list(grouped.values()), starts="group_starts"),
        "sizes": np.array([len(groups_of(form)) for form in forms], dtype=np.float32),
        "idf": telling,
        "slots": slots,
        "posting_starts": _starts(sizes),
        "heavy": np.minimum(np.rint(weights * _STEP), 255).astype(np.uint8),
    }


def _postings(growing, numbers, place):
    """Return (places, weights, how many) of the postings of the forms `numbers`, one form after the other."""
    sizes = np.array([len(growing._slots[number]) for number in numbers], dtype=np.int64)
    slots, weights = np.zeros(int(sizes.sum()), dtype=np.int32), np.zeros(int(sizes.sum()), dtype=np.float32)
    first = 0
    for number, size in zip(numbers, sizes.tolist(), strict=True):
        places = place[np.frombuffer(growing._slots[number], dtype=np.int32)]
        order = np.argsort(places)
        slots[first : first + size] = places[order]
        weights[first : first + size] = np.frombuffer(growing._heavy[number], dtype=np.float32)[order]
        first += size
    return slots, weights, sizes


def _spoken(growing, order):
    """Return the words that are said, sorted, and where the posts of the slots in `order` say them (places, starts)."""
    lists = [growing._said[slot] for slot in order]
    starts = _starts([len(one) for one in lists])
    flat = np.fromiter((word for one in lists for word in one), dtype=np.int32, count=int(starts[-1]))
    used = np.unique(flat)
    texts = [growing._words[word] for word in used.tolist()]
    ranked = sorted(range(len(used)), key=lambda one: texts[one].encode())
    rank = np.zeros(len(growing._words), dtype=np.int32)
    rank[used[ranked]] = np.arange(len(used), dtype=np.int32)
    return [texts[one] for one in ranked], rank[flat], starts


def _gathered(pairs):
    """Return {name: joined lists} of (name, list) pairs, in the order in which files are searched."""
    found: dict = {}
    for name, values in pairs:
        found.setdefault(name, []).extend(values)
    return {name: found[name] for name in sorted(found, key=str.encode)}


def _lengths(posts, slots, weights, telling):
    squares = np.bincount(slots, (weights * telling).astype(np.float64) ** 2, minlength=posts)
    return np.maximum(np.sqrt(squares), 1e-6).astype(np.float32)


def _texts(name, texts):
    raw = [text.encode() for text in texts]
    return {f"{name}_bytes": np.frombuffer(b"".join(raw), dtype=np.uint8), f"{name}_starts": _starts(map(len, raw))}


def _series(name, lists, starts):
    ends = _starts(map(len, lists))
    flat = np.fromiter((value for one in lists for value in one), dtype=np.int32, count=int(ends[-1]))
    return {name: flat, starts: ends}


def _starts(sizes):
    """Return where each of some series of these `sizes` begins, and the end of the last."""
    return np.concatenate([[0], np.cumsum(list(sizes), dtype=np.int64)])

"""Turn posts into vectors with arrays that were learnt before; numpy alone.

Each space reads a post its own way (its wording, the company its words keep, what the words mean
elsewhere) and gives a row of unit length, or of zeros when it knows none of the words. `Spaces` lays the
weighted rows side by side. The training of all this is in `vectors.py`.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np

from forum.engine import equal_words
from forum.engine.lexicon import in_english
from forum.engine.text import is_content, letter_groups, stem, words_of
from forum.engine.wordvectors import WordVectors

REMEMBERED = 50_000  # words of a language that are read once for all posts


@dataclass(frozen=True)
class Reading:
    """One post as the engine reads it.

    Attributes
    ----------
    language : str
    words : list of str
        As they were written, in lower case.
    meant : list of str
        The same, bokmål and Danish words by their English equals where these are known.
    stems : list of str
        Of what is meant by words with content; words that people read as one are one term.
    all_stems : list of str
        Of what is meant by all words.
    """

    language: str
    words: list[str]
    meant: list[str]
    stems: list[str]
    all_stems: list[str]


def read(text, language, stop=frozenset(), equal=equal_words.NONE):
    """Return the `Reading` of `text`, whose words in `stop` carry no content either; `equal` are `EqualWords`.

    The first line of several is a title and counts twice: it says what the post is about.
    """
    title, line_end, _ = text.strip().partition("\n")
    return reading(words_of(title) * bool(line_end) + words_of(text), language, stop, equal)


def reading(words, language, stop=frozenset(), equal=equal_words.NONE):
    """Return the `Reading` of a post of these `words`."""
    if not equal.groups:  # then each word can be read by itself, and once for all posts
        known = _known_words(language, stop)
        read_words = [known[word] for word in words]
        return Reading(
            language,
            words,
            [one for meant, _, _ in read_words for one in meant],
            [one for _, _, content in read_words for one in content],
            [one for _, stems, _ in read_words for one in stems],
        )
    meant = [one for word in words for one in _understood(word, language)[0]]
    stems: list[str] = []
    all_stems: list[str] = []
    terms: tuple | list = ()
    for said, term in equal.read(words, language):
        if term.startswith(equal_words.MARK):
            # Part of a compound that was just read in English, part for part.
            terms, has_content = (term,) * (term not in terms), True
        else:
            terms, has_content = _terms(said, language, equal), is_content(said, language, stop)
        all_stems.extend(terms)
        stems.extend(terms if has_content else ())
    return Reading(language, words, meant, stems, all_stems)


class _KnownWords(dict):
    """Word -> (what it means, the stems of that, the same if it has content), worked out when it is asked for."""

    def __init__(self, language, stop):
        super().__init__()
        self._language = language
        self._stop = stop

    def __missing__(self, word):
        if len(self) >= REMEMBERED:
            self.clear()
        meant, stems = _understood(word, self._language)
        self[word] = found = meant, stems, stems if is_content(word, self._language, self._stop) else ()
        return found


@lru_cache(maxsize=8)
def _known_words(language, stop):
    return _KnownWords(language, stop)


def _terms(word, language, equal):
    """Return the stems of what `word` means, or the terms of the equal words that it means."""
    meant, stems = _understood(word, language)
    return [term for _, term in equal.read(meant, "en")] if equal.groups and meant != (word,) else stems


@lru_cache(maxsize=100_000)
def _understood(word, language):
    """Return (words that `word` means, their stems): English ones, or itself."""
    english = in_english(word, language)
    return (english, tuple(stem(one, "en") for one in english)) if english else ((word,), (stem(word, language),))


def unit_rows(rows):
    """Return `rows` scaled to length one; rows of zeros stay."""
    rows = np.asarray(rows, dtype=np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 1e-12)


@dataclass
class Shape:
    """Centre per language and turn to the axes along which posts differ most.

    Attributes
    ----------
    means : dict of str to ndarray (d,)
        Mean unit row of each language; the key "" holds the mean of all.
    turn : ndarray (d, d_out)
        Principal axes, each already multiplied by its weight; None leaves the axes alone.
    """

    means: dict
    turn: np.ndarray | None = None

    def apply(self, rows, languages):
        """Return `rows` (n, d) centred, turned and of unit length; rows of zeros stay so."""
        rows = unit_rows(rows)
        empty = ~rows.any(axis=1)
        distinct, spoken = np.unique(np.asarray(languages), return_inverse=True)
        rows = rows - np.stack([self.means.get(code, self.means[""]) for code in distinct.tolist()])[spoken]
        if self.turn is not None:
            rows = rows @ self.turn
        rows[empty] = 0
        return unit_rows(rows)


def phrases(stems):
    """Return the stems of a post followed by its pairs of neighbouring stems."""
    return stems + [f"{first} {second}" for first, second in pairwise(stems)]


def _weighted(counts, columns, idf):
    """Return (columns, unit-length weights) of the known terms of `counts`: (1 + ln tf) × idf."""
    known = [(columns[term], count) for term, count in counts.items() if term in columns]
    if not known:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32)
    where = np.array([column for column, _ in known], dtype=np.intp)
    weights = (1 + np.log([count for _, count in known])) * idf[where]
    return where, (weights / np.linalg.norm(weights)).astype(np.float32)


@dataclass
class Wording:
    """What a post says, letter by letter: stems, pairs of stems and groups of 3 to 5 letters."""

    terms: dict  # stem or pair -> row of `axes`
    groups: dict  # letter group -> row of `axes`
    idf: np.ndarray  # (n_rows,)
    axes: np.ndarray  # (n_rows, d) float16, contiguous: one post is a sum of a few hundred of its rows
    shape: Shape = field(default_factory=lambda: Shape({}))

    def rows(self, readings):
        """Return ndarray (n, d_out) of unit rows for `readings`."""
        raw = np.zeros((len(readings), self.axes.shape[1]), dtype=np.float32)
        for row, reading in zip(raw, readings, strict=True):
            letters = Counter(group for word in reading.words for group in letter_groups(word))
            for counts, columns in ((Counter(phrases(reading.stems)), self.terms), (letters, self.groups)):
                where, weights = _weighted(counts, columns, self.idf)
                row += weights @ self.axes[where].astype(np.float32)
        return self.shape.apply(raw, [reading.language for reading in readings])


@dataclass
class Company:
    """The company words keep: stems, function words included, by the posts they share."""

    stems: dict  # stem -> row of `axes`
    idf: np.ndarray  # (n_stems,)
    axes: np.ndarray  # (n_stems, d) float16
    shape: Shape = field(default_factory=lambda: Shape({}))

    def rows(self, readings):
        """Return ndarray (n, d_out) of unit rows for `readings`."""
        raw = np.zeros((len(readings), self.axes.shape[1]), dtype=np.float32)
        for row, reading in zip(raw, readings, strict=True):
            counts = Counter(reading.all_stems)
            where, weights = _weighted(counts, self.stems, self.idf)
            row += weights @ self.axes[where].astype(np.float32)
        return self.shape.apply(raw, [reading.language for reading in readings])


@dataclass
class Meaning:
    """What words mean elsewhere: the mean of static word vectors that came with a package."""

    vectors: WordVectors
    shape: Shape = field(default_factory=lambda: Shape({}))

    def rows(self, readings):
        """Return ndarray (n, d) of unit rows for `readings`."""
        raw = self.vectors.means([reading.meant for reading in readings])
        return self.shape.apply(raw, [reading.language for reading in readings])


@dataclass
class Spaces:
    """Several spaces side by side, each row multiplied by the weight of its space."""

    parts: list
    weights: list

    def rows(self, readings):
        """Return ndarray (n, d) of unit rows; a post that no space knows is a row of zeros."""
        if not readings or not self.parts:
            width = sum(part.rows([read("", "")]).shape[1] for part in self.parts)
            return np.zeros((len(readings), width), dtype=np.float32)
        return self.side_by_side([part.rows(readings) for part in self.parts])

    def side_by_side(self, blocks):
        """Return the unit rows (n, d) of posts from their rows in each part; (0, 0) without parts."""
        if not blocks:
            return np.zeros((0, 0), dtype=np.float32)
        weighted = [rows * np.float32(weight) for rows, weight in zip(blocks, self.weights, strict=True)]
        return unit_rows(np.hstack(weighted))

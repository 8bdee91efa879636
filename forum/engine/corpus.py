"""What a fit reads: posts checked, near-copies folded into one, posts that say too little set aside."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from forum.engine import equal_words
from forum.engine.languages import guess_languages, language_code
from forum.engine.spaces import read
from forum.engine.streams import Streamed, gather, is_stream

LARGE = 15_000  # posts, above which a fit looks for themes in a part of them
FEW_WORDS = 3  # content words; with fewer a post is placed after the fit instead of shaping it


@dataclass(frozen=True)
class Corpus:
    """Checked input of a fit, one entry per post."""

    texts: list | Streamed
    ids: list
    languages: list
    weights: np.ndarray  # (n,) float, > 0
    quotable: np.ndarray  # (n,) bool
    links: sparse.csr_matrix | None  # (n, n) symmetric, weights in [0, 1]

    def part(self, places):
        """Return the `Corpus` of the posts at `places`, which are sorted."""
        links = None if self.links is None else sparse.csr_matrix(self.links[places][:, places])
        ids, languages = ([values[place] for place in places] for values in (self.ids, self.languages))
        return Corpus(gather(self.texts, places), ids, languages, self.weights[places], self.quotable[places], links)


def check_corpus(texts, ids=None, languages=None, weights=None, links=None, quotable=None):
    """Return the `Corpus` of these arguments of ``ThemeModel.fit``.

    Raises ValueError for no posts, texts that are no strings, lengths that differ, ids that repeat or are
    neither strings nor whole numbers, weights that are not positive, and links of the wrong shape.
    """
    texts = _texts(texts)
    n = len(texts)
    if not n:
        raise ValueError("there are no posts to find themes in: n_samples=0, and at least 1 is required")
    ids = list(range(n)) if ids is None else check_ids(ids, n)
    languages = None if languages is None else listed("languages", languages, n)
    weights = np.ones(n) if weights is None else _check_weights(weights, n)
    quotable = np.ones(n, dtype=bool) if quotable is None else _check_quotable(quotable, n)
    return Corpus(texts, ids, _languages(texts, languages), weights, quotable, _check_links(links, n))


def _texts(texts):
    """Return `texts` as a list, or as they are where they are many and can be gone through again."""
    if not is_stream(texts):
        return check_texts(texts)
    stream = Streamed(texts)
    return stream if len(stream) > LARGE else list(stream)


def check_texts(texts):
    """Return `texts` as a list. Raises ValueError unless it is a series of strings, which have an order."""
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise ValueError(f"texts is a series of strings, not one {type(texts).__name__}")
    if isinstance(texts, Mapping | Set) or getattr(texts, "ndim", 1) != 1:
        raise ValueError(f"texts is a series of strings in one dimension and in order, not a {type(texts).__name__}")
    texts = list(texts)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"text {place} is not a string but {type(text).__name__}")
    return [str(text) for text in texts]


def check_ids(ids, n):
    """Return `ids` as a list of `n` different strings or plain whole numbers; ValueError if they are not."""
    ids = [_plain_id(post) for post in listed("ids", ids, n)]
    seen = set()
    for post in ids:
        if post in seen:
            raise ValueError(f"ids repeat: each post needs its own, and {post!r} is there twice")
        seen.add(post)
    return ids


def listed(name, values, n):
    """Return `values` as a list of `n` entries."""
    if isinstance(values, str | bytes | Mapping | Set) or not isinstance(values, Iterable):
        raise ValueError(f"{name} has one entry for each of {n} texts, in their order; not {values!r}")
    values = list(values)
    if len(values) != n:
        raise ValueError(f"{name} has {len(values)} entries for {n} texts")
    return values


def _plain_id(post):
    if isinstance(post, bool) or not isinstance(post, str | int | np.integer):
        raise ValueError(f"ids are strings or whole numbers, not {post!r}")
    return int(post) if isinstance(post, np.integer) else post


def _check_weights(weights, n):
    try:
        weights = np.array(listed("weights", weights, n), dtype=np.float64)
    except TypeError as error:
        raise ValueError(f"weights are positive numbers, one for each text: {error}") from error
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights > 0))) if weights.ndim == 1 else [0]
    if len(wrong):
        raise ValueError(
            f"weights are positive numbers, one for each text, and not NaN or infinite; see that of text {wrong[0]}"
        )
    return weights


def _check_quotable(quotable, n):
    quotable = np.array(listed("quotable", quotable, n))
    if quotable.ndim != 1 or not np.isin(quotable, [0, 1]).all():
        raise ValueError("quotable says True or False for each text")
    return quotable.astype(bool)


def _languages(texts, languages):
    codes = ["und"] * len(texts) if languages is None else [language_code(code) for code in languages]
    unknown = [place for place, code in enumerate(codes) if code == "und"]
    guessed = guess_languages(text for text, code in zip(texts, codes, strict=True) if code == "und")
    for place, code in zip(unknown, guessed, strict=True):
        codes[place] = code
    return codes


def _check_links(links, n):
    if links is None:
        return None
    try:
        links = sparse.csr_matrix(links, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"links is a sparse matrix of numbers: {error}") from error
    if links.shape != (n, n):
        raise ValueError(f"links has shape {links.shape} for {n} texts; it is (n, n)")
    if links.nnz and (not np.isfinite(links.data).all() or links.data.min() < 0 or links.data.max() > 1):
        raise ValueError("links holds weights in [0, 1], none of them NaN")
    if abs(links - links.T).max() > 1e-6:
        raise ValueError("links is not symmetric: a post is linked to another as the other is to it")
    return links


@dataclass(frozen=True)
class Core:
    """The posts that shape a fit.

    Attributes
    ----------
    positions : ndarray (m,)
        Positions of the posts that stand for themselves and their copies.
    stands_in : ndarray (n,)
        Row of the core that stands in for each post; -1 for posts that say too little.
    """

    positions: np.ndarray
    stands_in: np.ndarray

    def counts(self, weights):
        """Return (m,) the summed `weights` (n,) of the posts behind each row."""
        inside = self.stands_in >= 0
        return np.bincount(self.stands_in[inside], weights[inside], minlength=len(self.positions))

    def absorb(self, into):
        """Return the core in which row i is represented by row `into[i]` (itself for those that stay)."""
        stay = np.flatnonzero(into == np.arange(len(into)))
        place = np.full(len(into), -1)
        place[stay] = np.arange(len(stay))
        stands_in = np.where(self.stands_in >= 0, place[into[self.stands_in]], -1)
        return Core(self.positions[stay], stands_in)


def read_corpus(corpus, stop, equal=equal_words.NONE):
    """Return (readings of all posts, `Core`): copies, numbers aside, are one; short posts stay out."""
    readings = [read(text, code, stop, equal) for text, code in zip(corpus.texts, corpus.languages, strict=True)]
    first: dict = {}
    stands_in = np.full(len(readings), -1)
    positions: list[int] = []
    for place, reading in enumerate(readings):
        if len(reading.stems) < FEW_WORDS:
            continue
        key = (reading.language, *(word for word in reading.words if not word.isdigit()))
        if key not in first:
            first[key] = len(positions)
            positions.append(place)
        stands_in[place] = first[key]
    return readings, Core(np.array(positions, dtype=np.intp), stands_in)

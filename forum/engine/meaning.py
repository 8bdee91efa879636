"""What the words of posts mean elsewhere: static word vectors, cut down to what tells these posts apart.

They are looked up once, when an index is written, and lie in its file beside the words, so that who asks it needs
neither the table nor its tokenizer. Where the wheel with the table is not installed there are none. Languages lie
apart in the table; each post is seen from the middle of its own, English or Nordic, so that they meet.
"""

import numpy as np

from forum.engine import wordvectors
from forum.engine.stops import FUNCTION_WORDS

WIDTH = 64  # numbers per word
_AT_ONCE = 500  # posts
LOOKED_AT = 20_000  # posts in which directions are looked for
_NORDIC = FUNCTION_WORDS["nb"] | FUNCTION_WORDS["da"]


class Meanings:
    """Vectors of the words of a vocabulary, and through them of posts; `width` is 0 without the table.

    Parameters
    ----------
    vectors : ndarray (words, width) of float16
    tongues : ndarray (words,) of int8
        What each word says about the language of who uses it: 1 English, -1 Nordic, 0 nothing.
    middles : ndarray (2, width) of float32
        Of the Nordic and the English posts.
    """

    def __init__(self, vectors, tongues, middles):
        self._vectors, self._tongues, self._middles = vectors, tongues, middles
        self.width = vectors.shape[1]

    def of_posts(self, starts, said):
        """Return ndarray (posts, width) of unit rows, of posts whose words (places in the vocabulary) are `said`."""
        english = _sums(self._tongues, starts, said) > 0
        return unit(_means(self._vectors, starts, said) - self._middles[english.astype(int)])

    def of_words(self, places):
        """Return ndarray (width,) of length 1 for words at `places` in the vocabulary."""
        return self.of_posts(np.array([0, len(places)]), np.array(places, dtype=np.int32))[0]


def learn(words, starts, said):
    """Return {name: array} of what `Meanings` needs of a vocabulary and the posts that say it.

    `said` has the words (as places in `words`) of all posts one after the other, `starts` (posts + 1,) where each
    begins. Kept are the directions in which the posts differ most.
    """
    table = wordvectors.find()
    posts = len(starts) - 1
    tongues = np.array([(word in FUNCTION_WORDS["en"]) - (word in _NORDIC) for word in words], dtype=np.int8)
    if table is None or posts < 2:
        nothing = np.zeros((len(words), 0), dtype=np.float16)
        return {"vectors": nothing, "tongues": tongues, "middles": np.zeros((2, 0), dtype=np.float32)}
    rows = table.means([[word] for word in words])
    if posts > LOOKED_AT:
        starts, said = _some(starts, said, posts // LOOKED_AT + 1)
    english = _sums(tongues, starts, said) > 0
    means = _means(rows, starts, said)
    middles = np.stack([_middle(means, english == which) for which in (False, True)])
    means = unit(means - middles[english.astype(int)])
    _sizes, axes = np.linalg.eigh(means.T @ means)
    axes = axes[:, -WIDTH:].astype(np.float32)
    return {"vectors": (rows @ axes).astype(np.float16), "tongues": tongues, "middles": middles @ axes}


def unit(rows):
    """Return `rows` in length 1; those that are nought stay so."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _some(starts, said, step):
    """Return (starts, said) of every `step`-th post."""
    chosen = [said[starts[post] : starts[post + 1]] for post in range(0, len(starts) - 1, step)]
    return np.concatenate([[0], np.cumsum([len(one) for one in chosen])]), np.concatenate(chosen)


def _middle(means, chosen):
    return means[chosen].mean(axis=0) if chosen.any() else means.mean(axis=0)


def _means(rows, starts, said):
    means = np.zeros((len(starts) - 1, rows.shape[1]), dtype=np.float32)
    sizes = np.diff(starts)
    filled = np.flatnonzero(sizes)
    for first in range(0, len(filled), _AT_ONCE):
        some = filled[first : first + _AT_ONCE]
        begin, end = starts[some[0]], starts[some[-1] + 1]
        sums = np.add.reduceat(rows[said[begin:end]].astype(np.float32), starts[some] - begin, axis=0)
        means[some] = sums / sizes[some, None]
    return means


def _sums(values, starts, said):
    whole = np.concatenate([[0], np.cumsum(values[said], dtype=np.int64)])
    return whole[starts[1:]] - whole[starts[:-1]]

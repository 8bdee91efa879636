"""Fingerprints of texts: near-copies have one in common, other texts hardly ever.

Each text is a set of words. Of every permutation of all words (a keyed hash) the first of a text is kept; pairs of
such firsts are its fingerprints. Two texts of which 70 % of the words are shared have one of the eight in common in
more than 99 of 100 cases, two that share 20 % in about 28 of 100: so a common fingerprint only says whom to
compare, and `is_near_copy` decides.
"""

from hashlib import blake2b

from forum.search.stemming import words_of

BANDS, ROWS = 8, 2  # fingerprints of a text, and firsts in each
LIKE = 0.7  # share of the words of both that are shared, from which a text is a near-copy
FEW = 5  # words below which only the same words are a copy
READ = 4_000  # characters that are compared
_SALTS = [n.to_bytes(2, "big") for n in range(BANDS * ROWS)]


def fingerprints(text: str) -> list[int]:
    """The fingerprints of a text, each a whole number below 2⁶³; none for a text without words."""
    words = [word.encode() for word in _words(text)]
    if not words:
        return []
    firsts = [min(_hash(word, salt) for word in words) for salt in _SALTS]
    return [
        int.from_bytes(_hash(b"".join(firsts[band * ROWS : (band + 1) * ROWS]), _SALTS[band]), "big") >> 1
        for band in range(BANDS)
    ]


def is_near_copy(one: str, other: str) -> bool:
    """Whether two texts say the same in nearly the same words."""
    mine, theirs = _words(one), _words(other)
    if min(len(mine), len(theirs)) < FEW:
        return bool(mine) and mine == theirs
    return len(mine & theirs) >= LIKE * len(mine | theirs)


def _words(text: str) -> frozenset[str]:
    return frozenset(words_of(text[:READ]))


def _hash(word: bytes, salt: bytes) -> bytes:
    return blake2b(word, digest_size=8, salt=salt).digest()

"""Texts that are too many to hold: gone through from the start as often as needed, a batch at a time."""

from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import islice

import numpy as np


class Streamed:
    """The strings of an iterable that can be gone through more than once, such as a reader of a file.

    Raises ValueError when one is no string, or when going through it again gives another number of them.
    """

    def __init__(self, texts):
        self._texts = texts
        self._number = len(texts) if hasattr(texts, "__len__") else None
        if self._number is None:
            self._number = sum(1 for _ in self)

    def __len__(self):
        return self._number

    def __iter__(self):
        number = 0
        for number, text in enumerate(self._texts, start=1):
            if not isinstance(text, str):
                raise ValueError(f"text {number - 1} is not a string but {type(text).__name__}")
            yield text
        if self._number is not None and number != self._number:
            raise ValueError(f"texts gave {self._number} strings at first and {number} when gone through again")


def is_stream(texts):
    """Say whether `texts` can be gone through again and is not held in memory already."""
    held = isinstance(texts, str | bytes | list | tuple | Mapping | Set) or hasattr(texts, "ndim")
    return isinstance(texts, Iterable) and not isinstance(texts, Iterator) and not held


def gather(texts, places):
    """Return the list of the texts at `places`, which are sorted."""
    if isinstance(texts, list):
        return [texts[place] for place in places]
    wanted = iter(np.asarray(places).tolist())
    following = next(wanted, None)
    found = []
    for place, text in enumerate(texts):
        if place == following:
            found.append(text)
            following = next(wanted, None)
    return found


def in_batches(texts, size):
    """Yield (position of the first, list of at most `size` texts) until all are through."""
    rest, start = iter(texts), 0
    while batch := list(islice(rest, size)):
        yield start, batch
        start += len(batch)

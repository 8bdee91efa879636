"""Static word vectors, read directly from the two files inside the wordllama wheel.

The wheel's own loader looks for its files on the internet unless told otherwise and imports far more than
is needed; the table (32,000 pieces × 256 numbers, 16 MB) and its tokenizer are all that counts. Where the
wheel is not installed, or its files are not as expected, `find` returns None and the engine goes without.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

PACKAGE = "wordllama"
NAME = "l2_supercat_256"
_REMEMBERED_WORDS = 50_000


class WordVectors:
    """A table of word-piece vectors and the tokenizer that cuts words into pieces."""

    def __init__(self, tokenizer, table):
        self._tokenizer = tokenizer
        self._table = table
        self._pieces = {}

    @property
    def width(self):
        """Numbers per vector."""
        return self._table.shape[1]

    @property
    def table(self):
        """ndarray (n_pieces, width) of the vectors of all word pieces."""
        return self._table

    def pieces(self, words):
        """Return the list of rows of `table` that each of `words` consists of."""
        self._cut(words)
        return [self._pieces[word] for word in words]

    def means(self, posts):
        """Return ndarray (n, width): the plain mean over all word pieces of each post's words."""
        self._cut({word for words in posts for word in words})
        rows = np.zeros((len(posts), self.width), dtype=np.float32)
        for row, words in zip(rows, posts, strict=True):
            pieces = [piece for word in words for piece in self._pieces[word]]
            if pieces:
                row += self._table[pieces].astype(np.float32).mean(axis=0)
        return rows

    def _cut(self, words):
        """Remember the pieces of `words`; each word is cut on its own."""
        if len(self._pieces) > _REMEMBERED_WORDS:
            self._pieces = {}
        new = sorted(word for word in words if word not in self._pieces)
        cut = self._tokenizer.encode_batch(new, add_special_tokens=False)
        found = {word: encoding.ids for word, encoding in zip(new, cut, strict=True)}
        self._pieces = {**self._pieces, **found} if found else self._pieces


@lru_cache(maxsize=1)
def find():
    """Return the `WordVectors` of the installed wheel, or None when it is not there or unreadable."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    try:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
        table = load_file(str(folder / "weights" / f"{NAME}.safetensors"))["embedding.weight"]
    except Exception:  # absent, damaged or of another version: the lexical path is a full fallback
        return None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return WordVectors(tokenizer, table)

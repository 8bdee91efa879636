"""Keep the vectors of very many posts: in memory, or beyond a size in a temporary file."""

import tempfile

import numpy as np

IN_MEMORY = 256 * 2**20  # bytes; what is more goes to a file in the folder for temporary files
BATCH = 10_000  # rows that are looked at together


class RowStore:
    """Rows (n, width) in half precision, written once in order and read in batches or by place.

    A file is mapped for one batch at a time, so that it takes up no memory between them. It has no name and is
    gone with this object.
    """

    def __init__(self, n, width):
        self._shape = (n, width)
        self._file = None
        if n * width * 2 > IN_MEMORY:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as this object lives
            self._file.truncate(n * width * 2)
        else:
            self._rows = np.zeros(self._shape, dtype=np.float16)

    def __len__(self):
        return self._shape[0]

    def write(self, start, rows):
        """Keep `rows` as those from position `start` on."""
        self._part(start, len(rows))[:] = rows

    def batches(self):
        """Yield (slice of positions, their rows as float32)."""
        for start in range(0, len(self), BATCH):
            stop = min(start + BATCH, len(self))
            yield slice(start, stop), self._part(start, stop - start).astype(np.float32)

    def at(self, places):
        """Return the rows (m, width) float32 at `places`."""
        places = np.asarray(places, dtype=np.intp)
        found = np.zeros((len(places), self._shape[1]), dtype=np.float32)
        batch = places // BATCH
        for number in np.unique(batch).tolist():
            here = np.flatnonzero(batch == number)
            start = number * BATCH
            found[here] = self._part(start, min(BATCH, len(self) - start))[places[here] - start]
        return found

    def _part(self, start, count):
        if self._file is None:
            return self._rows[start : start + count]
        offset = start * self._shape[1] * 2
        return np.memmap(self._file, dtype=np.float16, mode="r+", offset=offset, shape=(count, self._shape[1]))

"""Look for neighbours in the nearest cells of a large corpus instead of everywhere.

An inverted file (Jégou et al. 2011): rows are told apart into cells by k-means, and a row is compared with
the members of the cells around its own. Some neighbours near a cell's edge are missed; the graph of many
posts bears that.
"""

import numpy as np

CELL = 500  # rows in a cell, on average
PROBES = 8  # cells that are searched
SAMPLE = 20_000  # rows that shape the cells
ROUNDS = 3


def split_into_cells(rows):
    """Return (cell of each row (n,), for each cell the PROBES cells nearest to it, itself first)."""
    k = max(1, len(rows) // CELL)
    sample = rows[np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(np.intp)]
    centres = sample[np.linspace(0, len(sample) - 1, k).astype(np.intp)].copy()
    for _ in range(ROUNDS):
        home = nearest_centre(sample, centres)
        for cell in range(k):
            members = sample[home == cell]
            if len(members):
                mean = members.sum(axis=0)
                centres[cell] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    around = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :PROBES]
    return nearest_centre(rows, centres), centres, around


def nearest_centre(rows, centres, block=8192):
    """Return (n,) the centre nearest to each row."""
    parts = [(rows[start : start + block] @ centres.T).argmax(axis=1) for start in range(0, len(rows), block)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)

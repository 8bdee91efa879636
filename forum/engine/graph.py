"""Link each post to the posts most like it."""

import numpy as np
from scipy import sparse

from forum.engine.spaces import unit_rows

BLOCK = 1024  # rows compared at a time


def nearest(rows, others, k, *, same=False, penalty=None):
    """Return (indices (n, k), cosines (n, k)) of the `k` rows of `others` nearest to each of `rows`.

    With `same` the two are one array and a row is not its own neighbour. `penalty` (m,) is taken off
    before ranking; the cosines returned are without it.
    """
    k = min(k, len(others) - (1 if same else 0))
    found = np.zeros((len(rows), max(k, 0)), dtype=np.intp)
    cosines = np.zeros(found.shape, dtype=np.float32)
    if k <= 0:
        return found, cosines
    for start in range(0, len(rows), BLOCK):
        stop = min(start + BLOCK, len(rows))
        block = rows[start:stop] @ others.T
        if same:
            block[np.arange(stop - start), np.arange(start, stop)] = -np.inf
        score = block if penalty is None else block - penalty
        best = (
            np.argpartition(-score, k - 1, axis=1)[:, :k]
            if k < score.shape[1]
            else np.tile(np.arange(score.shape[1]), (stop - start, 1))
        )
        order = np.argsort(-np.take_along_axis(score, best, 1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, 1)
        found[start:stop] = best
        cosines[start:stop] = np.take_along_axis(block, best, 1)
    return found, cosines


def likeness_graph(readings, languages, k):
    """Return the sparse symmetric graph (n, n) of likeness between posts.

    Parameters
    ----------
    readings : list of (ndarray (n, d), weight)
        Unit rows of each reading of the posts, and how much it counts.
    languages : list of n str
    k : int
        Neighbours of a post in its own language, in each reading and in all of them together.

    The readings side by side weigh as much as all of them apart: posts that several readings find alike
    are linked more strongly, and none of them is drowned by another.
    """
    together = unit_rows(np.hstack([rows * np.float32(weight) for rows, weight in readings]))
    joint = linked(together, languages, k)
    apart = sparse.csr_matrix(joint.shape, dtype=np.float32)
    for rows, weight in readings:
        apart = apart + linked(rows, languages, k) * np.float32(weight)
    graph = sum(part / part.data.mean() for part in (joint, apart) if part.nnz)
    return sparse.csr_matrix(graph / graph.data.max()) if sparse.issparse(graph) and graph.nnz else joint


def linked(rows, languages, k):
    """Return the graph of each row's `k` nearest, with a quota for each other language."""
    if len(set(languages)) > 1:
        return language_quota(rows, languages, k, (k + 1) // 2)
    found, cosines = nearest(rows, rows, k, same=True)
    every = np.arange(len(rows))
    return symmetric(every, every, found, cosines, len(rows))


def symmetric(from_rows, to_rows, found, weights, n):
    """Return the symmetric graph (n, n) of the links from_rows[i] – to_rows[found[i, j]], by maximum."""
    left = np.repeat(from_rows, found.shape[1])
    right = to_rows[found.ravel()]
    weight = np.clip(weights.ravel(), 0, None)
    keep = weight > 0
    graph = sparse.csr_matrix((weight[keep], (left[keep], right[keep])), shape=(n, n))
    return graph.maximum(graph.T).tocsr()


def language_quota(rows, languages, own=10, other=5):
    """Return the graph in which each post has `own` neighbours in its language and `other` in each other.

    Neighbours in another language are ranked by cross-domain similarity local scaling, 2 s - r_i - r_j
    (Conneau et al. 2018), r being the mean of the ten highest cosines into the other language; their weights
    are rescaled so that their mean is that of the links within languages.
    """
    languages = np.asarray(languages)
    codes = sorted(set(languages.tolist()))
    n = len(rows)
    where = {code: np.flatnonzero(languages == code) for code in codes}
    within = sparse.csr_matrix((n, n), dtype=np.float32)
    for code in codes:
        found, cosines = nearest(rows[where[code]], rows[where[code]], own, same=True)
        within = within.maximum(symmetric(where[code], where[code], found, cosines, n))
    across = sparse.csr_matrix((n, n), dtype=np.float32)
    for code in codes:
        for foreign in codes:
            if foreign != code:
                mine, theirs = rows[where[code]], rows[where[foreign]]
                density = nearest(theirs, mine, 10)[1].mean(axis=1)
                found, cosines = nearest(mine, theirs, other, penalty=density / 2)
                reach = nearest(mine, theirs, 10)[1].mean(axis=1)
                scaled = 2 * cosines - reach[:, None] - density[found]
                across = across.maximum(symmetric(where[code], where[foreign], found, scaled, n))
    if across.nnz and within.nnz:
        across = across * np.float32(within.data.mean() / across.data.mean())
    return within.maximum(across).tocsr()

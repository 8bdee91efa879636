"""Link each post to the posts most like it."""

from itertools import combinations, permutations

import numpy as np
from scipy import sparse

from forum.engine.cells import nearest_centre, split_into_cells
from forum.engine.spaces import unit_rows

BLOCK = 1024  # rows compared at a time
STRANGERS = 0.45  # of the usual cosine within two languages, under which they talk of different things
EXACT = 20_000  # rows, up to which each is compared with all


def nearest(rows, others, k, *, same=False, penalty=None):
    """Return (indices (n, k), cosines (n, k)) of the `k` rows of `others` nearest to each of `rows`.

    With `same` the two are one array and a row is not its own neighbour. `penalty` (m,) is taken off
    before ranking; the cosines returned are without it. Exact up to EXACT others; among more, those in the
    cells around a row's own are compared, and where these hold too few, indices are -1 and cosines 0.
    """
    k = max(min(k, len(others) - (1 if same else 0)), 0)
    found = np.full((len(rows), k), -1, dtype=np.intp)
    cosines = np.zeros(found.shape, dtype=np.float32)
    if k:
        for mine, theirs in _comparisons(rows, others):
            for start in range(0, len(mine), BLOCK):
                block = mine[start : start + BLOCK]
                self_at = block if same else None
                found[block], cosines[block] = _rank(rows[block], others, theirs, k, self_at, penalty)
    return found, cosines


def _comparisons(rows, others):
    """Return pairs (places in `rows`, places in `others`) that are to be compared."""
    if len(others) <= EXACT:
        return [(np.arange(len(rows)), np.arange(len(others)))]
    home, centres, around = split_into_cells(others)
    mine = nearest_centre(rows, centres)
    return [
        (np.flatnonzero(mine == cell), np.flatnonzero(np.isin(home, around[cell]))) for cell in np.unique(mine).tolist()
    ]


def _rank(block, others, theirs, k, self_at, penalty):
    """Return (indices, cosines) of the `k` of `theirs` nearest to each row of the `block`."""
    likeness = block @ others[theirs].T
    if self_at is not None:
        place = np.searchsorted(theirs, self_at)
        there = (place < len(theirs)) & (theirs[np.minimum(place, len(theirs) - 1)] == self_at)
        likeness[np.flatnonzero(there), place[there]] = -np.inf
    score = likeness if penalty is None else likeness - penalty[theirs]
    found = np.full((len(block), k), -1, dtype=np.intp)
    cosines = np.zeros(found.shape, dtype=np.float32)
    k = min(k, len(theirs))
    best = _largest(score, k)
    value = np.take_along_axis(likeness, best, 1)
    found[:, :k] = np.where(np.isfinite(value), theirs[best], -1)
    cosines[:, :k] = np.where(np.isfinite(value), value, 0)
    return found, cosines


def _largest(score, k):
    """Return the columns (n, k) of the `k` largest of each row, largest first.

    The k-th largest of the maxima of column blocks bounds the k-th largest of all from below, so that few need
    to be put in order.
    """
    rows, width = score.shape
    blocks = 8 * k
    deep = width // blocks
    if deep < 8:
        best = np.argpartition(-score, k - 1, axis=1)[:, :k]
        return np.take_along_axis(best, np.argsort(-np.take_along_axis(score, best, 1), axis=1, kind="stable"), 1)
    maxima = score[:, : blocks * deep].reshape(rows, deep, blocks).max(axis=1)
    floor = np.partition(maxima, blocks - k, axis=1)[:, blocks - k]
    row, column = np.divmod(np.flatnonzero((score >= floor[:, None]).ravel()), width)
    order = np.lexsort((column, -score[row, column], row))
    starts = np.searchsorted(row, np.arange(rows))
    return column[order][starts[:, None] + np.arange(k)]


def strangers(rows, languages):
    """Return the set of (language, language) pairs, both ways round, that talk of different things.

    Every post has a nearest one in each other language, whether or not anybody speaks of the same things there:
    links across would bring together what has nothing in common. `languages` has one entry for each of the
    unit `rows` (n, d).
    """
    languages = np.asarray(languages)
    codes = sorted(set(languages.tolist()))
    own = {code: rows[languages == code] for code in codes}
    usual = {code: float(nearest(own[code], own[code], 10, same=True)[1].mean() or 0) for code in codes}
    found = set()
    for one, other in combinations(codes, 2):
        across = min(float(nearest(own[a], own[b], 5)[1].mean()) for a, b in ((one, other), (other, one)))
        if across < STRANGERS * (usual[one] * usual[other]) ** 0.5:
            found |= {(one, other), (other, one)}
    return frozenset(found)


def likeness_graph(readings, languages, k, apart=frozenset()):
    """Return the sparse symmetric graph (n, n) of likeness between posts.

    Parameters
    ----------
    readings : list of (ndarray (n, d), weight)
        Unit rows of each reading of the posts, and how much it counts.
    languages : list of n str
    apart : set of (str, str)
        Languages between which there are no links.
    k : int
        Neighbours of a post in its own language, in each reading and in all of them together.

    The readings side by side weigh as much as all of them apart: posts that several readings find alike
    are linked more strongly, and none of them is drowned by another.
    """
    together = unit_rows(np.hstack([rows * np.float32(weight) for rows, weight in readings]))
    joint = linked(together, languages, k, apart)
    each = sparse.csr_matrix(joint.shape, dtype=np.float32)
    for rows, weight in readings:
        each = each + linked(rows, languages, k, apart) * np.float32(weight)
    graph = sum(part / part.data.mean() for part in (joint, each) if part.nnz)
    return sparse.csr_matrix(graph / graph.data.max()) if sparse.issparse(graph) and graph.nnz else joint


def linked(rows, languages, k, apart=frozenset()):
    """Return the graph of each row's `k` nearest, with a quota for each other language, but those `apart`."""
    if len(set(languages)) > 1:
        return language_quota(rows, languages, k, (k + 1) // 2, apart)
    found, cosines = nearest(rows, rows, k, same=True)
    every = np.arange(len(rows))
    return symmetric(every, every, found, cosines, len(rows))


def symmetric(from_rows, to_rows, found, weights, n):
    """Return the symmetric graph (n, n) of the links from_rows[i] – to_rows[found[i, j]], by maximum."""
    left = np.repeat(from_rows, found.shape[1])
    right = to_rows[found.ravel()]
    weight = np.clip(weights.ravel(), 0, None)
    keep = (weight > 0) & (found.ravel() >= 0)
    graph = sparse.csr_matrix((weight[keep], (left[keep], right[keep])), shape=(n, n))
    return graph.maximum(graph.T).tocsr()


def language_quota(rows, languages, own=10, other=5, apart=frozenset()):
    """Return the graph in which each post has `own` neighbours in its language and `other` in each other.

    Neighbours in another language are ranked by cross-domain similarity local scaling, 2 s - r_i - r_j
    (Conneau et al. 2018), r being the mean of the ten highest cosines into the other language; their weights
    are rescaled so that their mean is that of the links within languages. Between the pairs of languages
    `apart` there are none.
    """
    languages = np.asarray(languages)
    codes = sorted(set(languages.tolist()))
    n = len(rows)
    where = {code: np.flatnonzero(languages == code) for code in codes}
    within = sparse.csr_matrix((n, n), dtype=np.float32)
    for code in codes:
        found, cosines = nearest(rows[where[code]], rows[where[code]], own, same=True)
        within = within.maximum(symmetric(where[code], where[code], found, cosines, n))
    pairs = [pair for pair in permutations(codes, 2) if pair not in apart]
    reach = {(a, b): nearest(rows[where[a]], rows[where[b]], 10)[1].mean(axis=1) for a, b in pairs}
    across = sparse.csr_matrix((n, n), dtype=np.float32)
    for code, foreign in pairs:
        density = reach[foreign, code]
        found, cosines = nearest(rows[where[code]], rows[where[foreign]], other, penalty=density / 2)
        scaled = 2 * cosines - reach[code, foreign][:, None] - density[found]
        across = across.maximum(symmetric(where[code], where[foreign], found, scaled, n))
    if across.nnz and within.nnz:
        across = across * np.float32(within.data.mean() / across.data.mean())
    return within.maximum(across).tocsr()

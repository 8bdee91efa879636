"""Find groups of posts that are linked among themselves more than chance would link them.

Modularity (Newman & Girvan 2004, with the resolution of Reichardt & Bornholdt 2006) raised by moving posts
and then whole groups (Blondel et al. 2008). Posts move in small random batches, each batch at once, which
keeps the work in arrays and comes within a hair of moving them one by one.
"""

import numpy as np
from scipy import sparse

BATCHES = 8
MOST_ROUNDS = 20


def communities(graph, resolution=1.0, random_state=0, start=None):
    """Return labels (n,) 0..k-1 of the rows of the symmetric sparse `graph`.

    Deterministic for an int `random_state`. `start` (n,) begins from a known grouping.
    """
    rng = np.random.default_rng(random_state)
    labels = np.arange(graph.shape[0]) if start is None else dense_labels(start)
    labels = _move(graph, labels, resolution, rng)
    levels = labels
    while True:
        merged = aggregate(graph, levels)
        moved = _move(merged, np.arange(merged.shape[0]), resolution, rng)
        if moved.max(initial=-1) + 1 == merged.shape[0]:
            break
        levels = moved[levels]
    return dense_labels(_move(graph, levels, resolution, rng))


def dense_labels(labels):
    """Return `labels` renumbered 0..k-1 in order of value."""
    return np.unique(labels, return_inverse=True)[1].ravel()


def aggregate(graph, labels):
    """Return the graph between groups: weights summed, a group's own links on the diagonal."""
    n, k = graph.shape[0], labels.max(initial=-1) + 1
    member = sparse.csr_matrix((np.ones(n, graph.dtype), (np.arange(n), labels)), shape=(n, k))
    return sparse.csr_matrix(member.T @ graph @ member)


def _move(graph, labels, resolution, rng):
    """Move rows to the neighbouring group that raises modularity most, until few want to move."""
    degree = np.asarray(graph.sum(axis=1)).ravel().astype(np.float64)
    total = degree.sum()
    n = graph.shape[0]
    if total <= 0:
        return dense_labels(labels)
    labels = labels.copy()
    own = graph.diagonal()
    for _ in range(MOST_ROUNDS):
        moved = 0
        weight_of = np.bincount(labels, weights=degree, minlength=n)
        for batch in np.array_split(rng.permutation(n), min(BATCHES, n)):
            target = _best(graph[batch], labels, batch, degree, own, weight_of, resolution / total)
            change = target != labels[batch]
            rows = batch[change]
            np.subtract.at(weight_of, labels[rows], degree[rows])
            np.add.at(weight_of, target[change], degree[rows])
            labels[rows] = target[change]
            moved += len(rows)
        if moved <= n // 500:
            break
    return dense_labels(labels)


def _best(links, labels, batch, degree, own, weight_of, price):
    """Return for each row of the batch the group with the highest gain; its own group wins ties.

    Gain of a group = weight of links into it - price × degree × the group's degree without the row.
    """
    size = len(weight_of)
    row = np.repeat(np.arange(len(batch)), np.diff(links.indptr))
    key = row.astype(np.int64) * size + labels[links.indices]
    key = np.concatenate([key, np.arange(len(batch), dtype=np.int64) * size + labels[batch]])
    value = np.concatenate([links.data.astype(np.float64), -own[batch].astype(np.float64)])
    keys, inverse = np.unique(key, return_inverse=True)
    into = np.bincount(inverse.ravel(), weights=value)
    which, group = np.divmod(keys, size)
    mine = group == labels[batch][which]
    rest = weight_of[group] - np.where(mine, degree[batch][which], 0)
    gain = into - price * degree[batch][which] * rest + np.where(mine, 1e-9, 0)
    order = np.lexsort((-gain, which))
    first = np.searchsorted(which[order], np.arange(len(batch)))
    return group[order[first]]


def share_inside(graph, labels):
    """Return the share of the weight of links that lies inside groups, in [0, 1]."""
    coo = graph.tocoo()
    total = coo.data.sum()
    return float(coo.data[labels[coo.row] == labels[coo.col]].sum() / total) if total else 0.0

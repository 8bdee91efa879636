"""Find groups of posts that are linked among themselves more than chance would link them.

Modularity (Newman & Girvan 2004, with the resolution of Reichardt & Bornholdt 2006) raised by moving posts
and then whole groups (Blondel et al. 2008). Posts move in small random batches, each batch at once, which
keeps the work in arrays and comes within a hair of moving them one by one.

What chance would link is reckoned per pair of languages: posts have more and stronger links in their own,
and by one measure for all, every language would be a group of its own. Where languages talk of different
things, the links between them lie everywhere alike and bring no two groups together.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

BATCHES = 8
MOST_ROUNDS = 20
TINY = 1e-9  # a gain below this is a matter of rounding


@dataclass(frozen=True)
class Chance:
    """The weight of links expected by chance between i and j: the dot product of gives[i] and takes[j].

    Columns are pairs of languages (a, b); `gives` (n, m) has the weight of links of a row, if it is of
    language a, into b; `takes` (n, m) the same the other way round, as a share of all links between the two.
    """

    gives: np.ndarray
    takes: np.ndarray

    def grouped(self, labels):
        """Return the `Chance` between groups of rows."""
        k = labels.max(initial=-1) + 1
        return Chance(group_sums(self.gives, labels, k), group_sums(self.takes, labels, k))


def chance(graph, languages=None):
    """Return the `Chance` of `graph` (n, n) for rows of these `languages` (n,), None for one language."""
    n = graph.shape[0]
    spoken = np.zeros(n, dtype=np.intp) if languages is None else dense_labels(np.asarray(languages))
    codes = range(spoken.max(initial=-1) + 1)
    into = np.stack([np.asarray(graph[:, spoken == code].sum(axis=1)).ravel() for code in codes], axis=1)
    gives = np.stack([np.where(spoken == a, into[:, b], 0) for a in codes for b in codes], axis=1)
    back = np.stack([np.where(spoken == b, into[:, a], 0) for a in codes for b in codes], axis=1)
    total = gives.sum(axis=0)
    takes = np.divide(back, total, out=np.zeros_like(back, dtype=np.float64), where=total > 0)
    return Chance(gives.astype(np.float64), takes)


def communities(graph, resolution=1.0, random_state=0, languages=None, start=None):
    """Return labels (n,) 0..k-1 of the rows of the symmetric sparse `graph`.

    `languages` (n,) are those of the rows, None for one. `start` (n,) are groups that there are already, -1 for
    rows in none: they take rows in, keep theirs, and are not joined. Deterministic for an int `random_state`.
    """
    rng = np.random.default_rng(random_state)
    expected = chance(graph, languages)
    alone = np.arange(graph.shape[0])
    firm = np.zeros(len(alone), dtype=bool) if start is None else start >= 0
    labels = alone if start is None else dense_labels(np.where(firm, start, alone + start.max() + 1))
    labels = _move(graph, expected, labels, resolution, rng, ~firm)
    while True:
        merged, between = aggregate(graph, labels), expected.grouped(labels)
        free = np.ones(merged.shape[0], dtype=bool)
        free[labels[firm]] = False
        moved = _move(merged, between, np.arange(len(free)), resolution, rng, free)
        if moved.max(initial=-1) + 1 == len(free):
            break
        labels = moved[labels]
    return _move(graph, expected, labels, resolution, rng, ~firm)


def modularity(graph, labels, languages=None, resolution=1.0):
    """Return the share of link weight inside groups less `resolution` × the share expected by chance."""
    links = graph.tocoo()
    total = links.data.sum(dtype=np.float64)
    if not total:
        return 0.0
    inside = links.data[labels[links.row] == labels[links.col]].sum(dtype=np.float64)
    between = chance(graph, languages).grouped(labels)
    return float((inside - resolution * (between.gives * between.takes).sum()) / total)


def dense_labels(labels):
    """Return `labels` renumbered 0..k-1 in order of value."""
    return np.unique(labels, return_inverse=True)[1].ravel()


def group_sums(rows, labels, k):
    """Return (k, m) sums of the `rows` (n, m) of each group."""
    member = sparse.csr_matrix((np.ones(len(labels)), (labels, np.arange(len(labels)))), shape=(k, len(labels)))
    return member @ rows


def aggregate(graph, labels):
    """Return the graph between groups: weights summed, a group's own links on the diagonal."""
    n, k = graph.shape[0], labels.max(initial=-1) + 1
    member = sparse.csr_matrix((np.ones(n, graph.dtype), (np.arange(n), labels)), shape=(n, k))
    return sparse.csr_matrix(member.T @ graph @ member)


def _move(graph, expected, labels, resolution, rng, free):
    """Move the rows that are `free` (n,) to the neighbouring group that raises modularity most, until few want to."""
    n = graph.shape[0]
    labels = labels.copy()
    own = graph.diagonal().astype(np.float64)
    restless = np.flatnonzero(free)
    for _ in range(MOST_ROUNDS):
        if not len(restless):
            break
        moved = []
        takes = group_sums(expected.takes, labels, n)
        for batch in np.array_split(rng.permutation(restless), min(BATCHES, len(restless))):
            target = _best(graph, labels, batch, expected, own, takes, resolution)
            change = target != labels[batch]
            rows = batch[change]
            np.subtract.at(takes, labels[rows], expected.takes[rows])
            np.add.at(takes, target[change], expected.takes[rows])
            labels[rows] = target[change]
            moved.append(rows)
        gone = np.concatenate(moved)
        if len(gone) <= n // 500:
            break
        beside = np.unique(graph[gone].indices)
        restless = beside[free[beside]]  # only who has a neighbour that moved may want to follow
    return dense_labels(labels)


def _best(graph, labels, batch, expected, own, takes, resolution):
    """Return for each row of the batch the group with the highest gain; its own group wins ties.

    Gain of a group = weight of links into it - resolution × weight expected by chance, without the row.
    """
    row, group, weight = _links_into(graph, labels, batch)
    here = labels[batch]
    mine = group == here[row]
    weight = weight - np.where(mine, own[batch][row], 0)
    rest = takes[group]
    rest[mine] -= expected.takes[batch[row[mine]]]
    gain = weight - resolution * np.einsum("ij,ij->i", expected.gives[batch[row]], rest)
    stay = -resolution * np.einsum("ij,ij->i", expected.gives[batch], takes[here] - expected.takes[batch])
    stay[row[mine]] = gain[mine]
    best = stay.copy()
    np.maximum.at(best, row, gain)
    target = here.copy()
    wins = np.flatnonzero((gain >= best[row]) & (best[row] > stay[row] + TINY))
    target[row[wins][::-1]] = group[wins][::-1]  # of several that are equally good the first
    return target


def _links_into(graph, labels, batch):
    """Return (place in `batch`, group, weight of the links of that row into the group), arrays of one length.

    With arrays alone: a product of sparse matrices costs more than it does for so few rows.
    """
    first = graph.indptr[batch]
    number = graph.indptr[batch + 1] - first
    ends = np.cumsum(number)
    row = np.repeat(np.arange(len(batch)), number)
    links = np.arange(len(row)) - np.repeat(ends - number - first, number)
    key = row * np.int64(len(labels)) + labels[graph.indices[links]]
    pairs, place = np.unique(key, return_inverse=True)
    weight = np.bincount(place, graph.data[links], minlength=len(pairs))
    return pairs // len(labels), pairs % len(labels), weight

"""Choose the grouping of posts: how fine, tidied, and every post with the theme it is most like."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from forum.engine.communities import communities, dense_labels, share_inside
from forum.engine.spaces import unit_rows

RESOLUTIONS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6)
SEEDS = 2
ENTROPY_WORTH = 0.07  # share of link weight that one nat of entropy is worth: flat between 0.05 and 0.07
SMOOTHING = 0.5  # of a row comes from its neighbours, before rows are compared with theme means
PASSES = 3


@dataclass(frozen=True)
class Grouping:
    """A grouping of rows: `labels` (n,) 0..k-1, the resolution it was found at, and how good it is."""

    labels: np.ndarray
    resolution: float
    worth: float


def choose_grouping(graph, rows, *, granularity=1.0, smallest=5, counts=None, seed=0, progress=None):
    """Return the `Grouping` of largest worth over RESOLUTIONS × SEEDS.

    Worth = share of link weight inside groups + ENTROPY_WORTH × entropy of group sizes, in nats: the first
    falls and the second rises as groups get finer. `granularity` multiplies the resolution so found.
    `counts` (n,) says how many posts each row stands for.
    `progress` is called with the share done, in [0, 1].
    """
    near = smooth(rows, graph)
    best = Grouping(np.zeros(len(rows), dtype=np.intp), RESOLUTIONS[0], -np.inf)
    for turn, resolution in enumerate(RESOLUTIONS):
        for repeat in range(SEEDS):
            found = group_at(graph, near, resolution, smallest=smallest, counts=counts, seed=seed + repeat)
            if found.worth > best.worth:
                best = found
        if progress:
            progress((turn + 1) / len(RESOLUTIONS))
    if granularity != 1.0:
        best = max(
            (
                group_at(
                    graph,
                    near,
                    best.resolution * granularity,
                    smallest=smallest,
                    counts=counts,
                    seed=seed + repeat,
                )
                for repeat in range(SEEDS)
            ),
            key=lambda found: found.worth,
        )
    return best


def group_at(graph, near, resolution, *, smallest, seed, counts=None):
    """Return the tidied `Grouping` at one `resolution`; `near` are the smoothed rows."""
    labels = communities(graph, resolution, seed)
    labels = settle(near, fold_small(near, labels, smallest, counts), smallest, counts)
    return Grouping(labels, resolution, worth(graph, labels))


def worth(graph, labels):
    """Return the share of link weight inside groups + ENTROPY_WORTH × entropy of their sizes."""
    share = np.bincount(labels) / len(labels)
    share = share[share > 0]
    return share_inside(graph, labels) + ENTROPY_WORTH * float(-(share * np.log(share)).sum())


def smooth(rows, graph):
    """Return unit rows, each drawn a little toward the mean of its neighbours in `graph`."""
    degree = np.asarray(graph.sum(axis=1)).ravel()
    around = (graph @ rows) / np.maximum(degree, 1e-12)[:, None]
    return unit_rows(rows + SMOOTHING * unit_rows(around))


def group_means(rows, labels, weights=None, k=None):
    """Return (k, d) unit means of the rows of each group; labels of -1 belong to none."""
    k = labels.max(initial=-1) + 1 if k is None else k
    inside = np.flatnonzero(labels >= 0)
    weight = np.ones(len(inside), np.float32) if weights is None else weights[inside].astype(np.float32)
    member = sparse.csr_matrix((weight, (labels[inside], inside)), shape=(k, len(rows)))
    return unit_rows(member @ rows)


def fold_small(rows, labels, smallest, counts=None):
    """Fold groups of fewer than `smallest` posts into the group whose mean is nearest, smallest first."""
    labels = dense_labels(labels)
    while True:
        sizes = np.bincount(labels, counts)
        if len(sizes) < 2 or sizes.min() >= smallest:
            return labels
        means = group_means(rows, labels)
        large = np.flatnonzero(sizes >= smallest)
        if len(large):
            nearest = large[(means @ means[large].T).argmax(axis=1)]
            labels = dense_labels(np.where(sizes[labels] < smallest, nearest[labels], labels))
        else:
            least = sizes.argmin()
            likeness = means @ means[least]
            likeness[least] = -np.inf
            labels = dense_labels(np.where(labels == least, likeness.argmax(), labels))


def settle(rows, labels, smallest, counts=None, passes=PASSES):
    """Move each row to the group whose mean is nearest, `passes` times (spherical k-means)."""
    for _ in range(passes):
        means = group_means(rows, labels)
        labels = fold_small(rows, (rows @ means.T).argmax(axis=1), smallest, counts)
    return labels

"""Choose the grouping of posts: how fine, tidied, and every post with the theme it is most like."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse

from forum.engine.communities import communities, dense_labels, modularity
from forum.engine.spaces import unit_rows

RESOLUTIONS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6)
SEEDS = 2
MANY = 5_000  # posts, from which one seed is enough
ENTROPY_WORTH = 0.03  # modularity that one nat of entropy is worth: flat between 0.02 and 0.05
INERTIA = 0.02  # worth of keeping to the standing themes: a few times the chance differences between runs
PASSES = 3


@dataclass(frozen=True)
class Linked:
    """The posts to be grouped, and what speaks for grouping them.

    Attributes
    ----------
    graph : sparse matrix (n, n)
        Symmetric weights of links.
    rows : ndarray (n, d)
        Unit rows that describe the posts.
    languages : ndarray of n str
    counts : ndarray (n,)
        How many posts each row stands for.
    pull : sparse matrix (n, n) or None
        How strongly each row is drawn to others besides likeness, as an addition to cosines.
    standing : ndarray (n,) or None
        The theme each row was in before, -1 for none.
    """

    graph: sparse.csr_matrix
    rows: np.ndarray
    languages: np.ndarray
    counts: np.ndarray
    pull: sparse.csr_matrix | None = None
    standing: np.ndarray | None = None

    def sample(self, places):
        """Return the same of the rows at `places` alone."""
        graph = sparse.csr_matrix(self.graph[places][:, places])
        pull = None if self.pull is None else sparse.csr_matrix(self.pull[places][:, places])
        standing = None if self.standing is None else self.standing[places]
        return Linked(graph, self.rows[places], self.languages[places], self.counts[places], pull, standing)


@dataclass(frozen=True)
class Grouping:
    """A grouping of rows: `labels` (n,) 0..k-1, the resolution it was found at, and how good it is."""

    labels: np.ndarray
    resolution: float
    worth: float


def choose_grouping(posts, *, granularity=1.0, smallest=5, seed=0, progress=None):
    """Return the `Grouping` of `posts` (`Linked`) of largest worth over RESOLUTIONS × SEEDS.

    Worth = modularity + ENTROPY_WORTH × entropy of group sizes, in nats. Modularity alone errs toward few
    broad groups on large corpora (Fortunato & Barthélemy 2007); the entropy, which counts for little on
    small ones, makes up for that. Groupings that begin from the standing one are worth INERTIA more, so
    that what people know changes only where the posts demand it. `granularity` multiplies the resolution
    so found. `progress` is called with the share done, in [0, 1]. Resolutions run through joblib, whatever
    back end it is given.
    """
    best = Grouping(np.zeros(len(posts.rows), dtype=np.intp), RESOLUTIONS[0], -np.inf)
    each = Parallel(return_as="generator")(delayed(_found_at)(posts, one, smallest, seed) for one in RESOLUTIONS)
    for turn, found in enumerate(each):
        best = max([best, *found], key=lambda grouping: grouping.worth)
        if progress:
            progress((turn + 1) / len(RESOLUTIONS))
    return best if granularity == 1.0 else _as_asked(posts, best.resolution * granularity, smallest, seed)


def _found_at(posts, resolution, smallest, seed):
    """Return the groupings found at one resolution: from scratch, and from the standing one."""
    seeds = range(seed, seed + (SEEDS if len(posts.rows) < MANY else 1))
    found = [group_at(posts, resolution, smallest, turn) for turn in seeds]
    if posts.standing is not None:
        kept = group_at(posts, resolution, smallest, seed, posts.standing)
        found.append(replace(kept, worth=kept.worth + INERTIA))
    return found


def _as_asked(posts, resolution, smallest, seed):
    """Return the best grouping at a resolution that somebody asked for, as modularity there has it."""
    found = []
    for grouping in _found_at(posts, resolution, smallest, seed):
        gain = grouping.worth - worth(posts, grouping.labels)  # what keeping to the standing one is worth
        found.append((modularity(posts.graph, grouping.labels, posts.languages, resolution) + gain, grouping))
    return max(found, key=lambda pair: pair[0])[1]


def group_at(posts, resolution, smallest, seed, start=None):
    """Return the `Grouping` of `posts` at one `resolution`, no group under `smallest` posts."""
    labels = communities(posts.graph, resolution, seed, posts.languages, start)
    labels = settle(posts, fold_small(posts, labels, smallest), smallest)
    return Grouping(labels, resolution, worth(posts, labels))


def regroup_graph(posts, resolution, smallest):
    """Return what groups a sample of the posts again: (places, seed) -> labels."""
    return partial(_again, posts, resolution, smallest)


def _again(posts, resolution, smallest, places, seed):
    return group_at(posts.sample(places), resolution, smallest, seed).labels


def worth(posts, labels):
    """Return the modularity of groups + ENTROPY_WORTH × entropy of their sizes, in nats."""
    share = np.bincount(labels) / len(labels)
    share = share[share > 0]
    entropy = -(share * np.log(share)).sum()
    return modularity(posts.graph, labels, posts.languages) + ENTROPY_WORTH * float(entropy)


def group_means(rows, labels, weights=None, k=None):
    """Return (k, d) unit means of the rows of each group; labels of -1 belong to none."""
    k = labels.max(initial=-1) + 1 if k is None else k
    inside = np.flatnonzero(labels >= 0)
    weight = np.ones(len(inside), np.float32) if weights is None else weights[inside].astype(np.float32)
    member = sparse.csr_matrix((weight, (labels[inside], inside)), shape=(k, len(rows)))
    return unit_rows(member @ rows)


def fold_small(posts, labels, smallest):
    """Fold groups of fewer than `smallest` posts into the group whose mean is nearest, smallest first."""
    labels = dense_labels(labels)
    while True:
        sizes = np.bincount(labels, posts.counts)
        if len(sizes) < 2 or sizes.min() >= smallest:
            return labels
        means = group_means(posts.rows, labels)
        large = np.flatnonzero(sizes >= smallest)
        if len(large):
            nearest = large[(means @ means[large].T).argmax(axis=1)]
            labels = dense_labels(np.where(sizes[labels] < smallest, nearest[labels], labels))
        else:
            least = sizes.argmin()
            likeness = means @ means[least]
            likeness[least] = -np.inf
            labels = dense_labels(np.where(labels == least, likeness.argmax(), labels))


def settle(posts, labels, smallest):
    """Move each row to the group whose mean is nearest, PASSES times (spherical k-means).

    Posts that the caller linked are drawn to each other's groups besides.
    """
    for _ in range(PASSES):
        likeness = posts.rows @ group_means(posts.rows, labels).T
        if posts.pull is not None:
            likeness += _pull_to(posts.pull, labels)
        labels = fold_small(posts, likeness.argmax(axis=1), smallest)
    return labels


def _pull_to(pull, labels):
    """Return (n, k) how strongly each row is pulled to each group."""
    shape = (len(labels), labels.max(initial=-1) + 1)
    member = sparse.csr_matrix((np.ones(len(labels), np.float32), (np.arange(len(labels)), labels)), shape=shape)
    return (pull @ member).toarray()

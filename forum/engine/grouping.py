"""Choose the grouping of posts: how fine, tidied, and every post with the theme it is most like."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse

from forum.engine.communities import communities, dense_labels, modularity
from forum.engine.continuing import change_clearly
from forum.engine.graph import linked
from forum.engine.sharpening import sharpen
from forum.engine.spaces import unit_rows
from forum.engine.standing import CLEARLY

RESOLUTIONS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6)
SEEDS = 2
TRIALS = 6  # groupings at the resolution found, whose agreement says which links to trust
MANY = 5_000  # posts, from which half as many are enough
ENTROPY_WORTH = 0.03  # modularity that one nat of entropy is worth: flat between 0.02 and 0.05
NEARLY = 0.01  # worth, by which resolutions may fall short of the best and have a say in the choice
DISTRUST = 0.05  # what is left of a link that no grouping keeps within a group
INERTIA = 0.05  # worth of keeping to the standing themes, where all posts are in one
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
    known, tied, cut : sparse matrix (n, n) or None
        Links that the caller knows of, links that people made, and pairs that people parted.
    standing : ndarray (n,) or None
        The theme each row was in before, -1 for none.
    apart : set of (str, str)
        Languages that talk of different things.
    """

    graph: sparse.csr_matrix
    rows: np.ndarray
    languages: np.ndarray
    counts: np.ndarray
    known: sparse.csr_matrix | None = None
    tied: sparse.csr_matrix | None = None
    cut: sparse.csr_matrix | None = None
    standing: np.ndarray | None = None
    apart: frozenset = frozenset()

    def sample(self, places):
        """Return the same of the rows at `places` alone."""
        graphs = {
            name: None if (graph := getattr(self, name)) is None else sparse.csr_matrix(graph[places][:, places])
            for name in ("graph", "known", "tied", "cut")
        }
        standing = None if self.standing is None else self.standing[places]
        return Linked(
            rows=self.rows[places],
            languages=self.languages[places],
            counts=self.counts[places],
            standing=standing,
            apart=self.apart,
            **graphs,
        )

    @cached_property
    def pull(self):
        """How strongly each row is drawn to others besides likeness, as an addition to cosines; or None."""
        if self.known is None:
            return None
        number = np.maximum(np.diff(self.known.indptr), 1)
        return sparse.csr_matrix(sparse.diags(1 / number) @ self.known)


@dataclass(frozen=True)
class Grouping:
    """A grouping of rows: `labels` (n,) 0..k-1, the resolution it was found at, and how good it is."""

    labels: np.ndarray
    resolution: float
    worth: float


def choose_grouping(posts, *, granularity=1.0, smallest=5, seed=0, progress=None):
    """Return the `Grouping` of `posts` (`Linked`), as fine as the data suggest.

    Four steps, each through joblib with whatever back end it is given:

    1. Groupings at RESOLUTIONS × SEEDS. Worth = modularity + ENTROPY_WORTH ×
       entropy of group sizes, in nats: modularity alone errs toward few broad groups on large corpora (Fortunato
       & Barthélemy 2007); the entropy, which counts for little on small ones, makes up for that. The resolution
       is the mean (of logarithms) of those that come near the best, so that a few more posts move it a little
       instead of tipping it over. `granularity` multiplies it.
    2. TRIALS at this resolution. A link counts by how many of them keep it within a group (Lancichinetti &
       Fortunato 2012, in one round).
    3. The best grouping of the links so weighed shows along which axes groups differ; `sharpen` turns the posts
       to these, and they are linked anew.
    4. The best grouping of these links, the one that lets the standing themes go on being worth INERTIA more.

    `progress` is called with the share done, in [0, 1].
    """
    tell = progress or (lambda share: None)
    tried: list[Grouping] = []
    for turn, found in enumerate(_parallel(_tried_at, [(posts, one, smallest, seed) for one in RESOLUTIONS])):
        tried += found
        tell(0.7 * (turn + 1) / len(RESOLUTIONS))
    return group_finely(posts, _between(tried) * granularity, smallest, seed, tell)


def group_finely(posts, resolution, smallest, seed=0, tell=lambda share: None):
    """Return the `Grouping` of `posts` at one resolution, as `choose_grouping` finds it in its last three steps."""
    trials = TRIALS if len(posts.rows) < MANY else TRIALS // 2
    starts = [(seed + turn, None) for turn in range(trials)]
    if posts.standing is not None:
        starts += [(seed, posts.standing)]
    several = [
        grouping.labels for grouping in _parallel(group_at, [(posts, resolution, smallest, *start) for start in starts])
    ]
    several += several[trials:] * (trials - 1)  # as they stand, and as they come anew: half the say each
    tell(0.8)
    trusted = replace(posts, graph=_trusted(posts.graph, several))
    first = best_at(trusted, resolution, smallest, seed)
    tell(0.9)
    return best_at(sharpened(posts, first.labels), resolution, smallest, seed)


def _parallel(function, arguments):
    return Parallel(return_as="generator")(delayed(function)(*each) for each in arguments)


def _tried_at(posts, resolution, smallest, seed):
    """Return the groupings found at one resolution, from scratch."""
    seeds = SEEDS if len(posts.rows) < MANY else 1
    return [group_at(posts, resolution, smallest, seed + turn) for turn in range(seeds)]


def _between(tried):
    """Return the resolution between those of the groupings `tried` that come near the best."""
    worths = np.array([grouping.worth for grouping in tried])
    say = np.exp((worths - worths.max()) / NEARLY)
    return float(np.exp(np.average(np.log([grouping.resolution for grouping in tried]), weights=say)))


def _trusted(graph, groupings):
    """Return `graph` with each link weighed by how many of `groupings` (labels) keep it within a group."""
    links = graph.tocoo()
    kept = np.mean([labels[links.row] == labels[links.col] for labels in groupings], axis=0)
    weight = (links.data * (DISTRUST + kept)).astype(np.float32)
    return sparse.csr_matrix((weight, (links.row, links.col)), shape=graph.shape)


def best_at(posts, resolution, smallest, seed):
    """Return the grouping of most modularity at `resolution`.

    The one that lets the standing themes go on, changed where the others clearly say so, has up to INERTIA more:
    the less, the more posts there are that none of these themes had.
    """
    starts = [(seed + turn, None) for turn in range(SEEDS)]
    if posts.standing is not None:
        starts.append((seed, posts.standing))
    found = list(_parallel(group_at, [(posts, resolution, smallest, *start) for start in starts]))
    values = [modularity(posts.graph, grouping.labels, posts.languages, resolution) for grouping in found]
    if posts.standing is not None:
        fresh = [grouping.labels for grouping in found[:-1]]
        labels = change_clearly(posts, found[-1].labels, fresh, resolution, smallest)
        found[-1] = replace(found[-1], labels=labels)
        known = posts.counts[posts.standing >= 0].sum() / posts.counts.sum()
        values[-1] = modularity(posts.graph, labels, posts.languages, resolution) + INERTIA * known**3
    return found[int(np.argmax(values))]


def group_at(posts, resolution, smallest, seed, start=None):
    """Return the `Grouping` of `posts` at one `resolution`, no group under `smallest` posts."""
    labels = communities(posts.graph, resolution, seed, posts.languages, start)
    labels = settle(posts, fold_small(posts, labels, smallest), smallest, start)
    return Grouping(labels, resolution, worth(posts, labels))


def sharpened(posts, labels):
    """Return `posts` turned to what tells the groups `labels` apart, and linked anew."""
    rows = sharpen(posts.rows, labels)
    graph = linked(rows, posts.languages.tolist(), neighbours(len(rows)), posts.apart)
    return replace(posts, graph=bound(graph, posts), rows=rows)


def neighbours(n):
    """Return how many neighbours each of `n` posts is linked to."""
    return 4 if n < 100 else 5 if n < 300 else 10


def bound(graph, posts):
    """Return `graph` with the links that are known, those that people made, and without those they cut."""
    if graph.nnz:
        graph = graph / graph.data.max()
    if posts.known is not None:
        graph = graph.maximum(_at_most(posts.known, graph))
    if posts.tied is not None:
        graph = graph.maximum(posts.tied)
    if posts.cut is not None:
        graph = graph - graph.multiply(posts.cut)
    graph = sparse.csr_matrix(graph, dtype=np.float32)
    graph.eliminate_zeros()
    return graph


def _at_most(known, graph):
    """Return the links `known` scaled down so that those of no post outweigh its links in `graph`."""
    room = np.asarray(graph.sum(axis=1)).ravel()
    wanted = np.asarray(known.sum(axis=1)).ravel()
    scale = np.minimum(1, np.divide(room, wanted, out=np.ones_like(room), where=wanted > 0))
    known = known.tocoo()
    weight = known.data * np.minimum(scale[known.row], scale[known.col])
    return sparse.csr_matrix((weight.astype(np.float32), (known.row, known.col)), shape=known.shape)


def regroup_graph(posts, resolution, smallest):
    """Return what groups a sample of the posts again: (places, seed) -> labels."""
    return partial(_again, posts, resolution, smallest)


def _again(posts, resolution, smallest, places, seed):
    sample = posts.sample(places)
    first = group_at(sample, resolution, smallest, seed)
    return group_at(sharpened(sample, first.labels), resolution, smallest, seed).labels


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


def settle(posts, labels, smallest, start=None):
    """Move each row to the group whose mean is nearest, PASSES times (spherical k-means).

    Posts that the caller linked are drawn to each other's groups besides, and those that were in a group at the
    `start` (n,) leave it only for one that they are clearly more like.
    """
    firm = np.zeros(0, dtype=np.intp) if start is None else np.flatnonzero(start >= 0)
    for _ in range(PASSES):
        likeness = posts.rows @ group_means(posts.rows, labels).T
        likeness[firm, labels[firm]] += CLEARLY
        if posts.pull is not None:
            likeness += _pull_to(posts.pull, labels)
        labels = fold_small(posts, likeness.argmax(axis=1), smallest)
    return labels


def _pull_to(pull, labels):
    """Return (n, k) how strongly each row is pulled to each group."""
    shape = (len(labels), labels.max(initial=-1) + 1)
    member = sparse.csr_matrix((np.ones(len(labels), np.float32), (np.arange(len(labels)), labels)), shape=shape)
    return (pull @ member).toarray()

"""Fit very many posts: find the themes in a part of them, then place all, a batch at a time.

The memory needed is that of the part and a few numbers per post, whatever their number; the texts are gone through
a few times, and the vectors of all posts lie in a temporary file where they are many. What people decided holds for
every post, in the part or not.
"""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from forum.engine.assignment import LEAST_AFTERWARDS, UNSORTED
from forum.engine.batches import BatchReader
from forum.engine.constraints import Ruling, obey
from forum.engine.coreset import choose_part
from forum.engine.corpus import FEW_WORDS
from forum.engine.exemplars import CANDIDATES
from forum.engine.fitting import (
    LEAST_LIKENESS,
    Fit,
    Progress,
    assemble,
    check,
    find_themes,
    keep_names,
    report_lost,
    settled_members,
    standing_members,
    threshold,
)
from forum.engine.rowstore import RowStore
from forum.engine.spaces import read, unit_rows
from forum.engine.standing import CLEARLY, homes, is_split
from forum.engine.streams import in_batches

PASSES = 2  # times that posts go to the nearest theme and the themes to the middle of their posts
BATCH = 5_000  # posts read at a time
SHOWN = 6_000  # posts that themes are named from, and whose vectors are kept to explain by
LEAST_SHOWN = 60  # of them from each theme
LIGHT = 0.01  # of a post: what those count in names that are shown because they are typical
TYPICAL = CANDIDATES // 4  # of them nearest to the middle of each theme, to choose exemplars from
STEPS = {"reading": 0.0, "describing": 0.15, "linking": 0.25, "grouping": 0.3, "naming": 0.9, "checking": 0.95}
FOUND = 0.2  # of the step of grouping, when the part is grouped; then all posts are placed


def fit_large(corpus, settings, constraints, previous=None, progress=None):
    """Return the `Fit` of a `corpus` of very many posts; see `fit_themes` for the arguments."""
    tell = Progress(progress, STEPS)
    tell("reading")
    ruling = Ruling(constraints, corpus.ids)
    part = choose_part(corpus, settings, ruling, previous)
    found = _found_in(part, corpus, settings, constraints, previous, tell)
    store, few = _describe_all(corpus, found.spaces, settings, tell)
    found, likeness = _place_all(found, part, store, few, corpus, ruling, previous)
    tell("naming")
    shown, share = _choose_shown(found, likeness, corpus, settings.seed)
    told = replace(corpus.part(shown), weights=share * corpus.weights[shown])
    fitted = assemble(replace(found, labels=found.labels[shown], rows=store.at(shown)), told, settings, constraints)
    if previous is not None:
        keep_names(fitted, previous, told, settings.stop)
    _widen(fitted, found, likeness, shown, corpus)
    tell("checking")
    steady = check(fitted, found.labels[part[found.core.positions]], found.regroup, settings.seed)
    tell("checking", 1.0)
    report_lost(constraints, ruling, found.theme_ids)
    return Fit(fitted, ruling.unmet, found.regroup is None, found.resolution, steady, found.regroup)


def _found_in(part, corpus, settings, constraints, previous, tell):
    """Return what is `Found` in the posts at the positions `part`."""
    some = corpus.part(part)
    here = set(some.ids)
    ruling = Ruling(_constraints_among(constraints, here), some.ids)
    if previous is not None:
        keep = [place for place, post in enumerate(previous.post_ids) if post in here]
        previous = replace(
            previous,
            post_ids=[previous.post_ids[place] for place in keep],
            post_labels=previous.post_labels[keep],
            added=previous.added[keep],
        )

    def listen(step, share=0.0):
        if step != "reading":
            tell(step, share * FOUND if step == "grouping" else share)

    return find_themes(some, settings, ruling, previous, listen)


def _describe_all(corpus, spaces, settings, tell):
    """Return (`RowStore` of all posts, (n,) bool which of them have too few words to shape a theme)."""
    n = len(corpus.ids)
    few = np.zeros(n, dtype=bool)
    reader, store = BatchReader(spaces), None
    for start, texts in in_batches(corpus.texts, BATCH):
        codes = corpus.languages[start : start + len(texts)]
        readings = [read(*both, settings.stop, settings.equal) for both in zip(texts, codes, strict=True)]
        rows = reader.rows(readings)
        store = store or RowStore(n, rows.shape[1])
        store.write(start, rows)
        few[start : start + len(texts)] = [len(reading.stems) < FEW_WORDS for reading in readings]
        tell("grouping", FOUND + (1 - FOUND) * (start + len(texts)) / n)
    return store, few


@dataclass
class _Places:
    """Where each post may go besides to what it is most like: standing themes hold their own, links pull."""

    home: np.ndarray  # (n,) column of the standing theme that the post was in and that goes on, -1 for none
    splits: np.ndarray  # columns of new themes made of one standing theme's posts, which it does not hold back
    pull: sparse.csr_matrix | None  # (n, n) links, each divided by the number of links of its row
    is_linked: np.ndarray  # (n,) bool

    def nearest(self, store, means, labels):
        """Return (n,) the column where each post goes; -1 for posts without a row. `labels` are those of before."""
        found = np.full(len(store), UNSORTED, dtype=np.intp)
        inside = np.flatnonzero(labels >= 0)
        shape = (len(labels), len(means))
        member = sparse.csr_matrix((np.ones(len(inside), np.float32), (inside, labels[inside])), shape=shape)
        for batch, rows in store.batches():
            score = rows @ means.T
            if self.pull is not None:
                score += (self.pull[batch] @ member).toarray()
            held = np.flatnonzero(self.home[batch] >= 0)
            score[held, self.home[batch][held]] += CLEARLY
            score[np.ix_(held, self.splits)] += CLEARLY
            found[batch] = np.where(rows.any(axis=1), score.argmax(axis=1), UNSORTED)
        return found


def _place_all(found, part, store, few, corpus, ruling, previous):
    """Return (`found` with the labels of all posts, (n,) likeness of each to its theme), under the `ruling`."""
    k = len(found.theme_ids)
    labels = np.full(len(store), UNSORTED, dtype=np.intp)
    if not k:
        return replace(found, labels=labels), np.zeros(len(store), dtype=np.float32)
    places = _places(found, part, corpus, ruling, previous)
    labels[part] = found.labels
    spoken = np.unique(np.concatenate([np.zeros(0, np.intp), *(tied.positions for tied in ruling.groups)]))
    among, rows_spoken = _ruling_among(ruling, spoken), store.at(spoken)
    means = found.means
    if (places.home >= 0).any():
        before = np.where(places.home < 0, labels, places.home)
        means = _means(store, np.where(few, UNSORTED, before), corpus.weights, k)

    def obeyed(labels):
        if len(spoken):
            labels[spoken] = obey(labels[spoken], rows_spoken @ means.T, found.theme_ids, among)
        return labels

    for _turn in range(PASSES):
        labels = obeyed(np.where(few, UNSORTED, places.nearest(store, means, labels)))
        means = _means(store, labels, corpus.weights, k)
    likeness, best, best_likeness = _likenesses(store, np.where(few, places.home, labels), means)
    let_go = (labels >= 0) & (likeness < LEAST_LIKENESS) & (labels != places.home) & ~places.is_linked
    labels[let_go] = UNSORTED
    thresholds = _thresholds(labels, likeness, k)
    late = few & (labels < 0)
    stays = late & (places.home >= 0) & (likeness + CLEARLY >= np.maximum(best_likeness, thresholds[places.home]))
    labels[stays] = places.home[stays]
    late &= ~stays & (best_likeness >= thresholds[best])
    labels[late] = best[late]
    labels = obeyed(labels)
    likeness = np.where(labels == best, best_likeness, likeness)
    likeness[spoken] = (rows_spoken * means[labels[spoken]]).sum(axis=1)
    likeness[labels < 0] = 0
    return _without_empty(replace(found, labels=labels, means=means, thresholds=thresholds)), likeness


def _places(found, part, corpus, ruling, previous):
    """Return the `_Places` of all posts; `found` is what was found in the posts at `part`."""
    n = len(corpus.ids)
    standing = settled_members(previous, standing_members(previous, ruling.constraints))
    home = homes(corpus.ids, standing, found.theme_ids)
    splits = np.flatnonzero(is_split(found.labels, home[part], found.theme_ids, standing))
    pull, is_linked = None, np.zeros(n, dtype=bool)
    if corpus.links is not None and corpus.links.nnz:
        number = np.diff(corpus.links.indptr)
        is_linked = number > 0
        pull = sparse.csr_matrix(sparse.diags(1 / np.maximum(number, 1)) @ corpus.links)
    return _Places(home, splits, pull, is_linked)


def _means(store, labels, weights, k):
    """Return (k, d) unit means of the rows of each theme."""
    total = 0
    for batch, rows in store.batches():
        inside = np.flatnonzero(labels[batch] >= 0)
        mine = (labels[batch][inside], inside)
        total += sparse.csr_matrix((weights[batch][inside], mine), shape=(k, len(rows))) @ rows
    return unit_rows(total)


def _likenesses(store, labels, means):
    """Return (n,) the likeness of each post to its theme (0 for none), its likest theme, and its likeness to that."""
    own, best, best_likeness = np.zeros(len(store)), np.zeros(len(store), dtype=np.intp), np.zeros(len(store))
    for batch, rows in store.batches():
        likeness = rows @ means.T
        best[batch] = likeness.argmax(axis=1)
        every = np.arange(len(rows))
        best_likeness[batch] = likeness[every, best[batch]]
        own[batch] = np.where(labels[batch] >= 0, likeness[every, labels[batch]], 0)
    return own, best, best_likeness


def _thresholds(labels, likeness, k):
    """Return (k,) the 5th percentile of the likeness of each theme's posts; 1 for a theme without."""
    return np.array([threshold(likeness[members]) for members in _members(labels, k)])


def _members(labels, k):
    """Return a list of k arrays: the positions of the posts of each theme."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.searchsorted(labels[order], np.arange(k)))[1:]


def _without_empty(found):
    """Return `found` without themes that have no posts."""
    keep = np.flatnonzero(np.bincount(found.labels[found.labels >= 0], minlength=len(found.theme_ids)))
    place = np.full(len(found.theme_ids) + 1, UNSORTED)
    place[keep] = np.arange(len(keep))
    return replace(
        found,
        labels=place[found.labels],
        theme_ids=[found.theme_ids[column] for column in keep],
        means=found.means[keep],
        thresholds=np.maximum(found.thresholds[keep], LEAST_AFTERWARDS).astype(np.float32),
    )


def _choose_shown(found, likeness, corpus, seed):
    """Return (sorted positions of posts to name, show and explain themes by, how many each stands for).

    Of each theme some at random, the most typical and the least; of those in no theme some at random.
    """
    rng = np.random.default_rng(seed)
    k = len(found.theme_ids)
    each = max(LEAST_SHOWN, SHOWN // (k + 1))
    stands_for = np.zeros(len(corpus.ids))
    for members in [*_members(found.labels, k), np.flatnonzero(found.labels < 0)]:
        some = rng.permutation(members)[:each]
        stands_for[some] = len(members) / max(len(some), 1)
    for members in _members(found.labels, k):
        shown = members[corpus.quotable[members]]
        order = shown[np.argsort(-likeness[shown], kind="stable")]
        ends = np.concatenate([order[:TYPICAL], order[-1:]])
        stands_for[ends[stands_for[ends] == 0]] = LIGHT
    places = np.flatnonzero(stands_for)
    return places, stands_for[places]


def _widen(fitted, found, likeness, shown, corpus):
    """Let `fitted`, made of the posts `shown` alone, tell of all posts."""
    k = len(found.theme_ids)
    inside = found.labels >= 0
    sizes = dict(zip(found.theme_ids, np.bincount(found.labels[inside], minlength=k).tolist(), strict=True))
    themes = [replace(theme, size=sizes[theme.id]) for theme in fitted.themes]
    fitted.themes = sorted(themes, key=lambda theme: (-theme.size, theme.id))
    fitted.mass = np.bincount(found.labels[inside], corpus.weights[inside], minlength=k)
    fitted.languages = sorted(set(corpus.languages))
    fitted.post_ids = list(corpus.ids)
    fitted.post_labels = np.array([*found.theme_ids, UNSORTED], dtype=np.int64)[found.labels]
    fitted.post_likeness = likeness.astype(np.float16)
    fitted.row_posts = shown
    fitted.quotable = corpus.quotable
    fitted.added = np.zeros(len(corpus.ids), dtype=bool)


def _constraints_among(constraints, here):
    """Return the `Constraints` that concern nothing but posts in the set `here`."""
    return replace(
        constraints,
        pins={post: theme for post, theme in constraints.pins.items() if post in here},
        keep_out={(post, theme) for post, theme in constraints.keep_out if post in here},
        together={pair for pair in constraints.together if here.issuperset(pair)},
        apart={pair for pair in constraints.apart if here.issuperset(pair)},
    )


def _ruling_among(ruling, spoken):
    """Return the `ruling` with positions among the sorted positions `spoken`, which hold all it speaks of."""
    among = copy(ruling)
    among.groups = [replace(tied, positions=np.searchsorted(spoken, tied.positions)) for tied in ruling.groups]
    return among

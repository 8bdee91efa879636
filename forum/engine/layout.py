"""Give posts places on a plane: near means similar wording, each theme an island, and nothing jumps.

Themes are laid out first (`islands`), then the posts of each within its island: along the two directions in
which they differ most, turned so that posts lie on the side of the themes they lean to, then drawn together
with their neighbours while they keep each other at arm's length. With the places of an earlier layout,
posts about which nothing changed stay where they are; new ones come near their neighbours.
"""

import numpy as np
from scipy.spatial import cKDTree

from forum.engine.graph import nearest
from forum.engine.islands import arrange, radii_of

NEIGHBOURS = 8
TURNS = 40  # of drawing together and keeping apart
ARM = 0.9  # of the usual distance within an island, which two posts keep from each other
ROUND = 0.12  # of the way to an evenly filled round island that posts are turned each time
INSIDE = 0.93  # of an island's radius, within which its posts lie
STRAYED = 1.35  # radii from the middle of its island, from which a post no longer belongs where it was
GROWN = 1.6  # times the posts that were there before, from which an island is laid out afresh
GOLDEN = np.pi * (3 - np.sqrt(5))  # radians; turns by it never meet again


def lay_out(vectors, neighbours, labels, previous=None, random_state=0):
    """Give posts places on a plane.

    Parameters
    ----------
    vectors : ndarray (n, d)
        Unit rows of the posts; rows of zeros for posts without words.
    neighbours : ndarray of int, shape (n, k)
        Rows of the posts most like each; -1 where there are fewer. `neighbours_of` finds them.
    labels : ndarray of int, shape (n,)
        The theme of each post, -1 for none.
    previous : ndarray (n, 2), optional
        Places of an earlier layout, rows of NaN for posts that it had not. They stay where their theme is still
        the same island; the others come to where they belong now.
    random_state : int, default=0
        Seed of the first directions; the same for the same places every time.

    Returns
    -------
    places : ndarray of float32, shape (n, 2)
        In units of the map, which is about one wide. Axes have no meaning; distances have, and most when small.
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    labels = np.asarray(labels)
    themes, column = np.unique(labels, return_inverse=True)
    column = column.ravel() - int((themes < 0).any())  # -1 for unsorted posts
    k = int(column.max(initial=-1)) + 1
    before = np.full((len(labels), 2), np.nan) if previous is None else np.array(previous, dtype=np.float64)
    if not k:
        return _alone(before).astype(np.float32)
    sizes = np.bincount(column[column >= 0], minlength=k)
    radii = radii_of(sizes)
    means = _means(vectors, column, k)
    before_all = before
    before, middles, widths = _standing(before_all, column, sizes, radii)
    moved = arrange(means, radii, middles)
    widths = np.maximum(radii, widths)
    inside = np.flatnonzero(column >= 0)
    near = _among(neighbours, inside, len(column))[inside]
    island = _Islands(column[inside], moved, radii, sizes)
    kept = island.to_local(before[inside] + (moved - middles)[column[inside]])
    old = island.to_local(np.asarray(before_all)[inside] + (moved - np.nan_to_num(middles, nan=0.0))[column[inside]])
    places = before.copy()
    places[inside] = island.to_map(_fill(island, kept, old, vectors[inside], near, means, random_state))
    return _at_sea(places, column, neighbours, moved, widths).astype(np.float32)


def neighbours_of(vectors, labels, k=NEIGHBOURS):
    """Find the posts most like each among those of its theme; for unsorted posts among those that have one.

    Parameters
    ----------
    vectors : ndarray (n, d)
        Unit rows.
    labels : ndarray of int, shape (n,)
        The theme of each post, -1 for none.
    k : int, default=8

    Returns
    -------
    neighbours : ndarray of int, shape (n, k)
        Likest first, -1 where there are fewer.
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    found = np.full((len(labels), k), -1, dtype=np.intp)
    for theme in np.unique(labels[labels >= 0]):
        mine = np.flatnonzero(labels == theme)
        near = nearest(vectors[mine], vectors[mine], k, same=True)[0]
        found[mine, : near.shape[1]] = np.where(near >= 0, mine[near], -1)
    at_sea, ashore = np.flatnonzero(labels < 0), np.flatnonzero(labels >= 0)
    if len(at_sea) and len(ashore):
        near = nearest(vectors[at_sea], vectors[ashore], k)[0]
        found[at_sea, : near.shape[1]] = np.where(near >= 0, ashore[near], -1)
    return found


def _alone(before):
    """Return places (n, 2) of posts without any theme: in a spiral, those that had one where they were."""
    rank = np.arange(len(before))
    radius = 0.45 * np.sqrt((rank + 0.5) / max(len(before), 1))
    spiral = 0.5 + radius[:, None] * np.column_stack([np.cos(rank * GOLDEN), np.sin(rank * GOLDEN)])
    return np.where(np.isfinite(before), before, spiral)


def _means(vectors, column, k):
    """Return (k, d) the mean direction of each theme's posts."""
    means = np.zeros((k, vectors.shape[1]), dtype=np.float32)
    inside = np.flatnonzero(column >= 0)
    order = inside[np.argsort(column[inside], kind="stable")]
    starts = np.searchsorted(column[order], np.arange(k))
    means = np.add.reduceat(vectors[order], starts, axis=0)
    return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)


def _standing(before, column, sizes, radii):
    """Return (`before` of the posts that keep their places, middles (k, 2) or NaN, widths (k,)) of the islands.

    A post keeps its place when it lies on its theme's island; the island is there while most of its posts are.
    """
    kept = before.copy()
    middles = np.full((len(sizes), 2), np.nan)
    widths = np.zeros(len(sizes))
    for theme in range(len(sizes)):
        mine = np.flatnonzero((column == theme) & np.isfinite(before[:, 0]))
        if not len(mine):
            continue
        middle = _middle(before[mine], radii[theme])
        away = np.linalg.norm(before[mine] - middle, axis=1)
        here = mine[away <= STRAYED * radii[theme]]
        stays = len(here) * GROWN >= sizes[theme] and len(here) * 2 >= len(mine)
        middles[theme] = middle
        if stays:
            widths[theme] = np.quantile(np.linalg.norm(before[here] - middles[theme], axis=1), 0.98)
            kept[np.setdiff1d(mine, here)] = np.nan
        else:
            kept[mine] = np.nan
    return kept, middles, widths


def _middle(places, radius):
    """Return (2,) the middle of an island by the places of its posts, those that lie elsewhere left out."""
    near = places[np.linalg.norm(places - np.median(places, axis=0), axis=1) <= 2.2 * radius]
    return (near.max(axis=0) + near.min(axis=0)) / 2 if len(near) else np.median(places, axis=0)


class _Islands:
    """Where each island lies and how fine it is: places on the map and places within, in steps between posts."""

    def __init__(self, column, middles, radii, sizes):
        self.column, self.middles, self.sizes = column, middles, sizes
        self.reach = np.sqrt(sizes) * 0.51  # radius in steps, at which posts lie about one step apart
        self.step = INSIDE * radii / np.maximum(self.reach, 0.5)
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def to_local(self, places):
        """Return places on the map as places within their islands."""
        return (places - self.middles[self.column]) / self.step[self.column][:, None]

    def to_map(self, local):
        """Return places within islands as places on the map."""
        return self.middles[self.column] + local * self.step[self.column][:, None]

    def centred(self, local):
        """Return `local` with the mean of each island's posts in its middle."""
        mean = np.column_stack([np.bincount(self.column, local[:, axis]) for axis in (0, 1)]) / self.sizes[:, None]
        return local - mean[self.column]

    def even_out(self, local, share):
        """Return `local` with the radii drawn by `share` toward those of an evenly filled round island."""
        radius = np.linalg.norm(local, axis=1)
        order = np.lexsort((radius, self.column))
        rank = np.empty(len(local))
        rank[order] = np.arange(len(local)) - self.starts[self.column[order]]
        even = self.reach[self.column] * np.sqrt((rank + 0.5) / self.sizes[self.column])
        return local * (1 - share + share * even / np.maximum(radius, 1e-9))[:, None]

    def turn_out(self, local, share):
        """Return `local` with the directions drawn by `share` toward those of an evenly filled round island."""
        angle = np.arctan2(local[:, 1], local[:, 0])
        order = np.lexsort((angle, self.column))
        rank = np.empty(len(local))
        rank[order] = np.arange(len(local)) - self.starts[self.column[order]]
        off = 2 * np.pi * (rank + 0.5) / self.sizes[self.column] - np.pi - angle
        off -= (np.bincount(self.column, off) / self.sizes)[self.column]
        cos, sin = np.cos(share * off), np.sin(share * off)
        return np.column_stack([cos * local[:, 0] - sin * local[:, 1], sin * local[:, 0] + cos * local[:, 1]])

    def apart(self, local, arm, free):
        """Return `local` with the `free` posts that are within `arm` steps of another moved away from it."""
        shifted = local + np.column_stack([self.column * 4e3, np.zeros(len(local))])
        pairs = cKDTree(shifted).query_pairs(arm, output_type="ndarray")
        pairs = pairs[free[pairs].any(axis=1)]
        if not len(pairs):
            return local
        one, other = pairs.T
        between = local[one] - local[other]
        apart = np.linalg.norm(between, axis=1)
        same = apart < 1e-6
        between[same] = np.column_stack([np.cos(one[same] * GOLDEN), np.sin(one[same] * GOLDEN)])
        way = between / np.where(same, 1, apart)[:, None]
        push = way * ((arm - apart) * 0.5 / (0.5 * (free[one].astype(float) + free[other])))[:, None] * 0.8
        return local + _summed(one, push * free[one][:, None], other, -push * free[other][:, None], len(local))


def _summed(one, push, other, pull, n):
    """Return (n, 2) the sums of what pushes the posts `one` and what pulls the posts `other`."""
    rows, parts = np.concatenate([one, other]), np.concatenate([push, pull])
    return np.column_stack([np.bincount(rows, parts[:, axis], minlength=n) for axis in (0, 1)])


def _among(neighbours, inside, n):
    """Return `neighbours` with the rows renumbered to places among those `inside`, -1 for the others."""
    place = np.full(n + 1, -1, dtype=np.intp)
    place[inside] = np.arange(len(inside))
    return place[neighbours]


def _fill(island, kept, old, vectors, near, means, seed):
    """Return (m, 2) local places of all posts of islands: those `kept` where they were, the others beside them."""
    column = island.column
    placed = np.isfinite(kept[:, 0])
    has_kept = np.bincount(column[placed], minlength=len(means)) > 0
    local = kept.copy()
    fresh = ~has_kept[column]
    if fresh.any():
        local[fresh] = 0.0
        first = _first_places(island, vectors, means, seed)
        local[fresh] = first[fresh]
        local = _turn_back(island, local, old, fresh)
    local = _beside(local, near, column)
    free = ~placed
    if not free.any():
        return local
    near = np.where(near >= 0, near, np.arange(len(near))[:, None])
    for turn in range(TURNS):
        heat = 1 - turn / TURNS
        drawn = island.centred(local + (0.3 * heat + 0.03) * (local[near].mean(axis=1) - local))
        local = np.where(fresh[:, None], drawn, local)
        evened = island.turn_out(island.even_out(local, 0.5), ROUND)
        local = np.where(fresh[:, None], evened, local)
        local = island.apart(local, ARM * (1.05 - heat), free)
    for _ in range(8):
        local = island.apart(local, ARM, free)
    return _ashore(island, local, free)


def _ashore(island, local, free):
    """Return `local` with the `free` posts brought back that were pushed beyond the shore."""
    radius = np.linalg.norm(local, axis=1)
    limit = island.reach[island.column] * 1.06 + 0.3
    back = np.where(free & (radius > limit), limit / np.maximum(radius, 1e-9), 1.0)
    return local * back[:, None]


def _beside(local, near, column):
    """Return `local` with the posts that have no place put beside their neighbours that have one."""
    local = local.copy()
    late = np.flatnonzero(~np.isfinite(local[:, 0]))
    for _ in range(3):
        if not len(late):
            return local
        theirs = local[near[late]]
        there = np.isfinite(theirs[..., 0]) & (near[late] >= 0)
        there &= np.cumsum(there, axis=1) <= 3
        some = there.any(axis=1)
        weight = there[some] / np.arange(1, there.shape[1] + 1)
        spot = (np.nan_to_num(theirs[some]) * weight[..., None]).sum(axis=1) / weight.sum(axis=1)[:, None]
        angle = late[some] * GOLDEN
        local[late[some]] = spot + 0.3 * np.column_stack([np.cos(angle), np.sin(angle)])
        late = late[~some]
    angle = late * GOLDEN
    local[late] = 0.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    return local


def _first_places(island, vectors, means, seed):
    """Return (m, 2) places along the two main directions of each theme, evenly filled and turned to its neighbours."""
    column = island.column
    apart = vectors - means[column]
    start = np.random.RandomState(seed).standard_normal((vectors.shape[1], 2)).astype(np.float32)
    flat = np.zeros((len(column), 2))
    lean = _lean(vectors, column, means, island.middles)
    order = np.argsort(column, kind="stable")
    for begin, size in zip(island.starts, island.sizes, strict=True):
        mine = order[begin : begin + size]
        axes = np.linalg.qr(start)[0]
        for _ in range(6):
            axes = np.linalg.qr(apart[mine].T @ (apart[mine] @ axes))[0]
        seen = apart[mine] @ axes
        seen = seen / np.maximum(np.abs(seen).std(axis=0), 1e-9)
        flat[mine] = seen @ _turn(seen, lean[mine])
    return island.even_out(flat, 1.0)


def _lean(vectors, column, means, middles):
    """Return (m, 2) the direction of the other themes that each post is like, from its own."""
    likeness = np.clip(vectors @ means.T, 0, None) ** 2
    likeness[np.arange(len(column)), column] = 0
    way = middles[None] - middles[:, None]
    way = way / np.maximum(np.linalg.norm(way, axis=2), 1e-9)[..., None] ** 1.5
    lean = np.empty((len(column), 2))
    for theme in range(len(means)):
        mine = column == theme
        lean[mine] = likeness[mine] @ way[theme]
        lean[mine] -= lean[mine].mean(axis=0)
    return lean


def _turn(places, target):
    """Return (2, 2) the turn, mirrored or not, that brings `places` nearest to `target` (Procrustes)."""
    left, _size, right = np.linalg.svd(places.T @ target)
    return left @ right


def _turn_back(island, local, old, fresh):
    """Return `local` with the `fresh` islands that were there before turned as they lay then."""
    known = fresh & np.isfinite(old[:, 0])
    for theme in np.unique(island.column[known]):
        mine = island.column == theme
        seen = mine & known
        local[mine] = local[mine] @ _turn(local[seen], old[seen])
    return local


def _at_sea(places, column, neighbours, middles, widths):
    """Return `places` with the unsorted posts off the shore of the island that they are most like."""
    sea = np.flatnonzero(column < 0)
    before = places[sea]
    late = sea[~np.isfinite(before[:, 0])]
    near = neighbours[late]
    theirs = places[near]
    there = (near >= 0) & np.isfinite(theirs[..., 0])
    weight = there / np.arange(1, near.shape[1] + 1)
    spot = (np.nan_to_num(theirs) * weight[..., None]).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)[:, None]
    angle = late * GOLDEN
    spot[~there.any(axis=1)] = 0.5
    places[late] = spot + 0.002 * np.column_stack([np.cos(angle), np.sin(angle)])
    firm = np.full(len(sea), 0.8)  # of an island's width, within which a post that was at sea has run aground
    firm[~np.isfinite(before[:, 0])] = 1.03
    for _ in range(24):
        between = places[sea][:, None] - middles[None]
        away = np.linalg.norm(between, axis=2)
        depth = firm[:, None] * widths[None] - away
        worst = depth.argmax(axis=1)
        wet = np.flatnonzero(depth[np.arange(len(sea)), worst] > 0)
        if not len(wet):
            break
        firm[wet] = 1.03
        out = between[wet, worst[wet]] / np.maximum(away[wet, worst[wet]], 1e-9)[:, None]
        places[sea[wet]] += out * (1.04 * widths[worst[wet]] - away[wet, worst[wet]] + 0.004)[:, None]
    return places

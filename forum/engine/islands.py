"""Put themes on a plane: each a round island as large as its share, like ones near each other, none over another.

The distances wanted are those of the themes' means; they are met as well as a plane allows by majorising the
stress (SMACOF, de Leeuw 1977), and then the islands are moved apart and drawn together until they lie close.
"""

import numpy as np

FILLED = 0.46  # share of the unit square that the islands cover
GAP = 0.012  # of open sea between two islands, in units of the map
ROUNDS = 120  # of majorising
SETTLING = 260  # rounds of moving apart and drawing together
LAP = 0.35  # of the smaller radius that islands which stood there before may lap before they are moved


def radii_of(sizes):
    """Return (k,) the radius of each theme's island: areas are in proportion to posts.

    All islands together cover FILLED of the unit square, however many posts there are, so that a map does not
    grow with its corpus; small ones keep a size that can be seen.
    """
    share = np.maximum(sizes / max(sizes.sum(), 1), 0.0015)
    return np.sqrt(FILLED * share / share.sum() / np.pi)


def arrange(means, radii, start=None):
    """Return (k, 2) the middles of islands of the `radii` (k,), those of like `means` (k, d) near each other.

    Parameters
    ----------
    means : ndarray (k, d)
        Unit rows.
    radii : ndarray (k,)
    start : ndarray (k, 2), optional
        Where they were; rows of NaN for those that are new. An island that was there moves only as far as it
        must to make room.
    """
    known = np.zeros(len(means), dtype=bool) if start is None else np.isfinite(start).all(axis=1)
    if len(means) < 2 or known.all():
        places = np.full((len(means), 2), 0.5) if start is None or not known.any() else start.copy()
        return make_room(places, radii, known)
    if not known.any():
        stress, places = _Stress(_distances(means, radii)), _first_places(means)
        for _ in range(ROUNDS):
            places = stress.less(places)
        return settle(places, radii, stress)
    places = start.copy()
    likeness = means @ means.T
    for one in np.flatnonzero(~known):
        near = np.flatnonzero(known)[np.argsort(-likeness[one, known], kind="stable")[:3]]
        weight = np.clip(likeness[one, near], 0.01, None) ** 4
        places[one] = (weight[:, None] * start[near]).sum(axis=0) / weight.sum()
        places[one] += 1e-3 * np.array([np.cos(one), np.sin(one)])
    return make_room(places, radii, known)


def _distances(means, radii):
    """Return (k, k) the distances wanted: touching for the likest, the whole map for the least alike."""
    unlike = 1 - means @ means.T
    upper = np.triu_indices(len(means), 1)
    order = np.searchsorted(np.sort(unlike[upper]), unlike) / max(len(upper[0]), 1)
    return np.maximum(radii[:, None] + radii[None] + GAP, 0.95 * order**0.8)


def _first_places(means):
    """Return (k, 2) classical scaling of the means: their two main directions."""
    _left, _size, right = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
    axes = right[:2]
    axes = axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    flat = (means - means.mean(axis=0)) @ axes.T
    flat = np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))
    # Two themes on one spot would have no direction in which to part.
    angle = np.arange(len(means)) * 2.399963
    return flat + 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])


class _Stress:
    """Places are drawn toward those that meet the `wanted` distances, near ones before far ones."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.weight = 1 / np.maximum(wanted, 1e-3) ** 2
        np.fill_diagonal(self.weight, 0)
        self.inverse = np.linalg.pinv(np.diag(self.weight.sum(axis=1)) - self.weight)

    def less(self, places):
        """Return places (k, 2) of less stress than `places`, around 0.5: one round of majorising."""
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        ratio = -self.weight * self.wanted / np.maximum(apart, 1e-9)
        np.fill_diagonal(ratio, 0)
        np.fill_diagonal(ratio, -ratio.sum(axis=1))
        return self.inverse @ (ratio @ places) + 0.5


def settle(places, radii, stress):
    """Return `places` drawn together and moved apart in turns, until the islands lie close and none over another."""
    for turn in range(SETTLING):
        share = turn / SETTLING
        middle = np.average(places, axis=0, weights=radii**2)
        way = middle - places
        away = np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 0.1)
        places = places + 0.2 * (1 - share) * (stress.less(places) - places)
        places = places + 0.006 * (1 - 0.7 * share) * way / away * np.minimum(away, 0.5) / 0.3
        places = _apart(places, radii * (0.55 + 0.45 * share), 0.5)
    for _ in range(SETTLING):
        moved = _apart(places, radii, 0.5)
        if np.abs(moved - places).max() < 1e-5:
            break
        places = moved
    return places - np.average(places, axis=0, weights=radii**2) + 0.5


def make_room(places, radii, known):
    """Return `places` with the islands moved apart as little as may be: new ones first, the `known` ones hardly."""
    places = places.copy()
    stands = np.where(known, 0.25, 1.0)
    for _ in range(SETTLING):
        moved = _apart(places, radii, 0.5, stands, known)
        if np.abs(moved - places).max() < 1e-5:
            break
        places = moved
    return places


def _apart(places, radii, step, stands=None, known=None):
    """Return `places` after each two islands that lap have moved apart by the share `step` of what they lap."""
    between = places[:, None] - places[None]
    apart = np.linalg.norm(between, axis=2)
    lap = radii[:, None] + radii[None] + GAP - apart
    if known is not None:
        both = known[:, None] & known[None]
        lap = lap - np.where(both, GAP + LAP * np.minimum(radii[:, None], radii[None]), 0)
    np.fill_diagonal(lap, 0)
    lap = np.clip(lap, 0, None)
    if stands is None:
        share = radii[None] ** 2 / (radii[:, None] ** 2 + radii[None] ** 2)  # the smaller one gives way
    else:
        share = stands[:, None] / (stands[:, None] + stands[None])
    way = between / np.maximum(apart, 1e-9)[..., None]
    return places + step * (way * (lap * share)[..., None]).sum(axis=1)

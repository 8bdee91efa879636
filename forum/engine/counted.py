"""Group posts into as many groups as somebody asked for."""

from dataclasses import replace

import numpy as np

from forum.engine.grouping import group_at, group_means, worth
from forum.engine.spaces import unit_rows

BROADEST, FINEST = 0.05, 200.0  # resolutions between which the number is looked for
TRIES = 10
ROUNDS = 5  # of moving posts between two halves


def group_into(posts, number, *, smallest=5, seed=0, progress=None):
    """Return the `Grouping` of `posts` (`Linked`) into `number` groups, or as many as come near it.

    The resolution is halved in on; if it jumps over the number, the groups nearest to each other are joined or
    the widest are halved. Fewer come out when the posts do not yield so many groups of `smallest` posts.
    `progress` is called with the share done, in [0, 1].
    """
    low, high = BROADEST, FINEST
    resolution, found = 1.0, []
    for turn in range(TRIES):
        found.append(group_at(posts, resolution, smallest, seed))
        count = _count(found[-1].labels)
        if progress:
            progress((turn + 1) / TRIES)
        if count == number:
            return found[-1]
        low, high = (resolution, high) if count < number else (low, resolution)
        resolution = float(np.sqrt(low * high))
    best = min(found, key=lambda grouping: (abs(_count(grouping.labels) - number), -grouping.worth))
    labels = _halve_widest(posts, _join_nearest(posts, best.labels, number), number, smallest)
    return replace(best, labels=labels, worth=worth(posts, labels))


def _count(labels):
    return int(labels.max(initial=-1)) + 1


def _join_nearest(posts, labels, number):
    """Return `labels` with the pairs of groups joined whose means are nearest, until `number` are left."""
    while _count(labels) > number:
        means = group_means(posts.rows, labels)
        likeness = means @ means.T
        likeness[np.tril_indices(len(means))] = -np.inf
        first, second = np.unravel_index(likeness.argmax(), likeness.shape)
        labels = np.where(labels == second, first, labels)
        labels = labels - (labels > second)
    return labels


def _halve_widest(posts, labels, number, smallest):
    """Return `labels` with groups halved, first the one whose halves are furthest apart, until there are `number`."""
    halves = {group: halve(posts, np.flatnonzero(labels == group), smallest) for group in range(_count(labels))}
    labels = labels.copy()
    while _count(labels) < number:
        group = max(halves, key=lambda group: (halves[group][0], -group))
        gap, part = halves[group]
        if not np.isfinite(gap):
            break
        new = _count(labels)
        labels[part] = new
        for changed in (group, new):
            halves[changed] = halve(posts, np.flatnonzero(labels == changed), smallest)
    return labels


def halve(posts, places, smallest):
    """Return (gap, places of one half) of the rows at `places`; gap -inf when a half is under `smallest` posts.

    Two means on the sphere, begun along the axis on which the rows differ most; the gap is how many posts' worth
    of likeness to their mean is won.
    """
    none = (-np.inf, places[:0])
    rows, counts = posts.rows[places], posts.counts[places]
    if counts.sum() < 2 * smallest:
        return none
    axis = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][0]
    inside = (rows - rows.mean(axis=0)) @ axis > 0
    for _ in range(ROUNDS):
        if not 0 < inside.sum() < len(rows):
            return none
        means = unit_rows([rows[~inside].mean(axis=0), rows[inside].mean(axis=0)])
        likeness = rows @ means.T
        inside = likeness[:, 1] > likeness[:, 0]
    if min(counts[inside].sum(), counts[~inside].sum()) < smallest:
        return none
    whole = rows @ unit_rows([rows.mean(axis=0)])[0]
    return float((counts * (likeness.max(axis=1) - whole)).sum()), places[inside]

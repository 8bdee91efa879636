"""What a corpus would look like at other resolutions, told from the links of a fit that is there already."""

from dataclasses import replace

import numpy as np

from forum.engine.grouping import best_at, group_finely, sharpened
from forum.engine.spaces import unit_rows

MOST = 20_000  # posts, above which nothing is told: grouping them again takes long
MANY = 4_000  # posts, above which they are grouped once at each resolution, not several times


def look_at_notches(linked, resolution, smallest, ratios, labels, seed=0):
    """Return for each of `ratios` of `resolution` how the posts would be grouped, the groups of now going on.

    Parameters
    ----------
    linked : Linked
        The posts of a fit with their links.
    resolution : float
        That of the fit; a ratio of 1 stands for what it found.
    smallest : int
        Posts of the smallest group.
    ratios : iterable of float
    labels : ndarray (n,)
        What the fit found; -1 for none.
    seed : int, default=0

    Returns
    -------
    list of ndarray (n,)
        Empty for very many posts.
    """
    if len(linked.rows) > MOST:
        return []
    standing = replace(linked, standing=labels)
    sharp = sharpened(standing, filled(linked.rows, labels)) if len(linked.rows) > MANY else None
    found = []
    for ratio in ratios:
        if np.isclose(ratio, 1.0):
            found.append(labels)
        elif sharp is not None:
            found.append(best_at(sharp, resolution * ratio, smallest, seed).labels)
        else:
            found.append(group_finely(standing, resolution * ratio, smallest, seed).labels)
    return found


def filled(rows, labels):
    """Return labels (n,) 0..k-1 for `labels` with gaps: posts of none go with the group that they are most like."""
    known = labels >= 0
    if not known.any():
        return np.zeros(len(labels), dtype=np.intp)
    _names, groups = np.unique(labels[known], return_inverse=True)
    found = np.empty(len(labels), dtype=np.intp)
    found[known] = groups
    if not known.all():
        means = np.zeros((groups.max() + 1, rows.shape[1]))
        np.add.at(means, groups, rows[known])
        found[~known] = np.argmax(rows[~known] @ unit_rows(means).T, axis=1)
    return found


def members_by_label(ids, labels):
    """Return dict of label -> set of those of `ids` that have it; none for -1."""
    found: dict = {}
    for post, label in zip(ids, labels.tolist(), strict=True):
        if label >= 0:
            found.setdefault(label, set()).add(post)
    return found

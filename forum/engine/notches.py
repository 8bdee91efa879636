"""What a corpus would look like at other resolutions, told from the links of a fit that is there already."""

import numpy as np

from forum.engine.grouping import group_at
from forum.engine.lineage import match_lineage

MOST = 20_000  # posts, above which nothing is told: grouping them again takes long


def look_at_notches(linked, resolution, smallest, ratios, seed=0):
    """Return for each of `ratios` of `resolution` how many groups there would be and how many change their shape.

    Parameters
    ----------
    linked : Linked
        The posts of a fit with their links.
    resolution : float
        That of the fit; a ratio of 1 stands for what it found.
    smallest : int
        Posts of the smallest group.
    ratios : iterable of float
    seed : int, default=0

    Returns
    -------
    list of dict
        With `groups`, and of the groups at a ratio of 1 how many are `kept`, `split` and `merged`; empty for very
        many posts.
    """
    if len(linked.rows) > MOST:
        return []
    now = _groups(group_at(linked, resolution, smallest, seed).labels)
    return [_compare(now, _groups(group_at(linked, resolution * ratio, smallest, seed).labels)) for ratio in ratios]


def _groups(labels):
    """Return dict of label -> set of positions."""
    return {int(label): set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels) if label >= 0}


def _compare(now, then):
    changes = match_lineage(now, then)
    told = {"groups": len(then), "kept": 0, "split": 0, "merged": 0}
    for change in changes:
        if change.kind in ("split", "merged"):
            told[change.kind] += len(change.old_ids)
        elif change.kind in ("unchanged", "grew", "shrank"):
            told["kept"] += 1
    return told

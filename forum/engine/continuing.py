"""Change the groups that there are only where fresh groupings of the same posts agree, and the links say so clearly.

Whether two groups are two or one is often a matter of chance, and a grouping found afresh decides it this way today
and that way tomorrow. So the groups that there are stand as long as they are right at some resolution near the one
asked for; what changes is joined or split one by one, and the rest stays as it is.
"""

import numpy as np

from forum.engine.communities import aggregate, chance, dense_labels

FIRM = 2.0  # times the resolution at which groups still belong together that are joined; a split holds at 1 / FIRM
MOSTLY = 2 / 3  # share of a group that a fresh grouping has in one of its own


def change_clearly(posts, labels, fresh, resolution, smallest):
    """Return the groups `labels` (n,) of `posts` (`Linked`) joined and split where all of the `fresh` do so.

    `fresh` are groupings (n,) found without knowing of `labels`. No part of fewer than `smallest` posts splits off.
    """
    labels = _join(posts, labels, fresh, resolution * FIRM)
    return _split(posts, labels, fresh, resolution / FIRM, smallest)


def _join(posts, labels, fresh, resolution):
    """Return `labels` with pairs of groups joined that every fresh grouping has in one, and whose links bear it."""
    mains = np.array([_main_groups(labels, other) for other in fresh])
    together = (mains[:, :, None] == mains[:, None, :]).all(axis=0) & (mains >= 0).all(axis=0)
    expected = chance(posts.graph, posts.languages).grouped(labels)
    gain = aggregate(posts.graph, labels).toarray() - resolution * (expected.gives @ expected.takes.T)
    into = np.arange(len(gain))
    for first, second in np.argwhere(np.triu(together & (gain > 0), 1)).tolist():
        into[into == into[second]] = into[first]
    return dense_labels(into[labels])


def _main_groups(labels, other):
    """Return the group of `other` that holds MOSTLY all of each group of `labels`; -1 where none does."""
    shared = np.zeros((labels.max() + 1, other.max() + 1))
    np.add.at(shared, (labels, other), 1)
    return np.where(shared.max(axis=1) >= MOSTLY * shared.sum(axis=1), shared.argmax(axis=1), -1)


def _split(posts, labels, fresh, resolution, smallest):
    """Return `labels` with those parts as groups of their own that every fresh grouping has apart from the rest."""
    piece = dense_labels(labels * (fresh[0].max() + 1) + fresh[0])
    _, example = np.unique(piece, return_index=True)
    group, found_in = labels[example], fresh[0][example]
    size = np.bincount(piece, posts.counts)
    most = np.array([np.flatnonzero(group == one)[size[group == one].argmax()] for one in range(labels.max() + 1)])
    own = size > 0.5 * np.bincount(fresh[0], posts.counts)[found_in]  # the fresh group is made of this one's posts
    links, expected = aggregate(posts.graph, piece), chance(posts.graph, posts.languages).grouped(piece)
    labels = labels.copy()
    for one in np.setdiff1d(np.flatnonzero(own & (size >= smallest)), most).tolist():
        rest = np.flatnonzero(group == group[one])
        rest = rest[rest != one]
        by_chance = expected.gives[one] @ expected.takes[rest].sum(axis=0)
        if links[one].toarray()[0, rest].sum() < resolution * by_chance and all(
            _is_apart(piece == one, np.isin(piece, rest), other) for other in fresh[1:]
        ):
            labels[piece == one] = labels.max() + 1
    return labels


def _is_apart(part, rest, other):
    """Return whether most rows of the mask `part` are in a group of `other` that few of the mask `rest` are in."""
    inside = np.bincount(other[part])
    in_rest = np.count_nonzero(other[rest] == inside.argmax())
    return inside.max() >= MOSTLY * part.sum() and in_rest < (1 - MOSTLY) * rest.sum()

"""Keep standing themes out of the larger groups that a fit would swallow them in.

How fine the groups of a fit are depends on the whole corpus: a thousand new posts about other things make every
group coarser. A theme that people have accepted must not vanish because of that. So a group that holds most of a
standing theme among many other posts gives it back; only groups made mostly of standing themes propose to merge
them, and only groups made mostly of one theme propose to split it. A single post leaves its theme only for one
that it is clearly more like, so that fitting the same posts again does not shuffle them.
"""

import numpy as np

OWN = 0.5  # share of a group's posts from which it is a standing theme's own
TOGETHER = 0.6  # share of a group's posts from which it proposes to merge the standing themes in it
CLEARLY = 0.1  # by how much a post must be more like another theme's middle than its own's to leave
SURE = 25  # percentile of a theme's own likeness that another post must reach to join what is given back


def give_back(labels, rows, ids, standing, smallest):
    """Return `labels` with swallowed standing themes as groups of their own.

    Parameters
    ----------
    labels : ndarray (n,)
        Group of each post, 0..k-1, or -1.
    rows : ndarray (n, d)
        Unit rows of the posts.
    ids : list of n post ids
    standing : mapping of theme id to set of post ids
    smallest : int
        What is left of a group with fewer posts goes to the groups nearest to it.

    Returns
    -------
    ndarray (n,)
        New groups have the numbers from k on.
    """
    place = {post: position for position, post in enumerate(ids)}
    homes = [
        np.array(sorted(place[post] for post in posts if post in place), dtype=np.intp) for posts in standing.values()
    ]
    homes = [home for home in homes if len(home) >= smallest]
    if not homes or labels.max(initial=-1) < 0:
        return labels
    k = int(labels.max()) + 1
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    overlap = np.array([np.bincount(labels[home][labels[home] >= 0], minlength=k) for home in homes])
    owned = (overlap >= OWN * np.maximum(sizes, 1)) & (overlap > 0)
    claimed = np.asarray(owned.any(axis=0))
    inside = overlap * (overlap >= OWN * np.array([[len(home)] for home in homes]))
    merging = ((inside > 0).sum(axis=0) > 1) & (inside.sum(axis=0) >= TOGETHER * np.maximum(sizes, 1))
    kept = labels.copy()
    emptied: dict[int, list[int]] = {}
    for number, home in enumerate(homes):
        main = int(overlap[number].argmax())
        if owned[number].any() or (merging[main] and inside[number, main]):
            continue
        taken = home[(labels[home] >= 0) & ~claimed[labels[home]]]
        if len(taken) < smallest:
            continue
        kept[taken] = k + number
        for group in np.unique(labels[taken]).tolist():
            emptied.setdefault(group, []).append(k + number)
    _draw(kept, rows, emptied)
    _clear_away(kept, rows, emptied, smallest)
    _names, numbered = np.unique(kept[kept >= 0], return_inverse=True)
    kept[kept >= 0] = numbered
    return kept


def hold(labels, rows, ids, standing, theme_ids):
    """Return `labels` with the posts back in their standing themes that are not clearly more like another.

    Parameters
    ----------
    labels : ndarray (n,)
        Column of `theme_ids` of each post, -1 for none.
    rows : ndarray (n, d)
        Unit rows of the posts.
    ids : list of n post ids
    standing : mapping of theme id to set of post ids
    theme_ids : list of theme ids

    Only themes that go on hold their posts; a new theme made mostly of one theme's posts is a split of it, and
    what a person may want to accept.
    """
    if not standing or not rows.shape[1] or labels.max(initial=-1) < 0:
        return labels
    home = homes(ids, standing, theme_ids)
    moved = np.flatnonzero((home >= 0) & (labels >= 0) & (labels != home))
    moved = moved[~is_split(labels, home, theme_ids, standing)[labels[moved]]]
    if not len(moved):
        return labels
    now = _centres(rows, [labels == place for place in range(len(theme_ids))])
    before = _centres(rows, [home == place for place in range(len(theme_ids))])
    here = (rows[moved] * before[home[moved]]).sum(axis=1)
    there = (rows[moved] * now[labels[moved]]).sum(axis=1)
    kept = labels.copy()
    stay = moved[there < here + CLEARLY]
    kept[stay] = home[stay]
    return kept


def homes(ids, standing, theme_ids):
    """Return (n,) the column of `theme_ids` of the standing theme that each post was in, if that goes on; else -1."""
    column = {theme: place for place, theme in enumerate(theme_ids)}
    where = {post: column[theme] for theme, posts in standing.items() if theme in column for post in posts}
    return np.array([where.get(post, -1) for post in ids], dtype=np.intp)


def is_split(labels, home, theme_ids, standing):
    """Return (k,) bool: which columns are new themes that mostly hold posts of one standing theme."""
    split = np.zeros(len(theme_ids), dtype=bool)
    for column in (place for place, theme in enumerate(theme_ids) if theme not in standing):
        came = home[labels == column]
        split[column] = len(came) > 0 and np.bincount(came[came >= 0], minlength=1).max() >= OWN * len(came)
    return split


def _draw(labels, rows, emptied):
    """Let posts that a swallowing group keeps join a theme given back that they are surely more like."""
    for group, themes in sorted(emptied.items()):
        rest = np.flatnonzero(labels == group)
        if not len(rest):
            continue
        centres = _centres(rows, [labels == theme for theme in themes])
        near = rows[rest] @ centres.T
        own = rows[rest] @ _centres(rows, [labels == group])[0]
        members = [rows[labels == theme] @ centre for theme, centre in zip(themes, centres, strict=True)]
        sure = np.array([np.percentile(likeness, SURE) for likeness in members])
        best = near.argmax(axis=1)
        value = near[np.arange(len(rest)), best]
        joins = (value > own) & (value >= sure[best])
        labels[rest[joins]] = np.array(themes)[best[joins]]


def _clear_away(labels, rows, emptied, smallest):
    """Give the few posts that are left of a swallowing group to the groups nearest to them."""
    few = [group for group in sorted(emptied) if 0 < np.count_nonzero(labels == group) < smallest]
    others = np.array(sorted(set(labels[labels >= 0].tolist()) - set(few)))
    if not few or not len(others):
        return
    centres = _centres(rows, [labels == group for group in others])
    for group in few:
        rest = np.flatnonzero(labels == group)
        labels[rest] = others[(rows[rest] @ centres.T).argmax(axis=1)]


def _centres(rows, masks):
    means = np.array([rows[mask].mean(axis=0) if mask.any() else np.zeros(rows.shape[1]) for mask in masks])
    return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)

"""Keep the identity of themes from one fit to the next: the same problem keeps its number."""

import numpy as np

from forum.engine.lineage import match_lineage


def name_groups(labels, ids, standing, ruling, taken):
    """Give each group a theme id and make the themes that people asked for.

    Parameters
    ----------
    labels : ndarray (n,)
        Group of each post, 0..k-1, or -1.
    ids : list of n post ids
    standing : mapping of theme id to set of post ids
        The themes there were, dismissed ones included, merged as people decided.
    ruling : Ruling
    taken : int
        Theme ids below this one were used before; new themes get higher ones.

    Returns
    -------
    labels : ndarray (n,)
        Column of each post, groups renumbered; -1 as before.
    theme_ids : list of k theme ids
    asked : list of int
        Columns of the themes that exist only because people pinned posts to them or dismissed them.
    """
    labels = _join_merged(labels, ids, standing, ruling.constraints)
    groups = np.unique(labels[labels >= 0]).tolist()
    theme_of = _heirs(labels, ids, groups, standing)
    found = set(groups)
    labels = _make_pinned(labels.copy(), ruling, theme_of)
    labels = _make_dismissed(labels, ids, standing, ruling, theme_of)
    fresh = iter(range(taken, taken + len(groups) + 1))
    sizes = np.bincount(labels[labels >= 0], minlength=max([*groups, *theme_of, 0]) + 1)
    for group in sorted(set(groups) - set(theme_of), key=lambda group: (-sizes[group], group)):
        theme_of[group] = next(fresh)
    order = sorted(theme_of, key=lambda group: theme_of[group])
    column = {group: place for place, group in enumerate(order)}
    labels = np.array([column.get(label, -1) for label in labels.tolist()], dtype=np.intp)
    return (
        labels,
        [theme_of[group] for group in order],
        [column[group] for group in order if group not in found],
    )


def _join_merged(labels, ids, standing, constraints):
    """Join the groups that mostly hold posts of themes that were merged into one."""
    home = {post: theme for theme, posts in standing.items() for post in posts}
    heirs = {constraints.heir(theme) for theme in constraints.merged}
    if not heirs & set(standing):
        return labels
    old = [home.get(post) for post in ids]
    target: dict = {}
    labels = labels.copy()
    for group in np.unique(labels[labels >= 0]).tolist():
        known = [old[place] for place in np.flatnonzero(labels == group) if old[place] is not None]
        for heir in heirs & set(known):
            if known.count(heir) > len(known) / 2:
                labels[labels == group] = target.setdefault(heir, group)
    return labels


def _heirs(labels, ids, groups, standing):
    """Return dict of group -> theme id for the groups that continue a standing theme."""
    members = {group: {ids[place] for place in np.flatnonzero(labels == group)} for group in groups}
    theme_of: dict = {}
    for change in match_lineage(standing, members):
        if change.old_ids and change.new_ids:
            theme_of[change.new_ids[0]] = change.old_ids[0]
    return theme_of


def _make_pinned(labels, ruling, theme_of):
    """Give themes that posts are pinned to a group: an unnamed one that holds most of them, or a new one."""
    for theme, positions in sorted(ruling.pinned().items(), key=repr):
        if theme in theme_of.values():
            continue
        found = labels[positions]
        votes = np.bincount(found[found >= 0]) if (found >= 0).any() else np.zeros(1)
        group = int(votes.argmax())
        if group in theme_of or votes.max() <= len(positions) / 2:
            group = max([int(labels.max(initial=-1)), *theme_of, -1]) + 1
            labels[positions] = group
        theme_of[group] = theme
    return labels


def _make_dismissed(labels, ids, standing, ruling, theme_of):
    """Give a dismissed theme that no group continues a group of the posts it caught before."""
    hidden = {ruling.constraints.heir(theme) for theme in ruling.constraints.dismissed}
    for theme in sorted(hidden - set(theme_of.values()), key=repr):
        caught = standing.get(theme, set())
        positions = [place for place, post in enumerate(ids) if post in caught and labels[place] >= 0]
        if positions:
            group = max([int(labels.max(initial=-1)), *theme_of, -1]) + 1
            labels[positions] = group
            theme_of[group] = theme
    return labels

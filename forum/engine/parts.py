"""Propose in which parts a theme might fall: a few means on the sphere, numpy alone."""

import numpy as np

from forum.engine.spaces import unit_rows

ROUNDS = 8
LARGE = 30  # posts, from which a theme is proposed in three parts instead of two
EACH = 15  # posts of a part on average, at least, where more than three are wanted


def parts_of(rows, least=5, most=3, languages=None):
    """Return (n,) the part, 0..m-1, of each of the unit `rows` (n, d) of one theme; all 0 when it does not part.

    What all posts of the theme have in common is taken away first, and what those of one of the `languages` (n,)
    have, so that no part is a language. There are at most `most` parts; those of
    fewer than `least` posts go to the nearest of the others. Deterministic: the first mean is the post furthest
    out, each further one is the post least like those before it.
    """
    whole = np.zeros(len(rows), dtype=np.intp)
    if len(rows) < 2 * least:
        return whole
    apart = unit_rows(rows - _common(rows, languages, least))
    means = [apart[int((rows @ rows.mean(axis=0)).argmin())]]
    wanted = 2 if len(rows) < LARGE else min(most, max(3, len(rows) // EACH))
    while len(means) < wanted:
        means.append(apart[int((apart @ np.array(means).T).max(axis=1).argmin())])
    centres = np.array(means)
    for _ in range(ROUNDS):
        labels = (apart @ centres.T).argmax(axis=1)
        centres = unit_rows([_mean(apart, labels == part, centres[part]) for part in range(len(centres))])
    sizes = np.bincount(labels, minlength=len(centres))
    large = np.flatnonzero(sizes >= least)
    if len(large) < 2:
        return whole
    labels = np.where(sizes[labels] >= least, labels, large[(apart @ centres[large].T).argmax(axis=1)])
    return np.unique(labels, return_inverse=True)[1].ravel()


def _common(rows, languages, least):
    """Return (n, d) what each row has in common with all, or with those of its language where they are enough."""
    common = np.repeat(rows.mean(axis=0)[None], len(rows), axis=0)
    spoken = np.zeros(len(rows), dtype=np.intp) if languages is None else np.unique(languages, return_inverse=True)[1]
    for language in range(spoken.max() + 1):
        same = spoken.ravel() == language
        if same.sum() >= least:
            common[same] = rows[same].mean(axis=0)
    return common


def _mean(rows, mask, instead):
    return rows[mask].mean(axis=0) if mask.any() else instead

"""Choose the posts that show what a theme is about: typical, and unlike each other."""

import numpy as np

EXEMPLARS = 5
LIKE_THE_MEAN = 0.7  # against 0.3 for being unlike the exemplars already chosen (Carbonell & Goldstein 1998)
SAME_AGAIN = 0.95  # cosine from which two posts say the same
CANDIDATES = 200  # nearest the mean; further out nothing is typical


def choose_exemplars(rows, mean, most=EXEMPLARS):
    """Return (positions of up to `most` exemplars in `rows`, position of the odd one out or None).

    Maximal marginal relevance among the rows nearest the `mean`; the odd one is the row furthest from it,
    when there are more rows than exemplars.
    """
    likeness = rows @ mean
    order = np.argsort(-likeness, kind="stable")
    near = order[:CANDIDATES]
    alike = rows[near] @ rows[near].T
    chosen: list[int] = []
    while len(chosen) < min(most, len(near)):
        closest = alike[:, chosen].max(axis=1) if chosen else np.zeros(len(near))
        score = LIKE_THE_MEAN * likeness[near] - (1 - LIKE_THE_MEAN) * closest
        score[closest >= SAME_AGAIN] = -np.inf
        score[chosen] = -np.inf
        best = int(score.argmax())
        if not np.isfinite(score[best]):
            break
        chosen.append(best)
    picked = near[chosen].tolist()
    rest = [place for place in order[::-1].tolist() if place not in picked]
    return picked, (rest[0] if len(rows) > most and rest else None)

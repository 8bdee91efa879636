"""Choose the posts that show what a theme is about: typical, unlike each other, and good to quote."""

import numpy as np

from forum.engine.text import words_of

EXEMPLARS = 5
LIKE_THE_MEAN = 0.7  # against 0.3 for being unlike the exemplars already chosen (Carbonell & Goldstein 1998)
GOOD_TO_QUOTE = 0.15  # at most, in cosine, for a clear sentence against a fragment or a page
SAME_AGAIN = 0.95  # cosine from which two posts say the same
CANDIDATES = 200  # nearest the mean; further out nothing is typical
ODD = 0.02  # share of a theme that is odd; of these the best to quote is shown
CLEAR = (6, 60)  # words; with fewer it is a fragment, with more a page
_FAR_TOO_LONG = 120  # words above that, a quote is no good at all
_SHOUTING = 0.6  # share of capitals


def choose_exemplars(rows, mean, most=EXEMPLARS, *, clear=None):
    """Return (positions of up to `most` exemplars in `rows`, position of the odd one out or None).

    Maximal marginal relevance among the rows nearest the `mean`; the odd one is among the rows furthest from it,
    when there are more rows than exemplars. `clear` says of a position how good it is to quote, in [0, 1].
    """
    clear = clear or (lambda place: 1.0)
    likeness = rows @ mean
    order = np.argsort(-likeness, kind="stable")
    near = order[:CANDIDATES]
    alike = rows[near] @ rows[near].T
    good = np.array([clear(place) for place in near.tolist()])
    chosen: list[int] = []
    while len(chosen) < min(most, len(near)):
        closest = alike[:, chosen].max(axis=1) if chosen else np.zeros(len(near))
        score = LIKE_THE_MEAN * likeness[near] - (1 - LIKE_THE_MEAN) * closest + GOOD_TO_QUOTE * good
        score[closest >= SAME_AGAIN] = -np.inf
        score[chosen] = -np.inf
        best = int(score.argmax())
        if not np.isfinite(score[best]):
            break
        chosen.append(best)
    picked = near[chosen].tolist()
    rest = [place for place in order[::-1].tolist() if place not in picked][: max(1, int(ODD * len(rows)))]
    return picked, (max(rest, key=clear) if len(rows) > most and rest else None)


def clearness(text):
    """Return how good `text` is to quote, in [0, 1]: a sentence or a few, begun properly and not shouted."""
    few, many = CLEAR
    words = len(words_of(text))
    value = min(1.0, words / few) if words < few else max(0.0, 1 - max(0, words - many) / _FAR_TOO_LONG)
    plain = text.strip()
    letters = [letter for letter in plain if letter.isalpha()]
    if sum(letter.isupper() for letter in letters) > _SHOUTING * len(letters):
        value /= 2
    return value if plain[:1].isalnum() and (plain[:1].isdigit() or plain[:1].isupper()) else 0.7 * value

"""Say why a post is in a theme: the words that draw it there and the posts it stands beside."""

from dataclasses import dataclass

import numpy as np

from forum.engine.assignment import UNSORTED
from forum.engine.text import content_words

WORDS = 5
NEIGHBOURS = 3
MOST_WORDS_TRIED = 60


@dataclass(frozen=True)
class Explanation:
    """Why a text is placed where it is.

    Attributes
    ----------
    theme : int
        Id of the theme, -1 when the text stays unsorted.
    score : float
        Likeness to the nearest theme that is shown, in [0, 1].
    threshold : float
        Likeness that this theme asks for, in [0, 1].
    words : list of str
        Words of the text without which it would be less like that theme, most telling first.
    neighbours : list of post ids
        Quotable posts of that theme most like the text.
    """

    theme: int
    score: float
    threshold: float
    words: list
    neighbours: list


def explain_membership(model, text, language=None):
    """Say why `model` places `text` where it does.

    Parameters
    ----------
    model : fitted ThemeModel or FittedThemes
    text : str
        A post, new or old.
    language : str, optional
        BCP 47 tag; guessed by default.

    Returns
    -------
    explanation : Explanation
        Its words are found by leaving each out in turn (occlusion, Zeiler & Fergus 2014), its neighbours among
        the quotable posts of the fit.

    Raises
    ------
    ValueError
        When `text` is not a string.
    NotFittedError
        When the model has no fit.

    Examples
    --------
    >>> from forum.engine import ThemeModel, explain_membership
    >>> wrong = ["the seat hurts my back", "the phone loses bluetooth", "cold air comes from the heater"]
    >>> when = ["in winter", "after an hour", "every morning", "on long trips", "again today", "since the update"]
    >>> when += ["on the motorway", "in town", "says my wife", "at night", "while it rains", "after the service"]
    >>> model = ThemeModel().fit([f"{trouble} {moment}" for trouble in wrong for moment in when])
    >>> why = explain_membership(model, "This phone simply loses its bluetooth")
    >>> why.theme, sorted(why.words), why.score > why.threshold, len(why.neighbours)
    (1, ['bluetooth', 'loses', 'phone'], True, 3)
    """
    fitted = model.fitted()
    if not isinstance(text, str):
        raise ValueError(f"a text is a string, not {type(text).__name__}")
    post = fitted.read([text], None if language is None else [language])[0]
    row = fitted.spaces.rows([post])[0]
    shown = [column for column, theme in enumerate(fitted.theme_ids) if theme not in fitted.hidden]
    if not shown or not row.any():
        return Explanation(UNSORTED, 0.0, 0.0, [], [])
    placed = int(fitted.place(row[None])[0])
    likeness = fitted.means @ row
    column = max(shown, key=lambda place: likeness[place])
    theme = UNSORTED if placed in fitted.hidden else placed
    return Explanation(
        theme,
        float(np.clip(likeness[column], 0, 1)),
        float(np.clip(fitted.thresholds[column], 0, 1)),
        _telling_words(fitted, post, column, likeness[column]),
        _neighbours(fitted, row, fitted.theme_ids[column]),
    )


def _telling_words(fitted, post, column, whole):
    """Return the words whose absence makes the `post` less like the theme in `column`, most first."""
    stop = frozenset(fitted.stop)
    content = list(dict.fromkeys(content_words(post.words, post.language, stop)))[:MOST_WORDS_TRIED]
    without = [
        fitted.read_words([word for word in post.words if word != left_out], post.language) for left_out in content
    ]
    if not without:
        return []
    loss = whole - fitted.spaces.rows(without) @ fitted.means[column]
    order = np.argsort(-loss, kind="stable")
    return [content[place] for place in order if loss[place] > 0][:WORDS]


def _neighbours(fitted, row, theme_id):
    """Return the ids of the quotable posts of the theme that are most like `row`."""
    known = fitted.row_posts
    mine = np.flatnonzero((fitted.post_labels[known] == theme_id) & fitted.quotable[known])
    likeness = fitted.post_rows[mine].astype(np.float32) @ row
    return [fitted.post_ids[known[mine[place]]] for place in np.argsort(-likeness, kind="stable")[:NEIGHBOURS]]

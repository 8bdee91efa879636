"""Carry out what people answered: at once in the themes there are, and as decisions that every later fit obeys."""

from dataclasses import replace

import numpy as np

from forum.engine.assignment import LEAST_AFTERWARDS, UNSORTED, Theme
from forum.engine.constraints import Constraints
from forum.engine.exemplars import choose_exemplars
from forum.engine.questions import ANSWERS
from forum.engine.spaces import unit_rows

SEEDS = 10  # posts of each side of a split that hold it in place through later fits
LOWEST = 5  # percentile of its members' likeness to a theme that a new post must reach


def carry_out(model, question, answer, constraints=None):
    """Change the themes as an answer says, and add the answer to the decisions.

    A yes merges two themes, makes a part a theme of its own, or moves a post; the decisions are `merged`, `pins` of
    the ten most typical posts of each side, and a pin. A no is `apart`, `together` and `keep_out` for the posts
    that were shown first. What is not sure changes nothing. Where two answers contradict each other, the later one
    holds.

    Parameters
    ----------
    model : fitted ThemeModel or FittedThemes
        Stays as it is.
    question : Question
        One that `ask` chose for this model.
    answer : {"yes", "no", "unsure"}
    constraints : Constraints, optional
        The decisions so far.

    Returns
    -------
    themes : FittedThemes
        To ask again, and for the next fit as ``previous``. A new theme has no name before that fit.
    constraints : Constraints
        The decisions, this answer among them, for the next fit.

    Raises
    ------
    ValueError
        For an answer that is none of the three.
    NotFittedError
        When the model has no fit.

    Examples
    --------
    >>> from forum.engine import ThemeModel, ask, carry_out
    >>> wrong = ["the seat hurts my back", "the phone loses bluetooth", "cold air comes from the heater"]
    >>> when = ["in winter", "after an hour", "every morning", "on long trips", "again today", "since the update"]
    >>> when += ["on the motorway", "in town", "says my wife", "at night", "while it rains", "after the service"]
    >>> texts = [f"{trouble} {moment}" for trouble in wrong for moment in when]
    >>> model = ThemeModel().fit(texts)
    >>> merge = next(question for question in ask(model) if question.kind == "merge")
    >>> themes, constraints = carry_out(model, merge, "yes")
    >>> len(themes.themes), len(constraints.merged)
    (2, 1)
    >>> len(ThemeModel().fit(texts, constraints=constraints, previous=themes).themes_)
    2
    """
    if answer not in ANSWERS:
        raise ValueError(f"an answer is one of {', '.join(ANSWERS)}, not {answer!r}")
    fitted = model.fitted()
    constraints = Constraints() if constraints is None else constraints
    if answer == "unsure" or (answer == "no" and not (question.left and question.right)):
        return fitted, constraints
    return (
        _YES[question.kind](fitted, question, constraints)
        if answer == "yes"
        else (
            fitted,
            _NO[question.kind](question, constraints),
        )
    )


def _merge(fitted, question, constraints):
    large, small = question.themes
    labels = np.where(fitted.post_labels == small, large, fitted.post_labels)
    return _relabelled(fitted, labels), replace(constraints, merged={**constraints.merged, small: large})


def _split(fitted, question, constraints):
    theme, new = question.themes[0], fitted.next_id
    going = set(question.posts)
    labels = np.array(
        [
            new if label == theme and post in going else label
            for post, label in zip(fitted.post_ids, fitted.post_labels.tolist(), strict=True)
        ]
    )
    changed = replace(_relabelled(fitted, labels), next_id=new + 1)
    pins = dict.fromkeys(question.right, theme) | dict.fromkeys(question.posts[:SEEDS], new)
    return changed, _pinned(constraints, pins)


def _move(fitted, question, constraints):
    (post,), theme = question.posts, question.themes[1]
    place = fitted.post_ids.index(post)
    labels = fitted.post_labels.copy()
    labels[place] = theme
    return _relabelled(fitted, labels), _pinned(constraints, {post: theme})


def _apart(question, constraints):
    pair = (question.left[0], question.right[0])
    pinned = {constraints.pins.get(post) for post in pair}
    if None not in pinned and len(pinned) == 1:
        return constraints
    return replace(constraints, apart=constraints.apart | {pair}, together=_without(constraints.together, set(pair)))


def _together(question, constraints):
    pair = (question.left[0], question.right[0])
    if set(pair) & set(constraints.pins):
        return constraints
    touched = {post for posts in constraints.together for post in posts if set(posts) & set(pair)} | set(pair)
    return replace(
        constraints,
        together=constraints.together | {pair},
        apart=_without(constraints.apart, touched),
        keep_out=frozenset(entry for entry in constraints.keep_out if entry[0] not in touched),
    )


def _kept_out(question, constraints):
    post, theme = question.posts[0], question.themes[1]
    pins = {pinned: home for pinned, home in constraints.pins.items() if (pinned, home) != (post, theme)}
    return replace(
        constraints,
        pins=pins,
        keep_out=constraints.keep_out | {(post, theme)},
        together=_without(constraints.together, {post}),
    )


_YES = {"merge": _merge, "split": _split, "belongs": _move}
_NO = {"merge": _apart, "split": _together, "belongs": _kept_out}


def _pinned(constraints, pins):
    """Return the decisions with `pins`, without earlier ones that speak of these posts."""
    posts = set(pins)
    return replace(
        constraints,
        pins={**constraints.pins, **pins},
        keep_out=frozenset(entry for entry in constraints.keep_out if entry[0] not in posts),
        together=_without(constraints.together, posts),
        apart=_without(constraints.apart, posts),
    )


def _without(pairs, posts):
    return frozenset(pair for pair in pairs if not set(pair) & posts)


def _relabelled(fitted, labels):
    """Return `fitted` with its posts in the themes `labels` (n,), and what follows from that."""
    rows = fitted.post_rows.astype(np.float32)
    known = labels[fitted.row_posts]
    theme_ids = sorted(set(known.tolist()) - {UNSORTED})
    members = [np.flatnonzero(known == theme) for theme in theme_ids]
    means = unit_rows([rows[places].mean(axis=0) for places in members]).reshape(len(theme_ids), rows.shape[1])
    lowest = [np.percentile(rows[places] @ mean, LOWEST) for places, mean in zip(members, means, strict=True)]
    sizes = [int((labels == theme).sum()) for theme in theme_ids]
    column = {theme: place for place, theme in enumerate(fitted.theme_ids)}
    weights = np.zeros((len(theme_ids), fitted.weights.shape[1]), dtype=np.float32)
    for place, theme in enumerate(theme_ids):
        if theme in column:
            weights[place] = fitted.weights[column[theme]]
    shown = [
        replace(_theme(fitted, theme, places, rows, mean), size=size)
        for theme, places, mean, size in zip(theme_ids, members, means, sizes, strict=True)
        if theme not in fitted.hidden
    ]
    return replace(
        fitted,
        theme_ids=theme_ids,
        hidden=[theme for theme in fitted.hidden if theme in theme_ids],
        means=means,
        mass=np.array(sizes, dtype=np.float64),
        thresholds=np.maximum(lowest, LEAST_AFTERWARDS).astype(np.float32),
        themes=sorted(shown, key=lambda theme: (-theme.size, theme.id)),
        weights=weights,
        post_labels=np.asarray(labels, dtype=np.int64),
    )


def _theme(fitted, theme, places, rows, mean):
    """Return the `Theme` that the posts at `places` make: as it was, or nameless and a guess when it is new."""
    before = next((one for one in fitted.themes if one.id == theme), Theme(theme, "", [], [], None, 0, "guess", mean))
    shown = places[fitted.quotable[fitted.row_posts[places]]]
    chosen, odd = choose_exemplars(rows[shown], mean)
    ids = [fitted.post_ids[place] for place in fitted.row_posts[shown]]
    return replace(
        before,
        exemplars=[ids[place] for place in chosen],
        odd_one=None if odd is None else ids[odd],
        centroid=mean,
    )

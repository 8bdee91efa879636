"""Ask people what the posts alone do not say, beginning with what changes most: numpy alone.

Three kinds of questions, each shown by posts of two sides. *Do these two themes belong together?* *Are these two
different things?*, of a theme and a part of it. *Does this post belong here?*, of a post that lies between two
themes. How likely a yes is comes from how alike the two sides are among each other and within; those rates were
measured on labelled corpora, and the answers so far move them. A question is worth its likelihood times the root
of the share of posts that a yes would move: the root, because one post of a small corpus counts for more.
"""

from dataclasses import dataclass

import numpy as np

from forum.engine.exemplars import choose_exemplars
from forum.engine.parts import parts_of
from forum.engine.spaces import unit_rows

KINDS = ("merge", "split", "belongs")
ANSWERS = ("yes", "no", "unsure")
_THEMES_NAMED = {"merge": 2, "split": 1, "belongs": 2}
SHOWN = 4  # posts of each side
LEAST_PART = 5  # posts of a part that could be a theme of its own
MOST_LOOKED_AT = 20_000  # posts, of which the ones between two themes are asked about
MOST_STRAYS = 100
LEAST_LIKENESS = 0.15  # to its theme, of a post that is in one
LEAST_WITHIN = 0.02  # likeness within a side, so that a heap of strangers divides by something
NEAREST = 4  # themes of each theme that it might be merged with
# Logit of a yes = first + second × how alike: of 700 pairs and parts from eight labelled corpora.
RATES = {"merge": (-2.7, 5.4), "split": (0.2, -2.3), "belongs": (-0.5, 5.0)}
USUAL = {"merge": 0.2, "split": 0.25, "belongs": 0.4}  # share of yes among what is asked
WEIGHT = {"merge": 1.0, "split": 0.5, "belongs": 3.0}  # gain from a yes beyond the share of posts that it moves
LEARN = 0.3  # how far one answer moves the logit of its kind
DOUBT = 0.3  # likelihood that is left of a question about a theme of which somebody was not sure or said no split


@dataclass(frozen=True)
class Question:
    """Something that a person who reads a few posts can answer with yes, no or not sure.

    Attributes
    ----------
    kind : str
        merge: do these two themes belong together? split: are these two different things? belongs: does this
        post belong here?
    themes : tuple of theme ids
        merge: the larger and the smaller theme. split: the theme. belongs: where the post is (-1 for unsorted)
        and where it may belong.
    left, right : tuples of post ids
        Up to four quotable posts of each side, to be shown. merge: of the two themes in their order. split: of the
        part that would go and of what would stay. belongs: the post, and posts of where it may belong.
    posts : tuple of post ids
        The posts that a yes would move, most typical first; empty for a merge.
    likelihood : float
        Of a yes, in [0, 1].
    worth : float
        What orders the questions.
    """

    kind: str
    themes: tuple
    left: tuple
    right: tuple
    posts: tuple
    likelihood: float
    worth: float

    @property
    def key(self):
        """Str by which the same question is known again: its kind, themes and first post."""
        return ":".join(map(str, (self.kind, *self.themes, *self.posts[:1])))


def ask(model, most=40, answered=(), languages=None):
    """Choose what to ask people about the themes of a model.

    Parameters
    ----------
    model : fitted ThemeModel or FittedThemes
        As the answers so far have made it; see `carry_out`.
    most : int, default=40
        Most questions to return. They are about different themes as far as possible, but an answer changes what is
        best asked next: ask for few at a time.
    answered : iterable of (Question or key, answer), default=()
        What was asked before, with its answer: yes, no or unsure.
    languages : iterable of n str, optional
        Of the posts of the model, in their order; then no part that is a language is asked about.

    Returns
    -------
    questions : list of Question
        The most worth asking first; none that was answered before.

    Raises
    ------
    ValueError
        For an answer that is none of the three, and for another number of languages.
    NotFittedError
        When the model has no fit.

    Examples
    --------
    >>> from forum.engine import ThemeModel, ask
    >>> wrong = ["the seat hurts my back", "the phone loses bluetooth", "cold air comes from the heater"]
    >>> when = ["in winter", "after an hour", "every morning", "on long trips", "again today", "since the update"]
    >>> when += ["on the motorway", "in town", "says my wife", "at night", "while it rains", "after the service"]
    >>> model = ThemeModel().fit([f"{trouble} {moment}" for trouble in wrong for moment in when])
    >>> first = ask(model, most=1)[0]
    >>> first.kind in ("merge", "split", "belongs"), len(first.right) <= 4
    (True, True)
    """
    fitted = model.fitted()
    past = _Past(answered)
    sides = _Sides(fitted, languages)
    drafts = [*_merges(sides, past), *_splits(sides, past), *_strays(sides, past)]
    drafts.sort(key=lambda draft: (-draft.worth, draft.kind, draft.themes, draft.left.tolist()[:1]))
    questions: list[Question] = []
    later: list[Question] = []
    asked: set = set()
    for draft in drafts:  # those about themes that are not asked about yet come first
        (later if asked & set(draft.themes) else questions).append(sides.question(draft))
        asked |= set(draft.themes) - {-1}
    told = [one for one in [*questions, *later] if one.key not in past.keys and one.left and one.right]
    return list({one.key: one for one in told}.values())[:most]


@dataclass(frozen=True)
class _Draft:
    """A question in positions: `left` (of all posts that a yes moves, or of the first theme) and `right`."""

    kind: str
    themes: tuple
    left: np.ndarray
    right: np.ndarray
    likelihood: float
    worth: float


class _Past:
    """What the answers so far say: questions asked, how the rates of each kind have moved, themes in doubt."""

    def __init__(self, answered):
        self.keys = set()
        self.moved = dict.fromkeys(KINDS, 0.0)
        self.doubted: set = set()
        for question, answer in answered:
            key = question.key if isinstance(question, Question) else str(question)
            if answer not in ANSWERS:
                raise ValueError(f"an answer is one of {', '.join(ANSWERS)}, not {answer!r}")
            kind, *themes = key.split(":")
            if kind not in KINDS:
                raise ValueError(f"{key!r} is the key of no question")
            self.keys.add(key)
            self.moved[kind] += LEARN * ((answer == "yes") - USUAL[kind])
            named = {(kind, int(theme)) for theme in themes[: _THEMES_NAMED[kind]]}
            if answer == "unsure" or (kind == "split" and answer == "no"):
                self.doubted |= named

    def likelihood(self, kind, themes, alike):
        """Return how likely a yes is, from how `alike` the two sides are."""
        first, second = RATES[kind]
        likelihood = _sigmoid(first + second * alike + self.moved[kind])
        doubted = kind != "belongs" and any((kind, theme) in self.doubted for theme in themes)
        return likelihood * (DOUBT if doubted else 1) * WEIGHT[kind]


class _Sides:
    """The themes that are shown, by the posts whose rows the model keeps; places are positions among those."""

    def __init__(self, fitted, languages):
        known = [""] * len(fitted.post_ids) if languages is None else list(languages)
        if len(known) != len(fitted.post_ids):
            raise ValueError(f"languages has {len(known)} entries for {len(fitted.post_ids)} posts")
        self.languages = np.array(known)[fitted.row_posts]
        self.rows = fitted.post_rows.astype(np.float32)
        self.labels = fitted.post_labels[fitted.row_posts]
        self.quotable = fitted.quotable[fitted.row_posts]
        self.ids = [fitted.post_ids[place] for place in fitted.row_posts]
        ids = [theme.id for theme in fitted.themes]
        members = [np.flatnonzero(self.labels == theme) for theme in ids]
        self.themes = {theme: places for theme, places in zip(ids, members, strict=True) if len(places)}

    def share(self, places):
        """Return the root of the share that `places` are of all posts."""
        return float(np.sqrt(len(places) / max(len(self.rows), 1)))

    def alike(self, left, right):
        """Return the mean likeness between two sides as a share of that within them."""
        first, second = self.rows[left].sum(axis=0), self.rows[right].sum(axis=0)
        within = [_within(total, len(side)) for total, side in ((first, left), (second, right))]
        return float(first @ second / (len(left) * len(right)) / np.sqrt(within[0] * within[1]))

    def shown(self, places):
        """Return the ids of up to four quotable posts that show what those at `places` are about."""
        places = places[self.quotable[places]]
        if not len(places):
            return ()
        rows = self.rows[places]
        chosen, _ = choose_exemplars(rows, unit_rows([rows.mean(axis=0)])[0], SHOWN)
        return tuple(self.ids[place] for place in places[chosen])

    def question(self, draft):
        """Return the `Question` that a draft is."""
        posts: tuple = ()
        if draft.kind != "merge":
            rows = self.rows[draft.left]
            order = np.argsort(-(rows @ rows.mean(axis=0)), kind="stable")
            posts = tuple(self.ids[place] for place in draft.left[order])
        left, right = self.shown(draft.left), self.shown(draft.right)
        return Question(draft.kind, draft.themes, left, right, posts, draft.likelihood, draft.worth)


def _merges(sides, past):
    """Yield drafts of themes that may belong together: each with the few nearest to it."""
    ids = list(sides.themes)
    if len(ids) < 2:
        return
    means = unit_rows([sides.rows[places].mean(axis=0) for places in sides.themes.values()])
    near = means @ means.T
    np.fill_diagonal(near, -np.inf)
    pairs = {tuple(sorted((row, int(other)))) for row in range(len(ids)) for other in np.argsort(-near[row])[:NEAREST]}
    for pair in sorted(pairs - {(row, row) for row in range(len(ids))}):
        large, small = sorted((ids[place] for place in pair), key=lambda theme: (-len(sides.themes[theme]), theme))
        left, right = sides.themes[large], sides.themes[small]
        likelihood = past.likelihood("merge", (large, small), sides.alike(left, right))
        yield _Draft("merge", (large, small), left, right, likelihood, likelihood * sides.share(right))


def _splits(sides, past):
    """Yield drafts of the parts of themes that may be another thing than the rest."""
    for theme, places in sides.themes.items():
        labels = parts_of(sides.rows[places], LEAST_PART, languages=sides.languages[places])
        for part in range(labels.max() + 1 if labels.max() else 0):
            left, right = places[labels == part], places[labels != part]
            if len(left) <= len(right):
                likelihood = past.likelihood("split", (theme,), sides.alike(left, right))
                yield _Draft("split", (theme,), left, right, likelihood, likelihood * sides.share(left))


def _strays(sides, past):
    """Yield drafts of single posts that are about as much like another theme as like their own."""
    ids = np.array(list(sides.themes))
    if len(ids) < 2:
        return
    means = unit_rows([sides.rows[places].mean(axis=0) for places in sides.themes.values()])
    every = len(sides.rows) // MOST_LOOKED_AT + 1
    looked = np.flatnonzero(sides.rows.any(axis=1) & sides.quotable)[::every]
    likeness = sides.rows[looked] @ means.T
    home = sides.labels[looked]
    mine = home[:, None] == ids[None]
    own = np.where(mine.any(axis=1), np.where(mine, likeness, 0).sum(axis=1), LEAST_LIKENESS)
    other = np.where(mine, -np.inf, likeness)
    gap = other.max(axis=1) - own
    gap[~mine.any(axis=1) & (home != -1)] = -np.inf  # caught by a dismissed theme
    for row in np.argsort(-gap, kind="stable")[:MOST_STRAYS].tolist():
        there, here = int(ids[other[row].argmax()]), int(home[row])
        if np.isfinite(gap[row]) and len(sides.themes.get(here, (0,) * LEAST_PART)) > LEAST_PART:
            likelihood = past.likelihood("belongs", (here, there), float(gap[row]))
            left = looked[row : row + 1]
            yield _Draft(
                "belongs", (here, there), left, sides.themes[there], likelihood, likelihood * sides.share(left)
            )


def _within(total, size):
    """Return the mean likeness of `size` unit rows that add up to `total` with each other."""
    return max((total @ total - size) / max(size * (size - 1), 1), LEAST_WITHIN)


def _sigmoid(value):
    return float(1 / (1 + np.exp(-value)))

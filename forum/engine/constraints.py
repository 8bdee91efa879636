"""What people decided about themes, to be obeyed by every fit.

`Constraints` speaks of post ids and theme ids and refuses decisions that contradict each other. `Ruling`
turns it into positions in one corpus, and `obey` settles memberships under it.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Unmet:
    """A decision that a fit could not carry out.

    Attributes
    ----------
    kind : str
        Which of the `Constraints` it is in: pins, keep_out, together, apart or dismissed.
    about : tuple
        The post and theme ids that it names.
    reason : str
        Why not, in an English half sentence.
    """

    kind: str
    about: tuple
    reason: str

    def __str__(self):
        return f"{self.kind} {self.about}: {self.reason}"


@dataclass(frozen=True)
class Constraints:
    """Decisions about posts and themes; every fit obeys them or reports them in ``unmet_``.

    Parameters
    ----------
    pins : mapping of post id to theme id
        These posts belong to these themes. A theme id that no fit has seen yet makes a new theme.
    keep_out : iterable of (post id, theme id)
        This post never belongs to that theme.
    together, apart : iterable of (post id, post id)
        These two always, or never, share a theme.
    merged : mapping of theme id to theme id
        The first theme lives on in the second; chains are followed.
    dismissed : iterable of theme id
        These themes are not shown. They go on catching their posts, which count as unsorted.

    Raises
    ------
    ValueError
        When two decisions contradict each other; the message names both. For theme ids that are no whole
        numbers.

    Examples
    --------
    >>> from forum.engine import Constraints
    >>> steered = Constraints(pins={12: 3}, keep_out={(14, 3)}, merged={7: 3}, dismissed={9})
    >>> steered.heir(7)
    3
    >>> Constraints(together={(1, 2), (2, 3)}, apart={(1, 3)})
    Traceback (most recent call last):
    ValueError: apart (1, 3) contradicts together (1, 2), (2, 3), which ties the two
    """

    pins: Mapping = field(default_factory=dict)
    keep_out: frozenset = frozenset()
    together: frozenset = frozenset()
    apart: frozenset = frozenset()
    merged: Mapping = field(default_factory=dict)
    dismissed: frozenset = frozenset()

    def __post_init__(self):
        for name in ("pins", "merged"):
            object.__setattr__(self, name, dict(getattr(self, name)))
        for name in ("keep_out", "together", "apart"):
            object.__setattr__(self, name, frozenset(_pair(name, pair) for pair in getattr(self, name)))
        object.__setattr__(self, "dismissed", frozenset(self.dismissed))
        for theme in self.theme_ids():
            if isinstance(theme, bool) or not isinstance(theme, int | np.integer) or theme < 0:
                raise ValueError(f"theme ids are whole numbers from 0 on, not {theme!r}")
        for theme in self.merged:
            self.heir(theme)
        _refuse_contradictions(self, Ties(self))

    def heir(self, theme):
        """Return the theme that `theme` lives on in after all merges.

        Parameters
        ----------
        theme : int
            Theme id.

        Returns
        -------
        heir : int
            Theme id; `theme` itself when it was not merged.

        Raises
        ------
        ValueError
            When the merges go round in a circle; those of a `Constraints` that exists do not.
        """
        seen = [theme]
        while seen[-1] in self.merged:
            heir = self.merged[seen[-1]]
            if heir in seen:
                first, then = seen[-1], self.merged[heir]
                raise ValueError(f"merged {first!r} into {heir!r} contradicts merged {heir!r} into {then!r}: a circle")
            seen.append(heir)
        return seen[-1]

    def theme_ids(self):
        """Return the theme ids that are spoken of.

        Returns
        -------
        themes : set of int
        """
        named = set(self.pins.values()) | {theme for _, theme in self.keep_out} | set(self.dismissed)
        return named | set(self.merged) | set(self.merged.values())


class Ties:
    """Posts that the constraints speak of, tied into groups that always share a theme."""

    def __init__(self, constraints):
        self._parent = {}
        for post in [*constraints.pins, *(post for post, _ in constraints.keep_out)]:
            self._parent[post] = post
        for pair in constraints.together | constraints.apart:
            for post in pair:
                self._parent.setdefault(post, post)
        for first, second in sorted(constraints.together, key=repr):
            self._parent[self.group(second)] = self.group(first)

    def group(self, post):
        """Return the post that stands for the group of `post`."""
        while self._parent[post] != post:
            self._parent[post] = self._parent[self._parent[post]]
            post = self._parent[post]
        return post

    def groups(self):
        """Return dict of representative -> list of its posts, in a fixed order."""
        groups: dict = {}
        for post in sorted(self._parent, key=repr):
            groups.setdefault(self.group(post), []).append(post)
        return groups


def _pair(name, pair):
    first, second = pair
    for part in (first, second):
        if not isinstance(part, Hashable):
            raise ValueError(f"{name} holds pairs of ids, not {pair!r}")
    return first, second


def _refuse_contradictions(constraints, ties):
    """Raise ValueError, naming both sides, when two decisions cannot both hold."""
    pinned: dict = {}
    for post, theme in sorted(constraints.pins.items(), key=repr):
        other, other_theme = pinned.setdefault(ties.group(post), (post, theme))
        if constraints.heir(theme) != constraints.heir(other_theme):
            raise ValueError(
                f"pins {post!r} to {theme!r} contradicts pins {other!r} to {other_theme!r}: "
                f"the two posts are kept together by {_chain(constraints, post, other)}"
            )
    for post, theme in sorted(constraints.keep_out, key=repr):
        other, other_theme = pinned.get(ties.group(post), (None, None))
        if other is not None and other_theme == theme:
            tie = "" if other == post else f" and together {_chain(constraints, post, other)}"
            raise ValueError(f"keep_out ({post!r}, {theme!r}) contradicts pins {other!r} to {other_theme!r}{tie}")
    for first, second in sorted(constraints.apart, key=repr):
        left, right = ties.group(first), ties.group(second)
        if first == second:
            raise ValueError(f"apart ({first!r}, {second!r}) contradicts itself: it is one post")
        if left == right:
            tie = _chain(constraints, first, second)
            raise ValueError(f"apart ({first!r}, {second!r}) contradicts together {tie}, which ties the two")
        if left in pinned and right in pinned and pinned[left][1] == pinned[right][1]:
            raise ValueError(
                f"apart ({first!r}, {second!r}) contradicts pins {pinned[left][0]!r} and "
                f"{pinned[right][0]!r} to {pinned[left][1]!r}"
            )


def _chain(constraints, first, second):
    """Return the pairs kept together that lead from post `first` to `second`, in words."""
    beside: dict = {}
    for pair in sorted(constraints.together, key=repr):
        for post, other in (pair, pair[::-1]):
            beside.setdefault(post, []).append((other, pair))
    came_by: dict = {first: None}
    queue = [first]
    for post in queue:
        for other, pair in beside.get(post, ()):
            if other not in came_by:
                came_by[other] = (post, pair)
                queue.append(other)
    steps = []
    while came_by[second] is not None:
        second, pair = came_by[second]
        steps.append(f"({pair[0]!r}, {pair[1]!r})")
    return ", ".join(reversed(steps))


@dataclass
class Tied:
    """A group of posts that share a theme: positions, the theme they are pinned to, themes barred."""

    positions: np.ndarray
    pin: object = None
    barred: set = field(default_factory=set)


class Ruling:
    """`Constraints` applied to one corpus: groups of positions and what may become of each."""

    def __init__(self, constraints, ids):
        self.constraints = constraints
        self.unmet: list[Unmet] = []
        self.groups: list[Tied] = []
        self.apart: list[tuple[int, int]] = []
        self._position = {post: position for position, post in enumerate(ids)}
        ties = Ties(constraints)
        index = {}
        for name, posts in ties.groups().items():
            index[name] = len(self.groups)
            here = [self._position[post] for post in posts if post in self._position]
            self.groups.append(Tied(np.array(here, dtype=np.intp)))
        for post, theme in sorted(constraints.pins.items(), key=repr):
            self.groups[index[ties.group(post)]].pin = constraints.heir(theme)
            self._report_missing("pins", (post, theme), [post])
        for post, theme in sorted(constraints.keep_out, key=repr):
            self._bar(self.groups[index[ties.group(post)]], post, theme)
        for first, second in sorted(constraints.together, key=repr):
            self._report_missing("together", (first, second), [first, second])
        for first, second in sorted(constraints.apart, key=repr):
            self._part(index[ties.group(first)], index[ties.group(second)], first, second)

    def pinned(self):
        """Return dict of theme id -> positions pinned to it; a theme whose posts are gone is absent."""
        found: dict = {}
        for tied in self.groups:
            if tied.pin is not None and len(tied.positions):
                found.setdefault(tied.pin, []).extend(tied.positions.tolist())
        return found

    def links(self):
        """Return the pairs of positions that should be linked, each group as a star."""
        stars = [tied.positions for tied in self.groups] + list(map(np.array, self.pinned().values()))
        return [(int(star[0]), int(other)) for star in stars for other in star[1:]]

    def cuts(self):
        """Return the pairs of positions that must not be linked."""
        return [
            (int(first), int(second))
            for left, right in self.apart
            for first in self.groups[left].positions
            for second in self.groups[right].positions
        ]

    def _report_missing(self, kind, about, posts):
        for post in posts:
            if post not in self._position:
                self.unmet.append(Unmet(kind, about, f"post {post!r} is not in this fit"))

    def _bar(self, tied, post, theme):
        heir = self.constraints.heir(theme)
        self._report_missing("keep_out", (post, theme), [post])
        if tied.pin == heir:  # only through a merge: the later decision, that the two are one, wins
            reason = f"{theme!r} was merged into {heir!r}, where the post is pinned"
            self.unmet.append(Unmet("keep_out", (post, theme), reason))
        else:
            tied.barred.add(heir)

    def _part(self, left, right, first, second):
        self._report_missing("apart", (first, second), [first, second])
        pins = self.groups[left].pin, self.groups[right].pin
        if pins[0] is not None and pins[0] == pins[1]:
            reason = f"both are pinned to themes that were merged into {pins[0]!r}"
            self.unmet.append(Unmet("apart", (first, second), reason))
        else:
            self.apart.append((left, right))


def obey(labels, likeness, theme_ids, ruling):
    """Return `labels` changed as little as the ruling demands.

    Parameters
    ----------
    labels : ndarray (n,)
        Column of `likeness` where each post would go, -1 for none.
    likeness : ndarray (n, k)
        How like each post is to each theme.
    theme_ids : list of k theme ids
    ruling : Ruling

    Posts that may go nowhere become -1. Groups that are surer of their theme choose first.
    """
    labels = labels.copy()
    column = {theme: place for place, theme in enumerate(theme_ids)}
    rivals: dict = {}
    for left, right in ruling.apart:
        rivals.setdefault(left, []).append(right)
        rivals.setdefault(right, []).append(left)
    settled: dict = {}
    for place in _order(ruling.groups, likeness):
        tied = ruling.groups[place]
        if not len(tied.positions):
            continue
        taken = {settled[rival] for rival in rivals.get(place, ()) if rival in settled}
        settled[place] = _choose(tied, labels, likeness, column, taken)
        labels[tied.positions] = settled[place]
    return labels


def _order(groups, likeness):
    """Return the places of `groups`: pinned ones first, then those most like their best theme."""

    def key(place):
        tied = groups[place]
        best = likeness[tied.positions].mean(axis=0).max() if len(tied.positions) and likeness.size else 0
        return (tied.pin is None, -best, place)

    return sorted(range(len(groups)), key=key)


def _choose(tied, labels, likeness, column, taken):
    """Return the column for one group: its pin, else where most of it is, else the likest allowed."""
    if tied.pin is not None:
        return column[tied.pin]
    barred = {column[theme] for theme in tied.barred if theme in column} | taken
    wishes = labels[tied.positions]
    wishes = wishes[wishes >= 0]
    if not len(wishes):
        return -1
    score = likeness[tied.positions].sum(axis=0)
    votes = np.bincount(wishes, minlength=len(column))
    order = sorted(range(len(column)), key=lambda place: (-votes[place], -score[place], place))
    return next((place for place in order if place not in barred), -1)

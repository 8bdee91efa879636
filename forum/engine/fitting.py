"""The steps of a fit: read, describe, link, group, name, check."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from forum.engine.assignment import LEAST_AFTERWARDS, UNSORTED, FittedThemes, Theme
from forum.engine.constraints import Ruling, obey
from forum.engine.corpus import Core, read_corpus
from forum.engine.counted import group_into
from forum.engine.exemplars import choose_exemplars, clearness
from forum.engine.graph import nearest
from forum.engine.grouping import choose_grouping, group_means, regroup_graph
from forum.engine.identity import name_groups
from forum.engine.links import link
from forum.engine.naming import name_themes
from forum.engine.solidity import solidity_word, steadiness
from forum.engine.spaces import Spaces
from forum.engine.standing import CLEARLY, give_back, hold, homes
from forum.engine.text import content_words, words_of
from forum.engine.vectors import learn_spaces

TOO_FEW = 30  # posts, under which there are no themes to be found, only pairs
LEAST_DISTINCT = 10  # posts that say something of their own
LEAST_LIKENESS = 0.15  # to a theme's mean; hardly a post below it is there for a reason
NEAR_COPY = 0.95  # cosine from which a post repeats another
STEPS = {"reading": 0.0, "describing": 0.1, "linking": 0.3, "grouping": 0.4, "naming": 0.8, "checking": 0.9}


@dataclass
class Fit:
    """The outcome of a fit: what was learnt, and what is known about this fit alone."""

    fitted: FittedThemes
    unmet: list
    too_few: bool
    resolution: float | None
    steadiness: dict
    regroup: Callable | None = None
    core: tuple | None = None  # the posts that were grouped, and the column of the theme of each, -1 for none


class Progress:
    """Tells `listener` the step and the share of the whole work that is done; `steps` are the shares they begin at."""

    def __init__(self, listener, steps=STEPS):
        self._listener = listener
        self._steps = steps

    def __call__(self, step, share=0.0):
        if self._listener:
            began = self._steps[step]
            end = min((start for start in self._steps.values() if start > began), default=1.0)
            self._listener(step, began + share * (end - began))


@dataclass
class Found:
    """The themes of a corpus before they are named.

    Attributes
    ----------
    labels : ndarray (n,)
        Column of `theme_ids` of each post, -1 for none.
    rows : ndarray (n, d)
        Unit rows of the posts in `spaces`.
    means : ndarray (k, d), thresholds : ndarray (k,)
        Of each theme, in the order of `theme_ids`.
    core : Core
    regroup : callable or None
        What groups a sample of the core again; None where there are too few posts.
    resolution : float or None
    """

    spaces: Spaces
    labels: np.ndarray
    rows: np.ndarray
    theme_ids: list
    next_id: int
    means: np.ndarray
    thresholds: np.ndarray
    core: Core
    regroup: Callable | None
    resolution: float | None


def fit_themes(corpus, settings, constraints, previous=None, progress=None, spaces=None):
    """Return the `Fit` of `corpus`, obeying `constraints` and continuing the themes of `previous`.

    `previous` is a `FittedThemes` or None; `progress` is called with (step, share of all work done); `spaces`
    are those that posts are to be described by, None to learn them from `corpus`.
    """
    tell = Progress(progress)
    ruling = Ruling(constraints, corpus.ids)
    found = find_themes(corpus, settings, ruling, previous, tell, spaces)
    tell("naming")
    fitted = assemble(found, corpus, settings, constraints)
    if previous is not None:
        keep_names(fitted, previous, corpus, settings.stop)
    tell("checking")
    steady = check(fitted, found.labels[found.core.positions], found.regroup, settings.seed)
    tell("checking", 1.0)
    report_lost(constraints, ruling, found.theme_ids)
    core = ([corpus.ids[place] for place in found.core.positions], found.labels[found.core.positions])
    return Fit(fitted, ruling.unmet, found.regroup is None, found.resolution, steady, found.regroup, core)


def find_themes(corpus, settings, ruling, previous, tell, spaces=None):
    """Return the `Found` themes of `corpus` under the `ruling`, those of `previous` continued."""
    tell("reading")
    readings, core = read_corpus(corpus, settings.stop, settings.equal)
    tell("describing")
    spaces, core, blocks = _describe(readings, core, settings.seed, spaces)
    core_rows = spaces.side_by_side(blocks)
    too_few = len(corpus.texts) < TOO_FEW or len(core.positions) < LEAST_DISTINCT
    rows = _all_rows(readings, spaces, core, core_rows)
    tell("linking")
    standing = standing_members(previous, ruling.constraints)
    settled = settled_members(previous, standing)
    linked = None if too_few else link(spaces, blocks, readings, core, corpus.links, ruling)
    if linked is not None and standing:
        linked = replace(linked, standing=_standing_labels(settled, corpus.ids, core))
    tell("grouping")
    grouping = regroup = None
    labels = np.full(len(rows), UNSORTED, dtype=np.intp)
    if linked is not None:
        core_readings = [readings[place] for place in core.positions]
        grouping, regroup = _group(linked, core_readings, settings, lambda share: tell("grouping", share))
        labels = np.where(core.stands_in >= 0, grouping.labels[core.stands_in], UNSORTED)
    labels, theme_ids, next_id = _identify(labels, rows, corpus, ruling, standing, previous, settings.smallest)
    labels = hold(labels, rows, corpus.ids, settled, theme_ids)
    least = 0.0 if settings.n_themes else LEAST_LIKENESS  # so many are wanted, however unlike their posts are
    labels, theme_ids, means, thresholds = _place_all(labels, theme_ids, rows, core, corpus, ruling, settled, least)
    resolution = grouping.resolution if grouping else None
    return Found(spaces, labels, rows, theme_ids, next_id, means, thresholds, core, regroup, resolution)


def _group(linked, readings, settings, progress):
    """Return (`Grouping` of the core, what groups a sample of it again), by the method that was asked for."""
    asked = {"smallest": settings.smallest, "seed": settings.seed}
    if settings.method == "graph":
        if settings.n_themes:
            grouping = group_into(linked, settings.n_themes, progress=progress, **asked)
        else:
            grouping = choose_grouping(linked, granularity=settings.resolution, progress=progress, **asked)
        return grouping, regroup_graph(linked, grouping.resolution, settings.smallest)
    from forum.engine.factors import choose_topics, regroup_topics, term_matrix, topics_at

    matrix = term_matrix(readings, settings.method)
    if settings.n_themes:
        grouping = topics_at(linked, matrix, settings.method, settings.n_themes, **asked)
    else:
        asked |= {"granularity": settings.resolution, "progress": progress}
        grouping = choose_topics(linked, matrix, settings.method, **asked)
    number = int(grouping.resolution)
    return grouping, regroup_topics(linked, matrix, settings.method, number, settings.smallest)


def _describe(readings, core, seed, known=None):
    """Return (`Spaces`, core without near-copies, its rows in each space); `known` spaces are not learnt again."""
    if len(core.positions) < 2:
        return Spaces([], []), core, []
    mine = [readings[place] for place in core.positions]
    spaces, blocks = learn_spaces(mine, seed) if known is None else (known, [part.rows(mine) for part in known.parts])
    rows = spaces.side_by_side(blocks)
    found, cosines = nearest(rows, rows, 10, same=True)
    into = np.arange(len(rows))
    for row in np.flatnonzero((cosines >= NEAR_COPY).any(axis=1)).tolist():
        if into[row] == row:
            for other in found[row][cosines[row] >= NEAR_COPY].tolist():
                if other > row and into[other] == other:
                    into[other] = row
    kept = into == np.arange(len(rows))
    return spaces, core.absorb(into), [block[kept] for block in blocks]


def _all_rows(readings, spaces, core, core_rows):
    """Return (n, d) rows of all posts: those of the core for themselves and their copies."""
    rows = np.zeros((len(readings), core_rows.shape[1]), dtype=np.float32)
    if not spaces.parts:
        return rows
    inside = core.stands_in >= 0
    rows[inside] = core_rows[core.stands_in[inside]]
    late = np.flatnonzero(~inside)
    if len(late):
        rows[late] = spaces.rows([readings[place] for place in late])
    return rows


def standing_members(previous, constraints):
    """Return dict of theme id -> set of post ids of the themes of `previous`, merged as people decided."""
    standing: dict = {}
    for theme in previous.theme_ids if previous is not None else ():
        standing.setdefault(constraints.heir(theme), set()).update(previous.members_of(theme))
    return standing


def settled_members(previous, standing):
    """Return `standing` without the posts that came since the fit: where their wording put them is a guess."""
    if previous is None or not previous.added.any():
        return standing
    added = {previous.post_ids[place] for place in np.flatnonzero(previous.added)}
    return {theme: posts - added for theme, posts in standing.items()}


def _standing_labels(standing, ids, core):
    """Return (m,) the theme that each row of the `core` was in before, -1 for none."""
    home = {post: theme for theme, posts in standing.items() for post in posts}
    return np.array([home.get(ids[place], -1) for place in core.positions], dtype=np.intp)


def _identify(labels, rows, corpus, ruling, standing, previous, smallest):
    """Return (labels, theme ids, next free id): groups named after standing themes and pinned ones made."""
    taken = max([-1, *ruling.constraints.theme_ids()]) + 1
    if previous is not None:
        taken = max(taken, previous.next_id)
        shown = {theme: posts for theme, posts in standing.items() if theme not in previous.hidden}
        labels = give_back(labels, rows, corpus.ids, shown, smallest)
    named, theme_ids, asked = name_groups(labels, corpus.ids, standing, ruling, taken)
    if asked and rows.shape[1]:
        named = _draw(named, rows, asked)
    return named, theme_ids, max([taken - 1, *theme_ids]) + 1


def _draw(labels, rows, asked):
    """Let the themes in columns `asked`, made from the posts that people named, draw posts more like them."""
    means = group_means(rows, labels)
    inside = np.flatnonzero(labels >= 0)
    likeness = rows[inside] @ means.T
    own = likeness[np.arange(len(inside)), labels[inside]]
    best = np.array(asked)[likeness[:, asked].argmax(axis=1)]
    moves = likeness[:, asked].max(axis=1) > own
    labels = labels.copy()
    labels[inside[moves]] = best[moves]
    return labels


def _place_all(labels, theme_ids, rows, core, corpus, ruling, standing, least):
    """Return (theme column of every post, theme ids, means, thresholds), under the ruling.

    Posts that are hardly like the theme they were grouped with are let go. Posts outside the core go where
    they are most like, unless they were in a theme nearly as like, or stay unsorted below its threshold.
    """
    k = len(theme_ids)
    if not k:
        return labels, [], np.zeros((0, rows.shape[1]), dtype=np.float32), np.zeros(0, dtype=np.float32)
    means = group_means(rows, labels, corpus.weights, k)
    labels = obey(labels, rows @ means.T, theme_ids, ruling)
    means = group_means(rows, labels, corpus.weights, k)
    likeness = rows @ means.T
    labels = obey(_let_go(labels, likeness, theme_ids, corpus, standing, least), likeness, theme_ids, ruling)
    means = group_means(rows, labels, corpus.weights, k)
    likeness = rows @ means.T
    thresholds = np.array([threshold(likeness[labels == column, column]) for column in range(k)])
    late = np.flatnonzero((core.stands_in < 0) & rows.any(axis=1) & (labels < 0))
    best, nearness = _nearest_home(likeness[late], homes(corpus.ids, standing, theme_ids)[late])
    sure = nearness >= thresholds[best]
    labels[late[sure]] = best[sure]
    labels = obey(labels, likeness, theme_ids, ruling)
    keep = np.flatnonzero(np.bincount(labels[labels >= 0], minlength=k))
    place = np.full(k + 1, -1)
    place[keep] = np.arange(len(keep))
    return (
        place[labels],
        [theme_ids[column] for column in keep],
        means[keep],
        np.maximum(thresholds[keep], LEAST_AFTERWARDS).astype(np.float32),
    )


def _nearest_home(likeness, home):
    """Return (column, likeness (m,)) of the nearest theme; the one a post was in is CLEARLY nearer than it is."""
    inside = np.flatnonzero(home >= 0)
    likeness[inside, home[inside]] += CLEARLY
    return likeness.argmax(axis=1), likeness.max(axis=1)


def _let_go(labels, likeness, theme_ids, corpus, standing, least):
    """Return `labels` without the posts that are hardly like their theme, were not in it before and have no links."""
    labels = labels.copy()
    inside = np.flatnonzero(labels >= 0)
    if corpus.links is not None:
        inside = inside[np.diff(corpus.links.indptr)[inside] == 0]
    own = likeness[inside, labels[inside]]
    for place in inside[own < least].tolist():
        if corpus.ids[place] not in standing.get(theme_ids[labels[place]], ()):
            labels[place] = UNSORTED
    return labels


def threshold(likeness):
    """Return the 5th percentile of the members' likeness to their mean; 1 for a theme without members."""
    return float(np.percentile(likeness, 5)) if len(likeness) else 1.0


def assemble(found, corpus, settings, constraints):
    """Return the `FittedThemes`, its themes named and shown by exemplars; solidity comes later."""
    labels, rows, theme_ids, means = found.labels, found.rows, found.theme_ids, found.means
    k = len(theme_ids)
    hidden = sorted({constraints.heir(theme) for theme in constraints.dismissed} & set(theme_ids))
    quoted = np.flatnonzero(corpus.quotable)
    posts = [(corpus.texts[place], corpus.languages[place], corpus.weights[place]) for place in quoted]
    names = name_themes(
        posts, labels[quoted], k, stop=settings.stop, equal=settings.equal, main_language=settings.main_language
    )
    themes = []
    for column, theme in enumerate(theme_ids):
        members = np.flatnonzero(labels == column)
        shown = members[corpus.quotable[members]]
        quote = [corpus.texts[place] for place in shown]
        chosen, odd = choose_exemplars(
            rows[shown], means[column], clear=lambda place, quote=quote: clearness(quote[place])
        )
        themes.append(
            Theme(
                id=theme,
                name=names.names[column],
                terms=names.terms[column],
                exemplars=[corpus.ids[shown[place]] for place in chosen],
                odd_one=None if odd is None else corpus.ids[shown[odd]],
                size=len(members),
                solidity="guess",
                centroid=means[column],
                language=names.languages[column],
            )
        )
    shown_themes = sorted((theme for theme in themes if theme.id not in hidden), key=lambda t: (-t.size, t.id))
    return FittedThemes(
        spaces=found.spaces,
        languages=sorted(set(corpus.languages)),
        stop=sorted(settings.stop),
        equal=settings.equal,
        theme_ids=list(theme_ids),
        hidden=hidden,
        means=means,
        mass=np.bincount(labels[labels >= 0], corpus.weights[labels >= 0], minlength=k).astype(np.float64),
        thresholds=found.thresholds,
        themes=shown_themes,
        weights=names.weights,
        features=names.features,
        post_ids=list(corpus.ids),
        post_labels=np.array([*theme_ids, UNSORTED], dtype=np.int64)[labels],
        post_rows=rows.astype(np.float16),
        quotable=corpus.quotable,
        next_id=found.next_id,
    )


def keep_names(fitted, previous, corpus, stop):
    """Keep the name of a theme that goes on, as long as its quotable posts still say those words."""
    old = {theme.id: theme for theme in previous.themes}
    place = {post: position for position, post in enumerate(corpus.ids)}
    for number, theme in enumerate(fitted.themes):
        if theme.id not in old or not old[theme.id].name:
            continue
        said = set()
        for post in fitted.members_of(theme.id):
            if corpus.quotable[place[post]]:
                position = place[post]
                said |= set(content_words(words_of(corpus.texts[position]), corpus.languages[position], stop))
        words = set(content_words(words_of(old[theme.id].name), old[theme.id].language, stop))
        if words and words <= said:
            fitted.themes[number] = replace(theme, name=old[theme.id].name, language=old[theme.id].language)


def check(fitted, labels, regroup, seed):
    """Set the solidity of the themes; return dict of theme id -> steadiness in [0, 1]."""
    if regroup is None or not fitted.theme_ids:
        return {}
    values = steadiness(labels, len(fitted.theme_ids), regroup, seed)
    steady = {theme: float(value) for theme, value in zip(fitted.theme_ids, values, strict=True)}
    fitted.themes = [replace(theme, solidity=solidity_word(steady[theme.id])) for theme in fitted.themes]
    return steady


def report_lost(constraints, ruling, theme_ids):
    """Report decisions about themes that this fit does not have."""
    from forum.engine.constraints import Unmet

    for theme in sorted(constraints.dismissed):
        if constraints.heir(theme) not in theme_ids:
            reason = "none of its posts are in this fit, so that it cannot catch any"
            ruling.unmet.append(Unmet("dismissed", (theme,), reason))

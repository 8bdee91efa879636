"""The bridge to the engine: what a run reads, fits and proposes, and what a saved model says about one post.

Nothing else in this stage imports the engine. Only `fit` loads scikit-learn, in the process of the job;
everything about standing themes runs on numpy over the arrays of the newest run's model file, regrouped by
the memberships of the moment, so that what a person moved, merged or split counts at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.themes.corpus import Corpus, Standing, read_memberships, read_texts
from forum.themes.found import Change, Group, Proposal, Unmet
from forum.themes.models import Theme, ThemeRun
from forum.themes.rulings import Rulings
from forum.themes.status import Method, RunState, Solidity, ThemeState

if TYPE_CHECKING:
    from numpy import ndarray

    from forum.engine import FittedThemes, WeighedWeek

NOTCHES = range(-2, 3)  # of the slider, from much broader to much finer
FINER = 1.6  # times the resolution per notch
ROWS_OF_A_THEME = 30  # vectors, from which its middle can be told
SAID = 200  # posts of a part of a theme that are enough to say what it is about
UNSORTED = 0  # the `ref` of posts that a run left without a group


def fit(
    corpus: Corpus,
    standing: Standing,
    rulings: Rulings,
    *,
    resolution: float = 1.0,
    method: Method = Method.GRAPH,
    progress: Callable[[str, float], None] | None = None,
) -> Proposal:
    """Find the themes of `corpus`, continuing the standing ones and obeying what people decided.

    Takes from seconds to minutes and touches no database. `progress` is told the step and the share of all
    work that is done. Without a single post the proposal is empty.
    """
    if not corpus.ids:
        return Proposal([], {}, [], [], is_too_few=True, is_provisional=True, save=lambda path: None)
    from threadpoolctl import threadpool_limits

    from forum.engine import Constraints, ThemeModel

    model = ThemeModel(
        method=method.value,
        resolution=resolution,
        stop_words=tuple(corpus.stop_words),
        equal_words=tuple(corpus.equal_words),
        main_language=settings().main_language,
        random_state=0,
    )
    with threadpool_limits(1):  # the matrices are small: more threads wait for each other, and for the site
        model.fit(
            corpus.texts,
            ids=corpus.ids,
            languages=corpus.languages,
            weights=corpus.weights,
            links=_links(corpus),
            quotable=corpus.quotable,
            constraints=Constraints(**rulings.among(set(corpus.ids), standing.members)),
            previous=_as_fitted(standing) if standing.members else None,
            progress=progress,
        )
        proposal = _read_model(model, standing)
        return replace(proposal, notches=_look_at_notches(model, resolution, proposal, corpus))


def _look_at_notches(model: Any, resolution: float, proposal: Proposal, corpus: Corpus) -> dict[int, dict[str, Any]]:
    """What each notch of the slider would make of what this run found, so that a person knows before they ask for it.

    By notch the number of `groups`; of the largest that `split` their ref with size and words of each part; the
    refs of those that would be `merged`, with the size. As if all that the run proposes were accepted.
    """
    now, notches = model.look_at_notches([FINER**notch / resolution for notch in NOTCHES])
    if not notches:
        return {}
    refs = dict(_refs(model.fitted(), proposal))
    shown = {refs[theme]: posts for theme, posts in now.items() if theme in refs}
    said = dict(zip(corpus.ids, zip(corpus.texts, corpus.languages, strict=True), strict=True))
    return {notch: _told(shown, then, said, model) for notch, then in zip(NOTCHES, notches, strict=False)}


def _refs(fitted: Any, proposal: Proposal) -> Iterator[tuple[int, int]]:
    """The theme ids of the engine's model with the refs that a proposal gave them."""
    return zip((theme.id for theme in fitted.themes), (group.ref for group in proposal.groups), strict=True)


def _told(
    now: Mapping[int, set[int]], then: Mapping[int, set[int]], said: Mapping[int, Any], model: Any
) -> dict[str, Any]:
    split, merged = [], []
    for change in sorted(compare(now, then), key=lambda change: -change.shared):
        if change.kind == "split":
            split.append([change.old[0], _parts([then[one] for one in change.new], said, model)])
        elif change.kind == "merged":
            merged.append([list(change.old), len(then[change.new[0]])])
    return {"groups": len(then), "split": split, "merged": merged}


def _parts(parts: Sequence[set[int]], said: Mapping[int, Any], model: Any) -> list[tuple[int, str]]:
    """The size of each part of a theme, and what it says and the others do not."""
    from forum.engine.telling import tell_apart

    words = tell_apart([[said[post] for post in sorted(part)[:SAID]] for part in parts], frozenset(model.fitted().stop))
    return [(len(part), told[0] if told else "") for part, told in zip(parts, words, strict=True)]


def _links(corpus: Corpus) -> Any:
    """The ties of a corpus as the engine takes them: a symmetric sparse matrix over its posts, or None."""
    from scipy import sparse

    place = {post: row for row, post in enumerate(corpus.ids)}
    known = [(place[one], place[other], near) for one, other, near in corpus.ties if one in place and other in place]
    if not known:
        return None
    rows, columns, weights = zip(*known, strict=True)
    half = sparse.csr_matrix((weights, (rows, columns)), shape=(len(place), len(place)))
    return half.maximum(half.T)


def can_be_equal(groups: Sequence[Sequence[str]]) -> bool:
    """Whether the engine takes these groups of words to be read as one."""
    from forum.engine.equal_words import EqualWords

    try:
        EqualWords(groups)
    except ValueError:
        return False
    return True


def _as_fitted(standing: Standing) -> "FittedThemes":
    """The standing themes in the engine's form: who belongs to which, and what it is called."""
    import numpy as np

    from forum.engine import FittedThemes
    from forum.engine import Theme as EngineTheme
    from forum.engine.spaces import Spaces

    theme_ids = sorted(standing.members)
    posts = [(post, theme) for theme in theme_ids for post in sorted(standing.members[theme])]
    nowhere, k = np.zeros((len(theme_ids), 0), dtype=np.float32), len(theme_ids)
    return FittedThemes(
        spaces=Spaces([], []),
        languages=[],
        stop=[],
        theme_ids=theme_ids,
        hidden=sorted(standing.hidden),
        means=nowhere,
        mass=np.ones(k),
        thresholds=np.ones(k, dtype=np.float32),
        themes=[
            EngineTheme(theme, standing.names[theme], standing.terms[theme], [], None, len(posts), "guess", nowhere[0])
            for theme in theme_ids
            if theme not in standing.hidden
        ],
        weights=nowhere,
        features=[],
        post_ids=[post for post, _theme in posts],
        post_labels=np.array([theme for _post, theme in posts], dtype=np.int64),
        post_rows=np.zeros((len(posts), 0), dtype=np.float16),
        quotable=np.ones(len(posts), dtype=bool),
        added=np.array([post in standing.placed for post, _theme in posts], dtype=bool),
        next_id=standing.next_id,
    )


def _read_model(model: Any, standing: Standing) -> Proposal:
    fitted = model.fitted()
    fresh = [theme.id for theme in fitted.themes if theme.id not in standing.members]
    refs = {theme: theme for theme in fitted.theme_ids} | {theme: -(n + 1) for n, theme in enumerate(fresh)}
    places = {
        int(post): (UNSORTED if label < 0 else refs[int(label)], round(min(max(float(near), 0.0), 1.0), 4))
        for post, label, near in zip(fitted.post_ids, fitted.post_labels, fitted.post_likeness, strict=True)
    }
    groups = [
        Group(
            ref=refs[theme.id],
            label=theme.name,
            terms=list(theme.terms),
            exemplars=[int(post) for post in theme.exemplars],
            odd_one=None if theme.odd_one is None else int(theme.odd_one),
            solidity=Solidity(theme.solidity),
            size=theme.size,
        )
        for theme in fitted.themes
    ]
    return Proposal(
        groups=groups,
        places=places,
        unmet=[Unmet(one.kind, [int(part) for part in one.about], one.reason) for one in model.unmet_],
        pairs=[(int(first), int(second), round(float(near), 3)) for first, second, near in model.pairs_],
        is_too_few=bool(model.too_few_),
        is_provisional=bool(model.provisional_),
        save=model.save,
        is_without_vectors=bool(model.without_vectors_),
    )


def compare(old: Mapping[int, set[int]], new: Mapping[int, set[int]]) -> list[Change]:
    """Match two groupings by the posts they share; each theme and each group is in exactly one change."""
    from forum.engine import match_lineage

    return [
        Change(one.kind, one.old_ids, one.new_ids, one.shared, one.jaccard)
        for one in match_lineage(*({theme: posts for theme, posts in side.items() if posts} for side in (old, new)))
    ]


def weigh_weeks(weeks: Sequence[Sequence[int]], others: Sequence[Sequence[int]]) -> "WeighedWeek":
    """The newest week of each theme, weighed by those before it and by what all `others` got; newest first."""
    from forum.engine import weigh_weeks as weigh

    weighed: WeighedWeek = weigh(weeks, others)
    return weighed


# --- Standing themes, on numpy alone -------------------------------------------------------------------------


@dataclass(frozen=True)
class StandingModel:
    """The newest run's vectors, grouped by the memberships of the moment."""

    fitted: "FittedThemes"

    def place(self, text: str, language: str) -> tuple[int, float] | None:
        """The standing theme that a text belongs to by its wording (dismissed ones too) and how like it is."""
        row = self.fitted.rows([text], [language])
        theme = int(self.fitted.place(row)[0])
        if theme < 0:
            return None
        likeness = float(row[0] @ self.fitted.means[self.fitted.theme_ids.index(theme)])
        return theme, round(min(max(likeness, 0.0), 1.0), 4)


def models_folder() -> Path:
    """Where model files lie; made when it is missing."""
    folder = settings().data_dir / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def standing_model(session: Session, product_id: int) -> StandingModel | None:
    """The model of a product's standing themes, or None before the first run or when its file is lost.

    The last one is kept in memory until themes change; loading takes some tens of milliseconds per 1,000 posts.
    """
    file = _newest_file(session, product_id)
    if not file:
        return None
    stamp = session.execute(
        sa.select(sa.func.sum(Theme.version), sa.func.max(Theme.changed_at), sa.func.count()).where(
            Theme.product_id == product_id
        )
    ).one()
    key = (file, *map(str, stamp))
    kept = _kept.get("last")
    if kept is None or kept[0] != key:
        fitted = _load(str(models_folder() / file))
        if fitted is None:
            return None
        kept = _kept["last"] = (key, StandingModel(_regroup(session, product_id, fitted)))
    return kept[1]


def _newest_file(session: Session, product_id: int) -> str | None:
    """The name of the model file of a product's newest run that came to an end, if there is one."""
    done = (RunState.PROPOSED, RunState.DECIDED, RunState.REPLACED)
    runs = sa.select(ThemeRun.model_file).where(ThemeRun.product_id == product_id, ThemeRun.model_file != "")
    return session.scalar(runs.where(ThemeRun.state.in_(done)).order_by(ThemeRun.id.desc()).limit(1))


def fault_of_model(session: Session, product_id: int) -> str:
    """What is wrong with the model file of a product's standing themes; nothing where it is sound or never was."""
    from forum.engine import ModelFileError, load_themes

    file = _newest_file(session, product_id)
    if not file:
        return ""
    try:
        load_themes(models_folder() / file)
    except FileNotFoundError:
        return f"{models_folder() / file} is missing"
    except (ModelFileError, OSError) as error:
        return str(error)
    return ""


_kept: dict[str, tuple[tuple[str, ...], StandingModel]] = {}  # the one that was asked last, and what it came from


@lru_cache(maxsize=1)
def _load(path: str) -> "FittedThemes | None":
    from forum.engine import ModelFileError, load_themes

    try:
        fitted: FittedThemes = load_themes(path)
        return fitted
    except (OSError, ModelFileError) as error:
        from structlog import get_logger

        get_logger().warning("theme model cannot be read", path=path, error=str(error))
        return None


def _regroup(session: Session, product_id: int, fitted: "FittedThemes") -> "FittedThemes":
    """`fitted` with the standing themes in place of those that the run found; vectors stay as they are."""
    import numpy as np

    from forum.engine import Theme as EngineTheme

    place = {post: position for position, post in enumerate(fitted.post_ids)}
    members: dict[int, list[int]] = {}
    for post_id, theme_id in read_memberships(session, product_id):
        if post_id in place:
            members.setdefault(theme_id, []).append(place[post_id])
    fitted = _with_rows(session, fitted, members)
    row = np.full(len(fitted.post_ids), -1, dtype=np.intp)
    row[fitted.row_posts] = np.arange(len(fitted.row_posts))
    theme_ids = sorted(members)
    hidden = set(
        session.scalars(sa.select(Theme.id).where(Theme.product_id == product_id, Theme.state == ThemeState.DISMISSED))
    )
    labels = np.full(len(fitted.post_ids), -1, dtype=np.int64)
    centres, themes = [], []
    for theme in theme_ids:
        labels[members[theme]] = theme
        rows = row[members[theme]]
        centres.append(_centre(fitted.post_rows[rows[rows >= 0]]))
        if theme not in hidden:
            themes.append(EngineTheme(theme, "", [], [], None, len(rows), "guess", centres[-1][0]))
    return replace(
        fitted,
        theme_ids=theme_ids,
        hidden=sorted(hidden & set(theme_ids)),
        means=np.array([mean for mean, _least in centres], dtype=np.float32).reshape(
            len(theme_ids), fitted.post_rows.shape[1]
        ),
        mass=np.array([len(members[theme]) for theme in theme_ids], dtype=np.float64),
        thresholds=np.array([least for _mean, least in centres], dtype=np.float32),
        themes=themes,
        weights=np.zeros((len(theme_ids), 0), dtype=np.float32),
        features=[],
        post_labels=labels,
    )


def _with_rows(session: Session, fitted: "FittedThemes", members: Mapping[int, list[int]]) -> "FittedThemes":
    """`fitted` with vectors for some posts of themes that have too few: of very many posts it keeps but a part.

    `members` are positions of posts by theme. Posts that a person has moved since may all be without one.
    """
    import numpy as np

    kept = set(fitted.row_posts.tolist())
    missing: list[int] = []
    for places in members.values():
        without = [place for place in places if place not in kept]
        missing += without[: max(ROWS_OF_A_THEME - len(places) + len(without), 0)]
    if not missing:
        return fitted
    post_rows = np.concatenate([fitted.post_rows, read_rows(session, fitted, missing)])
    return replace(fitted, post_rows=post_rows, row_posts=np.concatenate([fitted.row_posts, missing]))


def read_rows(session: Session, fitted: "FittedThemes", places: Sequence[int]) -> "ndarray":
    """The vectors of posts of which the model keeps none, worked out from their texts."""
    rows: ndarray = fitted.rows(*read_texts(session, [int(fitted.post_ids[place]) for place in places]))
    return rows.astype(fitted.post_rows.dtype)


def _centre(rows: "ndarray") -> "tuple[ndarray, float]":
    """The mean direction of unit rows, and the likeness to it from which a new post is placed beside them.

    All but a twentieth of them reach it, and it is never so low that a post about something else does.
    """
    import numpy as np

    from forum.engine.assignment import LEAST_AFTERWARDS

    rows = rows.astype(np.float32)
    mean = rows.sum(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-12)
    return mean, max(float(np.percentile(rows @ mean, 5)), LEAST_AFTERWARDS)


@dataclass(frozen=True)
class Reasons:
    """Why a post is in a theme, by its wording."""

    score: float  # likeness to the middle of the theme, in [0, 1]
    threshold: float  # what nearly all its posts reach
    words: list[str]  # that draw it there, most telling first
    neighbours: list[int]  # posts of the theme most like it
    nearest_id: int  # the theme that it would be in by its wording alone; -1: none is like it enough


def explain(session: Session, theme: Theme, text: str, language: str) -> Reasons | None:
    """Say what draws a text to `theme`, and where its wording alone would put it; None before the first run."""
    model = standing_model(session, theme.product_id)
    if model is None or theme.id not in model.fitted.theme_ids:
        return None
    from forum.engine import explain_membership

    # As if there were no other theme: the engine explains the likest of those that are shown.
    alone = replace(model.fitted, hidden=[one for one in model.fitted.theme_ids if one != theme.id])
    here = explain_membership(alone, text, language)
    nearest = explain_membership(model.fitted, text, language)
    neighbours = [int(post) for post in here.neighbours]
    return Reasons(here.score, here.threshold, list(here.words), neighbours, int(nearest.theme))

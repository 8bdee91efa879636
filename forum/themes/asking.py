"""What the saved model proposes that people decide: how a theme might part, and questions about themes.

Both are worked out in the process that shows them, over the vectors that the last run kept, with numpy alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.posts.models import Post
from forum.themes.corpus import read_texts
from forum.themes.membership import members_of
from forum.themes.models import Theme
from forum.themes.training import StandingModel, read_rows, standing_model

if TYPE_CHECKING:
    from numpy import ndarray

    from forum.engine import Question as Question  # named to others, who do not know the engine

MOST_SUB_THEMES = 6
LEAST_LIKE = 0.1  # cosine to the middle of a theme, under which none is worth proposing
POOL = 60  # questions looked through for one that can be shown


@dataclass(frozen=True)
class Part:
    """Some posts of a theme that might be a theme of their own, the most typical first."""

    posts: list[int]
    words: list[str]  # phrases that many of them say and few others of the theme


def halves(session: Session, theme: Theme) -> list[Part]:
    """Two parts of a theme by wording, the larger first; none where there is nothing to go by.

    Two-means on the sphere over the saved vectors, begun from the two posts that differ most.
    """
    import numpy as np

    posts, rows = _rows_of(session, theme)
    if len(posts) < 4 or not rows.any():
        return []
    one = rows[int((rows @ rows.mean(axis=0)).argmin())]
    centres = np.stack([one, rows[int((rows @ one).argmin())]])
    for _turn in range(20):
        side = (rows @ centres.T).argmax(axis=1)
        if side.min() == side.max():
            return []
        fresh = np.stack([rows[side == half].mean(axis=0) for half in (0, 1)])
        fresh /= np.maximum(np.linalg.norm(fresh, axis=1, keepdims=True), 1e-12)
        if np.allclose(fresh, centres):
            break
        centres = fresh
    return _parts(session, theme, posts, rows, side)


def sub_themes(session: Session, theme: Theme) -> list[Part]:
    """Up to six parts that a theme of at least ten posts falls into by itself, the largest first; often none."""
    from forum.engine.parts import parts_of

    posts, rows = _rows_of(session, theme)
    spoken = _languages(session, Post.theme_id == theme.id, posts)
    labels = parts_of(rows, most=MOST_SUB_THEMES, languages=spoken) if posts else None
    return _parts(session, theme, posts, rows, labels) if labels is not None and labels.any() else []


def likeliest(session: Session, product_id: int, texts: Sequence[str], languages: Sequence[str]) -> list[int | None]:
    """The shown theme whose middle each text is most like, however little; None where there is nothing to go by."""
    import numpy as np

    model = standing_model(session, product_id)
    shown = [theme for theme in model.fitted.theme_ids if theme not in model.fitted.hidden] if model else []
    if model is None or not shown or not texts:
        return [None] * len(texts)
    means = model.fitted.means[[model.fitted.theme_ids.index(theme) for theme in shown]]
    likeness = model.fitted.rows(list(texts), list(languages)) @ means.T
    best = np.argmax(likeness, axis=1)
    return [shown[place] if row[place] >= LEAST_LIKE else None for place, row in zip(best, likeness, strict=True)]


def part_of(parts: Sequence[Part], first: int) -> Part | None:
    """The part whose most typical post is `first`, as long as it is proposed."""
    return next((part for part in parts if part.posts[0] == first), None)


def questions(session: Session, product_id: int, answered: Sequence[tuple[str, str]]) -> "list[Question]":
    """What is best asked next about the themes of a product, most telling first; none before the first run.

    `answered` are the keys of what was asked before, each with yes, no or unsure.
    """
    from forum.engine import ask

    model = standing_model(session, product_id)
    if model is None:
        return []
    spoken = _languages(session, Post.product_id == product_id, model.fitted.post_ids)
    found: list[Question] = ask(model.fitted, POOL, answered, spoken)
    return found


def _languages(session: Session, which: sa.ColumnElement[bool], posts: Sequence[int]) -> list[str]:
    """The languages of `posts`, all of which are among `which`; nothing for one that is gone."""
    found = {row.id: row.language for row in session.execute(sa.select(Post.id, Post.language).where(which))}
    return [found.get(post, "") for post in posts]


def words_of_part(session: Session, theme: Theme, posts: Sequence[int]) -> list[str]:
    """What these posts of a theme say and its others do not, in phrases, the most telling first."""
    from forum.engine.telling import tell_apart

    others = sorted(set(members_of(session, theme.id)) - set(posts))
    if not others:
        return []
    said: list[str] = tell_apart([_said(session, list(posts)), _said(session, others)], _stop_words(session, theme))[0]
    return said


def _stop_words(session: Session, theme: Theme) -> frozenset[str]:
    model = standing_model(session, theme.product_id)
    return frozenset(model.fitted.stop) if model else frozenset()


def _rows_of(session: Session, theme: Theme) -> "tuple[list[int], ndarray]":
    """The posts of a theme that the model knows, and their vectors."""
    import numpy as np

    model: StandingModel | None = standing_model(session, theme.product_id)
    if model is None:
        return [], np.zeros((0, 0), dtype=np.float32)
    fitted = model.fitted
    kept = np.flatnonzero(fitted.post_labels[fitted.row_posts] == theme.id)
    mine, rows = fitted.row_posts[kept], fitted.post_rows[kept].astype(np.float32)
    others = np.setdiff1d(np.flatnonzero(fitted.post_labels == theme.id), mine)
    if len(others):  # of very many posts a model keeps but some vectors
        mine = np.concatenate([mine, others])
        rows = np.concatenate([rows, read_rows(session, fitted, others.tolist())])
    return [int(fitted.post_ids[place]) for place in mine], rows


def _parts(session: Session, theme: Theme, posts: list[int], rows: "ndarray", labels: "ndarray") -> list[Part]:
    """The parts that `labels` (0, 1, …) make of the posts of a theme, each with its words."""
    import numpy as np

    from forum.engine.telling import tell_apart

    found: list[list[int]] = []
    for part in np.unique(labels):
        places = np.flatnonzero(labels == part)
        order = np.argsort(-(rows[places] @ rows[places].mean(axis=0)), kind="stable")
        found.append([posts[place] for place in places[order]])
    found.sort(key=lambda part: (-len(part), part[0]))
    words = tell_apart([_said(session, part) for part in found], _stop_words(session, theme))
    return [Part(part, said) for part, said in zip(found, words, strict=True)]


def _said(session: Session, posts: Sequence[int]) -> list[tuple[str, str]]:
    """The texts of posts, of the thousand most typical, with their languages."""
    return list(zip(*read_texts(session, posts[:1000]), strict=True))

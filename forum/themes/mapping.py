"""Where posts lie on the map of a product's themes: worked out in the background, kept beside its model file.

The one file of a product is replaced whenever its themes have changed; points about which nothing changed stay
where they are. Reading it takes numpy alone. Posts that are not open to everybody never enter it, and a post that
is no longer open is left out when the map is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import reading
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.queries import visible_to
from forum.themes import training
from forum.themes.corpus import read_texts
from forum.themes.counting import chunks

if TYPE_CHECKING:
    from numpy import ndarray

    from forum.engine import FittedThemes

AT_SEA = 0  # in place of the theme of a post that has none
FINE = 4096  # steps across the map in what browsers are sent
SHARE = 0.46  # of the square around the map that posts' islands take up
_PIECE = 2_000  # posts whose texts are read at a time


@dataclass(frozen=True)
class Island:
    """Where the posts of a theme lie, in steps of the map."""

    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Places:
    """Where the posts of a product lie: whole numbers from 0 to FINE, y downward, and the theme that each was in."""

    post_ids: "ndarray"  # in order
    theme_ids: "ndarray"  # AT_SEA for none
    places: "ndarray"  # (n, 2), in units of the map
    x: "ndarray"
    y: "ndarray"
    step: float  # between two posts of an island, about
    islands: Mapping[int, Island]  # by theme

    @property
    def width(self) -> int:
        """How far the map goes to the right."""
        return int(self.x.max(initial=0))

    @property
    def height(self) -> int:
        """How far it goes down."""
        return int(self.y.max(initial=0))

    def nearest(self, theme_id: int, count: int) -> list[int]:
        """The themes whose islands lie nearest to that of a theme."""
        if theme_id not in self.islands:
            return []
        here = self.islands[theme_id]
        away = {
            other: hypot(one.x - here.x, one.y - here.y) - one.radius
            for other, one in self.islands.items()
            if other != theme_id
        }
        return sorted(away, key=lambda other: (away[other], other))[:count]


def file_of(product_id: int) -> Path:
    """Where the map of a product lies, or will lie."""
    return training.models_folder() / f"map-{product_id}.npz"


def draw(product_id: int) -> int:
    """Work out where the posts of a product lie now, write it down, and return how many there are.

    Without a single theme nothing is written. Takes seconds for tens of thousands of posts.
    """
    from threadpoolctl import threadpool_limits

    from forum.engine import lay_out, neighbours_of

    with reading() as session:
        model = training.standing_model(session, product_id)
        posts = session.execute(
            sa.select(Post.id, Post.theme_id).where(Post.product_id == product_id, Post.is_listed).order_by(Post.id)
        ).all()
    if all(row.theme_id is None for row in posts):
        return 0
    import numpy as np

    ids = np.array([row.id for row in posts], dtype=np.int64)
    labels = np.array([-1 if row.theme_id is None else row.theme_id for row in posts], dtype=np.int64)
    with threadpool_limits(1):
        rows = _rows(model.fitted, ids) if model is not None else _learnt(ids)
        places = lay_out(rows, neighbours_of(rows, labels), labels, previous=_before(product_id, ids))
    write_places(file_of(product_id), ids, np.maximum(labels, AT_SEA), places)
    return len(ids)


def _rows(fitted: "FittedThemes", ids: "ndarray") -> "ndarray":
    """The vectors of posts: those that the model keeps, the others worked out from their texts."""
    import numpy as np

    kept = {fitted.post_ids[place]: row for row, place in enumerate(fitted.row_posts.tolist())}
    rows = np.zeros((len(ids), fitted.post_rows.shape[1]), dtype=np.float32)
    place = np.array([kept.get(post, -1) for post in ids.tolist()])
    rows[place >= 0] = fitted.post_rows[place[place >= 0]]
    for piece in chunks(np.flatnonzero(place < 0).tolist(), _PIECE):
        with reading() as session:
            texts, languages = read_texts(session, ids[list(piece)].tolist())
        rows[list(piece)] = fitted.rows(texts, languages)
    return rows


def _learnt(ids: "ndarray") -> "ndarray":
    """The vectors of posts that no run has read, described by each other."""
    from forum.engine.vectors import describe

    with reading() as session:
        texts, languages = read_texts(session, ids.tolist())
    rows: ndarray = describe(texts, languages)
    return rows


def _before(product_id: int, ids: "ndarray") -> "ndarray | None":
    """Where posts lay before, in their order; NaN for new ones, None for the first map."""
    import numpy as np

    known = read_places(file_of(product_id))
    if known is None:
        return None
    before = np.full((len(ids), 2), np.nan)
    _shared, mine, theirs = np.intersect1d(ids, known.post_ids, assume_unique=True, return_indices=True)
    before[mine] = known.places[theirs]
    return before


def write_places(path: Path, post_ids: Any, theme_ids: Any, places: Any) -> None:
    """Write down where posts lie, all or nothing: `post_ids` in order, AT_SEA for the theme of those without one."""
    import numpy as np

    from forum.engine.files import write_model

    arrays = {
        "ids": np.asarray(post_ids, dtype=np.int64),
        "themes": np.asarray(theme_ids, dtype=np.int64),
        "places": np.asarray(places, dtype=np.float32),
    }
    write_model(path, {"kind": "map"}, arrays)


def read_places(path: Path) -> Places | None:
    """Where posts lie by the file at `path`; None without one, or when it cannot be trusted."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read(str(path), stamp)


@lru_cache(maxsize=4)
def _read(path: str, _stamp: int) -> Places | None:
    from forum.engine import ModelFileError
    from forum.engine.files import read_model

    try:
        _facts, arrays = read_model(path)
        return _measured(arrays["ids"], arrays["themes"], arrays["places"])
    except (OSError, KeyError, ModelFileError) as error:
        from structlog import get_logger

        get_logger().warning("theme map cannot be read", path=path, error=str(error))
        return None


def _measured(post_ids: "ndarray", theme_ids: "ndarray", places: "ndarray") -> Places | None:
    """Places on the map in whole steps, with the island of each theme; None for a map without posts."""
    import numpy as np

    if not len(post_ids):
        return None
    low, high = places.min(axis=0), places.max(axis=0)
    scale = FINE / max(float((high - low).max()), 1e-6)
    x, y = np.rint((places - low) * scale).astype(np.int64).T
    step = scale * (SHARE / len(post_ids)) ** 0.5
    islands = {}
    for theme in np.unique(theme_ids[theme_ids != AT_SEA]).tolist():
        mine = theme_ids == theme
        middle = int(np.median(x[mine])), int(np.median(y[mine]))
        reach = np.quantile(np.hypot(x[mine] - middle[0], y[mine] - middle[1]), 0.9)
        islands[theme] = Island(*middle, int(reach + 0.5 * step))
    return Places(post_ids, theme_ids, places, x, y, step, islands)


@dataclass(frozen=True)
class Points:
    """The posts that are drawn: those on the map that everybody may read now, each in the theme it is in now."""

    post_ids: "ndarray"
    theme_ids: "ndarray"
    x: "ndarray"
    y: "ndarray"

    def by_theme(self) -> dict[int, tuple[list[int], list[int], list[int]]]:
        """The posts of each theme, in order, with where they lie."""
        import numpy as np

        order = np.lexsort((self.post_ids, self.theme_ids))
        themes, starts = np.unique(self.theme_ids[order], return_index=True)
        return {
            theme: (self.post_ids[mine].tolist(), self.x[mine].tolist(), self.y[mine].tolist())
            for theme, mine in zip(themes.tolist(), np.split(order, starts[1:]), strict=True)
        }


def read_points(session: Session, known: Places, product_id: int, reader: Reader) -> Points:
    """The posts of a product's map as they are now: what is private or gone since it was drawn is left out."""
    import numpy as np

    rows = session.execute(
        sa.select(Post.id, Post.theme_id)
        .where(Post.product_id == product_id, Post.is_listed, visible_to(reader))
        .order_by(Post.id)
    ).all()
    ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    themes = np.fromiter((row[1] or AT_SEA for row in rows), dtype=np.int64, count=len(rows))
    _shared, mine, theirs = np.intersect1d(ids, known.post_ids, assume_unique=True, return_indices=True)
    return Points(ids[mine], themes[mine], known.x[theirs], known.y[theirs])


def as_sent(known: Places, points: Points) -> dict[str, Any]:
    """What a browser is sent: by theme the posts in order, each number less the one before, and where they lie."""
    return {
        "width": known.width,
        "height": known.height,
        "step": round(known.step, 2),
        "groups": [
            {
                "theme": theme,
                "posts": [post - before for post, before in zip(posts, [0, *posts], strict=False)],
                "at": [min(x), min(y)],
                "x": _less(x),
                "y": _less(y),
            }
            for theme, (posts, x, y) in points.by_theme().items()
        ],
    }


def _less(places: Sequence[int]) -> list[int]:
    """Places as steps from the least of them, which are shorter to write."""
    least = min(places)
    return [place - least for place in places]

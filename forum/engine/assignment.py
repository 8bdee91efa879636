"""Place posts in themes that a fit has found: numpy alone, so that the web process can do it.

`FittedThemes` is everything a fit learnt. `ThemeModel` holds one and asks it; `load_themes` brings one back
from a file without importing scikit-learn.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from forum.engine import equal_words
from forum.engine.files import ModelFileError, read_model, write_model
from forum.engine.languages import guess_language, language_code
from forum.engine.packing import check_shapes, pack_spaces, unpack_spaces
from forum.engine.spaces import Meaning, Spaces, read, reading, unit_rows

UNSORTED = -1
LEAST_AFTERWARDS = 0.25  # likeness of a new post to a theme: what is about something else altogether reaches 0.2
MANY = 200  # posts, from which they are read at once, with scipy
BATCH = 5_000  # posts read at a time


@dataclass(frozen=True)
class Theme:
    """One theme that a fit found.

    Attributes
    ----------
    id : int
        Stays the same as long as the theme lives on, from refit to refit.
    name : str
        Two or three words of its posts.
    terms : list of str
        Up to ten telling words or pairs of words, best first.
    exemplars : list of post ids
        Up to five typical posts that differ from each other; quotable ones alone.
    odd_one : post id or None
        The quotable member least like the others.
    size : int
        Posts in the theme, near-copies counted each.
    solidity : str
        solid, forming or guess: how surely the theme would be found again.
    centroid : ndarray (d,)
        Mean direction of its posts, of length one.
    language : str
        Language of `name`: en, nb or da.
    """

    id: int
    name: str
    terms: list
    exemplars: list
    odd_one: object
    size: int
    solidity: str
    centroid: np.ndarray = field(repr=False, compare=False)
    language: str = "en"


@dataclass
class FittedThemes:
    """What a fit learnt, enough to place, compare and explain posts.

    Attributes
    ----------
    spaces : Spaces
    languages : list of str
        Languages of the fit; a new post of unknown language is taken for one of these.
    stop : list of str
        Words without content in this corpus, such as product names.
    equal : EqualWords
        Words that are read as one.
    theme_ids : list of int
        All themes, dismissed ones included, in the order of the columns of what follows.
    hidden : list of int
        Ids of dismissed themes: they catch posts, which then count as unsorted.
    means : ndarray (k, d)
    mass : ndarray (k,)
        Weight of posts behind each mean.
    thresholds : ndarray (k,)
        Likeness to the mean below which a new post stays unsorted: the 5th percentile of the members', at
        least 0.25.
    themes : list of Theme
        Those that are shown, largest first.
    weights : ndarray (k, n_terms)
        Class-based TF-IDF weights.
    features : list of n_terms str
        The words that their columns stand for.
    post_ids : list of n str or int
        The posts of the fit and those added since.
    post_labels : ndarray (n,)
        Theme id of each, dismissed themes too, -1 for none.
    post_rows : ndarray (m, d) float16
        Unit rows of posts: of all, or of some of each theme where they are very many.
    row_posts : ndarray (m,)
        Positions among `post_ids` of the posts whose rows these are, in order.
    post_likeness : ndarray (n,) float16
        Likeness of each to the mean of its theme at the time of the fit; 0 for unsorted ones.
    quotable : ndarray (n,) bool
        Which of them may be named from and quoted.
    added : ndarray (n,) bool
        Which of them came since the fit and are where their wording put them.
    next_id : int
        Ids of themes from here on were never used.
    members_ : dict of int to set
        Post ids of each of `themes`.
    """

    spaces: Spaces
    languages: list
    stop: list
    theme_ids: list
    hidden: list
    means: np.ndarray
    mass: np.ndarray
    thresholds: np.ndarray
    themes: list
    weights: np.ndarray
    features: list
    post_ids: list
    post_labels: np.ndarray
    post_rows: np.ndarray
    quotable: np.ndarray
    next_id: int = 0
    equal: equal_words.EqualWords = equal_words.NONE
    row_posts: np.ndarray = None  # type: ignore[assignment]  # all, unless something else is said
    post_likeness: np.ndarray = None  # type: ignore[assignment]
    added: np.ndarray = None  # type: ignore[assignment]  # none, unless something else is said

    def __post_init__(self):
        if self.row_posts is None:
            self.row_posts = np.arange(len(self.post_ids))
        if self.added is None:
            self.added = np.zeros(len(self.post_ids), dtype=bool)
        if self.post_likeness is None:
            self.post_likeness = own_likeness(self.post_rows, self.post_labels, self.theme_ids, self.means)

    @property
    def without_vectors(self):
        """Whether posts are described by their words alone: no static word vectors were found."""
        return not any(isinstance(part, Meaning) for part in self.spaces.parts)

    @property
    def members_(self):
        """Dict of theme id -> set of post ids, for the themes that are shown."""
        return {theme.id: self.members_of(theme.id) for theme in self.themes}

    def members_of(self, theme_id):
        """Return the posts of a theme.

        Parameters
        ----------
        theme_id : int
            One of ``theme_ids``, dismissed or not.

        Returns
        -------
        posts : set of post ids
            Empty for a theme that is not there.
        """
        return {self.post_ids[place] for place in np.flatnonzero(self.post_labels == theme_id)}

    def read(self, texts, languages=None):
        """Read posts as the fit did: their words and stems.

        Parameters
        ----------
        texts : list of n str
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        readings : list of n Reading
        """
        codes = ["und"] * len(texts) if languages is None else [language_code(code) for code in languages]
        stop, readings = frozenset(self.stop), []
        for text, code in zip(texts, codes, strict=True):
            spoken = guess_language(text, self.languages) if code == "und" else code
            readings.append(read(text, spoken, stop, self.equal))
        return readings

    def read_words(self, words, language):
        """Read a post that is given by its words.

        Parameters
        ----------
        words : list of str
            In lower case.
        language : str
            One of ``languages``.

        Returns
        -------
        reading : Reading
        """
        return reading(words, language, frozenset(self.stop), self.equal)

    def fitted(self):
        """Return what a fit learnt, which this is; a `ThemeModel` answers the same.

        Returns
        -------
        fitted : FittedThemes
        """
        return self

    def rows(self, texts, languages=None):
        """Turn posts into vectors.

        Parameters
        ----------
        texts : list of n str
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        rows : ndarray of float32, shape (n, d)
            Of length one; of zeros where no word is known.
        """
        readings = self.read(texts, languages)
        if len(readings) < MANY:
            return self.spaces.rows(readings)
        from forum.engine.batches import BatchReader

        reader = BatchReader(self.spaces)
        pieces = [readings[start : start + BATCH] for start in range(0, len(readings), BATCH)]
        return np.concatenate([reader.rows(piece) for piece in pieces])

    def transform(self, texts, languages=None):
        """Say how like each theme posts are; see `ThemeModel.transform`.

        Parameters
        ----------
        texts : list of n str
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        likeness : ndarray of float32, shape (n, n_themes)
            In [0, 1], columns in the order of ``themes``.
        """
        likeness = np.clip(self.rows(texts, languages) @ self.means.T, 0, 1)
        return likeness[:, [self.theme_ids.index(theme.id) for theme in self.themes]]

    def predict(self, texts, languages=None):
        """Say which theme posts belong to; see `ThemeModel.predict`.

        Parameters
        ----------
        texts : list of n str
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        labels : ndarray of int, shape (n,)
            Theme ids; -1 = unsorted, or caught by a dismissed theme.
        """
        found = self.place(self.rows(texts, languages))
        return np.where(np.isin(found, self.hidden), UNSORTED, found)

    def place(self, rows):
        """Say which theme rows belong to, dismissed ones included.

        Parameters
        ----------
        rows : ndarray of shape (n, d)
            As `rows` gives them.

        Returns
        -------
        labels : ndarray of int, shape (n,)
            Theme ids, -1 below the threshold of the nearest.
        """
        if not len(self.theme_ids) or not len(rows):
            return np.full(len(rows), UNSORTED, dtype=np.int64)
        likeness = rows @ self.means.T
        best = likeness.argmax(axis=1)
        sure = likeness[np.arange(len(rows)), best] >= self.thresholds[best]
        return np.where(sure & rows.any(axis=1), np.array(self.theme_ids, dtype=np.int64)[best], UNSORTED)

    def add(self, ids, texts, languages=None):
        """Place more posts and let the means of their themes follow.

        Parameters
        ----------
        ids : list of n str or int
            None of which is in ``post_ids``.
        texts : list of n str
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        labels : ndarray of int, shape (n,)
            Theme ids, dismissed themes included, -1 for none.
        """
        rows = self.rows(texts, languages)
        found = self.place(rows)
        for column, theme in enumerate(self.theme_ids):
            joined = rows[found == theme]
            if len(joined):
                self.means[column] = unit_rows([self.means[column] * self.mass[column] + joined.sum(axis=0)])[0]
                self.mass[column] += len(joined)
        self.row_posts = np.concatenate([self.row_posts, len(self.post_ids) + np.arange(len(rows))])
        self.post_ids = [*self.post_ids, *ids]
        self.post_labels = np.concatenate([self.post_labels, found])
        self.post_rows = np.vstack([self.post_rows, rows.astype(np.float16)])
        self.post_likeness = np.concatenate([self.post_likeness, own_likeness(rows, found, self.theme_ids, self.means)])
        # Nobody has said that these may be quoted.
        self.quotable = np.concatenate([self.quotable, np.zeros(len(rows), dtype=bool)])
        self.added = np.concatenate([self.added, np.ones(len(rows), dtype=bool)])
        self.themes = [
            replace(
                theme,
                size=theme.size + int((found == theme.id).sum()),
                centroid=self.means[self.theme_ids.index(theme.id)],
            )
            for theme in self.themes
        ]
        return found

    def save(self, path, extra=None):
        """Write everything to a file that `load_themes` reads.

        Parameters
        ----------
        path : str or Path
            Where to, all or nothing.
        extra : dict, optional
            JSON values that are kept beside it.
        """
        facts, arrays = pack_spaces(self.spaces)
        facts |= {
            "languages": self.languages,
            "stop": sorted(self.stop),
            "equal_words": self.equal.groups,
            "theme_ids": self.theme_ids,
            "hidden": self.hidden,
            "features": self.features,
            "post_ids": list(self.post_ids),
            "next_id": self.next_id,
            "themes": [_pack_theme(theme) for theme in self.themes],
            "extra": extra or {},
        }
        arrays |= {name: getattr(self, name) for name in ("means", *_KEPT)}
        write_model(path, facts, arrays)


def own_likeness(rows, labels, theme_ids, means):
    """Return (n,) float16: how like the mean of its theme each of `rows` is; 0 for `labels` of no theme."""
    found = np.zeros(len(rows), dtype=np.float16)
    for column, theme in enumerate(theme_ids):
        mine = labels == theme
        found[mine] = rows[mine].astype(np.float32) @ means[column]
    return found


def load_themes(path):
    """Bring back a fitted model to place and explain posts with, without importing scikit-learn.

    Parameters
    ----------
    path : str or Path
        What `ThemeModel.save` wrote. Nothing in it is unpickled.

    Returns
    -------
    themes : FittedThemes

    Raises
    ------
    ModelFileError
        When the file is damaged, foreign or of another version. It is a ValueError.
    FileNotFoundError
        When there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from forum.engine import ThemeModel, load_themes
    >>> with TemporaryDirectory() as folder:
    ...     ThemeModel().fit(["The seat is too hard", "A hard seat"]).save(Path(folder) / "themes.npz")
    ...     themes = load_themes(Path(folder) / "themes.npz")
    >>> themes.predict(["My seat is hard"]).tolist()  # two posts are too few for themes
    [-1]
    """
    facts, arrays = read_model(path)
    return unpack(facts, arrays, path)


def unpack(facts, arrays, path):
    """Return the `FittedThemes` that `facts` and `arrays` of the file at `path` describe."""
    try:
        check_shapes(facts, arrays, path)
        spaces = unpack_spaces(facts, arrays, path, LEAST_AFTERWARDS)
        means = np.array(arrays["means"])
        columns = {theme: column for column, theme in enumerate(facts["theme_ids"])}
        themes = [Theme(centroid=means[columns[theme["id"]]], **theme) for theme in facts["themes"]]
        known = ("languages", "stop", "theme_ids", "hidden", "features", "post_ids", "next_id")
        return FittedThemes(
            spaces=spaces,
            means=means,
            themes=themes,
            equal=equal_words.EqualWords(facts["equal_words"]),
            **{name: arrays[name] for name in _KEPT},
            **{name: facts[name] for name in known},
        )
    except ModelFileError:
        raise
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{path} lacks something that a theme model has: {error}") from error


_KEPT = ("mass", "thresholds", "weights", "post_labels", "post_rows", "row_posts", "post_likeness", "quotable", "added")


def _pack_theme(theme):
    names = ("id", "name", "terms", "exemplars", "odd_one", "size", "solidity", "language")
    return {name: getattr(theme, name) for name in names}

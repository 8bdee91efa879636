"""`ThemeModel`: the estimator that finds the themes of posts."""

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.exceptions import NotFittedError

from forum.engine.assignment import FittedThemes, unpack
from forum.engine.constraints import Constraints
from forum.engine.corpus import check_corpus, check_ids, check_texts, listed
from forum.engine.files import ModelFileError, read_model
from forum.engine.fitting import fit_themes
from forum.engine.parameters import check_parameters
from forum.engine.similar import SimilarPosts

PROVISIONAL = 200  # posts, under which themes may well change with the next few
LOOK_ALIKE = 0.3  # likeness from which two posts of a tiny corpus are shown as a pair
MOST_PAIRS = 20


class ThemeModel(ClusterMixin, TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg, misc]
    """Find the themes of short posts: as many as there are, named, explained and steerable.

    Posts are described by their wording, the company their words keep and static word vectors, linked to
    the posts most like them (in their own and in each other language), and grouped by modularity. How fine
    is found from the data; see ``docs/engine.md``.

    Parameters
    ----------
    method : {"graph", "nmf", "lda"}, default="graph"
        How themes are found: communities of likeness, or the strongest topic of a scikit-learn topic model
        (to compare with; everything else, from constraints to explanations, stays the same).
    resolution : float, default=1.0
        Granularity: above 1 finer themes than the data suggest, below 1 broader ones.
    n_themes : int or None, default=None
        How many themes to find, or as near to it as the posts allow, instead of as many as there are;
        `resolution` then has no say. At most the number of posts.
    smallest : int, default=5
        Fewest posts of a theme that nobody asked for.
    stop_words : iterable of str, default=()
        Words that carry no content here, such as the names of products. They appear in no name.
    equal_words : iterable of iterables of str, default=()
        Groups of words or phrases that are read as one, such as ``[("seat", "sete", "sæde")]``.
    main_language : {"en", "nb", "da"} or None, default=None
        Language to name mixed themes in; None takes the language of most of a theme's posts.
    random_state : int, RandomState instance or None, default=0
        Pass an int for the same themes every time.

    Attributes
    ----------
    labels_ : ndarray of shape (n_posts,)
        Theme id of each post, -1 = unsorted or caught by a dismissed theme.
    themes_ : list of Theme
        Largest first.
    components_ : ndarray of shape (n_themes, n_terms)
        Class-based TF-IDF weight of each term in each of ``themes_``.
    ids_ : list
        Post ids, in the order of ``labels_``.
    members_ : dict of int to set
        Post ids of each theme.
    coverage_ : float
        Share of posts that are in a theme, in [0, 1].
    unmet_ : list of Unmet
        Constraints that could not be obeyed, each with the reason.
    too_few_ : bool
        Whether there were under 30 posts (or under 10 that differ): then no themes are sought.
    pairs_ : list of (id, id, float)
        Posts that look alike, with their likeness, when there are too few for themes.
    provisional_ : bool
        Whether there were under 200 posts.
    resolution_ : float or None
        Resolution of the grouping, the granularity included; the number of topics under nmf and lda.
    steadiness_ : dict of int to float
        Mean Jaccard similarity, in [0, 1], with which each theme was found again in samples.

    Examples
    --------
    >>> model = ThemeModel(random_state=0).fit(texts)  # doctest: +SKIP
    >>> [(theme.name, theme.size) for theme in model.themes_]  # doctest: +SKIP
    """

    def __init__(
        self,
        method="graph",
        *,
        resolution=1.0,
        n_themes=None,
        smallest=5,
        stop_words=(),
        equal_words=(),
        main_language=None,
        random_state=0,
    ):
        self.method = method
        self.resolution = resolution
        self.n_themes = n_themes
        self.smallest = smallest
        self.stop_words = stop_words
        self.equal_words = equal_words
        self.main_language = main_language
        self.random_state = random_state

    def fit(
        self,
        texts,
        ids=None,
        languages=None,
        weights=None,
        links=None,
        constraints=None,
        quotable=None,
        previous=None,
        progress=None,
    ):
        """Find the themes of `texts`.

        Parameters
        ----------
        texts : iterable of n str
            Title and body of each post.
        ids : iterable of n str or int, optional
            What posts are called in constraints, exemplars and lineage; positions by default.
        languages : iterable of n str, optional
            BCP 47 tags; those that are not English, bokmål or Danish are guessed.
        weights : array of shape (n,), optional
            How much each post counts in means and names; positive.
        links : sparse matrix of shape (n, n), optional
            Other reasons why two posts belong together: symmetric, in [0, 1].
        constraints : Constraints, optional
            What people decided.
        quotable : array of n bool, optional
            Which posts may be named from and quoted; all by default.
        previous : fitted ThemeModel or FittedThemes, optional
            Whose themes are continued: ids and, where they still fit, names.
        progress : callable, optional
            Called with (step, share of all work done); the steps are reading, describing, linking,
            grouping, naming, checking.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For no posts, texts that are no strings, arguments of other lengths, or bad parameters.
        """
        settings = check_parameters(self)
        steering = Constraints() if constraints is None else constraints
        if not isinstance(steering, Constraints):
            raise ValueError(f"constraints is a Constraints or None, not {type(constraints).__name__}")
        corpus = check_corpus(texts, ids, languages, weights, links, quotable)
        if settings.n_themes is not None and settings.n_themes > len(corpus.texts):
            raise ValueError(f"n_themes is {settings.n_themes}, more than the {len(corpus.texts)} texts")
        return self._learn(fit_themes(corpus, settings, steering, _themes_of(previous), progress), corpus)

    def _learn(self, fit, corpus):
        """Keep what a `Fit` of `corpus` found; returns self."""
        self.fitted_ = fit.fitted
        self.unmet_ = fit.unmet
        self.too_few_ = fit.too_few
        self.resolution_ = fit.resolution
        self.steadiness_ = fit.steadiness
        self.pairs_ = _look_alikes(corpus) if fit.too_few else []
        return self

    def fit_predict(self, texts, y=None, **arguments):
        """Find the themes of `texts` and return ``labels_``; `y` is passed over, `arguments` are those of `fit`."""
        return self.fit(texts, **arguments).labels_

    def fit_transform(self, texts, y=None, **arguments):
        """Find the themes of `texts` and return their likeness to each; `y` is passed over."""
        texts = check_texts(texts)
        return self.fit(texts, **arguments).transform(texts, arguments.get("languages"))

    def partial_fit(self, texts, ids=None, languages=None):
        """Place more posts in the themes there are; their means follow. Without a fit, `fit` is called.

        `ids` default to the next positions. Returns self.
        """
        if not hasattr(self, "fitted_"):
            return self.fit(texts, ids=ids, languages=languages)
        texts, languages = _checked(texts, languages)
        known = len(self.fitted_.post_ids)
        ids = list(range(known, known + len(texts))) if ids is None else check_ids(ids, len(texts))
        again = set(ids) & set(self.fitted_.post_ids)
        if again:
            raise ValueError(f"ids repeat: {min(again, key=repr)!r} is in the model already")
        self.fitted_.add(ids, texts, languages)
        return self

    def predict(self, texts, languages=None):
        """Return ndarray (n,) of theme ids for `texts`, -1 = unsorted."""
        return self.fitted().predict(*_checked(texts, languages))

    def transform(self, texts, languages=None):
        """Return ndarray (n, n_themes): likeness of `texts` to each of ``themes_``, in [0, 1]."""
        return self.fitted().transform(*_checked(texts, languages))

    def get_feature_names_out(self, input_features=None):
        """Return ndarray (n_terms,) of the words that the columns of ``components_`` stand for."""
        return np.array(self.fitted().features, dtype=object)

    def save(self, path):
        """Write the fitted model to `path`, all or nothing, as plain arrays and JSON."""
        extra = {
            "parameters": self._plain_parameters(),
            "unmet": [[unmet.kind, list(unmet.about), unmet.reason] for unmet in self.unmet_],
            "too_few": self.too_few_,
            "resolution": self.resolution_,
            "steadiness": [[theme, value] for theme, value in self.steadiness_.items()],
            "pairs": [list(pair) for pair in self.pairs_],
        }
        self.fitted().save(path, extra)

    @classmethod
    def load(cls, path):
        """Return the model saved at `path`.

        Raises ``ModelFileError`` when the file is damaged, foreign or of another version. Where placing and
        explaining posts is all that is needed, `load_themes` does the same without scikit-learn.
        """
        from forum.engine.constraints import Unmet

        facts, arrays = read_model(path)
        fitted = unpack(facts, arrays, path)
        try:
            extra = facts["extra"]
            given = extra["parameters"]
            words = {name: tuple(given[name]) for name in ("stop_words", "equal_words")}
            model = cls(**given | words)
            model.unmet_ = [Unmet(kind, tuple(about), reason) for kind, about, reason in extra["unmet"]]
            model.too_few_ = extra["too_few"]
            model.resolution_ = extra["resolution"]
            model.steadiness_ = dict(extra["steadiness"])
            model.pairs_ = [tuple(pair) for pair in extra["pairs"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"{path} lacks something that a theme model has: {error}") from error
        model.fitted_ = fitted
        return model

    def fitted(self):
        """Return the `FittedThemes` of the last fit; raises NotFittedError without one."""
        if "fitted_" not in self.__dict__:
            raise NotFittedError(f"this {type(self).__name__} knows no posts yet: call fit first")
        return self.fitted_

    @property
    def labels_(self):
        fitted = self.fitted()
        return np.where(np.isin(fitted.post_labels, fitted.hidden), -1, fitted.post_labels)

    @property
    def themes_(self):
        return self.fitted().themes

    @property
    def ids_(self):
        return list(self.fitted().post_ids)

    @property
    def members_(self):
        return self.fitted().members_

    @property
    def coverage_(self):
        return float((self.labels_ >= 0).mean())

    @property
    def provisional_(self):
        return len(self.fitted().post_ids) < PROVISIONAL

    @property
    def components_(self):
        fitted = self.fitted()
        return fitted.weights[[fitted.theme_ids.index(theme.id) for theme in fitted.themes]]

    def __getattr__(self, name):
        if name.endswith("_") and not name.startswith("_"):
            self.fitted()  # what is learnt has a name like this
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _plain_parameters(self):
        parameters = self.get_params()
        parameters["stop_words"] = list(self.stop_words)
        parameters["equal_words"] = [list(group) for group in self.equal_words]
        if not isinstance(self.random_state, int | np.integer | None):
            parameters["random_state"] = None
        return parameters


def _themes_of(previous):
    """Return the `FittedThemes` of the model that a fit continues, None for none."""
    before = previous.fitted() if isinstance(previous, ThemeModel) else previous
    if before is not None and not isinstance(before, FittedThemes):
        raise ValueError(f"previous is a fitted ThemeModel or FittedThemes, or None, not {type(previous).__name__}")
    return before


def _checked(texts, languages):
    """Return (list of texts, list of as many languages or None); ValueError for anything else."""
    texts = check_texts(texts)
    return texts, None if languages is None else listed("languages", languages, len(texts))


def _look_alikes(corpus):
    """Return the (id, id, likeness) of the posts of a tiny corpus that look alike, likest first."""
    similar = SimilarPosts().fit(corpus.ids, corpus.texts)
    found: dict = {}
    for post, text in zip(corpus.ids, corpus.texts, strict=True):
        for other in similar.query(text, k=5):
            if other.id != post and other.score >= LOOK_ALIKE:
                pair = tuple(sorted((post, other.id), key=corpus.ids.index))
                found[pair] = max(found.get(pair, 0.0), other.score)
    ranked = sorted(found.items(), key=lambda item: (-item[1], [corpus.ids.index(post) for post in item[0]]))
    return [(*pair, score) for pair, score in ranked[:MOST_PAIRS]]

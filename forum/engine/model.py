"""`ThemeModel`: the estimator that finds the themes of posts."""

import warnings
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin

from forum.engine.assignment import FittedThemes, unpack
from forum.engine.constraints import Constraints
from forum.engine.corpus import LARGE, check_corpus, check_ids, check_texts, listed
from forum.engine.files import ModelFileError, read_model
from forum.engine.fitting import fit_themes
from forum.engine.large import fit_large
from forum.engine.learnt import Learnt
from forum.engine.pairs import look_alikes
from forum.engine.parameters import check_parameters
from forum.engine.subthemes import Parting

MOST_COMPARED = 1_000  # posts, of which pairs are shown where there are too few different ones for themes
WITHOUT_VECTORS = (
    "wordllama is not installed, or not as expected: posts are compared by their words alone, without word vectors"
)


class ThemeModel(Parting, Learnt, ClusterMixin, TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg, misc]
    """Find the themes of short posts: as many as there are, named, explained and steerable.

    Posts are described by their wording, the company their words keep and static word vectors, linked to
    the posts most like them (in their own and in each other language), and grouped by modularity. How fine
    is found from the data; ``docs/engine.md`` has the steps, measurements and sources.

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
        Language to name mixed themes in, where a fifth of their posts are in it; None takes that of most posts.
    random_state : int, RandomState instance or None, default=0
        Pass an int for the same themes every time.

    Attributes
    ----------
    labels_ : ndarray of int, shape (n_posts,)
        Theme id of each post, -1 = unsorted or caught by a dismissed theme.
    themes_ : list of Theme
        Largest first, dismissed ones left out.
    components_ : ndarray of float32, shape (n_themes, n_terms)
        Class-based TF-IDF weight of each term in each of ``themes_`` (Grootendorst 2022);
        `get_feature_names_out` names the columns.
    ids_ : list of str or int
        Post ids, in the order of ``labels_``.
    members_ : dict of int to set
        Post ids of each theme of ``themes_``.
    coverage_ : float
        Share of posts that are in a theme, in [0, 1].
    unmet_ : list of Unmet
        Constraints that could not be obeyed, each with the reason.
    too_few_ : bool
        Whether there were under 30 posts (or under 10 that differ): then no themes are sought.
    pairs_ : list of (id, id, float)
        Posts that look alike, with their likeness in [0, 1], when there are too few for themes.
    provisional_ : bool
        Whether there were under 200 posts.
    without_vectors_ : bool
        Whether posts were described by their words alone, because the package wordllama with its word vectors
        is not installed: themes are less sure then. `fit` warns of it.
    resolution_ : float or None
        Resolution of the grouping, the granularity included; the number of topics under nmf and lda;
        None when there were too few posts.
    steadiness_ : dict of int to float
        Jaccard similarity, in [0, 1], with which each theme was found again in samples (Hennig 2007): the mean
        less half the standard deviation. ``Theme.solidity`` says it in a word.

    Notes
    -----
    `get_feature_names_out` names the columns of ``components_``, as for scikit-learn's vectorisers, and not
    those of `transform`; `set_output` is therefore not there. Learnt attributes raise NotFittedError, which is
    also an AttributeError, before `fit`.

    Examples
    --------
    >>> from forum.engine import ThemeModel
    >>> wrong = ["the seat hurts my back", "the phone loses bluetooth", "cold air comes from the heater"]
    >>> when = ["in winter", "after an hour", "every morning", "on long trips", "again today", "since the update"]
    >>> when += ["on the motorway", "in town", "says my wife", "at night", "while it rains", "after the service"]
    >>> texts = [f"{trouble} {moment}" for trouble in wrong for moment in when]
    >>> model = ThemeModel(random_state=0).fit(texts)
    >>> [(theme.id, theme.size, "seat" in theme.terms) for theme in model.themes_]
    [(0, 12, True), (1, 12, False), (2, 12, False)]
    >>> model.predict(["My back hurts from this seat", "Where are the invoices?"]).tolist()
    [0, -1]
    >>> model.transform(texts[:5]).shape
    (5, 3)
    >>> model.components_.shape == (3, len(model.get_feature_names_out()))
    True
    >>> int(model.partial_fit(["The seat hurts my back when I reverse"]).labels_[-1])
    0
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
            Each post; of several lines the first is its title, which counts twice.
        ids : iterable of n str or int, optional
            What posts are called in constraints, exemplars and lineage; positions by default.
        languages : iterable of n str, optional
            BCP 47 tags; those that are not English, bokmål or Danish are guessed.
        weights : array of shape (n,), optional
            How much each post counts in means and names; positive, 1 by default.
        links : sparse matrix of shape (n, n), optional
            Other reasons why two posts belong together (area, voters, tags): symmetric, in [0, 1].
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
        self : ThemeModel

        Raises
        ------
        ValueError
            For no posts, a text that is no string (its position is named), arguments of other lengths, ids
            that repeat, weights or links out of range, bad parameters, and more `n_themes` than texts.
            Contradictory decisions are refused by `Constraints` itself.
        """
        settings = check_parameters(self)
        steering = Constraints() if constraints is None else constraints
        if not isinstance(steering, Constraints):
            raise ValueError(f"constraints is a Constraints or None, not {type(constraints).__name__}")
        corpus = check_corpus(texts, ids, languages, weights, links, quotable)
        if settings.n_themes is not None and settings.n_themes > len(corpus.texts):
            raise ValueError(f"n_themes is {settings.n_themes}, more than the {len(corpus.texts)} texts")
        fit = fit_large if len(corpus.ids) > LARGE else fit_themes
        return self._learn(fit(corpus, settings, steering, _themes_of(previous), progress), corpus)

    def _learn(self, fit, corpus):
        """Keep what a `Fit` of `corpus` found; returns self."""
        self.fitted_ = fit.fitted
        self.unmet_ = fit.unmet
        self.too_few_ = fit.too_few
        self.resolution_ = fit.resolution
        self.steadiness_ = fit.steadiness
        self._regroup, self._core = fit.regroup, fit.core
        self.pairs_ = []
        if fit.too_few:
            self.pairs_ = look_alikes(corpus.part(np.arange(min(len(corpus.ids), MOST_COMPARED))))
        elif self.without_vectors_:
            warnings.warn(WITHOUT_VECTORS, stacklevel=3)
        return self

    def look_at_notches(self, ratios):
        """Say how this corpus would be grouped at other resolutions, its themes going on, from the links of the fit.

        Parameters
        ----------
        ratios : iterable of float
            Times the resolution of the fit.

        Returns
        -------
        now : dict of theme id -> set of post ids
            What the fit found, near-copies left out.
        notches : list of dict of number -> set of post ids
            The groups of the same posts for each ratio. Both are empty where nothing can be told: too few posts or
            too many, another method, or a model that was loaded.
        """
        from forum.engine.notches import look_at_notches, members_by_label

        regroup, core = getattr(self, "_regroup", None), getattr(self, "_core", None)
        if self.method != "graph" or self.n_themes or core is None or not isinstance(regroup, partial):
            return {}, []
        ids, labels = core
        linked, resolution, smallest = regroup.args
        found = look_at_notches(linked, resolution, smallest, ratios, labels, check_parameters(self).seed)
        now = {self.fitted_.theme_ids[label]: posts for label, posts in members_by_label(ids, labels).items()}
        return now, [members_by_label(ids, then) for then in found]

    def fit_predict(self, texts, y=None, **arguments):
        """Find the themes of `texts` and say which theme each is in.

        Parameters
        ----------
        texts : iterable of n str
            Each post.
        y : object, optional
            Passed over; pipelines hand it on.
        **arguments : dict
            Those of `fit`.

        Returns
        -------
        labels : ndarray of int, shape (n,)
            ``labels_``: theme ids, -1 = unsorted.
        """
        return self.fit(texts, **arguments).labels_

    def fit_transform(self, texts, y=None, **arguments):
        """Find the themes of `texts` and say how like each theme they are.

        Parameters
        ----------
        texts : iterable of n str
            Each post.
        y : object, optional
            Passed over; pipelines hand it on.
        **arguments : dict
            Those of `fit`.

        Returns
        -------
        likeness : ndarray of float32, shape (n, n_themes)
            As `transform` gives it.
        """
        texts = check_texts(texts)
        return self.fit(texts, **arguments).transform(texts, arguments.get("languages"))

    def partial_fit(self, texts, ids=None, languages=None):
        """Place more posts in the themes there are; their means follow. Without a fit, `fit` is called.

        Parameters
        ----------
        texts : iterable of n str
            The posts since the fit or the last call. They are not quoted: nobody has said that they may be.
        ids : iterable of n str or int, optional
            What they are called; the next positions by default.
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        self : ThemeModel

        Raises
        ------
        ValueError
            For texts that are no strings, lengths that differ, and ids that the model has already.
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
        """Say which theme each of `texts` belongs to.

        Parameters
        ----------
        texts : iterable of n str
            Posts, new or old; nothing is learnt from them.
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        labels : ndarray of int, shape (n,)
            Theme ids, -1 = unsorted: less like any theme than 95 % of its members, or caught by a dismissed one.

        Raises
        ------
        ValueError
            For texts that are no strings and another number of languages.
        NotFittedError
            Before `fit`.
        """
        return self.fitted().predict(*_checked(texts, languages))

    def transform(self, texts, languages=None):
        """Say how like each theme each of `texts` is.

        Parameters
        ----------
        texts : iterable of n str
            Posts, new or old; nothing is learnt from them.
        languages : iterable of n str, optional
            BCP 47 tags; guessed by default.

        Returns
        -------
        likeness : ndarray of float32, shape (n, n_themes)
            Cosine with the centroid of each of ``themes_``, in [0, 1]; negative ones are 0.

        Raises
        ------
        ValueError
            For texts that are no strings and another number of languages.
        NotFittedError
            Before `fit`.
        """
        return self.fitted().transform(*_checked(texts, languages))

    def save(self, path):
        """Write the fitted model to `path`, all or nothing: an npz of plain arrays and JSON with a checksum.

        Parameters
        ----------
        path : str or Path
            Where to; a file there is replaced. A `RandomState` is not kept: it is None after loading.

        Raises
        ------
        NotFittedError
            Before `fit`.
        OSError
            When the file cannot be written; what was there stays.
        """
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
        """Bring back the model saved at `path`.

        Where placing and explaining posts is all that is needed, `load_themes` does the same without
        scikit-learn.

        Parameters
        ----------
        path : str or Path
            What `save` wrote. Nothing in it is unpickled.

        Returns
        -------
        model : ThemeModel

        Raises
        ------
        ModelFileError
            When the file is damaged, foreign or of another version. It is a ValueError.
        FileNotFoundError
            When there is none.
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

"""Look for finer themes among the posts of one theme."""

from dataclasses import replace

import numpy as np
from sklearn.base import clone

from forum.engine.constraints import Constraints
from forum.engine.corpus import check_corpus, check_texts, listed
from forum.engine.fitting import fit_themes
from forum.engine.parameters import check_parameters


class Parting:
    """What lets a fitted `ThemeModel` be looked into: a model of the posts of one theme alone."""

    def subthemes(self, theme_id, texts, languages=None, **parameters):
        """Fit a model to the posts of one theme: its sub-themes.

        Posts are described as in this model: few posts teach little. Half its resolution is usual, because small
        corpora fall apart more easily. Ids of sub-themes are free in this model and stay so: the next fit with it
        as ``previous``, and the sub-themes of other themes, get others. Splitting one off is pinning its posts to
        its id.

        Parameters
        ----------
        theme_id : int
            One of the themes of this model, dismissed ones included.
        texts : iterable of n str
            The posts of this model, in the order of ``ids_``.
        languages : iterable of n str, optional
            Of these posts, BCP 47 tags; guessed by default.
        **parameters : dict
            Of the model to fit, such as `n_themes` or `resolution`; otherwise those of this one.

        Returns
        -------
        model : ThemeModel
            Fitted; ``ids_`` are as in this model. Under 30 posts it is ``too_few_`` and has no themes.

        Raises
        ------
        ValueError
            For another number of texts, a theme that is not there, and bad parameters.
        NotFittedError
            Before `fit`.

        Examples
        --------
        >>> from forum.engine import ThemeModel
        >>> parts = ["the driver seat hurts my back", "the rear seat is too narrow", "the phone loses bluetooth"]
        >>> when = ["in winter", "after an hour", "every morning", "on long trips", "again today", "in town"]
        >>> when += ["on the motorway", "says my wife", "at night", "while it rains", "after the service", "at last"]
        >>> when += ["in summer", "since May", "uphill", "with children", "at full speed", "downtown"]
        >>> texts = [f"{trouble} {moment}" for trouble in parts for moment in when]
        >>> model = ThemeModel(n_themes=2).fit(texts)
        >>> seats = model.subthemes(int(model.labels_[0]), texts)
        >>> [theme.size for theme in seats.themes_], seats.themes_[0].id >= 2
        ([18, 18], True)
        """
        fitted = self.fitted()  # type: ignore[attr-defined]
        corpus = _posts_of(fitted, theme_id, texts, languages)
        usual = {"n_themes": None, "resolution": self.resolution / 2}  # type: ignore[attr-defined]
        model = clone(self).set_params(**usual | parameters)
        settings = check_parameters(model)
        if settings.n_themes is not None and settings.n_themes > len(corpus.ids):
            raise ValueError(f"n_themes is {settings.n_themes}, more than the {len(corpus.ids)} posts of the theme")
        model._learn(fit_themes(corpus, settings, Constraints(), spaces=fitted.spaces), corpus)
        model.steadiness_ = {theme + fitted.next_id: value for theme, value in model.steadiness_.items()}
        model.fitted_ = _numbered_from(model.fitted_, fitted.next_id)
        fitted.next_id = model.fitted_.next_id
        return model


def _posts_of(fitted, theme_id, texts, languages):
    """Return the `Corpus` of the posts of one theme, from all `texts` of the model."""
    texts = listed("texts", check_texts(texts), len(fitted.post_ids))
    codes = None if languages is None else listed("languages", languages, len(texts))
    places = np.flatnonzero(fitted.post_labels == theme_id)
    if theme_id not in fitted.theme_ids or not len(places):
        raise ValueError(f"there is no theme {theme_id!r}; there are {sorted(fitted.theme_ids)}")
    return check_corpus(
        [texts[place] for place in places],
        ids=[fitted.post_ids[place] for place in places],
        languages=None if codes is None else [codes[place] for place in places],
        quotable=fitted.quotable[places],
    )


def _numbered_from(fitted, first):
    """Return `fitted` with its theme ids beginning at `first`."""
    return replace(
        fitted,
        theme_ids=[theme + first for theme in fitted.theme_ids],
        themes=[replace(theme, id=theme.id + first) for theme in fitted.themes],
        post_labels=np.where(fitted.post_labels < 0, fitted.post_labels, fitted.post_labels + first),
        next_id=fitted.next_id + first,
    )

"""What a `ThemeModel` has learnt, as its attributes."""

import numpy as np
from sklearn.exceptions import NotFittedError

PROVISIONAL = 200  # posts, under which themes may well change with the next few


class Learnt:
    """The attributes of a fitted `ThemeModel`, read from its `FittedThemes`; NotFittedError before that."""

    def get_feature_names_out(self, input_features=None):
        """Name the columns of ``components_``.

        Parameters
        ----------
        input_features : object, optional
            Passed over; scikit-learn's vectorisers have it too.

        Returns
        -------
        terms : ndarray of str objects, shape (n_terms,)
            Words and pairs of words.

        Raises
        ------
        NotFittedError
            Before `fit`.
        """
        return np.array(self.fitted().features, dtype=object)

    def fitted(self):
        """Return what the last fit learnt, which needs no scikit-learn.

        Returns
        -------
        themes : FittedThemes

        Raises
        ------
        NotFittedError
            Before `fit`.
        """
        if "fitted_" not in self.__dict__:
            raise NotFittedError(f"this {type(self).__name__} knows no posts yet: call fit first")
        return self.fitted_

    @property
    def labels_(self):
        """Theme id of each post, ndarray (n_posts,); -1 = unsorted or caught by a dismissed theme."""
        fitted = self.fitted()
        return np.where(np.isin(fitted.post_labels, fitted.hidden), -1, fitted.post_labels)

    @property
    def themes_(self):
        """List of `Theme`, largest first, dismissed ones left out."""
        return self.fitted().themes

    @property
    def ids_(self):
        """List of post ids, in the order of ``labels_``."""
        return list(self.fitted().post_ids)

    @property
    def members_(self):
        """Dict of theme id to set of post ids, for each of ``themes_``."""
        return self.fitted().members_

    @property
    def coverage_(self):
        """Share of posts that are in a theme, in [0, 1]."""
        return float((self.labels_ >= 0).mean())

    @property
    def without_vectors_(self):
        """Whether posts are described by their words alone, because no word vectors are installed."""
        return self.fitted().without_vectors

    @property
    def provisional_(self):
        """Whether there were under 200 posts, so that themes may well change with the next few."""
        return len(self.fitted().post_ids) < PROVISIONAL

    @property
    def components_(self):
        """Class-based TF-IDF weights, ndarray (n_themes, n_terms), rows in the order of ``themes_``."""
        fitted = self.fitted()
        return fitted.weights[[fitted.theme_ids.index(theme.id) for theme in fitted.themes]]

    def __getattr__(self, name):
        if name.endswith("_") and not name.startswith("_"):
            self.fitted()  # what is learnt has a name like this
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

"""scikit-learn's own checks of estimators, and the conventions that they cannot try on texts."""

import copy
import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from forum.engine import ThemeModel

WORDS = ("bad", "dec", "fog", "gul", "hek", "jam", "kip", "lor", "mun", "nev", "pas", "rit")


class Numbers(ThemeModel):
    """A `ThemeModel` that reads rows of numbers as texts: the common checks know nothing else."""

    def fit(self, X, y=None):
        return super().fit(self._said(X, reset=True))

    def partial_fit(self, X, y=None):
        return super().partial_fit(self._said(X)) if hasattr(self, "fitted_") else self.fit(X)

    def predict(self, X):
        self.fitted()
        return super().predict(self._said(X))

    def transform(self, X):
        self.fitted()
        return super().transform(self._said(X))

    def fit_predict(self, X, y=None):
        return self.fit(X).labels_

    def fit_transform(self, X, y=None):
        return self.fit(X).transform(X)

    def _said(self, X, reset=False):
        rows = validate_data(self, X, reset=reset, ensure_min_samples=1)
        return [" ".join(word for place, value in enumerate(row) for word in _spoken(place, value)) for row in rows]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = False, True
        return tags


def _spoken(place, value):
    """A number in a few words, so that numbers close to each other have most of them in common."""
    level = int(np.clip(np.floor(2 * value), -1e6, 1e6))
    return [f"{WORDS[place % 12]}{WORDS[step % 12]}{WORDS[step // 12 % 12]}" for step in range(level, level + 5)]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.usefixtures("quick")
@parametrize_with_checks([Numbers()], legacy=True)
@pytest.mark.long
def test_the_common_checks_of_scikit_learn_hold(estimator, check):
    check(estimator)  # the one about array APIs skips itself unless SCIPY_ARRAY_API is set


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_sees_an_estimator_of_texts():
    # Beyond cloning, its checks make tables of numbers, as for its own text vectorisers: hence `Numbers`.
    done = check_estimator(ThemeModel(), on_skip=None)
    tags = get_tags(ThemeModel())

    assert [check["status"] for check in done] == ["passed"] * len(done)
    assert (tags.input_tags.string, tags.input_tags.two_d_array, tags.estimator_type) == (True, False, "clusterer")


LEARNT = (
    *("labels_", "themes_", "components_", "ids_", "members_", "coverage_", "provisional_"),
    *("unmet_", "too_few_", "pairs_", "resolution_", "steadiness_"),
)


@pytest.mark.parametrize("name", LEARNT)
def test_what_is_learnt_is_not_there_before_a_fit(name, model):
    with pytest.raises(NotFittedError):
        getattr(ThemeModel(), name)
    assert not hasattr(ThemeModel(), name)
    assert hasattr(model, name)


def test_scikit_learn_knows_whether_it_is_fitted(model):
    check_is_fitted(model)
    with pytest.raises(NotFittedError):
        check_is_fitted(ThemeModel())
    with pytest.raises(AttributeError, match="nonsense"):
        _ = model.nonsense


def test_it_shows_the_parameters_that_are_not_the_usual_ones():
    assert repr(ThemeModel("nmf", n_themes=7)) == "ThemeModel(method='nmf', n_themes=7)"


def test_a_copy_lives_on_its_own(texts, model):
    copied = copy.deepcopy(model)
    copied.partial_fit(["My back hurts from this seat"])

    assert len(copied.labels_) == len(model.labels_) + 1 == len(texts) + 1
    assert copied.fitted_ is not model.fitted_
    assert copied.get_params() == model.get_params()


@pytest.mark.usefixtures("quick")
def test_a_model_can_end_a_pipeline_and_others_can_follow_it(texts):
    ending = make_pipeline(FunctionTransformer(list), ThemeModel())
    followed = make_pipeline(ThemeModel(), KMeans(2, n_init=1, random_state=0))

    likeness = ending.fit_transform(texts)
    assert likeness.shape == (len(texts), len(ending[-1].themes_))
    assert ending.set_params(thememodel__resolution=2.0)[-1].resolution == 2.0
    assert ending.fit_predict(texts).shape == (len(texts),)
    assert set(followed.fit(texts).predict(texts[:9]).tolist()) <= {0, 1}


@pytest.mark.usefixtures("quick")
def test_labels_that_somebody_passes_as_y_are_passed_over(texts, named):
    np.testing.assert_array_equal(ThemeModel().fit_predict(texts, named), ThemeModel().fit(texts).labels_)
    with pytest.raises(ValueError, match="ids repeat"):
        ThemeModel().fit(texts, named)


@pytest.mark.usefixtures("quick")
def test_a_state_of_chance_gives_the_same_themes_from_the_same_point(texts):
    first, again = (ThemeModel(random_state=np.random.RandomState(3)).fit(texts) for _ in range(2))

    np.testing.assert_array_equal(first.labels_, again.labels_)
    assert first.themes_ == again.themes_
    assert clone(first).random_state is not first.random_state


@pytest.mark.long
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("as_given", [tuple, np.array, lambda texts: (text for text in texts)])
def test_texts_may_come_as_any_series(texts, as_given):
    np.testing.assert_array_equal(ThemeModel().fit(as_given(texts)).labels_, ThemeModel().fit(texts).labels_)


@pytest.mark.long
def test_neither_hashes_nor_the_order_of_sets_change_a_fit():
    """Two processes whose strings hash differently, given the same decisions in another order."""
    code = """if True:
        import hashlib, sys
        from forum.engine import Constraints, ThemeModel
        import forum.engine.grouping as grouping, forum.engine.solidity as solidity
        grouping.RESOLUTIONS, grouping.SEEDS, grouping.TRIALS, solidity.SAMPLES = (1.0,), 1, 2, 1
        from tests.engine import sentences
        texts = sentences.posts()[0]
        ids = [f"post {place}" for place in range(len(texts))]
        pairs = [(ids[place], ids[place + 30]) for place in range(0, 40, 8)]
        turned = pairs[:: int(sys.argv[1])]
        constraints = Constraints(
            together=turned, apart={(ids[3], ids[44]), (ids[5], ids[60])}, keep_out={(ids[9], 1), (ids[2], 0)}
        )
        model = ThemeModel().fit(texts, ids=ids, constraints=constraints)
        print(hashlib.sha256(repr([model.labels_.tolist(), model.themes_, model.unmet_]).encode()).hexdigest())
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, turn], env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE
        )
        for seed, turn in (("1", "1"), ("2", "-1"))
    ]
    said = [process.communicate(timeout=100)[0] for process in running]

    assert said[0] == said[1] != b""


@pytest.mark.long
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("method", ["graph", "nmf"])
def test_as_many_themes_come_out_as_are_asked_for(method, texts):
    found = {asked: len(ThemeModel(method, n_themes=asked).fit(texts).themes_) for asked in (2, 4, 9)}

    assert all(abs(asked - number) <= 1 for asked, number in found.items()), found


def test_the_few_themes_that_somebody_asks_for_hold_the_posts(texts):
    assert ThemeModel(n_themes=2).fit(texts).coverage_ >= 0.95


def test_more_themes_than_posts_are_refused(texts):
    with pytest.raises(ValueError, match=r"n_themes is 900, more than the \d+ texts"):
        ThemeModel(n_themes=900).fit(texts)

"""Topic models of scikit-learn under the same face."""

import joblib
import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from forum.engine import Constraints, ThemeModel, explain_membership, load_themes


@pytest.mark.parametrize(("method", "least"), [("nmf", 0.5), ("lda", 0.0)])  # LDA is lost on short posts
def test_a_topic_model_groups_names_places_and_explains(method, least, texts, named, tmp_path):
    model = ThemeModel(method, random_state=0).fit(texts)
    theme = model.themes_[0]

    assert adjusted_mutual_info_score(named, model.labels_) >= least
    assert model.resolution_ == int(model.resolution_) >= len(model.themes_)
    assert theme.name
    assert theme.exemplars
    assert model.transform(texts).shape == (len(texts), len(model.themes_))
    assert model.components_.shape == (len(model.themes_), len(model.get_feature_names_out()))
    np.testing.assert_array_equal(ThemeModel(method, random_state=0).fit(texts).labels_, model.labels_)
    model.save(tmp_path / "themes.npz")
    place = int(np.flatnonzero(model.labels_ == theme.id)[0])
    assert explain_membership(load_themes(tmp_path / "themes.npz"), texts[place]).theme is not None
    assert ThemeModel.load(tmp_path / "themes.npz").method == method


def test_a_topic_model_obeys_constraints_and_keeps_ids(texts):
    before = ThemeModel("nmf", random_state=0).fit(texts)
    theme, other = (theme.id for theme in before.themes_[:2])
    post = sorted(before.members_[other])[0]

    after = ThemeModel("nmf", random_state=0).fit(texts, constraints=Constraints(pins={post: theme}), previous=before)

    assert after.labels_[after.ids_.index(post)] == theme
    assert {one.id for one in before.themes_} <= {one.id for one in after.themes_}


def test_more_topics_are_asked_for_as_finer_themes(texts):
    found = [ThemeModel("nmf", resolution=grain, random_state=0).fit(texts).resolution_ for grain in (0.5, 1, 2)]

    assert found[0] < found[1] < found[2]


@pytest.mark.long
def test_any_back_end_of_joblib_carries_the_work_to_the_same_themes(texts, model):
    with joblib.parallel_config("threading", n_jobs=2):
        again = ThemeModel(random_state=0).fit(texts)

    np.testing.assert_array_equal(again.labels_, model.labels_)
    assert again.steadiness_ == model.steadiness_

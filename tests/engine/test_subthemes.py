"""Sub-themes: a model of the posts of one theme."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_mutual_info_score

from forum.engine import Constraints, ThemeModel
from tests.engine import sentences

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(scope="module")
def corpus():
    """Posts in three languages, the theme that each was written for, and its language."""
    return sentences.three_languages()


@pytest.fixture(scope="module")
def said(corpus):
    return corpus[0]


@pytest.fixture(scope="module")
def broad(corpus):
    """A model with fewer themes than the posts were written for."""
    return ThemeModel(n_themes=2, random_state=0).fit(corpus[0], languages=corpus[2])


def largest(model):
    return model.themes_[0].id


def test_a_broad_theme_opens_into_what_its_posts_were_written_for(broad, corpus):
    texts, named, languages = corpus
    model = broad.subthemes(largest(broad), texts, languages)
    mine = [named[post] for post in model.ids_]

    assert set(model.ids_) == broad.members_[largest(broad)]
    assert 2 <= len(model.themes_) <= 6
    assert adjusted_mutual_info_score(mine, model.labels_) >= 0.6
    assert all(theme.name and theme.exemplars for theme in model.themes_)


def test_ids_of_sub_themes_are_used_nowhere_else(broad, said):
    one, other = (theme.id for theme in broad.themes_)
    first, second = broad.subthemes(one, said), broad.subthemes(other, said)
    ids = [theme.id for model in (broad, first, second) for theme in model.themes_]
    later = ThemeModel(n_themes=9, random_state=0).fit(said, previous=broad)

    assert len(ids) == len(set(ids))
    assert not {theme.id for theme in later.themes_} & {theme.id for theme in (*first.themes_, *second.themes_)}
    assert set(first.steadiness_) == set(first.labels_.tolist()) - {-1}


def test_a_sub_theme_is_split_off_by_pinning_its_posts(broad, said):
    part = broad.subthemes(largest(broad), said).themes_[1]
    pins = dict.fromkeys(part.exemplars, part.id)
    again = ThemeModel(random_state=0).fit(said, constraints=Constraints(pins=pins), previous=broad)

    assert {int(again.labels_[post]) for post in part.exemplars} == {part.id}


def test_parameters_are_those_of_the_model_but_for_what_is_asked(texts):
    model = ThemeModel("nmf", n_themes=2, stop_words=["car"]).fit(texts)
    parts = model.subthemes(largest(model), texts, n_themes=3)

    assert (parts.method, parts.n_themes, parts.stop_words) == ("nmf", 3, ["car"])


def test_a_small_theme_has_no_sub_themes(model, texts):
    least = model.themes_[-1]
    parts = model.subthemes(least.id, texts)

    assert least.size < 30
    assert parts.too_few_
    assert parts.themes_ == []
    np.testing.assert_array_equal(parts.labels_, -1)


def test_what_cannot_be_looked_into_is_refused(broad, said):
    with pytest.raises(ValueError, match="no theme 77"):
        broad.subthemes(77, said)
    with pytest.raises(ValueError, match="texts has 1 entries"):
        broad.subthemes(largest(broad), said[:1])
    with pytest.raises(ValueError, match="n_themes is 500"):
        broad.subthemes(largest(broad), said, n_themes=500)
    with pytest.raises(NotFittedError):
        ThemeModel().subthemes(0, said)

"""The estimator: what it finds, what it refuses, and that it keeps scikit-learn's conventions."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from forum.engine import Constraints, ThemeModel, load_themes
from tests.engine import sentences


def majority(model, named):
    """Return dict of theme id -> name that most of its posts were written for."""
    labels = model.labels_
    return {
        theme.id: max(sorted(set(named)), key=[named[p] for p in np.flatnonzero(labels == theme.id)].count)
        for theme in model.themes_
    }


def test_it_finds_the_themes_that_posts_were_written_for(model, named):
    assert adjusted_mutual_info_score(named, model.labels_) >= 0.85
    assert 5 <= len(model.themes_) <= 7
    assert model.coverage_ == 1.0
    assert not model.too_few_


def test_a_theme_holds_posts_of_all_languages():
    texts, named, languages = sentences.three_languages()
    model = ThemeModel(random_state=0).fit(texts, languages=languages)

    assert adjusted_mutual_info_score(named, model.labels_) >= 0.7
    for theme in model.themes_:
        spoken = {languages[place] for place in np.flatnonzero(model.labels_ == theme.id)}
        assert len(spoken) > 1, f"{theme.name} is a language, not a theme"


def test_the_same_seed_gives_the_same_themes(model, texts):
    again = ThemeModel(random_state=0).fit(texts)

    np.testing.assert_array_equal(again.labels_, model.labels_)
    assert again.themes_ == model.themes_


def test_new_posts_are_placed_where_they_belong(model, named):
    found = model.predict(["My seat hurts my back badly", "bluetooth disconnects from my phone again"])

    home = majority(model, named)
    assert [home.get(theme) for theme in found.tolist()] == ["seats", "bluetooth"]


def test_a_post_like_nothing_else_stays_unsorted(model):
    assert model.predict(["Quarterly invoices arrive addressed to an unknown recipient", ""]).tolist() == [-1, -1]


def test_predicting_the_posts_of_the_fit_mostly_repeats_it(model, texts):
    agree = model.predict(texts) == model.labels_
    assert agree.mean() >= 0.85


def test_transform_gives_likeness_to_each_theme(model, texts):
    likeness = model.transform(texts[:7])

    assert likeness.shape == (7, len(model.themes_))
    assert likeness.min() >= 0
    assert likeness.max() <= 1


def test_components_weigh_terms_by_name(model):
    assert model.components_.shape == (len(model.themes_), len(model.get_feature_names_out()))
    seats = next(row for row, theme in enumerate(model.themes_) if "seat" in " ".join(theme.terms))
    heaviest = model.get_feature_names_out()[np.argsort(-model.components_[seats])[:10]]
    assert any("seat" in term for term in heaviest)


def test_a_finer_granularity_gives_more_themes(model, texts):
    finer = ThemeModel(resolution=4.0, random_state=0).fit(texts)
    broader = ThemeModel(resolution=0.2, random_state=0).fit(texts)

    assert len(broader.themes_) < len(model.themes_) < len(finer.themes_)


def test_progress_names_the_steps_in_order(texts):
    heard = []
    ThemeModel().fit(texts, progress=lambda step, share: heard.append((step, share)))

    steps = list(dict.fromkeys(step for step, _ in heard))
    shares = [share for _, share in heard]
    assert steps == ["reading", "describing", "linking", "grouping", "naming", "checking"]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1


def test_short_posts_are_placed_after_the_fit(texts, named):
    model = ThemeModel().fit([*texts, "bluetooth phone", "Yes!"])

    assert majority(model, [*named, "", ""])[int(model.labels_[-2])] == "bluetooth"
    assert model.labels_[-1] == -1
    assert model.coverage_ == 1 - 1 / (len(texts) + 1 + 1)


def test_a_flood_of_copies_counts_fully_and_bends_nothing(model, texts, named):
    flood = [f"The phone drops every few minutes and will not pair again, case {n}." for n in range(100)]
    flooded = ThemeModel().fit(texts + flood)

    labels = flooded.labels_
    assert len(set(labels[len(texts) :].tolist())) == 1
    assert adjusted_mutual_info_score(model.labels_, labels[: len(texts)]) >= 0.9
    theme = next(theme for theme in flooded.themes_ if theme.id == labels[-1])
    assert theme.size >= 100


def test_links_draw_posts_together(texts):
    strangers = [
        "Orange pumpkins grow slowly behind grandmother's wooden shed",
        "Quantum lectures start punctually every rainy Tuesday evening",
    ]
    n = len(texts) + 2
    links = sparse.lil_matrix((n, n))
    for place, other in ((n - 2, 0), (n - 1, 1)):
        for near in range(8):
            links[place, other + near] = links[other + near, place] = 1.0
    model = ThemeModel().fit(texts + strangers, links=links.tocsr())

    assert model.labels_[n - 2] == model.labels_[0]
    assert model.labels_[n - 1] == model.labels_[1]


def test_only_quotable_posts_show_in_names_terms_and_exemplars(texts, named):
    secret = [f"The driver seat of plate zebraplate{n} hurts my back zanzibar" for n in range(9)]
    quotable = [True] * len(texts) + [False] * len(secret)
    model = ThemeModel().fit(texts + secret, quotable=quotable)

    for theme in model.themes_:
        assert "zanzibar" not in " ".join([theme.name, *theme.terms]).lower()
        assert all(post is None or post < len(texts) for post in [*theme.exemplars, theme.odd_one])
    assert "zanzibar" not in model.get_feature_names_out()


def test_under_thirty_posts_there_are_pairs_instead_of_themes():
    texts = [f"The {part} is broken and loose" for part in ["door", "mirror", "lamp", "wiper", "horn", "clutch"]]
    model = ThemeModel().fit([*texts, "The loose door is broken"], ids=list("abcdefg"))

    assert model.too_few_
    assert model.themes_ == []
    assert set(model.labels_.tolist()) == {-1}
    assert model.pairs_[0][:2] == ("a", "g")
    assert model.predict(["The door"]).tolist() == [-1]


def test_many_copies_of_one_post_are_too_few():
    model = ThemeModel().fit(["The seat heating is slow today"] * 40)
    assert model.too_few_


def test_posts_without_words_are_unsorted():
    model = ThemeModel().fit(["", "...", "!?"] * 15)
    assert set(model.labels_.tolist()) == {-1}


def test_partial_fit_places_more_posts(texts, named):
    model = ThemeModel().fit(texts)
    sizes = {theme.id: theme.size for theme in model.themes_}
    model.partial_fit(["The leather seat gives me back pain on long drives"])

    theme = int(model.labels_[-1])
    assert majority(model, [*named, "seats"])[theme] == "seats"
    assert next(t.size for t in model.themes_ if t.id == theme) == sizes[theme] + 1
    assert model.ids_[-1] == len(texts)


def test_partial_fit_without_a_fit_fits(texts, model):
    np.testing.assert_array_equal(ThemeModel().partial_fit(texts).labels_, model.labels_)


@pytest.mark.parametrize("ask", ["predict", "transform", "save", "get_feature_names_out"])
def test_nothing_can_be_asked_before_a_fit(ask, tmp_path):
    with pytest.raises(NotFittedError):
        getattr(ThemeModel(), ask)(tmp_path / "model" if ask == "save" else ["text"])
    assert not hasattr(ThemeModel(), "labels_")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"texts": []}, "no posts"),
        ({"texts": ["one", 2]}, "not a string"),
        ({"texts": "one string"}, "series of strings"),
        ({"texts": ["one", "two"], "ids": [1]}, "ids has 1"),
        ({"texts": ["one", "two"], "ids": [1, 1]}, "repeat"),
        ({"texts": ["one"], "ids": [1.5]}, "whole numbers"),
        ({"texts": ["one"], "languages": ["en", "nb"]}, "languages has 2"),
        ({"texts": {"one": 1}}, "in order"),
        ({"texts": np.array([["one"]])}, "one dimension"),
        ({"texts": ["one", None]}, "text 1 is not a string but NoneType"),
        ({"texts": ["one"], "ids": 7}, "one entry for each"),
        ({"texts": ["one"], "weights": [0]}, "positive"),
        ({"texts": ["one", "two"], "weights": [1, np.nan]}, "that of text 1"),
        ({"texts": ["one"], "weights": [np.inf]}, "infinite"),
        ({"texts": ["one"], "weights": [[1]]}, "positive"),
        ({"texts": ["one"], "weights": 2}, "one entry for each"),
        ({"texts": ["one"], "quotable": ["yes"]}, "True or False"),
        ({"texts": ["one", "two"], "links": np.array([[0, 1], [0, 0]])}, "symmetric"),
        ({"texts": ["one", "two"], "links": np.array([[0, 2], [2, 0]])}, r"in \[0, 1\]"),
        ({"texts": ["one", "two"], "links": np.array([[0, np.nan], [np.nan, 0]])}, "NaN"),
        ({"texts": ["one"], "links": "links"}, "sparse matrix"),
        ({"texts": ["one"], "quotable": []}, "quotable has 0"),
        ({"texts": ["one"], "links": sparse.eye(2)}, "links has shape"),
        ({"texts": ["one"], "constraints": {}}, "Constraints"),
        ({"texts": ["one"], "previous": "model"}, "previous"),
    ],
)
def test_bad_input_is_refused_in_words(arguments, says):
    with pytest.raises(ValueError, match=says):
        ThemeModel().fit(**arguments)


@pytest.mark.parametrize(
    "parameters",
    [
        *({"method": "magic"}, {"resolution": 0}, {"resolution": np.nan}, {"resolution": np.inf}, {"resolution": "1"}),
        *({"resolution": True}, {"smallest": 0}, {"smallest": 2.5}, {"n_themes": 0}, {"n_themes": 2.5}),
        *({"main_language": "fr"}, {"stop_words": "volvo"}, {"stop_words": [7]}, {"stop_words": None}),
    ],
)
def test_bad_parameters_are_refused(parameters, texts):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        ThemeModel(**parameters).fit(texts)


def test_languages_are_as_many_as_texts_after_the_fit_too(model):
    for ask in (model.predict, model.transform, model.partial_fit):
        with pytest.raises(ValueError, match="languages has 2 entries for 1 texts"):
            ask(["one"], languages=["en", "nb"])


def test_it_clones_and_works_at_the_end_of_a_pipeline(model, texts):
    assert clone(ThemeModel(resolution=2.0)).get_params()["resolution"] == 2.0
    assert ThemeModel().set_params(smallest=9).smallest == 9

    trimmed = FunctionTransformer(lambda posts: [post.strip() for post in posts])
    pipeline = make_pipeline(trimmed, clone(model)).fit([f" {text} " for text in texts])
    assert pipeline.predict(texts[:3]).shape == (3,)
    assert pipeline.transform(texts[:3]).shape == (3, len(pipeline[-1].themes_))
    np.testing.assert_array_equal(clone(model).fit_predict(texts), model.labels_)


def test_without_word_vectors_it_still_finds_themes(texts, named, monkeypatch):
    from forum.engine import wordvectors

    monkeypatch.setattr(wordvectors, "find", lambda: None)
    with pytest.warns(UserWarning, match="wordllama is not installed"):
        model = ThemeModel().fit(texts)

    assert model.without_vectors_
    assert adjusted_mutual_info_score(named, model.labels_) >= 0.75


def test_a_model_saved_is_the_same_when_loaded(model, texts, tmp_path):
    path = tmp_path / "themes.npz"
    model.save(path)
    loaded, light = ThemeModel.load(path), load_themes(path)

    assert loaded.get_params() == model.get_params()
    assert loaded.themes_ == model.themes_
    assert loaded.steadiness_ == model.steadiness_
    np.testing.assert_array_equal(loaded.labels_, model.labels_)
    np.testing.assert_array_equal(loaded.predict(texts), model.predict(texts))
    np.testing.assert_array_equal(light.predict(texts), model.predict(texts))
    np.testing.assert_allclose(loaded.transform(texts), model.transform(texts))
    assert loaded.fitted().members_ == model.members_


def test_a_refit_from_a_loaded_model_keeps_the_ids(model, texts, tmp_path):
    model.save(tmp_path / "themes")
    again = ThemeModel(random_state=5).fit(texts, previous=ThemeModel.load(tmp_path / "themes"))
    assert (again.labels_ == model.labels_).mean() >= 0.9


def test_a_post_that_is_hardly_like_its_theme_is_unsorted_unless_it_stood_there(texts):
    stray = "Quarterly invoices arrive addressed to an unknown recipient"
    found = ThemeModel(random_state=0).fit([*texts, stray])
    assert found.labels_[-1] == -1

    kept = ThemeModel(random_state=0).fit(
        [*texts, stray], constraints=Constraints(pins={len(texts): found.themes_[0].id}), previous=found
    )
    assert kept.labels_[-1] == found.themes_[0].id
    again = ThemeModel(random_state=0).fit([*texts, stray], previous=kept)
    assert again.labels_[-1] == found.themes_[0].id


def test_what_comes_later_must_be_clearly_like_a_theme(model):
    assert model.fitted().thresholds.min() >= 0.25


def test_languages_that_talk_of_different_things_share_no_theme(texts):
    towns = ["Odense", "Aarhus", "Ribe", "Skagen", "Kolding", "Randers", "Vejle", "Horsens", "Esbjerg", "Herning"]
    asked = [
        *(f"Hvordan bliver vejret i {town} i weekenden" for town in towns),
        *(f"Kommer der regn eller sne over {town} i morgen tidlig" for town in towns),
        *(f"Find en billig italiensk restaurant i {town} til fire personer" for town in towns),
        *(f"Spil den nyeste sang af bandet fra {town} på højttaleren" for town in towns),
    ]
    languages = np.array(["en"] * len(texts) + ["da"] * len(asked))

    model = ThemeModel(random_state=0).fit([*texts, *asked], languages=languages.tolist())

    spoken = [languages[model.labels_ == theme.id] for theme in model.themes_]
    assert all(min((codes == "en").sum(), (codes == "da").sum()) <= 1 for codes in spoken)

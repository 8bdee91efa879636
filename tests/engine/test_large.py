"""Very many posts, with what counts as many lowered: themes are looked for in a part and hold for all."""

import numpy as np
import pytest
from joblib import parallel_config
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score

from forum.engine import Constraints, ThemeModel, explain_membership, load_themes
from tests.bench.crowd import Crowd
from tests.engine import sentences

POSTS = 700
LOWERED = {
    "model.LARGE": 300,
    "corpus.LARGE": 300,
    "coreset.LOOKED_AT": 500,
    "coreset.GROWTH": 0,
    "coreset.DRAWN": 300,
    "coreset.BADLY_EXPLAINED": 150,
    "coreset.OF_A_LANGUAGE": 40,
    "large.SHOWN": 200,
    "large.LEAST_SHOWN": 20,
}

pytestmark = pytest.mark.long


class Reader:
    """Texts that are read afresh each time, as from a file; `lost` of them are gone the second time."""

    def __init__(self, texts, lost=0):
        self.texts = texts
        self.lost = lost
        self.times = 0

    def __iter__(self):
        self.times += 1
        return iter(self.texts if self.times == 1 else self.texts[self.lost :])


@pytest.fixture(scope="module", autouse=True)
def many():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LOWERED.items():
            patch.setattr(f"forum.engine.{name}", value)
        yield


@pytest.fixture(scope="module")
def crowd():
    """(texts, labels, languages) of posts in three languages."""
    texts, labels, languages = sentences.three_languages()
    posts = [
        {"title": text, "body": "", "label": label, "lang": code}
        for text, label, code in zip(texts, labels, languages, strict=True)
    ]
    found = list(Crowd(posts).posts(POSTS))
    return tuple([post[name] for post in found] for name in ("title", "label", "lang"))


def fit(crowd, texts=None, **arguments):
    return ThemeModel(random_state=0).fit(crowd[0] if texts is None else texts, languages=crowd[2], **arguments)


@pytest.fixture(scope="module")
def large(crowd):
    """A fit that tests may read but not change."""
    return fit(crowd)


def test_every_post_is_in_the_theme_it_was_written_for(large, crowd):
    common = np.array([not label.startswith("rare") for label in crowd[1]])

    assert adjusted_mutual_info_score(np.array(crowd[1])[common], large.labels_[common]) > 0.5
    assert large.coverage_ > 0.9
    assert {theme.id: theme.size for theme in large.themes_} == {
        theme: len(posts) for theme, posts in large.members_.items()
    }
    assert sum(len(posts) for posts in large.members_.values()) == (large.labels_ >= 0).sum()


def test_texts_may_be_a_reader_and_rows_may_lie_in_a_file(large, crowd, monkeypatch):
    monkeypatch.setattr("forum.engine.rowstore.IN_MEMORY", 0)
    monkeypatch.setattr("forum.engine.rowstore.BATCH", 100)
    monkeypatch.setattr("forum.engine.large.BATCH", 130)

    streamed = fit(crowd, Reader(crowd[0]))

    assert streamed.labels_.tolist() == large.labels_.tolist()
    assert [(theme.name, theme.size) for theme in streamed.themes_] == [
        (theme.name, theme.size) for theme in large.themes_
    ]


def test_a_reader_that_loses_texts_is_refused(crowd):
    with pytest.raises(ValueError, match="700 strings at first and 699 when gone through again"):
        fit(crowd, Reader(crowd[0], lost=1))


def test_a_short_reader_is_a_list(crowd):
    few = [texts[:60] for texts in crowd]

    assert fit(few, Reader(few[0])).labels_.tolist() == fit(few).labels_.tolist()


def test_a_reader_that_knows_its_length_is_not_counted_first(crowd):
    class Sized(Reader):
        def __len__(self):
            return len(self.texts)

    sized, counted = Sized(crowd[0]), Reader(crowd[0])

    assert fit(crowd, sized).labels_.tolist() == fit(crowd, counted).labels_.tolist()
    assert sized.times == counted.times - 1


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_any_backend_gives_the_same_themes(large, crowd, backend):
    with parallel_config(backend=backend, n_jobs=2):
        again = fit(crowd)

    assert again.labels_.tolist() == large.labels_.tolist()
    assert again.steadiness_ == large.steadiness_


def test_decisions_hold_for_every_post(large, crowd):
    rng = np.random.default_rng(1)
    largest, other, third = (theme.id for theme in large.themes_[:3])
    some = rng.permutation(POSTS).tolist()
    together = {(some[place], some[place + 1]) for place in range(0, 40, 2)}
    apart = {tuple(sorted(large.members_[largest]))[place : place + 2] for place in range(0, 40, 2)}
    apart = {pair for pair in apart if not set(pair) & set(some[:120])}
    constraints = Constraints(
        pins=dict.fromkeys(some[40:80], 77),
        keep_out={(post, other) for post in some[80:120]},
        together=together,
        apart=apart,
        dismissed={third},
    )

    steered = fit(crowd, constraints=constraints, previous=large)

    labels = steered.fitted().post_labels
    assert (labels[some[40:80]] == 77).all()
    assert (labels[some[80:120]] != other).all()
    assert all(labels[first] == labels[second] for first, second in together)
    assert all(labels[first] != labels[second] or labels[first] == -1 for first, second in apart)
    assert third in steered.fitted().hidden
    assert third not in steered.labels_
    assert steered.unmet_ == []


def test_themes_go_on_when_posts_are_added(crowd):
    before = fit([values[:670] for values in crowd])

    after = fit(crowd, previous=before)

    assert {theme.id for theme in before.themes_} <= {theme.id for theme in after.themes_}
    assert (after.labels_[:670] == before.labels_).mean() > 0.95


def test_the_same_posts_again_propose_nothing():
    texts, labels, languages = sentences.three_languages()
    posts = [
        {"title": text, "body": "", "label": label, "lang": code}
        for text, label, code in zip(texts, labels, languages, strict=True)
    ]
    found = list(Crowd(posts).posts(900, seed=2))
    many = tuple([post[name] for post in found] for name in ("title", "label", "lang"))
    first = fit(many)
    second = fit(many, previous=first)
    third = fit(many, previous=second)

    assert {theme.id for theme in first.themes_} == {theme.id for theme in third.themes_}
    assert (first.labels_ == second.labels_).mean() > 0.99
    assert second.labels_.tolist() == third.labels_.tolist()


def test_links_draw_posts_outside_the_part_too(large, crowd):
    strangers = [f"{one}pumpkin {one}wool grew {one}slowly behind" for one in "abcdefghijklmnopqrst"]
    sides = [[post for post in sorted(large.members_[theme.id]) if post >= 20][:20] for theme in large.themes_[:2]]
    pairs = [(place, sides[place % 2][(place + near) % 20]) for place in range(20) for near in range(8)]
    row, column = zip(*pairs, strict=True)
    links = sparse.coo_matrix((np.ones(len(row)), (row, column)), shape=(POSTS, POSTS))

    labels = fit(crowd, strangers + crowd[0][20:], links=links.maximum(links.T)).labels_

    homes = [np.bincount(labels[side]).argmax() for side in sides]
    assert homes[0] != homes[1]
    assert labels[:20].tolist() == homes * 10


def test_nothing_unquotable_shows(crowd):
    secret = [f"{text} zebrafish" if place % 2 else text for place, text in enumerate(crowd[0])]
    quotable = np.arange(POSTS) % 2 == 0

    themes = fit(crowd, secret, quotable=quotable).themes_

    assert not any("zebrafish" in " ".join([theme.name, *theme.terms]).lower() for theme in themes)
    shown = {post for theme in themes for post in [*theme.exemplars, theme.odd_one] if post is not None}
    assert not any(post % 2 for post in shown)


def test_a_saved_model_keeps_some_rows_and_explains_by_them(large, crowd, tmp_path):
    large.save(tmp_path / "large.npz")

    loaded = load_themes(tmp_path / "large.npz")

    assert len(loaded.post_labels) == POSTS
    assert len(loaded.post_rows) == len(loaded.row_posts) < POSTS
    assert loaded.post_labels.tolist() == large.fitted().post_labels.tolist()
    post = sorted(large.members_[large.themes_[0].id])[0]
    explained = explain_membership(loaded, crowd[0][post], crowd[2][post])
    assert len(explained.neighbours) == 3
    assert set(explained.neighbours) <= large.members_[explained.theme]


def test_copies_of_one_post_are_too_few():
    model = ThemeModel().fit(["The seat is far too hard for my back"] * 600)

    assert model.too_few_
    assert set(model.labels_) == {-1}

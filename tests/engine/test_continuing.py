"""Groups that there are stand, and change one by one where fresh groupings and links clearly say so."""

import numpy as np
import pytest
from scipy import sparse

from forum.engine import ThemeModel
from forum.engine.communities import communities
from forum.engine.continuing import change_clearly
from forum.engine.grouping import Linked
from tests.engine.test_grouping import blocks

SIZES = [30, 30, 40]


@pytest.fixture
def three():
    """Posts in three groups, of which the first two are linked a little less than within; and their groups."""
    links, planted = blocks(SIZES, 0.4, 0.02)
    near, _ = blocks([60, 40], 0.2, 0, seed=1)
    links = sparse.csr_matrix(links.maximum(near))
    rows = np.eye(3, dtype=np.float32)[planted]
    return Linked(links, rows, np.full(100, "en"), np.ones(100)), planted


def test_groups_that_there_are_are_not_joined_by_moving_posts(three):
    posts, planted = three

    assert communities(posts.graph, 0.5).max() + 1 == 2
    assert communities(posts.graph, 0.5, start=planted).tolist() == planted.tolist()


def test_posts_of_no_group_join_one_or_make_their_own(three):
    posts, planted = three
    start = np.where(planted == 2, -1, planted)
    start[:5] = -1

    assert communities(posts.graph, 1.5, start=start).tolist() == planted.tolist()


def test_groups_are_joined_only_where_every_fresh_grouping_and_the_links_do(three):
    posts, planted = three
    joined = np.where(planted == 1, 0, planted)
    joined[joined == 2] = 1

    assert change_clearly(posts, planted, [joined, joined], 0.3, 5).tolist() == joined.tolist()
    assert change_clearly(posts, planted, [joined, planted], 0.3, 5).tolist() == planted.tolist()
    assert change_clearly(posts, planted, [joined, joined], 2.0, 5).tolist() == planted.tolist()


def test_a_group_is_split_only_where_every_fresh_grouping_and_the_links_do(three):
    posts, planted = three
    joined = np.where(planted == 1, 0, planted)
    joined[joined == 2] = 1

    def groups(fresh, resolution, smallest=5):
        return change_clearly(posts, joined, fresh, resolution, smallest).max() + 1

    assert groups([planted, planted], 3.0) == 3
    assert groups([planted, joined], 3.0) == 2
    assert groups([planted, planted], 1.0) == 2
    assert groups([planted, planted], 3.0, smallest=31) == 2


def test_the_same_posts_again_are_the_same_themes(texts, model):
    again = ThemeModel(random_state=0).fit(texts, previous=model)

    assert again.labels_.tolist() == model.labels_.tolist()
    assert [(theme.id, theme.name) for theme in again.themes_] == [(theme.id, theme.name) for theme in model.themes_]


def test_what_is_new_becomes_a_theme_and_the_others_stay(texts, named):
    late = sorted(set(named))[2]
    old = [text for text, name in zip(texts, named, strict=True) if name != late]
    new = [text for text, name in zip(texts, named, strict=True) if name == late]
    before = ThemeModel(random_state=0).fit(old)
    before.partial_fit(new)  # some are near enough to a theme that there is, and wait there for the next fit

    after = ThemeModel(random_state=0).fit(old + new, previous=before)

    assert {theme.id for theme in before.themes_} < {theme.id for theme in after.themes_}
    found = after.labels_[len(old) :]
    home = np.bincount(found[found >= 0]).argmax()
    assert home not in {theme.id for theme in before.themes_}
    assert (found == home).mean() > 0.8
    assert (after.labels_[: len(old)] == before.labels_[: len(old)]).mean() > 0.9


def test_the_model_remembers_which_posts_came_since_the_fit(texts, tmp_path):
    model = ThemeModel(random_state=0).fit(texts[:40])
    model.partial_fit(texts[40:45])
    model.save(tmp_path / "model.npz")

    assert ThemeModel.load(tmp_path / "model.npz").fitted().added.tolist() == [False] * 40 + [True] * 5

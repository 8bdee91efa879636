"""Standing themes are not swallowed by coarser groups."""

import numpy as np

from forum.engine.standing import give_back, hold


def cloud(centre, n, seed):
    """`n` unit rows around an axis."""
    rows = np.random.default_rng(seed).normal(0, 0.15, (n, 4))
    rows[:, centre] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


ROWS = np.vstack([cloud(0, 20, 1), cloud(1, 20, 2), cloud(2, 60, 3)]).astype(np.float32)
IDS = [f"p{n}" for n in range(100)]


def sets(labels):
    return sorted(sorted(np.flatnonzero(labels == group).tolist()) for group in np.unique(labels))


def test_themes_swallowed_by_one_group_come_back():
    labels = np.zeros(100, dtype=np.intp)
    kept = give_back(labels, ROWS, IDS, {7: set(IDS[:20]), 9: set(IDS[20:40])}, 5)

    assert sets(kept) == [list(range(20)), list(range(20, 40)), list(range(40, 100))]


def test_posts_that_are_surely_more_like_a_theme_given_back_join_it():
    labels = np.zeros(100, dtype=np.intp)
    kept = give_back(labels, ROWS, IDS, {7: set(IDS[:10])}, 5)

    joined = set(np.flatnonzero(kept == kept[0]).tolist())
    assert set(range(10)) <= joined <= set(range(20))
    assert len(joined) > 12


def test_a_theme_with_a_group_of_its_own_is_left_alone():
    labels = np.repeat([0, 1, 2], [20, 20, 60])

    assert (give_back(labels, ROWS, IDS, {7: set(IDS[:15]), 9: set(IDS[20:40])}, 5) == labels).all()


def test_a_group_made_of_two_themes_still_proposes_to_merge_them():
    labels = np.repeat([0, 1], [40, 60])

    assert (give_back(labels, ROWS, IDS, {7: set(IDS[:20]), 9: set(IDS[20:40])}, 5) == labels).all()


def test_a_theme_whose_posts_make_two_groups_still_proposes_to_split():
    labels = np.repeat([0, 1, 2], [20, 20, 60])

    assert (give_back(labels, ROWS, IDS, {7: set(IDS[:40])}, 5) == labels).all()


def test_the_few_posts_left_of_a_group_go_where_they_are_most_alike():
    labels = np.repeat([0, 1], [22, 78])
    kept = give_back(labels, ROWS, IDS, {7: set(IDS[:10]), 8: set(IDS[10:20]), 9: set(IDS[20:40])}, 5)

    assert np.bincount(kept).min() >= 5
    assert (kept >= 0).all()


def test_unsorted_posts_stay_unsorted():
    labels = np.zeros(100, dtype=np.intp)
    labels[90:] = -1
    kept = give_back(labels, ROWS, IDS, {7: set(IDS[:20])}, 5)

    assert (kept[90:] == -1).all()
    assert set(kept[:90].tolist()) == {0, 1}


def test_a_post_leaves_its_theme_only_for_one_that_it_is_clearly_more_like():
    labels = np.repeat([0, 1, 2], [20, 20, 60])
    between = np.array([[0.8, 0.6, 0, 0], [0, 1, 0, 0]], dtype=np.float32)
    rows = np.vstack([ROWS, between])
    ids = [*IDS, "unclear", "clear"]
    standing = {7: {*IDS[:20], "unclear", "clear"}, 9: set(IDS[20:40])}

    kept = hold(np.array([*labels, 1, 1]), rows, ids, standing, [7, 9, 11])

    assert (kept[:100] == labels).all()
    assert kept[100:].tolist() == [0, 1]


def test_posts_go_to_a_new_theme_that_is_a_split_of_theirs():
    labels = np.repeat([0, 2, 1], [10, 10, 80])

    assert (hold(labels, ROWS, IDS, {7: set(IDS[:20]), 9: set(IDS[20:])}, [7, 9, 30]) == labels).all()


def test_a_theme_that_does_not_go_on_holds_nothing():
    labels = np.repeat([0, 1], [40, 60])

    assert (hold(labels, ROWS, IDS, {7: set(IDS[:20]), 9: set(IDS[20:40])}, [7, 30]) == labels).all()

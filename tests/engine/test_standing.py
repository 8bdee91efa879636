"""Standing themes are not swallowed by coarser groups."""

import numpy as np

from forum.engine.standing import give_back


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

"""Places on the map: near means similar, islands keep off each other, and nothing jumps."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from forum.engine import lay_out, neighbours_of
from forum.engine.islands import arrange, radii_of

SIZES = (60, 45, 40, 30, 25, 20, 12, 8)


def posts(sizes=SIZES, *, seed=0, spread=0.35):
    """Unit rows of as many themes as `sizes`, some of them alike, and the theme of each."""
    random = np.random.RandomState(seed)
    means = random.standard_normal((len(sizes), 40))
    means[1] = means[0] + 0.6 * means[1]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    own = random.standard_normal((len(labels), 6)) @ random.standard_normal((6, 40))
    rows = means[labels] + spread * own
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


def laid_out(rows, labels, previous=None, **more):
    return lay_out(rows, neighbours_of(rows, labels), labels, previous=previous, **more)


def known(places, n):
    """`places` with rows of NaN for the posts after them."""
    return np.concatenate([places, np.full((n - len(places), 2), np.nan)])


def width(places):
    return float(np.ptp(places, axis=0).max())


def test_near_on_the_map_means_similar_wording_more_than_in_a_projection():
    rows, labels = posts()
    places = laid_out(rows, labels)
    flat = PCA(2, random_state=0).fit_transform(rows)

    mine, usual = (trustworthiness(rows, one, n_neighbors=10, metric="cosine") for one in (places, flat))

    assert mine > 0.93
    assert mine > usual + 0.05


def test_posts_lie_on_their_own_island_and_like_themes_side_by_side():
    rows, labels = posts()
    places = laid_out(rows, labels)

    middles = np.array([places[labels == theme].mean(axis=0) for theme in range(len(SIZES))])
    nearest = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(axis=1)
    radii = radii_of(np.array(SIZES))
    assert np.mean(nearest == labels) > 0.93
    assert np.linalg.norm(middles[1] - middles[0]) < 1.15 * (radii[0] + radii[1])


def test_the_same_posts_come_to_the_same_places():
    rows, labels = posts()
    places = laid_out(rows, labels)

    assert np.array_equal(places, laid_out(rows, labels))
    assert np.array_equal(places, laid_out(rows, labels, places))
    assert places.dtype == np.float32
    assert np.isfinite(places).all()


def test_ten_refits_with_more_posts_leave_the_others_where_they_are():
    rows, labels = posts(tuple(2 * size for size in SIZES))
    order = np.random.RandomState(1).permutation(len(labels))
    rows, labels = rows[order], labels[order]
    n = len(labels) // 2
    places = laid_out(rows[:n], labels[:n])
    moves = []
    for _ in range(10):
        before, n = places, int(n * 1.05)
        places = laid_out(rows[:n], labels[:n], known(before, n))
        moves.append(np.linalg.norm(places[: len(before)] - before, axis=1) / width(places))

    assert max(float(np.median(move)) for move in moves) < 0.001
    assert max(float(np.quantile(move, 0.95)) for move in moves) < 0.02
    assert trustworthiness(rows[:n], places, n_neighbors=10, metric="cosine") > 0.9


def test_a_new_post_comes_near_those_that_are_like_it():
    rows, labels = posts()
    places = laid_out(rows, labels)
    twin = 70
    more, theirs = np.vstack([rows, rows[twin]]), np.append(labels, labels[twin])

    after = laid_out(more, theirs, known(places, len(theirs)))

    step = np.median(np.linalg.norm(places[labels == labels[twin]] - places[twin], axis=1))
    assert np.linalg.norm(after[-1] - places[twin]) < step
    assert np.array_equal(after[:-1], places)


def test_a_post_that_was_moved_to_another_theme_goes_there_alone():
    rows, labels = posts()
    places = laid_out(rows, labels)
    labels = labels.copy()
    labels[0] = 5

    after = laid_out(rows, labels, places)

    island = places[labels == 5][1:].mean(axis=0)
    assert np.linalg.norm(after[0] - island) < 1.2 * radii_of(np.array(SIZES))[5]
    assert np.allclose(after[1:], places[1:], atol=0.01)


def test_unsorted_posts_lie_off_the_shore():
    rows, labels = posts()
    labels = labels.copy()
    labels[:4] = -1

    places = laid_out(rows, labels)

    ashore = places[4:60]
    middle = ashore.mean(axis=0)
    reach = np.quantile(np.linalg.norm(ashore - middle, axis=1), 0.9)
    assert (np.linalg.norm(places[:4] - middle, axis=1) > reach).all()
    assert np.array_equal(places, laid_out(rows, labels, places))


def test_islands_are_as_large_as_their_share_and_do_not_lap():
    sizes = np.array([400, 100, 100, 50, 25, 25])
    means = np.linalg.qr(np.random.RandomState(0).standard_normal((40, 6)))[0].T
    radii = radii_of(sizes)

    middles = arrange(means, radii)

    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2) + np.eye(6)
    assert (apart > 0.98 * (radii[:, None] + radii[None])).all()
    assert radii[0] == pytest.approx(2 * radii[1])


@pytest.mark.parametrize("labels", [[], [-1], [3], [-1, -1, -1], [0, 0, 1], [4, 4, 4, 4]])
def test_few_posts_have_places_too(labels):
    rows = np.eye(max(len(labels), 1), 8, dtype=np.float32)[: len(labels)]

    places = laid_out(rows, np.array(labels, dtype=int))

    assert places.shape == (len(labels), 2)
    assert np.isfinite(places).all()


def test_posts_that_are_copies_of_each_other_lie_beside_each_other():
    rows = np.repeat(np.eye(3, 8, dtype=np.float32), 20, axis=0)

    places = laid_out(rows, np.repeat([0, 1, 2], 20))

    assert len(np.unique(places.round(5), axis=0)) == 60

"""Links and groups: what chance is, languages, cells, how fine."""

import numpy as np
import pytest
from scipy import sparse

from forum.engine import cells, graph
from forum.engine.communities import communities, modularity
from forum.engine.graph import likeness_graph, nearest
from forum.engine.spaces import unit_rows


def blocks(sizes, inside, between, seed=0):
    """A random symmetric graph with denser blocks; returns it and the block of each row."""
    rng = np.random.default_rng(seed)
    block = np.repeat(np.arange(len(sizes)), sizes)
    likely = np.where(block[:, None] == block[None], inside, between)
    links = np.triu(rng.random(likely.shape) < likely, 1).astype(np.float32)
    return sparse.csr_matrix(links + links.T), block


def same_pairs(one, other):
    """Share of pairs of rows on which two groupings agree."""
    return ((one[:, None] == one[None]) == (other[:, None] == other[None])).mean()


def test_planted_groups_are_found_the_same_way_every_time():
    links, planted = blocks([30, 40, 50], 0.4, 0.02)

    found = communities(links, random_state=3)
    assert same_pairs(found, planted) > 0.98
    np.testing.assert_array_equal(found, communities(links, random_state=3))


def test_modularity_is_what_newman_and_girvan_define():
    links, planted = blocks([10, 12], 0.6, 0.1)
    dense, degree = links.toarray(), links.toarray().sum(axis=1)
    total = degree.sum()
    same = planted[:, None] == planted[None]
    by_hand = ((dense - np.outer(degree, degree) / total) * same).sum() / total

    assert modularity(links, planted) == pytest.approx(by_hand)


def test_languages_are_no_groups_and_groups_cross_languages():
    # Four blocks: two subjects in each of two languages; a subject's blocks are linked, more thinly.
    links, block = blocks([40, 40, 40, 40], 0.4, 0.04)
    languages = np.where(block < 2, "en", "nb")
    subject = block % 2
    rng = np.random.default_rng(1)
    across = (languages[:, None] != languages[None]) & (subject[:, None] == subject[None])
    thin = np.triu(across & (rng.random(across.shape) < 0.12), 1).astype(np.float32)
    links = sparse.csr_matrix(links.maximum(thin + thin.T))

    assert same_pairs(communities(links, 0.8, languages=languages), subject) > 0.95
    by_language = modularity(links, (languages == "en").astype(int), languages)
    assert by_language < 0.05 < modularity(links, subject, languages)


def test_a_row_without_links_stays_alone():
    links = sparse.csr_matrix((5, 5), dtype=np.float32)
    assert len(set(communities(links).tolist())) == 5
    assert modularity(links, np.zeros(5, dtype=int)) == 0


def test_nearest_finds_the_nearest_but_not_the_row_itself():
    rows = unit_rows(np.random.default_rng(0).normal(size=(60, 8)))
    found, cosines = nearest(rows, rows, 5, same=True)
    every = rows @ rows.T
    np.fill_diagonal(every, -np.inf)

    np.testing.assert_array_equal(found, np.argsort(-every, axis=1)[:, :5])
    np.testing.assert_allclose(cosines, np.sort(every, axis=1)[:, :-6:-1], rtol=1e-5)


def test_cells_find_most_of_the_nearest(monkeypatch):
    centres = np.random.default_rng(0).normal(size=(20, 16))
    noise = np.random.default_rng(1).normal(size=(2000, 16))
    rows = unit_rows(centres[np.arange(2000) % 20] + 0.4 * noise)
    exact, _ = nearest(rows, rows, 10, same=True)
    monkeypatch.setattr(graph, "EXACT", 100)
    monkeypatch.setattr(cells, "CELL", 50)
    quick, cosines = nearest(rows, rows, 10, same=True)

    shared = [len(set(one) & set(other)) / 10 for one, other in zip(exact, quick, strict=True)]
    assert np.mean(shared) > 0.9
    assert not (quick == np.arange(2000)[:, None]).any()
    assert cosines.max() <= 1.0001


def test_the_graph_links_every_language_to_every_other():
    rng = np.random.default_rng(0)
    rows = unit_rows(rng.normal(size=(90, 12)))
    languages = ["en"] * 40 + ["nb"] * 30 + ["da"] * 20
    links = likeness_graph([(rows, 1.0)], languages, 6)

    assert abs(links - links.T).max() < 1e-6
    spoken = np.array(languages)
    for one in ("en", "nb", "da"):
        for other in ("en", "nb", "da"):
            assert links[spoken == one][:, spoken == other].nnz

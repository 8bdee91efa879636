"""The desk's list narrowed by links, and what each notch of the slider would find before a run is asked for."""

import numpy as np
import pytest

from forum.engine.notches import look_at_notches
from forum.themes.narrowing import narrow
from forum.themes.status import Solidity


def test_a_theme_passes_when_every_filter_holds(make):
    posts = [make.post(f"Post {n}") for n in range(3)]
    solid = make.theme("Solid", posts[:2], solidity=Solidity.SOLID, languages={"en": 2}, recent=1, before_that=9)
    guess = make.theme("Guess", posts[2:], solidity=Solidity.GUESS, languages={"da": 1}, recent=1, before_that=1)
    both = [solid, guess]

    assert narrow(both, {}) == {solid.id, guess.id}
    assert narrow(both, {"sure": "solid", "language": "en"}) == {solid.id}
    assert narrow(both, {"sure": "solid", "language": "da"}) == set()
    assert narrow(both, {"moving": "fading"}) == {solid.id}
    assert narrow(both, {"named": "no"}) == set()


def test_filters_and_order_stay_in_each_other_s_addresses(visitor, make):
    for n in range(5):
        make.theme(f"Theme {n}", [make.post(f"Post {n}")], solidity=Solidity.SOLID if n else Solidity.GUESS)
    visitor.sign_in(make.manager()).open("/themes/review?order=pain&sure=guess")

    assert "Theme 0" in visitor.text
    assert "Theme 3" not in visitor.text
    assert "order=people&amp;sure=guess" in visitor.html
    assert "order=pain&amp;sure=guess&amp;moving=growing" in visitor.html


@pytest.fixture
def blocks():
    """Twelve tight groups of six in three loose ones."""
    from scipy import sparse

    from forum.engine.grouping import Linked

    group = np.repeat(np.arange(12), 6)
    near = (group[:, None] == group[None, :]).astype(float) + 0.12 * (group[:, None] // 4 == group[None, :] // 4)
    np.fill_diagonal(near, 0.0)
    rows = np.eye(12, dtype=np.float32)[group]
    return Linked(sparse.csr_matrix(near), rows, np.full(72, "en"), np.ones(72))


def test_broader_notches_join_and_finer_ones_split(blocks):
    broad, same, fine = look_at_notches(blocks, 1.0, 2, [0.2, 1.0, 5.0])

    assert broad["groups"] <= same["groups"] <= fine["groups"]
    assert (same["split"], same["merged"], same["kept"]) == (0, 0, same["groups"])
    assert broad["merged"] > 0 or fine["split"] > 0

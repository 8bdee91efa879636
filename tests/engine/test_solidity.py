"""How surely a theme would be found again."""

import numpy as np
import pytest

from forum.engine.solidity import SAMPLES, solidity_word, steadiness

LABELS = np.repeat([0, 1, -1], [60, 40, 10])


def test_what_comes_back_in_every_sample_is_solid():
    values = steadiness(LABELS, 2, lambda places, seed: np.where(LABELS[places] < 0, 2, LABELS[places]), seed=0)

    assert values.tolist() == [1.0, 1.0]
    assert solidity_word(values[0]) == "solid"


def test_a_theme_that_dissolves_in_one_sample_is_less_steady_than_its_mean():
    def regroup(places, seed):
        found = np.where(LABELS[places] < 0, 2, LABELS[places])
        return np.arange(len(places)) if seed == SAMPLES - 1 else found

    values = steadiness(LABELS, 2, regroup, seed=0)
    mean = (SAMPLES - 1) / SAMPLES

    assert (values < mean - 0.1).all()
    assert solidity_word(values[0]) == "forming"


def test_what_never_comes_back_is_a_guess():
    values = steadiness(LABELS, 2, lambda places, seed: np.arange(len(places)), seed=0)

    assert values == pytest.approx([0, 0], abs=0.05)
    assert solidity_word(values[0]) == "guess"

"""The engine knows no database; its tests share one fitted model."""

import pytest

from forum.engine import ThemeModel
from tests.engine import sentences


@pytest.fixture(autouse=True)
def fresh_database() -> None:
    """Take the place of the fixture that gives other tests a database."""


@pytest.fixture(scope="session")
def texts():
    return sentences.posts()[0]


@pytest.fixture(scope="session")
def named():
    """The theme that each of `texts` was written for."""
    return sentences.posts()[1]


@pytest.fixture(scope="session")
def model(texts):
    """A fitted model that tests may read but not change."""
    return ThemeModel(random_state=0).fit(texts)


@pytest.fixture
def quick(monkeypatch):
    """Few resolutions, trials and samples, for tests of what is the same with many."""
    few = {"grouping.RESOLUTIONS": (1.0,), "grouping.SEEDS": 1, "grouping.TRIALS": 2, "solidity.SAMPLES": 1}
    for name, value in few.items():
        monkeypatch.setattr(f"forum.engine.{name}", value)

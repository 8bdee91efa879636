"""docs/operating.md and what else an operator reads name every setting, and none that does not exist."""

import re

import pytest

from config import Settings
from tests.architecture.test_imports import HOME

NAMES = {f"FORUM_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", ["docs/operating.md", "README.md", ".env.example"])
def test_every_setting_is_named(page):
    named = set(re.findall(r"FORUM_[A-Z]+(?:_[A-Z]+)*", (HOME / page).read_text(encoding="utf-8")))

    assert named == NAMES

"""What scripts add to forms: counters that count as the server does."""

import pytest

from tests.e2e.chromium import LOOKS
from tests.e2e.conftest import Windows

pytestmark = pytest.mark.browser


def test_an_emoji_is_one_character_and_nothing_is_cut(windows: Windows):
    window = windows.of("customer", LOOKS[0])
    window.open("/posts/new")
    title = window.page.locator("#title")

    title.fill("🚗" * 138)
    title.press_sequentially("🚗" * 3)

    assert title.input_value() == "🚗" * 141
    assert window.page.locator("#title + .counter").text_content() == "141 / 140"
    assert not window.faults()

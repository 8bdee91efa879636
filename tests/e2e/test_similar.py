"""Posts like one's own appear while one types, in the title and in the text."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_posts_like_ones_own_appear_while_typing(windows):
    window = windows.of("employee", Look("light", 1200))
    page = window.page
    place = page.get_by_role("region", name="Posts like yours")

    window.open("/posts/new")
    page.get_by_label("In one line").fill("A question of mine")
    expect(place).to_contain_text("Nobody has said this yet.")
    page.get_by_label("Tell more").fill("The saet is so cold in the morning")
    expect(place).to_contain_text("Vote for this instead")
    expect(place.locator("mark").first).to_be_visible()

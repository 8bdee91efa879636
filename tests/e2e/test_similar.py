"""Posts like one's own appear while one types, in the title and in the text."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Look
from tests.world import COMMON

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_posts_like_ones_own_appear_while_typing(windows):
    window = windows.of("manager", Look("light", 1200))
    page = window.page
    place = page.get_by_role("region", name="Posts like yours")
    seats = windows.site.world.arguments["area_id"][1]

    window.open("/posts/new")
    page.get_by_label("In one line").fill("A question of mine")
    expect(place).to_contain_text("Nobody has said this yet.")
    page.get_by_label("Tell more").fill(f"The saet is so cold in the morning {COMMON}")
    expect(place).to_contain_text("Vote for this instead")
    expect(place.locator("mark").first).to_be_visible()
    expect(page.get_by_label("What is it about?")).to_have_value(str(seats))
    expect(page.get_by_text("Proposed: Seats, because")).to_be_visible()

    place.get_by_role("button", name="Vote for this instead").first.click()
    expect(place.get_by_role("button", name="Take it back")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("Your vote counts.")
    place.get_by_role("button", name="Take it back").click()
    expect(place.get_by_role("button", name="Vote for this instead").first).to_be_focused()
    expect(page.get_by_label("In one line")).to_have_value("A question of mine")
    page.get_by_label("What is it about?").select_option(label="Brakes (complaints only, we listen)")
    page.get_by_label("Tell more").fill(f"The saet is so very cold in the morning {COMMON}")
    expect(page.get_by_role("button", name="Choose Seats")).to_be_visible()
    expect(page.get_by_label("What is it about?")).not_to_have_value(str(seats))
    window.forget_drafts()

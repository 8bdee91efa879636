"""What a customer does, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.chromium import Look
from tests.world import COMMON

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
MOST = 60  # presses of Tab from one place of a page to another
MINE = f"My saet is so cold in the morning {COMMON}"


def tab_to(page: Page, place: Locator) -> None:
    """Press Tab until `place` has the focus."""
    for _press in range(MOST):
        page.keyboard.press("Tab")
        if place.evaluate("place => place === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {place}")


def test_a_vote_is_cast_instead_of_a_post_and_what_was_written_waits(windows):
    window = windows.of("customer", Look("light", 390))
    page = window.page
    place = page.get_by_role("region", name="Posts like yours")
    vote = place.get_by_role("button", name="Vote for this instead").first

    window.open("/")
    page.keyboard.press("n")
    page.wait_for_url("**/posts/new")
    tab_to(page, page.get_by_role("radio", name=re.compile("Something bothers me")))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("In one line"))
    page.keyboard.type(MINE)
    expect(page.locator("#said")).to_contain_text("like yours")
    tab_to(page, place.get_by_role("button", name="Take it back"))  # cast on an earlier day
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Your vote is withdrawn.")
    expect(vote).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Your vote counts.")
    expect(place.get_by_role("button", name="Take it back")).to_be_focused()
    assert not window.faults()

    page.keyboard.press("Shift+Tab")  # to the post that the vote is for
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    expect(page.locator("button.vote")).to_have_attribute("aria-pressed", "true")
    window.open("/posts/new")
    expect(page.get_by_label("In one line")).to_have_value(MINE)


def test_what_was_refused_or_looked_at_first_is_kept_when_one_goes_elsewhere(windows):
    window = windows.of("nobody", Look("light", 1200))
    page = window.page
    title, area = page.get_by_label("In one line"), page.get_by_label("What is it about?")

    window.open("/posts/new")
    title.fill(f"The saet is so cold {COMMON}")
    expect(area).not_to_have_value("")
    title.fill("Wholly different words")
    expect(area).to_have_value("")  # it was proposed for what does not stand there any more
    for button in ("Preview", "Post"):
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).last.press("Enter")
        window.open("/offline")
        window.open("/posts/new")
        expect(title).to_have_value("Wholly different words")
    page.evaluate("localStorage.clear()")

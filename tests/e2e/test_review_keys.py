"""The theme desk by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_j_goes_to_a_theme_of_the_desk_and_enter_opens_it(windows):
    window = windows.of("manager", Look("light", 1200))
    page = window.page
    window.open("/themes/review")

    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/themes/\d+$"))

"""Fixtures for tests in a browser: one Chromium and one site for each test process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.chromium import LOOKS, Look, Window, find_chromium, start
from tests.e2e.serving import Site, site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if not find_chromium():
        if os.environ.get("FORUM_CHROMIUM_NEEDED"):
            pytest.fail("There is no Chromium, and FORUM_CHROMIUM_NEEDED says that there must be one.")
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = start(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world_site(empty_database: Path, tmp_path_factory: pytest.TempPathFactory, request) -> Iterator[Site]:
    """A site with the small world; with the demo around it when every look is asked for."""
    every = request.config.getoption("every_look")
    start = request.getfixturevalue("demo_database") if every else empty_database
    with site(start, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="session")
def windows(browser: Browser, world_site: Site) -> Iterator["Windows"]:
    """Windows on the site, by role."""
    made = Windows(browser, world_site)
    yield made
    made.close()


class Windows:
    """Keeps one window for each role, and changes how it looks at pages: opening one takes a quarter of a second."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self.site = browser, site
        self._open: dict[str, Window] = {}

    def of(self, role: str, look: Look) -> Window:
        """The window of somebody with this role."""
        if role not in self._open:
            self._open[role] = Window(self._browser, self.site.address, look, self.site.key_of(role))
        window = self._open[role]
        window.turn_to(look)
        return window

    def close(self) -> None:
        """Close them all."""
        for window in self._open.values():
            window.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests of one page at a time their pages, each in every look or in one that changes from page to page.

    The map is tried in every look, or in the first and the last, which differ in scheme and width.
    """
    every = metafunc.config.getoption("every_look")
    if "map_look" in metafunc.fixturenames:
        metafunc.parametrize("map_look", LOOKS if every else [LOOKS[0], LOOKS[-1]], ids=str)
    if "a_page" not in metafunc.fixturenames:
        return
    from tests.e2e.pages import PAGES

    cases = [
        pytest.param(name, look, id=f"{name}-{look}")
        for n, name in enumerate(PAGES)
        for look in (LOOKS if every else [LOOKS[n % len(LOOKS)]])
    ]
    metafunc.parametrize(("a_page", "look"), cases)

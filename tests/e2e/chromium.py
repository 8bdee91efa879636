"""A headless Chromium, and what it says about a page."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response

from config import HOME

SCREENSHOTS = HOME / "var" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NARROWEST = 320  # pixels; also what 1280 are at 400 % zoom
# Everything axe knows at its newest level, with the size of targets, which is off unless asked for.
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


def find_chromium() -> str:
    """Where Chromium is, or nothing."""
    return os.environ.get("FORUM_CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


def start(playwright: Playwright) -> Browser:
    """A browser without a window."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    scheme: str  # light, dark
    width: int  # pixels

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}"


LOOKS = [Look(scheme, width) for width in (1200, 390) for scheme in ("light", "dark")]


class Window:
    """One person's browser window, which notes everything that goes wrong in it."""

    def __init__(self, browser: Browser, site: str, look: Look, sign_in: tuple[str, str] | None = None) -> None:
        self.site, self.look = site, look
        self.context: BrowserContext = browser.new_context(
            base_url=site,
            viewport={"width": look.width, "height": 900},
            color_scheme="dark" if look.scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
        )
        if sign_in:
            name, key = sign_in
            self.context.add_cookies([{"name": name, "value": key, "url": site}])
        self.context.add_init_script(AXE_SCRIPT)  # sending it to each page anew would take longer
        self.page: Page = self.context.new_page()
        self.noted: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.noted.append(f"script error: {error}"))
        self.page.on("request", self._request)

    def turn_to(self, look: Look) -> None:
        """Look at pages in another scheme and width from now on."""
        if look != self.look:
            self.look = look
            self.page.emulate_media(color_scheme="dark" if look.scheme == "dark" else "light")
            self.page.set_viewport_size({"width": look.width, "height": 900})

    def _console(self, message: Any) -> None:
        # Chromium logs every answer that is not a success; those we look at ourselves.
        if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
            self.noted.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.noted.append(f"asks another site: {request.url}")

    def open(self, path: str) -> Response | None:
        """Go to `path` and wait until everything is there."""
        return self.page.goto(path, wait_until="load")

    def fill(self, values: dict[str, str]) -> None:
        """Type `values` into the fields of the page's own form, by their names."""
        for name, value in values.items():
            self.page.fill(f"main form [name={name}]", value)

    def send_as_it_is(self) -> Response | None:
        """Send the page's own form without what it asks for, past the browser's own checks."""
        with self.page.expect_navigation() as arrived:
            self.page.evaluate(
                """() => {
                    const form = document.querySelector("main form[method=post]");
                    form.noValidate = true;
                    form.requestSubmit();
                }"""
            )
        return arrived.value

    def faults(self) -> list[str]:
        """What is wrong with the page as it stands; each is told once."""
        self.page.wait_for_load_state()
        found, self.noted = self.noted, []
        found += self._overflow(self.look.width)
        for violation in self.page.evaluate("options => axe.run(options).then(found => found.violations)", AXE):
            places = [" ".join(node["target"]) + ": " + node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"axe {violation['id']}: {violation['help']}\n    " + "\n    ".join(places))
        return found

    def faults_when_narrow(self) -> list[str]:
        """Whether the page scrolls sideways or squeezes its icons where it is narrowest."""
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        try:
            return self._overflow(NARROWEST) + self._squeezed()
        finally:
            self.page.set_viewport_size({"width": self.look.width, "height": 900})

    def _overflow(self, width: int) -> list[str]:
        wide = self.page.evaluate(
            """() => {
                const edge = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= edge) return "";
                const outside = [...document.body.querySelectorAll("*")].filter(one =>
                    one.getBoundingClientRect().right > edge + 1 && !one.closest(".scroll, .vh, .nav, .table"));
                return outside.slice(0, 3).map(one => one.outerHTML.slice(0, 120)).join(" | ") || "something";
            }"""
        )
        return [f"scrolls sideways at {width} px: {wide}"] if wide else []

    def _squeezed(self) -> list[str]:
        """Icons that the words beside them leave no room."""
        squeezed = self.page.evaluate(
            """() => [...document.querySelectorAll(".icon")]
                .filter(one => one.getClientRects().length && one.getBoundingClientRect().width < 10)
                .map(one => one.parentElement.parentElement.outerHTML.slice(0, 160))"""
        )
        return [f"an icon is squeezed: {one}" for one in squeezed[:3]]

    def shoot(self, name: str) -> Path:
        """Keep a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}-{self.look}.png"
        self.page.screenshot(path=path, full_page=True)
        return path

    def forget_drafts(self) -> None:
        """Leave the page, which may still be about to keep something, and forget what this browser keeps of drafts."""
        self.page.goto("about:blank")
        values = {"origin": self.site, "storageTypes": "local_storage"}
        self.context.new_cdp_session(self.page).send("Storage.clearDataForOrigin", values)

    def close(self) -> None:
        """Close the window and forget its cookies."""
        self.context.close()

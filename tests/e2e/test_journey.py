"""The whole loop in a browser, with a real worker: what each step looks like, and whether everybody can use it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from forum.accounts.models import User
from forum.accounts.sessions import open_sign_in
from tests.e2e.chromium import Look, Window
from tests.e2e.serving import Site, cookie_of, site
from tests.flow.story import COMPLAINT, CUSTOMER, link_in_newest_mail, set_the_scene
from tests.make import Make

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PATIENCE = 90_000  # milliseconds that a run of the engine may take on a busy machine


@pytest.fixture
def worked_site(browser: Browser, empty_database: Path, tmp_path: Path) -> Iterator[Site]:
    """A site of its own, with a worker beside it."""
    with site(empty_database, tmp_path / "site", world=False, worker=True) as made:
        yield made


class Step:
    """Looks at a step of the journey: nothing wrong with the page, and a picture if pictures are asked for."""

    def __init__(self, *, pictures: bool) -> None:
        self.pictures, self.count = pictures, 0
        self.faults: list[str] = []

    def look(self, window: Window, name: str) -> None:
        """Note what is wrong with what `window` shows now."""
        self.count += 1
        if self.pictures:
            window.shoot(f"journey-{self.count:02d}-{name}")
        self.faults += [f"{name}: {fault}" for fault in window.faults() + window.faults_when_narrow()]


def test_a_complaint_becomes_a_launch_in_the_browser(browser: Browser, worked_site: Site, request):
    with worked_site.session() as session:
        ids = set_the_scene(session, Make(session))

    def window(look: Look, name: str = "") -> Window:
        return Window(browser, worked_site.address, look, sign_in(worked_site, ids[name]) if name else None)

    kari = window(Look("dark", 390))
    mona, petra = window(Look("dark", 1200), "moderator"), window(Look("light", 1200), "manager")
    ola = window(Look("light", 390), "voter")
    step = Step(pictures=request.config.getoption("every_look"))

    post = writes_and_registers(kari, step, worked_site.folder)
    is_let_in(mona, step)
    is_voted_for(ola, step, post)
    theme = is_grouped(petra, step, post)
    item = is_promoted_and_decided(petra, step, theme)
    launch_it(petra, step, item)
    reads_the_receipt(kari, step, post)

    assert not step.faults, "\n" + "\n".join(step.faults)


def sign_in(site: Site, person_id: int) -> tuple[str, str]:
    with site.session() as session:
        key = open_sign_in(session, session.get_one(User, person_id).id)
        session.commit()
    return cookie_of(key)


def press(page: Page, words: str) -> None:
    """Press the button that begins with these words, and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(rf"^\s*{re.escape(words)}")).first.click()


def writes_and_registers(kari: Window, step: Step, folder: Path) -> int:
    """A customer writes first, registers then, and proves the address from the mail."""
    page = kari.page
    kari.open("/")
    step.look(kari, "board")
    kari.open("/posts/new")
    page.locator("input[name=kind][value=complaint]").check(force=True)
    page.locator("[name=title]").fill(COMPLAINT["title"])
    page.locator("[name=body]").fill(COMPLAINT["body"])
    page.locator("[name=area_id]").select_option(label="Cabin")
    step.look(kari, "new-post")
    press(page, "Post")
    press(page, "Register here")
    for name, value in CUSTOMER.items():
        page.locator(f"[name={name}]").fill(value)
    step.look(kari, "register")
    press(page, "Register")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    kari.open(mailed_link(folder))
    page.locator("[name=password]").fill(CUSTOMER["password"])
    press(page, "Confirm and sign in")
    expect(page.get_by_text("Only you and the moderators see this.")).to_be_visible()
    press(page, "Gets in my way")
    step.look(kari, "waiting")
    return int(re.search(r"/posts/(\d+)", page.url)[1])


def mailed_link(folder: Path) -> str:
    """The link in the mail that the worker has sent meanwhile."""
    end = time.monotonic() + 30
    while not (folder / "mail").exists() or not list((folder / "mail").glob("*.eml")):
        assert time.monotonic() < end, "no mail has come"
        time.sleep(0.1)
    return link_in_newest_mail(folder / "mail", "Confirm your address")


def is_let_in(mona: Window, step: Step) -> None:
    """The moderator opens the first post with one key."""
    mona.open("/moderation")
    step.look(mona, "queue")
    mona.page.keyboard.press("a")
    expect(mona.page.get_by_text("All done.")).to_be_visible()
    step.look(mona, "queue-done")


def is_voted_for(ola: Window, step: Step, post: int) -> None:
    """Somebody finds it by search, votes without a reload, and comments."""
    ola.open("/search?q=cold+seat")
    step.look(ola, "search")
    ola.open(f"/posts/{post}")
    page = ola.page
    page.locator("button.vote").first.click()
    expect(page.locator("button.vote").first).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith(f"/posts/{post}")
    page.locator("[name=body]").fill("Mine too, every winter.")
    press(page, "Comment")
    expect(page.get_by_text("Mine too, every winter.")).to_be_visible()
    step.look(ola, "voted")


def is_grouped(petra: Window, step: Step, post: int) -> int:
    """A run goes its steps on a page that follows it; its diff is accepted, the theme gets its name."""
    page = petra.page
    petra.open("/themes/review")
    step.look(petra, "review")
    press(page, "Start a run")
    step.look(petra, "running")
    page.get_by_role("link", name="See the result").click(timeout=PATIENCE)
    expect(page.get_by_text("A new theme of").first).to_be_visible()
    step.look(petra, "diff")
    press(page, "Accept all")
    expect(page.get_by_text("Every line is decided.")).to_be_visible()
    petra.open(f"/posts/{post}")
    with page.expect_navigation():
        page.locator('a[href^="/themes/"]:not([href*="review"])').last.click()
    theme = int(re.search(r"/themes/(\d+)", page.url)[1])
    step.look(petra, "theme")
    petra.open(f"/themes/{theme}/name")
    page.locator("[name=name_en]").fill("Slow seat heating")
    press(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("Slow seat heating")
    return theme


def is_promoted_and_decided(petra: Window, step: Step, theme: int) -> int:
    """The theme is promoted, planned and begun."""
    page = petra.page
    petra.open(f"/themes/{theme}/promote")
    page.locator("[name=title_en]").fill("Seats that warm in minutes")
    page.locator("input[name=is_public][value=yes]").check(force=True)
    step.look(petra, "promote")
    page.locator("#promotion").get_by_role("button", name="Promote", exact=True).click()
    page.wait_for_url(re.compile(r"/backlog/\d+"))
    item = int(re.search(r"/backlog/(\d+)", page.url)[1])
    for status, sentence in (("planned", "We build a faster heater."), ("in progress", "It is on the test bench.")):
        petra.open(f"/backlog/{item}/move")
        page.locator(f'input[name=to][value="{status}"]').check(force=True)
        page.locator("[name=sentence_en]").fill(sentence)
        press(page, "Decide")
    step.look(petra, "item")
    petra.open("/backlog")
    step.look(petra, "backlog")
    petra.open("/roadmap")
    step.look(petra, "roadmap")
    return item


def launch_it(petra: Window, step: Step, item: int) -> None:
    """The launch is previewed and told."""
    page = petra.page
    petra.open(f"/backlog/{item}/launch")
    page.locator("[name=title_en]").fill("Warm seats in two minutes")
    page.locator("[name=announcement_en]").fill("From this week on: **warm in two minutes**.")
    press(page, "Preview")
    step.look(petra, "launch-preview")
    press(page, "Launch")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Launch “")
    step.look(petra, "launched")


def reads_the_receipt(kari: Window, step: Step, post: int) -> None:
    """The customer sees what became of her words, and says whether it solves it."""
    page = kari.page
    kari.open(f"/posts/{post}")
    expect(page.get_by_text("Warm seats in two minutes").first).to_be_visible()
    end = time.monotonic() + 20
    while not page.get_by_text("Slow seat heating").count():  # a theme's name is kept for some seconds
        assert time.monotonic() < end, "the theme's new name has not come"
        page.wait_for_timeout(1000)
        page.reload()
    step.look(kari, "what-became-of-it")
    kari.open("/me/receipts")
    step.look(kari, "receipts")
    with page.expect_navigation():
        page.locator('a[href^="/receipts/"]').first.click()
    step.look(kari, "receipt")
    page.locator("input[name=answer][value=yes]").check(force=True)
    press(page, "Send the answer")
    expect(page.get_by_text("You answered:").first).to_be_visible()
    step.look(kari, "answered")

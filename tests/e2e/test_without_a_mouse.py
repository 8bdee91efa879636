"""What customers and moderators do, by keyboard alone."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from forum.moderation.services import open_case
from forum.moderation.status import CaseKind
from forum.products.models import Area
from forum.search.services import index_post
from tests.e2e.chromium import Look
from tests.make import Make
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
    window.forget_drafts()


def test_what_was_refused_or_looked_at_first_is_kept_when_one_goes_elsewhere(windows):
    window = windows.of("nobody", Look("light", 1200))
    page = window.page
    title, area = page.get_by_label("In one line"), page.get_by_label("What is it about?")

    window.open("/posts/new")
    title.fill(f"The saet is so cold {COMMON}")
    expect(area).not_to_have_value("")
    proposed = area.input_value()
    title.fill("Wholly different words")
    expect(area).not_to_have_value(proposed)  # that was for what does not stand there any more
    for button in ("Preview", "Post"):
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).last.press("Enter")
        window.open("/offline")
        window.open("/posts/new")
        expect(title).to_have_value("Wholly different words")
    window.forget_drafts()


def press_to(page: Page, key: str, words: str) -> None:
    """Press `key`, which goes from case to case, until the case called `words` is shown."""
    for _press in range(MOST):
        if words in page.locator("#case-title").inner_text():
            return
        with page.expect_navigation():
            page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {words}")


def choose_reason(page: Page, key: str, letters: str) -> None:
    """Press a key that asks for a reason, choose that by its first letters, and press it again."""
    page.keyboard.press(key)
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type(letters)
    page.keyboard.press("Escape")
    page.keyboard.press(key)


@pytest.fixture
def twins(world_site):
    """Two posts that say the same, the second of which the customer wrote and waits as a likely duplicate."""
    with world_site.session() as session:
        make, author = Make(session), world_site.world.people["customer"]
        area = session.get(Area, world_site.world.arguments["area_id"][1])
        first, second = (
            make.post(f"Wipers smear {when}", body="The wipers smear in drizzle.", area=area, author_id=author.id)
            for when in ("at dusk", "at dawn")
        )
        for post in (first, second):
            index_post(session, post.id)
        open_case(session, CaseKind.DUPLICATE, second.id)
        session.commit()
        return first.id, second.id


@pytest.mark.long
def test_a_moderator_merges_undoes_and_removes_and_another_one_grants_the_objection(windows, twins):
    first, second = twins
    moderator, author, admin = (windows.of(role, Look("light", 1200)) for role in ("moderator", "customer", "admin"))
    page = moderator.page
    moderator.open("/")
    tab_to(page, page.get_by_role("link", name=re.compile("^Moderation")))
    page.keyboard.press("Enter")
    page.wait_for_url("**/moderation")
    press_to(page, "j", "Wipers smear at dawn")
    case = urlsplit(page.url).path

    page.keyboard.press("m")
    page.wait_for_url(f"**/moderation/posts/{second}/merge?into={first}&*")
    tab_to(page, page.get_by_role("button", name="Join them"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("is joined with “Wipers smear at dusk”")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url(f"**{case}")
    choose_reason(page, "r", "Adv")
    expect(page.get_by_text("Removed: “Wipers smear at dawn”")).to_be_visible()

    page = author.page
    author.open(f"/posts/{second}")
    expect(page.get_by_text("It advertises something")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Object to it"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Why should it be looked at again?"))
    page.keyboard.type("I sell nothing.")
    tab_to(page, page.get_by_role("button", name="Object"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("You objected on")).to_be_visible()

    page = admin.page
    admin.open("/moderation")
    press_to(page, "j", "Wipers smear at dawn")
    expect(page.get_by_text("I sell nothing.")).to_be_visible()
    choose_reason(page, "b", "Our")
    expect(page.get_by_text("Restored: “Wipers smear at dawn”")).to_be_visible()
    author.open(f"/posts/{second}")
    expect(author.page.get_by_text("It advertises something")).to_be_hidden()
    assert not moderator.noted + author.noted + admin.noted

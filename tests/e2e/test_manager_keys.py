"""What a product manager does from a theme to an item that is reopened, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from forum.products.models import Area
from tests.e2e.chromium import Look
from tests.e2e.test_without_a_mouse import tab_to
from tests.make import Make

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(120)]

ITEM = "Wipers that do not smear"


@pytest.fixture
def theme_id(world_site):
    """A theme that is on no backlog, with a post by the customer."""
    with world_site.session() as session:
        make, author = Make(session), world_site.world.people["customer"]
        area = session.get(Area, world_site.world.arguments["area_id"][1])
        posts = [make.post(f"Wipers smear {n}", area=area, author_id=author.id) for n in range(2)]
        theme = make.theme("Smearing wipers", posts)
        session.commit()
        return theme.id


def follow(page: Page, words: str) -> None:
    """Tab to a link and open it."""
    tab_to(page, page.get_by_role("link", name=re.compile(words)).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill_in(page: Page, label: str, words: str) -> None:
    """Tab to a field and write into it, over what stands there."""
    tab_to(page, page.get_by_label(re.compile(f"^{label}")).first)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(words)


def press(page: Page, words: str) -> None:
    """Tab to a button and press it."""
    tab_to(page, page.get_by_role("main").get_by_role("button", name=words, exact=True).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def go_to(page: Page) -> None:
    """Press j, which goes from card to card, until the item has the focus."""
    card = page.locator("[data-item]", has_text=ITEM)
    for _press in range(20):
        page.keyboard.press("j")
        if card.evaluate("card => card === document.activeElement"):
            return
    pytest.fail("j does not lead to the item")


def decide(page: Page, to: str, sentence: str) -> None:
    """Press m on the card and choose where it goes."""
    go_to(page)
    page.keyboard.press("m")
    expect(page.locator("dialog [name=to]").first).to_be_focused()
    for _press in range(5):
        page.keyboard.press("ArrowDown")
        if page.get_by_role("radio", name=to).is_checked():
            break
    fill_in(page, "What customers read", sentence)
    tab_to(page, page.get_by_role("button", name="Decide", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_a_theme_to_an_item_that_is_reopened(windows, theme_id):
    manager, customer = windows.of("manager", Look("dark", 390)), windows.of("customer", Look("light", 390))
    page = manager.page

    manager.open(f"/themes/{theme_id}")
    page.keyboard.press("p")
    page.wait_for_url(f"**/themes/{theme_id}/promote")
    fill_in(page, "Title", ITEM)
    tab_to(page, page.get_by_role("radio", name=re.compile("^Public")))
    page.keyboard.press("Space")
    press(page, "Promote")
    expect(page.get_by_role("heading", level=1)).to_have_text(ITEM)

    follow(page, "Score it|Set the score")
    fill_in(page, "Effort in person-weeks", "0.5")
    press(page, "Save the score")
    follow(page, "^Why is")
    expect(page.get_by_role("heading", level=2).filter(has_text=ITEM)).to_be_visible()

    follow(page, "^Backlog$")
    decide(page, "Planned", "We build another blade.")
    decide(page, "In progress", "It is in our own cars.")
    expect(page.locator("[data-status=in-progress]")).to_contain_text(ITEM)

    go_to(page)
    follow(page, ITEM)
    follow(page, "^Open a pilot$")
    fill_in(page, "What is tried, in one line", "Blades for your own car")
    fill_in(page, "Tell them", "You get two by mail.")
    fill_in(page, "Seats", "5")
    press(page, "Open the pilot")
    expect(page.get_by_role("heading", level=1)).to_have_text("Blades for your own car")

    follow(page, ITEM)
    follow(page, "^What your own model weighs$")
    fill_in(page, "Weight", "5")
    press(page, "Weigh by these")
    expect(page.get_by_text("The items are weighed afresh.")).to_be_visible()

    follow(page, "^Roadmap$")
    follow(page, ITEM)
    follow(page, "^Show it on your own site$")
    tab_to(page, page.get_by_label("Colours"))
    page.keyboard.type("Dark")
    press(page, "Show")
    expect(page.get_by_label("Lines to copy")).to_have_value(re.compile("scheme=dark"))
    tab_to(page, page.get_by_label("Lines to copy"))

    follow(page, "^Backlog$")
    manager.turn_to(Look("light", 1200))
    go_to(page)
    page.keyboard.press("]")
    page.wait_for_url("**/launch")
    fill_in(page, "What was built, in one line", "Wipers that sweep clean")
    fill_in(page, "Tell it", "Two blades instead of one.")
    press(page, "Launch")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wipers that sweep clean")

    customer.open("/me/receipts")
    follow(customer.page, "Wipers that sweep clean")
    tab_to(customer.page, customer.page.get_by_role("radio").first)
    customer.page.keyboard.press("ArrowUp")
    fill_in(customer.page, "In your own words", "Mine still smear.")
    press(customer.page, "Send the answer")
    page.reload()
    follow(page, "^Reopen with these words")
    expect(page.get_by_text("Mine still smear.")).to_be_visible()
    press(page, "Reopen")
    expect(page.get_by_text("In review").first).to_be_visible()
    assert not manager.noted + customer.noted

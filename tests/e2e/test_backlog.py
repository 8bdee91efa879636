"""The board of the backlog, by keyboard alone and by drag."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chromium import Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

TITLE = "Item that is {}"


@pytest.fixture
def board(windows) -> Page:
    """The board, as a product manager sees it."""
    window = windows.of("manager", Look("light", 1200))
    window.open("/backlog")
    page: Page = window.page
    return page


@pytest.mark.long
def test_an_item_is_moved_by_keyboard_alone(board):
    title = TITLE.format("proposed")
    board.keyboard.press("j")
    expect(board.locator("[data-item]:focus")).to_contain_text(title)

    board.keyboard.press("[")
    expect(board.locator("#said")).to_have_text("It cannot go there from where it is now.")
    board.keyboard.press("]")
    expect(board.get_by_role("radio", name="In review")).to_be_focused()
    board.keyboard.press("Tab")
    board.keyboard.type("We look into it.")
    for _step in ("other languages", "arguments", "decide"):
        board.keyboard.press("Tab")
    expect(board.get_by_role("button", name="Decide", exact=True)).to_be_focused()
    board.keyboard.press("Enter")

    expect(board.locator("[data-status=in-review]")).to_contain_text(title)
    assert board.url.endswith("/backlog")


def test_an_item_is_dragged_only_where_it_may_go(board):
    title = TITLE.format("planned")
    card = board.locator("[data-item]", has_text=title)

    def drag(to: str) -> None:
        card.scroll_into_view_if_needed()
        start, end = (one.bounding_box() or {} for one in (card, board.locator(f"[data-status={to}]")))
        board.mouse.move(start["x"] + 60, start["y"] + 8)
        board.mouse.down()
        board.mouse.move(start["x"] + 80, start["y"] + 20)
        board.mouse.move(end["x"] + 100, end["y"] + 60, steps=3)
        board.mouse.up()

    drag("proposed")
    expect(board.locator("#said")).to_have_text("It cannot go there from where it is now.")
    drag("in-progress")
    expect(board.get_by_role("radio", name="In progress")).to_be_checked()
    board.locator("#sentence_en").fill("It is being built.")
    board.get_by_role("button", name="Decide", exact=True).click()

    expect(board.locator("[data-status=in-progress]")).to_contain_text(title)


def test_other_weights_show_what_trades_places_while_they_are_typed(windows):
    window = windows.of("manager", Look("dark", 390))
    window.open(f"/backlog/weights/{windows.site.world.arguments['slug'][0]}")
    page = window.page

    page.get_by_label("Weight").first.fill("9")

    expect(page.locator("#trades")).to_contain_text("Nothing: the order stays as it is.")

"""The map of themes by mouse, by keyboard and for everybody."""

import math

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from forum.posts.models import Post
from forum.themes.mapping import write_places
from forum.themes.models import Theme
from forum.themes.status import ThemeState
from tests.e2e.chromium import Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(scope="session")
def mapped(world_site):
    """The site with a map: the posts of each theme in a ring, the rings in a row. Ids of the first theme's posts."""
    with world_site.session() as session:
        rows = session.execute(
            sa.select(Post.id, Theme.id, Post.product_id)
            .join(Theme, Theme.id == Post.theme_id)
            .where(Post.is_listed, Theme.state == ThemeState.ACCEPTED)
            .order_by(Post.id)
        ).all()
    themes = sorted({row[1] for row in rows}, key=lambda theme: -sum(row[1] == theme for row in rows))
    places = [(2 * themes.index(row[1]) + math.cos(n) * 0.6, math.sin(n) * 0.6) for n, row in enumerate(rows)]
    folder = world_site.folder / "models"
    folder.mkdir(exist_ok=True)
    write_places(folder / f"map-{rows[0][2]}.npz", [row[0] for row in rows], [row[1] for row in rows], places)
    return [row[0] for row in rows if row[1] == themes[0]]


def test_the_map_is_for_everyone(map_look, windows, mapped, request):
    look = map_look
    window = windows.of("manager", look)
    page = window.page
    window.open("/themes/map")
    expect(page.locator(".map__name").first).to_be_visible()
    faults = window.faults()
    expect(page.locator("[data-frame].is-live")).to_be_visible()
    faults += window.faults() + window.faults_when_narrow()
    page.locator("a[data-theme]").first.evaluate("link => link.click()")
    expect(page.locator("#map-detail h2").first).not_to_have_text("Nothing chosen")
    faults += window.faults()
    if request.config.getoption("every_look"):
        window.shoot("themes.theme_map-chosen")
    window.open("/themes/map?as=table")
    faults += window.faults()
    window.open(page.get_by_role("row").nth(1).get_by_role("link").first.get_attribute("href") or "")

    faults += window.faults() + window.faults_when_narrow()
    assert faults == []


def test_posts_within_the_lasso_are_moved_together_and_taken_back_by_one_press(windows, mapped):
    window = windows.of("manager", Look("light", 1200))
    page = window.page
    window.open("/themes/map")
    frame = page.locator("[data-frame].is-live")
    box = frame.bounding_box()
    assert box is not None

    page.get_by_role("button", name="Lasso").click()
    x, y, w, h = box["x"] + 4, box["y"] + box["height"] * 0.15, box["width"] * 0.3, box["height"] * 0.7
    page.mouse.move(x, y)
    page.mouse.down()
    for to_x, to_y in ((x + w, y), (x + w, y + h), (x, y + h)):
        page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()
    expect(page.locator("#map-detail h2").first).to_have_text(f"{len(mapped)} posts picked")
    page.locator("#map-theme").select_option(index=2)
    page.get_by_role("button", name="Move them there").click()
    expect(page.get_by_text(f"{len(mapped)} posts are in")).to_be_visible()
    expect(page.locator("[data-frame].is-live")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Taken back. Later runs decide afresh.")).to_be_visible()
    expect(page.locator("[data-frame].is-live")).to_be_visible()


def test_the_keyboard_alone_moves_enlarges_and_picks(windows, mapped):
    window = windows.of("manager", Look("dark", 1200))
    page = window.page
    window.open("/themes/map")
    frame = page.locator("[data-frame].is-live")

    frame.focus()
    for key in ("+", "+", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "0"):
        page.keyboard.press(key)
    for _ in range(12):  # the crosshair goes over the islands until a post lies under it
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Space")
        page.wait_for_function(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => true)"
        )
        if page.locator(".map__ring--picked").count():
            break

    expect(page.locator("#map-detail h2").first).to_have_text("One post")
    page.keyboard.press("Escape")
    expect(page.locator("#map-detail h2").first).to_have_text("Nothing chosen")

"""What somebody types survives until it was sent, and not a moment longer."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Look

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_comment_comes_back_as_it_was_meant_and_not_after_it_was_sent(windows):
    window = windows.of("employee", Look("light", 1200))
    page = window.page
    box, note = page.get_by_label("What do you want to say?"), page.get_by_role("radio", name="Note for the team")

    window.open(f"/posts/{windows.site.world.arguments['post_id'][0]}")
    box.fill("The supplier says that the foam is to blame.")
    note.check()
    page.reload()
    expect(box).to_have_value("The supplier says that the foam is to blame.")
    expect(note).to_be_checked()
    with page.expect_navigation():
        page.get_by_role("button", name="Comment").click()
    expect(page.get_by_role("status").filter(has_text="Your comment stands below.")).to_be_visible()
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")


def test_what_is_typed_is_kept_on_the_server_and_found_again(windows):
    window = windows.of("manager", Look("light", 1200))
    page = window.page

    page.clock.install()
    window.open("/posts/new")
    page.get_by_label("In one line").fill("Keep this for tomorrow")
    page.clock.fast_forward(5000)
    expect(page.locator("#kept")).to_contain_text("Draft kept until")
    window.forget_drafts()
    window.open("/posts/new")
    page.get_by_text("You have 1 draft").click()
    page.get_by_role("link", name="Keep this for tomorrow").click()
    expect(page.get_by_label("In one line")).to_have_value("Keep this for tomorrow")
    page.get_by_label("In one line").fill("Keep this for next week")
    page.reload()  # before the server heard of it
    expect(page.get_by_label("In one line")).to_have_value("Keep this for next week")
    window.open("/me/posts")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status").filter(has_text="The draft is removed.")).to_be_visible()

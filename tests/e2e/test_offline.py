"""Without a connection: what was read signed out opens, nothing of signed-in people is kept, drafts wait."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chromium import Look, Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

IS_READY = "async () => { await navigator.serviceWorker.ready; return navigator.serviceWorker.controller !== null; }"
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
        }
    }
    return found;
}"""


@pytest.fixture
def window(browser, world_site):
    """A browser of its own, signed out, on a site whose service worker is there."""
    made = Window(browser, world_site.address, Look("light", 390))
    made.open("/")
    made.page.wait_for_function(IS_READY)
    yield made
    made.close()


def kept(page: Page) -> dict[str, str]:
    """What this browser keeps of the site: words by path."""
    return dict(page.evaluate(KEPT))


def wait_until_kept(page: Page, path: str) -> None:
    """Wait until a page is kept; that happens after it was shown."""
    page.wait_for_function(f"async () => !!(await caches.match(location.origin + '{path}', {{ignoreVary: true}}))")


def test_pages_read_signed_out_open_without_a_connection(window, world_site):
    post, page = f"/posts/{world_site.world.arguments['post_id'][0]}", window.page
    wait_until_kept(page, "/")
    window.open(post)
    wait_until_kept(page, post)
    title = page.locator("h1").inner_text()

    window.context.set_offline(True)
    window.open(post)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderTopStyle") == "solid"
    window.open("/")
    expect(page.get_by_role("heading", name="What should we make better?")).to_be_visible()
    window.open("/launches")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    window.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="You asked, we built")).to_be_visible()


def test_nothing_of_somebody_signed_in_is_kept(window, world_site):
    page, author = window.page, world_site.world.people["author"]
    private = f"/posts/{world_site.world.arguments['post_id'][6]}"
    sign_in(window, world_site, "author")
    before = kept(page)
    for path in ("/", "/me", "/me/posts", "/me/data", private):
        window.open(path)
        expect(page.locator("header bdi", has_text=author.display_name)).to_have_count(1)
    page.wait_for_timeout(300)  # what is kept is kept after the page was shown

    after = kept(page)
    assert {path for path in after if not path.startswith("/static/")} <= {"/", "/offline"}
    assert {path: text for path, text in after.items() if path in before} == before
    assert not [path for path, text in after.items() if author.email in text or 'class="menu__name"' in text]
    window.context.set_offline(True)
    for path in ("/me", "/me/posts", private):
        window.open(path)
        expect(page.get_by_role("heading", name="No connection")).to_be_visible()
        assert author.display_name not in page.content()


def sign_in(window, site, role):
    name, key = site.key_of(role)
    window.context.add_cookies([{"name": name, "value": key, "url": site.address}])


def test_what_was_to_be_sent_waits_and_comes_back_unsent(window):
    page = window.page
    window.open("/posts/new?kind=complaint")
    page.locator("[name=title]").fill("The left seat stays cold")
    window.context.set_offline(True)
    expect(page.get_by_text("what you write waits in this browser")).to_be_visible()
    page.locator("main form[method=post]").first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_label("In one line")).to_have_value("The left seat stays cold")

    window.context.set_offline(False)
    expect(page.get_by_text("There is a connection again.")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="New post")).to_be_visible()
    expect(page.get_by_label("In one line")).to_have_value("The left seat stays cold")
    # a browser says by itself of what it was asked for without a connection, a look for similar posts for one
    assert [line for line in window.noted if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_a_post_begun_without_a_connection_is_sent_once_there_is_one(window, world_site):
    page, post = window.page, f"/posts/{world_site.world.arguments['post_id'][0]}"
    sign_in(window, world_site, "customer")
    window.open(post)
    page.get_by_label("What do you want to say?").fill("Ours, too.")
    window.context.set_offline(True)
    window.open("/posts/new")
    page.get_by_label("In one line").fill("The horn is weak in tunnels")
    page.get_by_label("Tell more").fill("Nobody hears it.")
    window.open("/me")
    expect(page.get_by_label("In one line")).to_have_value("The horn is weak in tunnels")
    expect(page.get_by_role("link", name="Ours, too.")).to_have_attribute("href", post)

    window.context.set_offline(False)
    page.get_by_role("link", name="Open the form").click()
    page.get_by_role("radio", name="Something bothers me").check()
    page.get_by_label("What is it about?").select_option("Cabin")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", name="The horn is weak in tunnels")).to_be_visible()
    expect(page.get_by_text("Nobody hears it.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == [
        f"draft:comment-{post[7:]}"
    ]

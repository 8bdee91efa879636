"""What search engines and people with reports find at fixed addresses."""

import json
import re
from xml.etree import ElementTree

import pytest

from config import settings
from forum.posts.status import Moderation, Visibility
from forum.web import sitemaps
from tests.world import plant

SITE = "http://127.0.0.1:8000"


def addresses(text):
    """The addresses in a file of the sitemap."""
    return [element.text for element in ElementTree.fromstring(text).iter() if element.tag.endswith("}loc")]


def test_the_sitemap_lists_what_everybody_may_read_and_nothing_else(visitor, session, make):
    world = plant(session, make)
    listed = []
    for file in addresses(visitor.open("/sitemap.xml").html):
        assert file.startswith(SITE)
        listed += addresses(visitor.open(file.removeprefix(SITE)).html)

    assert len(listed) == len(set(listed)) > 30
    for address in listed:
        assert address.startswith(SITE + "/")
    assert {visitor.client.get(address.removeprefix(SITE)).status_code for address in listed} == {200}
    assert [word for word in world.secrets if word in " ".join(listed)] == []


def test_the_sitemap_is_cut_by_ids(visitor, make, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST", 2)
    first, hidden, third = make.post("a"), make.post("b", moderation=Moderation.HIDDEN), make.post("c")

    index = addresses(visitor.open("/sitemap.xml").html)
    files = [addresses(visitor.open(f"/sitemap-posts-{n}.xml").html) for n in (1, 2)]

    assert [f"{SITE}/sitemap-posts-{n}.xml" for n in (1, 2)] == index[1:3]
    assert files == [[f"{SITE}/posts/{first.id}"], [f"{SITE}/posts/{third.id}"]]
    assert hidden.id not in (first.id, third.id)


def test_robots_know_the_sitemap(visitor):
    assert f"Sitemap: {SITE}/sitemap.xml\n" in visitor.open("/robots.txt").html


def test_security_txt_gives_the_contact_that_is_set(visitor, monkeypatch):
    visitor.open("/.well-known/security.txt", status=404)
    monkeypatch.setattr(settings(), "security_contact", "mailto:security@example.com")

    lines = visitor.open("/.well-known/security.txt").html.splitlines()

    assert lines[0] == "Contact: mailto:security@example.com"
    assert re.fullmatch(r"Expires: \d{4}-\d\d-\d\dT00:00:00Z", lines[1])


def test_a_contact_for_reports_must_be_an_address(monkeypatch):
    from config import Settings

    with pytest.raises(ValueError, match="FORUM_SECURITY_CONTACT"):
        Settings(security_contact="me@example.com\nExpires: never")


def test_a_shared_post_shows_its_title_escaped_and_a_private_one_nothing(visitor, make):
    author = make.person()
    public = make.post('A "quoted" <b> title', author=author)
    private = make.post("Zqprivate", author=author, visibility=Visibility.PRIVATE)

    page = visitor.open(f"/posts/{public.id}").html
    own = visitor.sign_in(author).open(f"/posts/{private.id}").html

    assert '<meta property="og:title" content="A &#34;quoted&#34; &lt;b&gt; title">' in page
    assert f'<meta property="og:url" content="{SITE}/posts/{public.id}">' in page
    assert "og:title" not in own


def test_a_phone_can_install_the_site_in_each_language(visitor):
    for language, words in (("en", "New post"), ("nb", "Nytt innlegg"), ("da", "Nyt indlæg")):
        known = json.loads(visitor.open(f"/manifest.webmanifest?lang={language}").html)

        assert (known["lang"], known["start_url"], known["display"]) == (language, "/", "standalone")
        assert known["shortcuts"][0]["name"] == words
        for icon in known["icons"]:
            assert visitor.client.get(icon["src"]).mimetype == "image/png"


def test_the_service_worker_governs_the_whole_site_and_is_not_sent_twice(visitor):
    first = visitor.open("/service-worker.js?lang=nb").response

    assert first.headers["Service-Worker-Allowed"] == "/"
    assert 'const LANGUAGE = "nb";' in visitor.html
    again = visitor.client.get("/service-worker.js?lang=nb", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304

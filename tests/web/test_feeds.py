"""Feeds: sound Atom, whole addresses, nothing that not everybody may read, and not sent twice."""

import re
from datetime import datetime
from xml.etree import ElementTree

import pytest

from forum.core.feeds import ATOM
from tests.world import plant

SITE = "http://127.0.0.1:8000"


def faults_of(text):
    """What is wrong with an Atom feed by RFC 4287, in words."""
    feed = ElementTree.fromstring(text)
    if feed.tag != f"{{{ATOM}}}feed":
        yield f"the root is {feed.tag}"
    entries = feed.findall(f"{{{ATOM}}}entry")
    yield from _element_faults(feed, "feed")
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries have the same id"
    for entry in entries:
        yield from _element_faults(entry, f"entry {entry.findtext(f'{{{ATOM}}}id')}")
    if not feed.findall(f"{{{ATOM}}}author"):
        yield "nobody is its author"
    for link in feed.iter(f"{{{ATOM}}}link"):
        if not link.get("href", "").startswith(SITE + "/"):
            yield f"a link leads to {link.get('href')}"


def _element_faults(element, name):
    for wanted in ("id", "title", "updated"):
        if len(element.findall(f"{{{ATOM}}}{wanted}")) != 1:
            yield f"{name} has not one {wanted}"
    if not element.findtext(f"{{{ATOM}}}id", "").startswith(SITE):
        yield f"{name} has an id that is no whole address"
    for moment in ("updated", "published"):
        for found in element.findall(f"{{{ATOM}}}{moment}"):
            datetime.strptime(found.text or "", "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007  # its form alone
    if len([link for link in element.findall(f"{{{ATOM}}}link") if link.get("rel") == "alternate"]) != 1:
        yield f"{name} leads to no page"


@pytest.fixture
def world(session, make):
    return plant(session, make)


@pytest.fixture
def feeds(world):
    first = {name: values[0] for name, values in world.arguments.items()}
    return [
        *("/feed.atom", f"/areas/{first['area_id']}/feed.atom", f"/posts/{first['post_id']}/feed.atom"),
        *(f"/themes/{first['theme_id']}/feed.atom", "/roadmap/feed.atom", "/launches/feed.atom"),
    ]


def test_each_feed_is_sound_and_leads_to_whole_addresses(visitor, feeds):
    feedparser = pytest.importorskip("feedparser")
    for path in feeds:
        visitor.open(path, headers={"Accept-Language": "da"})
        parsed = feedparser.parse(visitor.response.data)

        assert visitor.response.mimetype == "application/atom+xml"
        assert list(faults_of(visitor.html)) == [], path
        assert (parsed.bozo, parsed.version) == (False, "atom10")
        assert parsed.entries, path
        assert parsed.feed.language == "da"


def test_a_feed_tells_a_moderator_no_more_than_anybody(visitor, world, feeds):
    visitor.sign_in(world.people["admin"])
    for path in feeds:
        assert [word for word in world.secrets if word in visitor.open(path).html] == [], path


def test_a_private_post_has_no_feed(visitor, make):
    from forum.posts.status import Visibility

    post = make.post("Only for the company", visibility=Visibility.PRIVATE)

    visitor.sign_in(make.admin()).open(f"/posts/{post.id}/feed.atom", status=404)


def test_words_that_xml_cannot_hold_break_no_feed(visitor, make):
    make.post("Odd \ufffe & <b> ]]> \x0b title", body="<script>alert(1)</script> **bold** \uffff")

    visitor.open("/feed.atom")

    assert list(faults_of(visitor.html)) == []
    assert "<script" not in visitor.html
    assert "&lt;strong&gt;bold" in visitor.html


def test_who_has_the_newest_feed_is_not_sent_it_again(visitor, make):
    make.post("The seat is cold")
    first = visitor.open("/feed.atom").response

    again = visitor.client.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    by_date = visitor.client.get("/feed.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    make.post("The window rattles")
    make.session.commit()
    later = visitor.client.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, by_date.status_code, later.status_code) == (304, 304, 200)
    assert again.data == b""


def test_pages_lead_to_their_feeds(visitor, world, feeds):
    post = world.arguments["post_id"][0]
    theme, area = world.arguments["theme_id"][0], world.arguments["area_id"][0]
    for page in ("/", f"/?area={area}", f"/posts/{post}", f"/themes/{theme}", "/roadmap", "/launches"):
        (address,) = re.findall(r'<link[^>]*type="application/atom\+xml"[^>]* href="([^"]+)"', visitor.open(page).html)
        assert re.findall(r'<a href="([^"]+)" type="application/atom\+xml"', visitor.html) == [address]
        visitor.open(address.replace("&amp;", "&"))

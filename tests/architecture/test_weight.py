"""What pages weigh: bytes on the wire, and the calls of functions that making them takes.

Neither depends on the machine or its load. What is kept in weights.json was measured by
`KEEP_WEIGHTS=1 .venv/bin/python -m pytest -n 0 tests/architecture/test_weight.py`; run it again when a page may weigh
more, and say in the commit why.
"""

import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from forum.core.clock import utcnow
from forum.search.services import index_post

KEPT = Path(__file__).with_name("weights.json")
MORE = 1.03  # a page may grow so much unnoticed: names of files and versions of packages differ by less
FIRST_VISIT, FILES = 30_000, 4  # bytes in all, compressed, and how many files at most
PAGES = ("/", "/?order=newest", "/posts/{post}", "/search?q=cold", "/areas", "/themes", "/roadmap", "/feed.atom")
GZIP = {"Accept-Encoding": "gzip"}
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def client(app, session, make):
    """A browser before a site with thirty posts, one of them with fifty comments."""
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        area, people = make.area("seats"), [make.person(f"Person {number}") for number in range(10)]
        for number in range(30):
            when = utcnow() - timedelta(hours=number)
            title = f"The seat stays cold on day {number}"
            post = make.post(title, area=area, author=people[number % 10], when=when, body="It never becomes warm.")
            index_post(session, post.id)
        for number in range(50):
            make.comment(post, f"Mine too, on day {number}.", author=people[number % 10])
        make.theme("Cold seats", [post])
        session.commit()
        client = app.test_client()
        client.post_id = post.id
        yield client


def test_pages_weigh_what_they_did(client):
    weighed = {page: weigh(client, page.format(post=client.post_id)) for page in PAGES}
    if os.environ.get("KEEP_WEIGHTS"):
        KEPT.write_text(json.dumps({"python": PYTHON, "pages": weighed}, indent=1) + "\n")
        pytest.skip("kept anew")
    kept = json.loads(KEPT.read_text())

    asked = ("bytes", "calls") if kept["python"] == PYTHON else ("bytes",)  # versions call differently
    grown = [
        f"{page}: {now[what]:,} {what}, and it was {kept['pages'][page][what]:,}"
        for page, now in weighed.items()
        for what in asked
        if now[what] > MORE * kept["pages"][page][what]
    ]
    assert not grown, "\n".join(grown)


def test_a_first_visit_fits_into_thirty_kilobytes_and_four_files_of_this_site(client):
    page = client.get("/").get_data(as_text=True)
    # a telephone asks for the touch icon when it puts the site on its home screen
    links = re.findall(r'<(?:script|img|link(?! rel="apple))[^>]*?(?:src|href)="([^"]+)"[^>]*>', page)
    files = list(dict.fromkeys(link for link in links if link.startswith("/static/")))
    sent = [len(client.get(address, headers=GZIP).data) for address in ("/", *files)]

    assert not [link for link in links if re.match(r"(?:https?:)?//", link) and "127.0.0.1" not in link]
    assert len(sent) <= FILES
    assert sum(sent) <= FIRST_VISIT


def weigh(client, address):
    """The bytes of a page, packed, and the calls that making it takes once everything is warm."""
    for _warm in range(2):
        client.get(address)
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        answer = client.get(address)
    finally:
        sys.setprofile(before)
    assert answer.status_code == 200
    return {"bytes": len(client.get(address, headers=GZIP).data), "calls": calls}

"""Whatever somebody writes: nothing that could act comes out, in posts, marks of a search, feeds and mail."""

import email
import re
import time
from datetime import UTC, datetime
from email import policy
from xml.etree import ElementTree

import nh3
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config import settings as site
from forum.core import markup, outbox
from forum.core.errors import Invalid
from forum.core.feeds import ATOM, Entry, atom
from forum.core.mail import as_html
from forum.core.outbox import Letter, OutboxMail
from forum.search.marking import mark_hits, marked_passage
from forum.search.stemming import stems_of
from tests.core.test_markup import PIECES
from tests.fuzz.html import elements, words

SECONDS = 1.0  # of the processor, that any text that is taken may cost on a slow machine
MANY = settings(max_examples=1_000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FEWER = settings(MANY, max_examples=300)

ATTACKS = [
    *PIECES,
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<table><caption><svg><script>alert(1)</script>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "[x](\x01javascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](//evil.example)",
    '[x](http://a.example/"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n[x]",
    "<javascript:alert(1)>",
    "<mailto:a@b.example?body=<script>>",
    "http://a.example/`<script>`",
    "<plaintext>",
    "<textarea></textarea><template><select><option><svg onload=alert(1)>",
    "</p></li></ul></blockquote></div>",
    "&#x26;lt;script&#x26;gt;",
    "＜script＞alert(1)＜/script＞",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "\ufeff<\u2028script>",
    "|a|\n|-|\n|`|`|<img src=x onerror=alert(1)>|",
]
letters = st.text(max_size=20)
written = st.lists(
    st.one_of(st.sampled_from(ATTACKS), letters, st.sampled_from("\n<>&\"'`[]()*_~|#!\\ ")), max_size=12
).map("".join)
PARTS = {  # of a feed
    *("feed", "id", "title", "updated", "link", "author", "name", "entry", "published", "category", "content"),
}
ALLOWED = {("a", "href"), ("a", "rel"), ("ol", "start")}


def rendered(source: str) -> str | None:
    """The HTML of a text, or None where it is refused in words."""
    try:
        return markup.render(source)
    except Invalid:
        return None


def harm_in(html: str) -> list[str]:
    """What of a piece of HTML could do anything but be read."""
    found = []
    for tag, attributes in elements(html):
        if tag not in markup.TAGS:
            found.append(f"<{tag}>")
        found += [f"{name} of <{tag}>" for name in attributes if (tag, name) not in ALLOWED]
        address = re.sub(r"[\x00-\x20]", "", attributes.get("href", ""))
        scheme = re.match(r"([^/?#]*?):", address)
        if scheme and scheme[1].lower() not in markup.SCHEMES:
            found.append(address)
    return found


@MANY
@given(written)
@example("".join(ATTACKS))
def test_nothing_that_could_act_survives_and_cleaning_again_changes_nothing(source):
    html = rendered(source)
    if html is None:
        return
    again = nh3.clean(
        html,
        tags=markup.TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=markup.SCHEMES,
        link_rel=markup.RELATION,
    )

    assert harm_in(html) == []
    assert again == html == markup.render(source)


@pytest.mark.parametrize(
    "piece", [*ATTACKS, "[", "*", "_a", "~~", "`", "&", "\\", "> ", "- ", "1. ", "|", "a.b ", "https://a.b ", "\t"]
)
def test_text_of_any_length_costs_a_bounded_time(piece):
    for many in (200, markup.MAX_SOURCE // len(piece)):
        began = time.process_time()
        rendered(piece * many)
        took = time.process_time() - began
        assert took < SECONDS, f"{piece!r} × {many}: {took:.2f} s"


@FEWER
@given(st.lists(st.tuples(st.sampled_from(ATTACKS), st.integers(1, 120)), min_size=1, max_size=6))
def test_mixed_text_costs_a_bounded_time_too(parts):
    source = "".join(piece * many for piece, many in parts)[: markup.MAX_SOURCE]
    began = time.process_time()
    rendered(source)

    assert time.process_time() - began < SECONDS


@MANY
@given(written, written, st.sampled_from(("en", "nb", "da", "und")))
def test_marks_of_a_search_say_the_text_itself_and_nothing_else(text, question, language):
    stems = stems_of(question, language)
    marked = mark_hits(text, language, stems)
    passage = marked_passage(text[:40], text, language, stems)

    assert {tag for tag, attributes in elements(str(marked)) if not attributes} <= {"mark"}
    assert {tag for tag, _attributes in elements(str(passage))} <= {"mark"}
    assert words(str(marked)) == words(str(markup.mark_words(text, lambda word: False)))


@FEWER
@given(written, written, written)
def test_feeds_are_valid_and_hold_the_text_as_text(title, author, body):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    html = rendered(body) or ""
    entry = Entry("/posts/1", title, now, now, html=html, author=author, language="nb", labels=(title,))
    feed = ElementTree.fromstring(atom(title, path="/feed.xml", page="/", entries=[entry], language="en"))

    found = {one.tag.removeprefix(f"{{{ATOM}}}") for one in feed.iter()}
    assert found <= PARTS
    assert harm_in(feed.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}content") or "") == []


@FEWER
@given(written, written)
def test_mail_has_no_header_and_no_link_that_somebody_wrote(subject, text):
    mail = OutboxMail(
        to_address="kari@example.com",
        language="nb",
        message_id="<1@example.com>",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    storable = (subject + text).encode("utf-8", "ignore").decode()  # a form takes no halves of signs
    text = f"{storable}\n\n{site().site_url}/posts/1\n"
    letter = Letter(storable, text, as_html(text, "nb"))
    sent = email.message_from_bytes(bytes(outbox._message(mail, letter)), policy=policy.default)

    assert sorted(name.lower() for name in sent) == sorted(
        [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "auto-submitted",
            "mime-version",
            "content-type",
            "content-language",
        ]
    )
    html = sent.get_body(("html",))
    assert html is not None
    for tag, attributes in elements(html.get_content()):
        assert tag not in ("script", "iframe", "img", "form", "object", "embed", "svg", "math"), tag
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", site().site_url).startswith(site().site_url)

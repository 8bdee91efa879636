"""Text from people to safe HTML: markdown-it-py with HTML off, then bleach, then nh3 as the last gate.

Bleach is the dearest of the three and is passed by where every tag is one of a few without attributes.

The source is stored, and the cleaned HTML beside it with `MARKUP_VERSION`; pages never render Markdown.
This is the only module that calls text safe.
"""

import re
import threading
from collections.abc import Callable, MutableMapping

import nh3
from bleach.linkifier import Linker
from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from forum.core.errors import Invalid
from forum.core.languages import _

MARKUP_VERSION = 1
MAX_SOURCE = 20_000  # characters
MAX_BRACKETS = 1_000
MAX_DEPTH = 100  # levels of nesting
MAX_TAGS = 5_000  # in what the parser makes of it: wide tables and thousands of bold letters

TAGS = {
    *("p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
# Tags as the parser writes them without an attribute: text with no others leaves bleach as it came.
BARE = {f"<{slash}{tag}>" for tag in TAGS - {"a"} for slash in ("", "/")} | {"<br />", "<hr />"}
ATTRIBUTES = {"a": ["href"], "ol": ["start"]}
SCHEMES = {"http", "https", "mailto"}
RELATION = "nofollow noopener ugc"

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 20}).enable(
    ["table", "strikethrough"]
)
LinkAttributes = MutableMapping[tuple[str | None, str], str]
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Controls, and what turns the direction of all that follows: nobody types them, and they hide what is meant.
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PAGE_BREAK = re.compile("[\x0b\x0c]")
_MAYBE_LINK = re.compile(r"[\w-]\.\w")  # every address that is linked has a dot within a word
_TAG = re.compile(r"<[^>]*>?")
_own = threading.local()
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")


def visible(text: str) -> str:
    """`text` without control characters and turns of the writing direction; page breaks become line breaks."""
    return _HIDDEN.sub("", _PAGE_BREAK.sub("\n", text))


def check_cost(source: str) -> None:
    """Raise `Invalid` for text whose shape would make the parser slow or is far too long."""
    quote_depth = max((len(line) - len(line.lstrip("> ")) for line in source.splitlines()), default=0)
    too_much = (
        len(source) > MAX_SOURCE
        or source.count("[") > MAX_BRACKETS
        or source.count("<") > MAX_BRACKETS
        or quote_depth > MAX_DEPTH
    )
    if too_much:
        raise _too_much()


def _too_much() -> Invalid:
    return Invalid(_("This text is too long or too deeply nested. Shorten it, or split it into several posts."))


def render(source: str) -> str:
    """The safe HTML of a Markdown `source`, for storing. Raises `Invalid` when it would cost too much."""
    check_cost(source)
    html = _markdown.render(_INVISIBLE.sub("", source))
    if html.count("<") > MAX_TAGS:
        raise _too_much()
    html = _flatten_headings(_images_to_links(html))
    if not BARE.issuperset(_TAG.findall(html)):
        html = _cleaner().clean(html)
    if "<a " in html or _MAYBE_LINK.search(html):
        html = Linker(callbacks=[_mark_link], skip_tags={"pre", "code"}).linkify(html)
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=RELATION,
    )


def _cleaner() -> Cleaner:
    """This thread's cleaner: it cannot be shared, and making one takes as long as cleaning a post."""
    if not hasattr(_own, "cleaner"):
        _own.cleaner = Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=SCHEMES, strip=True)
    cleaner: Cleaner = _own.cleaner
    return cleaner


def _mark_link(attributes: LinkAttributes, _new: bool = False, /) -> LinkAttributes:
    attributes[(None, "rel")] = RELATION
    return attributes


def _images_to_links(html: str) -> str:
    """Remote pictures would tell their host who reads: show the address instead."""
    return re.sub(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>', lambda m: f'<a href="{m[1]}">{m[2] or m[1]}</a>', html)


def _flatten_headings(html: str) -> str:
    """Headings in a post stay below the page's own."""
    return re.sub(r"<(/?)h[12]>", r"<\1h3>", html)


def safe(html: str | None) -> Markup:
    """HTML that `render` made, for a template to print as it is."""
    return Markup(html or "")  # noqa: S704  # the one place: only `render` writes what is stored


def plain(source: str, limit: int = 0) -> str:
    """The words of a Markdown `source` on one line, cut at a word to `limit` characters if given."""
    return words_of(_markdown.render(_INVISIBLE.sub("", source[:MAX_SOURCE])), limit)


def words_of(html: str, limit: int = 0) -> str:
    """The words of HTML that was made from Markdown, on one line, cut at a word to `limit` characters if given."""
    text = _SPACE.sub(" ", nh3.clean(html, tags=set())).strip()
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return cut(text, limit) if limit else text


def mark_words(text: str, is_hit: Callable[[str], bool]) -> Markup:
    """Plain `text`, escaped, with the words for which `is_hit` holds in `<mark>`."""
    parts, end = [], 0
    for word in _WORD.finditer(text):
        if is_hit(word[0]):
            parts.append(escape(text[end : word.start()]) + Markup("<mark>{}</mark>").format(word[0]))
            end = word.end()
    return Markup("").join(parts) + text[end:]


def cut(text: str, limit: int) -> str:
    """`text`, or its first words within `limit` characters and an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,.;:") + "…"


def code_picture(text: str) -> Markup:
    """A square that a phone reads `text` from, as SVG: dark on white everywhere, as some phones read no other."""
    import segno  # rarely asked for

    return Markup(segno.make(text, micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff"))  # noqa: S704

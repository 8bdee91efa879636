"""Atom feeds (RFC 4287): what is new, for programs that look by themselves. Addresses are whole and follow the setting.

The HTML of an entry is what `markup.render` stored; it travels as text, so that a reader's program cleans it again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from config import settings
from forum.core.markup import visible

ATOM = "http://www.w3.org/2005/Atom"
MOST = 50  # entries of a feed
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # of a feed without entries
# What XML 1.0 has no way to write, beside the controls that `visible` takes out.
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")

register_namespace("", ATOM)


@dataclass(frozen=True)
class Entry:
    """One thing that happened or was written."""

    path: str  # local address, which is also its identity
    title: str
    at: datetime  # when it was first there
    updated: datetime
    html: str = ""  # as `markup.render` made it
    author: str = ""
    language: str = ""  # BCP 47; empty or `und`: not known
    labels: tuple[str, ...] = ()


def whole(path: str) -> str:
    """The whole address of a local one."""
    return settings().site_url + path


def last_change(entries: Iterable[Entry]) -> datetime:
    """When the newest of some entries changed; long ago when there are none."""
    return max((entry.updated for entry in entries), default=_EPOCH)


def atom(title: str, *, path: str, page: str, entries: Iterable[Entry], language: str) -> bytes:
    """A feed called `title` at the local address `path`, about the page at `page`."""
    shown = list(entries)
    feed = Element(_in_atom("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _text(feed, "id", whole(path))
    _text(feed, "title", title)
    _text(feed, "updated", _moment(last_change(shown)))
    _link(feed, "self", path, "application/atom+xml")
    _link(feed, "alternate", page, "text/html")
    _author(feed, settings().site_name)
    for entry in shown:
        _add(feed, entry)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(tostring(feed, encoding="utf-8"))


def _add(feed: Element, entry: Entry) -> None:
    element = SubElement(feed, _in_atom("entry"))
    if entry.language not in ("", "und"):
        element.set("{http://www.w3.org/XML/1998/namespace}lang", entry.language)
    _text(element, "id", whole(entry.path))
    _text(element, "title", entry.title)
    _text(element, "published", _moment(entry.at))
    _text(element, "updated", _moment(entry.updated))
    _link(element, "alternate", entry.path, "text/html")
    if entry.author:
        _author(element, entry.author)
    for label in entry.labels:
        SubElement(element, _in_atom("category"), {"term": _clean(label)})
    _text(element, "content", entry.html, type="html")


def _in_atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, _in_atom(name), attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", visible(text))


def _link(parent: Element, relation: str, path: str, kind: str) -> None:
    SubElement(parent, _in_atom("link"), {"rel": relation, "type": kind, "href": whole(path)})


def _author(parent: Element, name: str) -> None:
    _text(SubElement(parent, _in_atom("author")), "name", name)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

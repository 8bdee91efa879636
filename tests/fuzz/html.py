"""HTML as a browser understands it: parsed by the rules of the standard, odd or not."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from bleach._vendor import html5lib


def elements(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements that a browser makes of a piece of HTML, with their attributes; also what it mends or moves."""
    root: Any = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    for one in root.iter():
        if isinstance(one.tag, str) and one is not root:
            yield one.tag, dict(one.attrib)
        elif isinstance(one, Element) and one is not root:
            yield "a comment", {}


def words(html: str) -> str:
    """The text that a browser shows."""
    root: Any = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return "".join(root.itertext())

"""Showing why a post was found: its words marked, and where needed the passage they stand in."""

from collections.abc import Collection
from functools import partial

from markupsafe import Markup

from forum.core.markup import cut, mark_words
from forum.search.stemming import is_hit

PASSAGE = 160  # characters
BEFORE = 50  # of them before the first word that was found
_SIGNS = str.maketrans("", "", "*_#`|")  # of Markdown: a passage is cut from the source


def mark_hits(text: str, language: str, stems: Collection[str]) -> Markup:
    """`text`, escaped, with the words found in `<mark>`."""
    return mark_words(text, partial(is_hit, language=language, stems=stems))


def marked_passage(excerpt: str, body: str, language: str, stems: Collection[str]) -> Markup:
    """The beginning of a body, or the passage round the first word found further in, with marks."""
    marked = mark_hits(excerpt, language, stems)
    if "<mark>" in marked or len(body) <= len(excerpt):
        return marked
    text = " ".join(body.translate(_SIGNS).split())
    place = 0
    for word in text.split(" "):
        if is_hit(word.strip('.,;:!?"“”«»()'), language, stems):
            return mark_hits(_passage(text, place), language, stems)
        place += len(word) + 1
    return marked


def _passage(text: str, place: int) -> str:
    """Some words round the character at `place`."""
    start = text.find(" ", max(0, place - BEFORE)) + 1 if place > BEFORE else 0
    start = min(start, place)
    return ("…" if start else "") + cut(text[start : start + 4 * PASSAGE], PASSAGE)

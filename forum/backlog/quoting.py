"""Customers' own words: the sentence of a post that says it best. Nothing is ever reworded."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from forum.core.languages import LANGUAGES, quoted
from forum.core.markup import cut, words_of

QUOTE = 400  # characters
_READ = 4_000  # characters of a body, with its markup, that are looked at
_SHORT = 10  # characters; shorter sentences say too little
_STEM = 4  # letters by which two forms of a word are taken for one
_SENTENCE = re.compile(r"(?<=[.!?…])[”\"»«“)]?\s+")
_WORD = re.compile(r"[^\W\d_]{4,}")


class Written(Protocol):
    """A post, or a row of one."""

    @property
    def title(self) -> str:
        """In one line."""

    @property
    def body_html(self) -> str:
        """As it is shown."""

    @property
    def language(self) -> str:
        """BCP 47."""


def stems(text: str) -> set[str]:
    """The beginnings of the longer words in `text`, by which two sentences are compared.

    >>> sorted(stems("The heated seat is cold; heating it takes ages"))
    ['ages', 'cold', 'heat', 'seat', 'take']
    """
    return {word[:_STEM] for word in _WORD.findall(text.casefold())}


def own_sentence(title: str, body_html: str, about: Collection[str] = ()) -> str:
    """The sentence of a post that shares most words (as `stems`) with `about`; the first one, if none does.

    The title stands in where the body says nothing. At most 400 characters.

    >>> own_sentence("Cold", "<p>I like the car. The left seat stays cold.</p>", stems("cold seats"))
    'The left seat stays cold.'
    >>> own_sentence("Seats are cold", "<p>Please look into this problem.</p>", stems("cold seats"))
    'Seats are cold'
    >>> own_sentence("Seats are cold", "")
    'Seats are cold'
    """
    sentences = [sentence for sentence in _SENTENCE.split(words_of(body_html[:_READ])) if len(sentence) >= _SHORT]
    words = set(about)
    best = max([*sentences, title], key=lambda sentence: len(stems(sentence) & words))
    return cut(best, QUOTE)


def quotations(posts: Iterable[Written], about: Collection[str], main: str, limit: int = 3) -> Mapping[str, str]:
    """Up to `limit` quotations per language, one a line and in its own marks, to begin the problem of an item with.

    Those in a language that the site does not have go to its `main` one; so do all, if it would stay empty.
    """
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    everything = []
    for post in posts:
        language = post.language if post.language in found else main
        quotation = quoted(own_sentence(post.title, post.body_html, about), language)
        found[language].append(quotation)
        everything.append(quotation)
    found[main] = found[main] or everything
    return {language: "\n\n".join(lines[:limit]) for language, lines in found.items()}

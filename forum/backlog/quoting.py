"""Customers' own words: the sentence of a post that says it best. Nothing is ever reworded."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from forum.core.languages import LANGUAGES, quoted
from forum.core.markup import cut, words_of
from forum.posts.status import Severity
from forum.products.status import Kind
from forum.search import stemming

QUOTE = 400  # characters
_READ = 4_000  # characters of a body, with its markup, that are looked at
_SHORT = 10  # characters; shorter sentences say too little
_WHOLE = 120  # characters up to which a text is quoted as a whole
_SENTENCE = re.compile(r"(?<=[.!?…])[”\"»«“)]?\s+")


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

    @property
    def kind(self) -> Kind:
        """Idea or complaint."""

    @property
    def severity(self) -> Severity | None:
        """Of a complaint; None when it is not known."""


def stems(text: str) -> set[str]:
    """The stems of the telling words in `text`, by which two sentences are compared, whatever language they are in.

    >>> len(stems("The seat heating") & stems("heated seats are cold")) > 1
    True
    >>> stems("That is the whole complaint.") & stems("computer")
    set()
    """
    return {stem for word in stemming.words_of(text) if stemming.is_telling(word) for stem in stemming.variants(word)}


def own_sentence(title: str, body_html: str, about: Collection[str]) -> str:
    """The sentence of a post that shares most words (as `stems`) with `about`; its title, if none does.

    For receipts, which always quote something of their author's. At most 400 characters.

    >>> own_sentence("Cold", "<p>I like the car. The left seat stays cold.</p>", stems("cold seats"))
    'The left seat stays cold.'
    >>> own_sentence("Cold", "<p>We have no dog.</p>", stems("cold seats"))
    'Cold'
    """
    return cut(_likest([*_sentences(words_of(body_html[:_READ])), title], set(about)) or title, QUOTE)


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(text) if len(sentence) >= _SHORT]


def _likest(texts: Iterable[str], words: set[str]) -> str:
    """The text that shares most words with `words`; empty if none shares any."""
    shared, best = max(((len(stems(text) & words), text) for text in texts), key=lambda pair: pair[0])
    return best if shared else ""


class Quotation(NamedTuple):
    """What is quoted of a post, and whether that is all of its text or its title."""

    text: str
    is_whole: bool


def quotation(title: str, body_html: str, about: Collection[str]) -> Quotation | None:
    """What a post says about `about` (as `stems`): all of a short text, its title, or a sentence torn out; else None.

    >>> quotation("Cold seat", "<p>It is cold. My seat!</p>", stems("seats")).text
    'It is cold. My seat!'
    >>> quotation("My seat", f"<p>{'So it goes on. ' * 20}</p>", stems("seats"))
    Quotation(text='My seat', is_whole=True)
    >>> quotation("Hello", f"<p>{'So it goes on. ' * 20} The seat is hard.</p>", stems("seats"))
    Quotation(text='The seat is hard.', is_whole=False)
    >>> quotation("Hello", "<p>We have no dog.</p>", stems("seats")) is None
    True
    """
    words = set(about)
    text = words_of(body_html[:_READ]).strip()
    for whole in (text if _SHORT <= len(text) <= _WHOLE else "", title):
        if stems(whole) & words:
            return Quotation(whole, is_whole=True)
    torn = _likest([*_sentences(text), ""], words)
    return Quotation(cut(torn, QUOTE), is_whole=False) if torn else None


def quotations(posts: Iterable[Written], about: Collection[str], main: str, limit: int = 3) -> Mapping[str, str]:
    """Up to `limit` quotations per language, one a line and in its own marks, to begin the problem of an item with.

    Posts that say nothing of `about` are passed over, and a language without any other stays empty. Complaints of
    known severity come first, then whole texts and titles, then as `posts` are ordered. Posts in a language that
    the site does not have go to its `main` one.
    """
    found: dict[str, list[tuple[bool, bool, str]]] = {language: [] for language in LANGUAGES}
    for post in posts:
        said = quotation(post.title, post.body_html, about)
        if said is not None:
            language = post.language if post.language in found else main
            hurts = post.kind is Kind.COMPLAINT and post.severity is not None
            found[language].append((not hurts, not said.is_whole, quoted(said.text, language)))
    return {
        language: "\n\n".join(text for *_rank, text in sorted(said, key=lambda one: one[:2])[:limit])
        for language, said in found.items()
    }

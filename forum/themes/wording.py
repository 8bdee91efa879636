"""How the engine reads a product's posts: words that say nothing there, and words that are read as one.

Both lists are kept with the product and count from its next run.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from forum.core.audit import record
from forum.core.errors import Conflict, Invalid, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.products.models import Product
from forum.themes import rules, training

MAX_LINES = 200
MAX_LETTERS = 60  # of one word or phrase
BETWEEN = "="


def set_words(
    session: Session, product: Product, own_names: list[str], equal_words: list[list[str]], *, by: Reader, version: int
) -> None:
    """Say which words say nothing in posts about `product`, and which groups of words are one.

    Raises `NotAllowed` unless `by` plans the backlog, `Invalid` for lists that make no sense, and `Conflict`
    when the words are no longer at `version`.
    """
    require(rules.may_choose_words(by), _("Only product managers choose the words of themes."))
    session.refresh(product, with_for_update=True)
    if version != product.words_version:
        raise Conflict(_("Somebody else changed these words while you were writing. Both versions are below."))
    problems = {
        "own_names": _wrong_with_names(own_names),
        "equal_words": _wrong_with_groups(equal_words, [*own_names, *product.name.values()]),
    }
    if any(problems.values()):
        raise Invalid(fields={field: problem for field, problem in problems.items() if problem})
    before = [*product.own_names, *write_groups(product.equal_words).splitlines()]
    product.own_names, product.equal_words = own_names, equal_words
    product.words_version += 1
    session.flush()
    after = [*own_names, *write_groups(equal_words).splitlines()]
    record(
        session,
        "product.words",
        by=by.id,
        subject="product",
        subject_id=product.id,
        added=[line for line in after if line not in before],
        removed=[line for line in before if line not in after],
    )


def read_names(text: str) -> list[str]:
    """The words of a list with one on each line; what stands there twice counts once."""
    return list({line.casefold(): line for line in _lines(text)}.values())


def read_groups(text: str) -> list[list[str]]:
    """The groups of a list with one on each line, as in *seat = sete = sæde*."""
    return [[word for part in line.split(BETWEEN) if (word := part.strip())] for line in _lines(text)]


def write_groups(groups: Iterable[Iterable[str]]) -> str:
    """The list that `read_groups` reads."""
    return "\n".join(f" {BETWEEN} ".join(group) for group in groups)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _wrong_with_names(names: list[str]) -> str:
    """What is wrong with a list of words that say nothing, or nothing."""
    if len(names) > MAX_LINES:
        return _("Write at most {n} lines.", n=MAX_LINES)
    return next((problem for name in names if (problem := _wrong_with_word(name))), "")


def _wrong_with_groups(groups: list[list[str]], own_names: Iterable[str]) -> str:
    """What is wrong with a list of groups of equal words, or nothing."""
    if len(groups) > MAX_LINES:
        return _("Write at most {n} lines.", n=MAX_LINES)
    left_out = {word.casefold() for name in own_names for word in name.split()}
    seen: dict[str, list[str]] = {}
    for group in groups:
        if len({word.casefold() for word in group}) < 2:
            return _(
                "“{words}” is equal to nothing: write two words or more with = between them.", words="".join(group)
            )
        for word in group:
            problem = _wrong_with_word(word)
            if problem:
                return problem
            if word.casefold() in left_out:
                return _("“{word}” is left out, so that it cannot be equal to another word.", word=word)
            other = seen.setdefault(word.casefold(), group)
            if other is not group:
                return _("“{word}” stands in two lines. Put all that equals it in one.", word=word)
    if not training.can_be_equal(groups):
        return _(
            "Some of these words are the same to the engine, which leaves signs and capitals out. Put them in one line."
        )
    return ""


def _wrong_with_word(word: str) -> str:
    if len(word) > MAX_LETTERS:
        return _("“{word}” is longer than {n} letters.", word=word[:MAX_LETTERS] + "…", n=MAX_LETTERS)
    if not any(sign.isalpha() for sign in word):
        return _("“{word}” has no letter in it.", word=word)
    return ""

"""Passwords: argon2id, and a refusal of those that everybody tries first.

Hashing takes tens of milliseconds by design: do it before the first write, which takes the database's lock.
"""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config import settings
from forum.core.errors import Invalid
from forum.core.languages import _

SHORTEST, LONGEST = 12, 128  # characters
COMMON = Path(__file__).parent / "common_passwords.txt"
_FEWEST_SIGNS = 4  # different characters; fewer is a held-down key

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # memory in KiB

_LEET = str.maketrans("013457@$!|", "oieastasil")
_NO_WORD = re.compile(r"[\W_]+")
_SPLIT = re.compile(r"(.*?)(\d*)[\W_]*", re.DOTALL)  # letters, the number behind them, a flourish
_NO_LETTER = re.compile(r"[\W\d_]+")
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "qwertzuiop", "azertyuiop")


def hash_password(password: str) -> str:
    """The argon2id hash of `password`, with its salt and parameters."""
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether `password` made `password_hash`. Takes as long when there is none: a dummy is verified then."""
    try:
        _hasher.verify(password_hash or _dummy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@lru_cache
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def check_password(password: str, *personal: str, field: str = "password") -> None:
    """Raise `Invalid` for `field` when the password is too short, too long or easily guessed.

    `personal` are words that others know of this person, such as name and address.
    """
    problem = ""
    if len(password) < SHORTEST:
        problem = _("Use at least {n} characters. Three or four words in a row are easy to remember.", n=SHORTEST)
    elif len(password) > LONGEST:
        problem = _("Use at most {n} characters.", n=LONGEST)
    elif is_common(password):
        problem = _("Many people use this password, so it is guessed first. Choose another.")
    elif _says_only(password, (*personal, *_site_words())):
        problem = _("This password is made of your name, your address or this site's name. Choose another.")
    if problem:
        raise Invalid(fields={field: problem})


def is_common(password: str) -> bool:
    """Whether a guesser tries `password` early.

    That is: on the list, with letters dressed up as signs or not; a word of the list with a number behind
    it; a run along the keyboard; a few signs repeated.
    """
    small = password.casefold()
    head, number = _SPLIT.fullmatch(small).groups()  # type: ignore[union-attr]  # it matches everything
    word = _NO_WORD.sub("", head.translate(_LEET))
    forms = {small, _NO_WORD.sub("", small), word, word + number}
    return not forms.isdisjoint(_common()) or len(set(small)) < _FEWEST_SIGNS or _is_run(small)


@lru_cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def _is_run(password: str) -> bool:
    """Whether every sign follows the one before it along a row of keys, up or down, but for three."""
    rows = [row * 2 for row in _ROWS] + [row[::-1] * 2 for row in _ROWS]
    steps = [one + two for one, two in pairwise(password) if one != two]
    breaks = sum(not any(step in row for row in rows) for step in steps)
    return breaks <= 3 and len(set(password)) >= _FEWEST_SIGNS


def _says_only(password: str, known: tuple[str, ...]) -> bool:
    """Whether nothing of `password` is left when the `known` words and its digits are taken out."""
    parts = {part for words in known for part in _NO_LETTER.split(words.casefold()) if len(part) >= 3}
    head, _number = _SPLIT.fullmatch(password.casefold()).groups()  # type: ignore[union-attr]
    left = _NO_LETTER.sub("", head.translate(_LEET))
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part.translate(_LEET), "")
    return len(left) < 4


def _site_words() -> tuple[str, ...]:
    """What is written on the site itself, and the word that people add to it."""
    return (
        settings().site_name,
        urlsplit(settings().site_url).hostname or "",
        "cabin forum password passord adgangskode",
    )

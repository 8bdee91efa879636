"""Display names: what may stand in them, and the skeleton by which look-alikes are found.

The skeleton folds case, accents and the look-alikes of Unicode TR 39 that matter beside Latin letters
(Cyrillic, Greek, digits), so that *Аdmin*, *adm1n* and *Admin* are one.
"""

import re
import unicodedata

from forum.core.errors import Invalid
from forum.core.languages import _

MAX_NAME = 40
RESERVED = (
    *("admin", "administrator", "moderator", "official", "support", "staff", "team", "cabin", "system", "root"),
    *("offisiell", "officiel", "kundeservice", "kundestotte", "webmaster", "security", "help", "mod"),
)

# Look-alike → the Latin letter it passes for.
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіјѕԁһӏвнкмтԛԝ", "aeopcyxijsdhlbhkmtqw", strict=True)),
        **dict(zip("αεοινκρτυχγωβη", "aeoivkptuxywbn", strict=True)),
        **dict(zip("0134578$@|!", "oieastbsali", strict=True)),
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "đ": "d",
        "ı": "i",
        "ß": "ss",
        "ɑ": "a",
        "ɡ": "g",
        "ꞓ": "c",
    }
)
_SEPARATORS = re.compile(r"[\s._\-'’·]+")
_BANNED_CATEGORIES = ("C", "Zl", "Zp", "So")  # controls, private use, line separators, symbols such as ✓
_BANNED = set("✓✔☑✅🛡⚑★☆•|<>{}[]@/\\")


def clean_name(name: str) -> str:
    """`name` normalised (NFKC, single spaces). Raises `Invalid` for what could mislead readers."""
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    problem = ""
    if not 2 <= len(name) <= MAX_NAME:
        problem = _("Use between 2 and {n} characters.", n=MAX_NAME)
    elif any(unicodedata.category(sign).startswith(_BANNED_CATEGORIES) or sign in _BANNED for sign in name):
        problem = _("Use letters, digits, spaces and simple punctuation only.")
    elif any(len(_scripts(word)) > 1 for word in name.split()):
        problem = _("Write each word in one alphabet.")
    elif not any(sign.isalpha() for sign in name):
        problem = _("A name needs at least one letter.")
    if problem:
        raise Invalid(fields={"display_name": problem})
    return name


def _scripts(word: str) -> set[str]:
    """The alphabets of a word's letters, by the first word of their Unicode names."""
    return {unicodedata.name(sign, "?").split()[0] for sign in word if sign.isalpha()}


def skeleton(name: str) -> str:
    """What `name` looks like: equal for names that a hurried reader takes for the same."""
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKES)
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return _SEPARATORS.sub("", letters).replace("rn", "m").replace("vv", "w")[:120]


def contains_reserved(name: str) -> bool:
    """Whether a word of `name` passes for a reserved one: *Cabin Support*, *0fficial*."""
    words = {skeleton(word) for word in _SEPARATORS.split(name)} | {skeleton(name)}
    return not words.isdisjoint(skeleton(word) for word in RESERVED)

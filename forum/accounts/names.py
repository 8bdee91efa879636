"""Display names: what may stand in them, and the skeleton by which look-alikes are found.

The skeleton folds case, accents and the look-alikes of Unicode TR 39 that matter beside Latin letters
(Cyrillic, Greek, Armenian, digits), so that *Аdmin*, *adm1n* and *Admin* are one, and the ways to write the
Nordic letters: *Håvard* and *Haavard*. Compared with it are names of the team and reserved words only: two
customers may both be called Kari Hansen.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import permutations

from config import settings
from forum.core.errors import Invalid
from forum.core.languages import _

MAX_NAME = 40
RUN_TOGETHER = 6  # letters of a whole name that is looked for inside a word; shorter ones stand in many by chance

# Refused wherever they stand in a name, even inside a longer word: *Cabin-Administrator*, *xXadminXx*.
ANYWHERE = ("admin", "moderator", "official", "offisiell", "officiel", "kundeservice", "kundestøtte", "webmaster")
# Refused as a word of a name: *Cabin Support*, *Team 7*. Inside longer words they are harmless: Staffan.
AS_A_WORD = ("support", "supportteam", "staff", "team", "system", "security", "cabin", "hjelp", "ansatt", "medarbejder")
# Refused as the whole name; people are called Joe Root.
ALONE = ("root", "help", "mod", "mods", "sysop", "postmaster", "abuse", "everyone", "anonymous", "deleted")

# Alphabets that living languages write names with (UAX 31); the first word of a letter's Unicode name says it.
_JAPANESE = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC")
_ALPHABETS = {
    **dict.fromkeys(_JAPANESE, "Japanese"),
    **{
        name: name
        for name in (
            *("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI"),
            *("GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO"),
            *("TIBETAN", "MYANMAR", "ETHIOPIC", "KHMER", "HANGUL", "BOPOMOFO", "THAANA"),
        )
    },
}
_PUNCTUATION = frozenset(" .-'’·,&_")
# Letters and marks that draw nothing: fillers, joiners and variation selectors.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_PILED_MARKS = 2  # at most so many accents on one letter

# Capitals fold before case does: a Greek Ν passes for N, but its small ν for v.
_CAPITALS = str.maketrans(
    dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ", "abezhikmnoptyxcj", strict=True))
    | dict(zip("АВЕЅІЈКМНОРСТУХҮԀԌԚԜ", "abesijkmhopctyxydgqw", strict=True))
    | dict(zip("ՍՕՏԼ", "uosl", strict=True))
)
_SMALL = str.maketrans(
    dict(zip("аеорсухіјѕԁһӏвнкмтгпԛԝүґ", "aeopcyxijsdhlbhkmtrnqwyr", strict=True))
    | dict(zip("αεοινκρτυχγωβησςϲϳ", "aeoivkptuxywbnoccj", strict=True))
    | dict(zip("աոսօհցզյ", "wnuohgqj", strict=True))
    | dict(zip("01345789", "oleastbg", strict=True))
    | {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "p", "ð": "d", "ı": "i", "ɑ": "a", "ɩ": "i", "ʋ": "u"}
)
_LATIN = re.compile(
    r"LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT |OPEN |LONG )?([A-Z])(?: WITH .*)?"
)
_NO_LETTER = re.compile(r"[\W_]+")
_WRITTEN_OUT = re.compile(r"(a)[ae]+|(o)e+")  # aa for å, ae for æ and ä, oe for ø and ö
_TRAILING_NUMBER = re.compile(r"[\W\d_]+$")


def clean_name(name: str) -> str:
    """`name` normalised (NFKC, single spaces). Raises `Invalid` for what could mislead readers."""
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    problem = ""
    if not 2 <= len(name) <= MAX_NAME:
        problem = _("Use between 2 and {n} characters.", n=MAX_NAME)
    elif _INVISIBLE.search(name) or not all(_is_plain(sign) for sign in name) or _has_piled_marks(name):
        problem = _("Use letters, digits, spaces and simple punctuation only.")
    elif not any(sign.isalpha() for sign in name):
        problem = _("A name needs at least one letter.")
    elif any(len(_alphabets(word)) > 1 or None in _alphabets(word) for word in name.split()):
        problem = _("Write each word in one alphabet.")
    elif contains_reserved(name):
        problem = _("This name could be taken for the company's. Choose one without words such as admin or support.")
    if problem:
        raise Invalid(fields={"display_name": problem})
    return name


def _is_plain(sign: str) -> bool:
    """Whether a character may stand in a name: letters with their accents, digits, a little punctuation."""
    return sign in _PUNCTUATION or unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lo", "Lm", "Mn", "Mc", "Nd")


def _has_piled_marks(name: str) -> bool:
    kinds = "".join("m" if unicodedata.combining(sign) else "-" for sign in unicodedata.normalize("NFD", name))
    return "m" * (_PILED_MARKS + 1) in kinds or kinds.startswith("m")


def _alphabets(word: str) -> set[str | None]:
    """The alphabets of a word's letters; None stands for one that no living language uses."""
    return {_ALPHABETS.get(unicodedata.name(sign, "?").split()[0]) for sign in word if sign.isalpha()}


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """What `name` looks like: equal for names that a hurried reader takes for the same."""
    folded = unicodedata.normalize("NFKD", name).translate(_CAPITALS).casefold()
    letters = "".join(_latin(sign) for sign in folded if not unicodedata.combining(sign))
    # A capital I, a small l and a 1 are one stroke each; rn and vv run together.
    strokes = _NO_LETTER.sub("", letters).replace("rn", "m").replace("vv", "w").replace("i", "l")
    return _WRITTEN_OUT.sub(lambda found: found[1] or found[2], strokes)[:120]


def _latin(sign: str) -> str:
    """The Latin letters that one case-folded character passes for, or the character itself."""
    if "a" <= sign <= "z":
        return sign
    if sign.isdecimal():
        sign = str(unicodedata.decimal(sign))
    folded = sign.translate(_SMALL)
    if folded == sign and not sign.isascii():
        found = _LATIN.fullmatch(unicodedata.name(sign, ""))
        return found[1].lower() if found else sign
    return folded


def skeletons(name: str) -> set[str]:
    """The skeletons that a name must not share with the team: its own, and that without a number at its end."""
    return {skeleton(name), skeleton(_TRAILING_NUMBER.sub("", name) or name)}


def passes_for(name: str, known: str) -> bool:
    """Whether a reader may take `name` for `known`, which somebody of the team is called.

    So it is when it looks the same, or has all words of `known`, in any order and with any additions:
    *Brekke Håvard*, *Haavard Brekke, Seats*. One word in common says nothing, and initials are no words.
    """
    if skeleton(known) in skeletons(name):
        return True
    wanted, words = word_skeletons(known), _NO_LETTER.split(name)
    if len(wanted) < 2:  # so many Rikkes are no Rikke of the team
        return False
    if wanted <= set().union(*(skeletons(word) for word in words)):
        return True
    run_together = {skeleton("".join(order)) for order in permutations(sorted(wanted)[:4])}
    run_together = {joined for joined in run_together if len(joined) >= RUN_TOGETHER}
    return any(joined in skeleton(word) for word in words for joined in run_together)


@lru_cache(maxsize=4096)
def word_skeletons(name: str) -> frozenset[str]:
    """What the words of a name look like, without initials."""
    return frozenset(skeleton(word) for word in _NO_LETTER.split(name) if len(word) > 1)


def contains_reserved(name: str) -> bool:
    """Whether `name` passes for the company: *Cabin Support*, *0fficial*, *The Administrator*."""
    whole = skeletons(name)
    if any(skeleton(word) in part for word in ANYWHERE for part in whole):
        return True
    words = set().union(*(skeletons(word) for word in _NO_LETTER.split(name) if word)) | whole
    site = settings().site_name
    if not words.isdisjoint(skeleton(word) for word in (*AS_A_WORD, site)):
        return True
    return not whole.isdisjoint(skeleton(word) for word in ALONE)

"""Which language a text is in, guessed from the text itself."""

from functools import lru_cache
from math import exp
from typing import Any

UNKNOWN = "und"
KNOWN = ("en", "no", "da", "sv", "de", "fr", "es", "nl", "fi", "pl", "it", "pt")
OFFERED = ("en", "nb", "nn", "da", "sv", "de", "fr", "es", "nl", "fi", "pl", "it", "pt")  # to correct a guess
_SURE = 0.8  # share of the likelihood that the first guess must have
_MIN_LETTERS = 8


@lru_cache
def _identifier() -> Any:
    """The identifier for the languages we expect; loaded when first needed, it takes 0.2 s."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(KNOWN))
    return identifier


def guess_language(text: str) -> str:
    """The BCP 47 code of the language of `text`, `und` when it is too short or could be several."""
    if sum(sign.isalpha() for sign in text) < _MIN_LETTERS:
        return UNKNOWN
    try:
        ranked = _identifier().rank(text[:2000])
    except OSError:  # it unpacks its model into a file of the system's; a full disk is no reason to refuse a text
        return UNKNOWN
    best, best_score = ranked[0]
    certainty = 1 / sum(exp(max(-50.0, score - best_score)) for _code, score in ranked)
    if certainty < _SURE:
        return UNKNOWN
    return "nb" if best == "no" else str(best)

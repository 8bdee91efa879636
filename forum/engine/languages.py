"""Guess the language of posts: English, bokmål or Danish.

py3langid's letter statistics, the small words that only one of the three has, and the words and spellings that set
bokmål and Danish apart. A short post is weak evidence (Danish and bokmål share most of their words), so a corpus is
read as a whole: languages that are common in it are likelier for each post. py3langid is imported on the first guess.
"""

import re
from functools import lru_cache

import numpy as np

from forum.engine.stops import BOKMAL_ALONE, DANISH_ALONE, FUNCTION_WORDS
from forum.engine.text import LANGUAGES, words_of

_CODES = {"en": "en", "nb": "no", "da": "da"}  # py3langid says `no`
_ALIASES = {"no": "nb", "nn": "nb", "nob": "nb", "nno": "nb", "eng": "en", "dan": "da"}
_WORD_WEIGHT = 1.5  # in nats, for each small word that only one language has
_ALONE_WEIGHT = 3.0  # likewise for each everyday word that only one of bokmål and Danish has, against the other
_SPELLING_WEIGHT = 1.5  # likewise for each word spelt as only one of them spells
_NORDIC_WEIGHT = 3.0  # likewise for each Nordic word against English: Nordic posts quote English, seldom the reverse
_MOST_NORDIC = 3  # such words that count
_MOST_OF_LETTERS = 6.0  # nats that the letters may tell, which take all of a foreign title for independent
_ROUNDS = 5
_LEAST_SHARE = 0.02  # of the posts; a language below this is taken for a misreading
_NORDIC_AND_ENGLISH = """
bag bare bog den dig dine end find firs gang gate give giver god ham hans inn lade mad man men mit mod nu om point
rude sin sit tag tar til tres vel
"""
_ENGLISH_TOO = frozenset(_NORDIC_AND_ENGLISH.split())
_IN_BOTH = frozenset(
    ["bort", "ene", "eneste", "frem", "god", "godt", "ham", "hos", "hun", "ja", "jo", "nær", "vor", "været"]
)
_BOKMAL = re.compile(
    r"([bdfgklmnprst])\1$|[eø]y|ei|sjon|kj|^gj(?!o)|[^ouhvæ]ert$|\w{2}[bdfgklmnprst]a$|^vær(?![dekrst])"
)
_WEATHER = re.compile(r"\b(?:er|blir|skal) været\b", re.IGNORECASE)  # in Danish only *been*
_CLOCK = re.compile(r"\d[ap]m$")
_DANISH = re.compile(r"æ(?!r)|[eø]j|tion|hed(?:en)?$|ér$|[^e]ede$|eret$")


def language_code(code):
    """Return `code` (any BCP 47 tag) as one of LANGUAGES, or "und" when it is none of them."""
    primary = str(code or "und").lower().replace("_", "-").split("-")[0]
    primary = _ALIASES.get(primary, primary)
    return primary if primary in LANGUAGES else "und"


def guess_languages(texts):
    """Return a list of codes of LANGUAGES, one for each of the iterable `texts` of one corpus."""
    evidence = np.fromiter(map(_evidence, texts), dtype=np.dtype((np.float64, len(LANGUAGES))))
    if not len(evidence):
        return []
    prior = np.full(len(LANGUAGES), 1 / len(LANGUAGES))
    for _ in range(_ROUNDS):
        belief = evidence + np.log(prior)
        belief = np.exp(belief - belief.max(axis=1, keepdims=True))
        belief /= belief.sum(axis=1, keepdims=True)
        prior = belief.mean(axis=0)
        prior = np.where(prior < _LEAST_SHARE, 1e-9, prior)
        prior /= prior.sum()
    return [LANGUAGES[best] for best in (evidence + np.log(prior)).argmax(axis=1)]


def guess_language(text, expected=LANGUAGES):
    """Return the likeliest of the codes `expected` for one `text`."""
    expected = [code for code in LANGUAGES if code in expected] or list(LANGUAGES)
    if len(expected) == 1:
        return expected[0]
    evidence = dict(zip(LANGUAGES, _evidence(text), strict=True))
    return max(expected, key=evidence.__getitem__)


def _evidence(text):
    """Return ndarray (3,) of log-likelihoods, up to a constant, in the order of LANGUAGES."""
    chances = dict(_identifier().rank(text)) if text.strip() else {}
    score = np.log([max(chances.get(_CODES[code], 1 / 3), 1e-9) for code in LANGUAGES])
    score = np.maximum(score - score.max(), -_MOST_OF_LETTERS)
    english, bokmal, danish = (LANGUAGES.index(code) for code in ("en", "nb", "da"))
    score[danish] -= _SPELLING_WEIGHT * bool(_WEATHER.search(text))
    nordic = 0
    for word in words_of(text):
        known = ["nb", "da"] if word in _IN_BOTH else [code for code in LANGUAGES if word in FUNCTION_WORDS[code]]
        if len(known) == 1:
            score[LANGUAGES.index(known[0])] += _WORD_WEIGHT
        elif len(known) == 2:
            score[[LANGUAGES.index(code) for code in known]] += _WORD_WEIGHT / 2
        score[english] += _WORD_WEIGHT * bool(_CLOCK.search(word))
        nordic += _is_nordic(word, known)
        score[danish] -= _against(word, BOKMAL_ALONE, _BOKMAL)
        score[bokmal] -= _against(word, DANISH_ALONE, _DANISH)
    score[english] -= _NORDIC_WEIGHT * min(nordic, _MOST_NORDIC)
    return score


def _against(word, alone, spelling):
    """Return what `word` tells against the one of bokmål and Danish that would spell it otherwise."""
    if word in alone:
        return _ALONE_WEIGHT
    return _SPELLING_WEIGHT if spelling.search(word) else 0.0


def _is_nordic(word, known):
    """Say whether `word`, a small word of the languages `known`, is hardly ever in an English post."""
    if word in _ENGLISH_TOO:
        return False
    if not set(word).isdisjoint("æøå") or word in BOKMAL_ALONE or word in DANISH_ALONE:
        return True
    return bool(known) and "en" not in known


@lru_cache(maxsize=1)
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CODES.values()))
    return identifier

"""Guess the language of posts: English, bokmål or Danish.

py3langid's letter statistics plus the function words that only one of the three has. A short post is weak
evidence (Danish and bokmål share most of their words), so a corpus is read as a whole: languages that are
common in it are likelier for each post. py3langid is imported on the first guess.
"""

from functools import lru_cache

import numpy as np

from forum.engine.stops import FUNCTION_WORDS
from forum.engine.text import LANGUAGES, words_of

_CODES = {"en": "en", "nb": "no", "da": "da"}  # py3langid says `no`
_ALIASES = {"no": "nb", "nn": "nb", "nob": "nb", "nno": "nb", "eng": "en", "dan": "da"}
_WORD_WEIGHT = 1.5  # in nats, for each function word that only one language has
_ROUNDS = 5
_LEAST_SHARE = 0.02  # of the posts; a language below this is taken for a misreading


def language_code(code):
    """Return `code` (any BCP 47 tag) as one of LANGUAGES, or "und" when it is none of them."""
    primary = str(code or "und").lower().replace("_", "-").split("-")[0]
    primary = _ALIASES.get(primary, primary)
    return primary if primary in LANGUAGES else "und"


def guess_languages(texts):
    """Return a list of codes of LANGUAGES, one for each text of one corpus."""
    if not texts:
        return []
    evidence = np.stack([_evidence(text) for text in texts])
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
    score = np.log([max(chances.get(_CODES[code], 1 / 3), 1e-6) for code in LANGUAGES])
    for word in words_of(text):
        known = [code for code in LANGUAGES if word in FUNCTION_WORDS[code]]
        if len(known) == 1:
            score[LANGUAGES.index(known[0])] += _WORD_WEIGHT
        elif len(known) == 2:
            score[[LANGUAGES.index(code) for code in known]] += _WORD_WEIGHT / 2
    return score


@lru_cache(maxsize=1)
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CODES.values()))
    return identifier

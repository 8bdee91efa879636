"""Tell advertising from posts by its words: learnt from decisions, begun with rules, explained word by word.

Learning needs scikit-learn; scoring and explaining need this module and the saved weights alone.
"""

import math
import re

import numpy as np

from forum.engine.files import ModelFileError, read_model, write_model
from forum.engine.text import words_of

LEAST = 20  # texts of each kind from which something can be learnt
READ = 4_000  # characters of a text that are looked at
MOST_WORDS = 20_000  # that a model knows
NAMED = 8  # words that explain a score
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]+", re.IGNORECASE)
_PHONE = re.compile(r"\+\d[\d ().-]{7,}\d")
_MONEY = re.compile(r"[$€£]\s?\d|\d\s?(?:usd|eur)\b", re.IGNORECASE)

# What to look for before anything has been decided: signs of a text, and words of what is usually advertised.
LINK, LINKS, PHONE, SHOUTING, MONEY = "@link", "@links", "@phone", "@shouting", "@money"
RULES = {
    LINK: 1.4,
    LINKS: 1.2,
    PHONE: 1.3,
    SHOUTING: 0.9,
    MONEY: 0.7,
    **dict.fromkeys(("casino", "viagra", "crypto", "bitcoin", "forex", "whatsapp", "telegram", "jackpot"), 2.2),
    **dict.fromkeys(("loan", "loans", "kredit", "lån", "lånet", "betting", "escort", "slots", "bonus", "seo"), 1.4),
    **dict.fromkeys(("earn", "guaranteed", "cheap", "discount", "promo", "investment", "profit", "refinance"), 0.9),
    **dict.fromkeys(("rabatt", "rabat", "tilbud", "gratis", "billig", "tjen", "garantert", "garanteret"), 0.8),
    **dict.fromkeys(("click", "klikk", "klik", "buy", "kjøp", "køb", "free", "visit", "besøk", "besøg", "offer"), 0.6),
}
RULES_BIAS = -3.0


def features_of(text):
    """Return what is told of `text`: its words, the hosts it links to as ``host:…``, and its signs."""
    text = text[:READ]
    links = _ADDRESS.findall(text)
    plain = _ADDRESS.sub(" ", text)
    found = set(words_of(plain))
    for link in links:
        host = link.split("//")[-1].split("/")[0].lower().removeprefix("www.")
        found.add(f"host:{host[:60]}")
    letters = [sign for sign in plain if sign.isalpha()]
    is_shouting = len(letters) >= 20 and sum(map(str.isupper, letters)) > 0.6 * len(letters)
    signs = {
        LINK: bool(links),
        LINKS: len(links) > 1,
        PHONE: bool(_PHONE.search(plain)),
        SHOUTING: is_shouting,
        MONEY: bool(_MONEY.search(plain)),
    }
    return found | {sign for sign, holds in signs.items() if holds}


class SpamScorer:
    """Score texts by the weights of their words.

    Parameters
    ----------
    weights : dict of str to float
        What each word, host or sign adds to the log-odds.
    bias : float
        The log-odds of a text that has none of them.
    learnt_from : int, default=0
        Decisions that the weights were learnt from; 0 for the rules.

    """

    def __init__(self, weights, bias, *, learnt_from=0):
        self.weights = weights
        self.bias = bias
        self.learnt_from = learnt_from

    def score(self, text):
        """Return how much `text` reads like advertising, in [0, 1]."""
        odds = self.bias + sum(self.weights.get(name, 0.0) for name in features_of(text))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))

    def explain(self, text):
        """Return up to `NAMED` pairs of a word of `text` and its weight, the heaviest first; against it below zero."""
        known = [(name, self.weights[name]) for name in features_of(text) if self.weights.get(name)]
        return sorted(known, key=lambda pair: (-abs(pair[1]), pair[0]))[:NAMED]

    def save(self, path):
        """Write the weights to `path`, all or nothing."""
        facts = {"kind": "spam", "words": list(self.weights), "bias": self.bias, "learnt_from": self.learnt_from}
        write_model(path, facts, {"weights": np.array(list(self.weights.values()), dtype=np.float64)})

    @classmethod
    def open(cls, path):
        """Return the scorer at `path`.

        Raises ``FileNotFoundError`` when there is none and ``ModelFileError`` when it cannot be trusted.
        """
        facts, arrays = read_model(path)
        words, weights = facts.get("words"), arrays.get("weights")
        if facts.get("kind") != "spam" or weights is None or len(words) != len(weights):
            raise ModelFileError(f"{path} tells no advertising")
        return cls(dict(zip(words, weights.tolist(), strict=True)), facts["bias"], learnt_from=facts["learnt_from"])


def by_rules():
    """Return the scorer to begin with, which has learnt nothing yet."""
    return SpamScorer(RULES, RULES_BIAS)


def learn_spam(texts, is_spam):
    """Return a scorer learnt from `texts` and what was decided about each, or None from too few of either kind.

    A word counts from two texts on. The rules stay as what is believed before: words that were not seen keep theirs.
    """
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    labels = np.asarray(is_spam, dtype=bool)
    if min(labels.sum(), (~labels).sum()) < LEAST:
        return None
    rows = [sorted(features_of(text)) for text in texts]
    names = _names(rows)
    place = {name: column for column, name in enumerate(names)}
    columns = [[place[name] for name in row if name in place] for row in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.array([column for row in columns for column in row], dtype=np.int64)
    matrix = csr_array((np.ones(len(flat)), flat, ends), shape=(len(rows), len(names)))
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1_000).fit(matrix, labels)
    learnt = dict(zip(names, model.coef_[0].round(4).tolist(), strict=True))
    return SpamScorer({**RULES, **learnt}, float(model.intercept_[0]), learnt_from=len(rows))


def _names(rows):
    """Return the words of two texts or more, those of most texts when there are too many."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    often = sorted((name for name, n in counts.items() if n > 1), key=lambda name: (-counts[name], name))
    return sorted(often[:MOST_WORDS])

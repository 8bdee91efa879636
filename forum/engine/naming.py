"""Name themes in the words of their posts: class-based TF-IDF (Grootendorst 2022) over one and two words."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from forum.engine.stops import VAGUE
from forum.engine.text import is_stop_word, stem, words_of
from forum.engine.vectors import count_matrix

TERMS = 10
AT_HOME = 6  # of them in the language of the name, first, so that one reader understands most
MOST_THEMES = 1 / 3  # of the themes may share a term; beyond that it tells none of them apart
MOST_TERMS = 20_000
ENOUGH_IN_LANGUAGE = 3  # quotable posts, before a theme can be named in a language
ENOUGH_SHARE = 0.2  # of the theme's quotable posts, likewise
USUAL_PAIR = 0.2  # share of a word's posts that say it in a pair, from which the pair is the better name


@dataclass(frozen=True)
class Names:
    """The names of k themes and what they were chosen from.

    `names`, `languages` and `terms` have one entry per theme; `weights` (k, n_terms) are the class-based
    TF-IDF weights of `features`, n_terms words or pairs of words in a form that someone wrote.
    """

    names: list
    languages: list
    terms: list
    weights: np.ndarray
    features: list


def name_themes(posts, labels, k, *, stop=frozenset(), main_language=None):
    """Return the `Names` of `k` themes.

    Parameters
    ----------
    posts : list of (text, language, weight)
        Quotable posts alone: nothing else may show through a name.
    labels : ndarray (len(posts),)
        Column of the theme of each post, -1 for none.
    stop : set of str
        Words that are in no name, such as those of products.
    main_language : str or None
        The language of names where enough of a theme's posts are in it; else that of most of them.
    """
    labels = np.asarray(labels, dtype=np.intp)
    codes = np.array([language for _, language, _ in posts])
    weight = np.array([weight for *_, weight in posts], dtype=np.float64)
    spoken = [_spoken(text, language, stop) for text, language, _ in posts]
    counts, keys = _counted(spoken)
    written = _Written(spoken, labels, codes, set(keys))
    said = _said(counts, labels, weight, k)
    rarity = np.log1p(said.sum() / max(k, 1) / np.maximum(said.sum(axis=0), 1e-12))
    weights = _tell_apart(_shares(said) * rarity).astype(np.float32)
    languages = [_language(codes[labels == theme], main_language) for theme in range(k)]
    at_home = np.array([label >= 0 and code == languages[label] for label, code in zip(labels, codes, strict=True)])
    own = _said(counts, np.where(at_home, labels, -1), weight, k) if len(posts) else said
    names: list[str] = []
    terms = []
    for theme in range(k):
        ranked = _ranked(np.where(weights[theme] > 0, own[theme] * rarity, 0), keys)
        say = written.by(theme, languages[theme])
        names.append(_name(ranked, dict(zip(keys, own[theme].tolist(), strict=True)), say, names))
        at_home_first = _distinct(ranked, say)[:AT_HOME] + _distinct(
            _ranked(weights[theme], keys), written.by(theme, None)
        )
        terms.append(list(dict.fromkeys(at_home_first))[:TERMS])
    return Names(names, languages, terms, weights, [written.by(None, None)(key) for key in keys])


def _spoken(text, language, stop):
    """Return the (key, written) terms of a post: content words by their stems, and pairs side by side."""
    words = words_of(text)
    keys = [
        "" if word.isdigit() or is_stop_word(word, language, stop) else stem(word, language).replace(" ", "")
        for word in words
    ]
    said = [(key, word) for key, word in zip(keys, words, strict=True) if key]
    for (key, word), (next_key, next_word) in pairwise(zip(keys, words, strict=True)):
        if key and next_key and key != next_key:
            said.append((f"{key} {next_key}", f"{word} {next_word}"))
    return said


def _counted(spoken):
    """Return (sparse counts (n, n_terms) of 1 and 0, terms): those of at least two posts, the most common."""
    counts, keys = count_matrix([[key for key, _ in terms] for terms in spoken])
    counts.data[:] = 1  # one post says a thing once, however often it repeats it
    found_in = counts.getnnz(axis=0)
    keep = np.flatnonzero(found_in >= (2 if counts.shape[0] >= 60 else 1))
    if len(keep) > MOST_TERMS:
        keep = np.sort(keep[np.argsort(-found_in[keep], kind="stable")[:MOST_TERMS]])
    return counts[:, keep], [keys[column] for column in keep]


def _said(counts, labels, weight, k):
    """Return (k, n_terms) summed weight of the posts of each theme that say each term."""
    inside = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((weight[inside], (labels[inside], inside)), shape=(k, counts.shape[0]))
    return np.asarray((member @ counts).todense(), dtype=np.float64)


def _shares(said):
    """Return `said` as shares of all that each theme says."""
    return said / np.maximum(said.sum(axis=1, keepdims=True), 1e-12)


def _tell_apart(weights):
    """Return `weights` without the terms that rank high in more than MOST_THEMES of the themes."""
    k = len(weights)
    if k < 4 or not weights.size:
        return weights
    top = np.argsort(-weights, axis=1, kind="stable")[:, : 2 * TERMS]
    popular = np.bincount(top[np.take_along_axis(weights, top, 1) > 0], minlength=weights.shape[1])
    return np.where(popular > max(1, MOST_THEMES * k), 0, weights)


class _Written:
    """The forms in which terms were written, by theme and language."""

    def __init__(self, spoken, labels, codes, keys):
        self._forms: dict = {}
        for terms, label, code in zip(spoken, labels.tolist(), codes.tolist(), strict=True):
            for key, written in terms:
                if key in keys:
                    for place in ((label, code), (label, None), (None, None)):
                        self._forms.setdefault(place, {}).setdefault(key, Counter())[written] += 1

    def by(self, theme, language):
        """Return a function from term to the form used most by posts of `theme` in `language`."""
        places = ((theme, language), (theme, None), (None, None))

        def say(key):
            for place in places:
                counter = self._forms.get(place, {}).get(key)
                if counter:
                    return min(counter, key=lambda form: (-counter[form], form))
            return key

        return say


def _language(codes, main_language):
    """Return the language to name a theme in, whose quotable posts have these `codes`."""
    found = Counter(codes.tolist())
    enough = max(ENOUGH_IN_LANGUAGE, ENOUGH_SHARE * len(codes))
    if main_language and found[main_language] >= enough:
        return main_language
    return min(found, key=lambda code: (-found[code], code)) if found else main_language or "en"


def _ranked(weights, keys):
    """Return the keys with weight, heaviest first."""
    scored = [(-weight, key) for key, weight in zip(keys, weights.tolist(), strict=True) if weight > 0]
    return [key for _, key in sorted(scored)]


def _distinct(ranked, say):
    """Return the first TERMS of `ranked` in words, without pairs of which both words are there already."""
    terms: list[str] = []
    seen: set[str] = set()
    for key in ranked:
        words = say(key)
        if words not in terms and not set(key.split()) <= seen and not set(words.split()) & VAGUE:
            terms.append(words)
            seen |= set(key.split())
        if len(terms) == TERMS:
            break
    return terms


def _name(ranked, said, say, used):
    """Return two or three words that name a theme, unlike the names `used` if at all possible.

    The heaviest word, in the pair that it is usually said in if there is one; else beside the next word.
    """
    telling = [key for key in ranked if not set(say(key).split()) & VAGUE] or ranked
    if not telling:
        return ""
    first = telling[0]
    pairs = [key for key in telling if " " in key and set(first.split()) <= set(key.split())]
    usual = [key for key in pairs if said[key] >= USUAL_PAIR * said[first]] if " " not in first else [first]
    others = [key for key in telling if " " not in key and key not in first.split()]
    options = [_title([say(key)]) for key in usual]
    options += [_title([say(first), say(other)]) for other in others[:5]]
    options += [_title([say(key), say(other)]) for key in usual for other in others[:5] if other not in key.split()]
    options += [_title([say(first)])]
    return next((name for name in options if name not in used), options[0])


def _title(parts):
    name = ", ".join(parts)
    return name[:1].upper() + name[1:]

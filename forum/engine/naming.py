"""Name themes in the words of their posts: class-based TF-IDF (Grootendorst 2022) over one and two words."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from forum.engine.stops import ANY_COURTESY
from forum.engine.text import content_words, stem, words_of
from forum.engine.vectors import count_matrix

TERMS = 10
MOST_THEMES = 1 / 3  # of the themes may share a term; beyond that it tells none of them apart
PAIR_BONUS = 1.25  # two words that stand together say more than either
MOST_TERMS = 20_000
ENOUGH_IN_LANGUAGE = 3  # quotable posts, before a theme can be named in a language


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
    """
    spoken = [_spoken(text, language, stop) for text, language, _ in posts]
    counts, keys = count_matrix([[key for key, _ in terms] for terms in spoken])
    counts.data[:] = 1  # one post says a thing once, however often it repeats it
    counts, keys = _frequent(counts, keys)
    weights = _class_weights(counts, np.asarray(labels), np.array([weight for *_, weight in posts]), k)
    weights = _tell_apart(weights)
    written = _written(spoken, labels, set(keys))
    overall = written[None]
    features = [overall[key] for key in keys]
    names: list[str] = []
    languages, terms = [], []
    for theme in range(k):
        language = _language(posts, labels, theme, main_language)
        ranked = _ranked(weights[theme], keys)
        surfaces = {key: written[theme].get(key, overall[key]) for key in ranked}
        names.append(_name(ranked, surfaces, weights[theme], keys, language, names))
        languages.append(language)
        terms.append([surfaces[key] for key in _varied(ranked)[:TERMS]])
    return Names(names, languages, terms, weights, features)


def _spoken(text, language, stop):
    """Return the (key, written) terms of a post; the key is language-marked stems, one or two."""
    words = [word for word in content_words(words_of(text), language, stop) if word not in ANY_COURTESY]
    stems = [f"{stem(word, language)}@{language}" for word in words]
    singles = list(zip(stems, words, strict=True))
    pairs = [(f"{key} {other_key}", f"{word} {other}") for (key, word), (other_key, other) in pairwise(singles)]
    return singles + pairs


def _frequent(counts, keys):
    found_in = counts.getnnz(axis=0)
    keep = np.flatnonzero(found_in >= (2 if counts.shape[0] >= 60 else 1))
    if len(keep) > MOST_TERMS:
        keep = np.sort(keep[np.argsort(-found_in[keep], kind="stable")[:MOST_TERMS]])
    return counts[:, keep], [keys[column] for column in keep]


def _class_weights(counts, labels, weight, k):
    """Return (k, n_terms) class-based TF-IDF: share of a theme's posts that say a term × its rarity.

    Rarity is ln(1 + terms per theme on average / posts that say this one), as Grootendorst has it.
    """
    inside = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((weight[inside], (labels[inside], inside)), shape=(k, counts.shape[0]))
    said = np.asarray((member @ counts).todense(), dtype=np.float64)
    size = np.asarray(member.sum(axis=1)).ravel()
    everywhere = np.maximum(said.sum(axis=0), 1e-12)
    rarity = np.log1p(said.sum() / max(k, 1) / everywhere)
    return (said / np.maximum(size, 1e-12)[:, None] * rarity).astype(np.float32)


def _tell_apart(weights):
    """Return `weights` without the terms that rank high in more than MOST_THEMES of the themes."""
    k = len(weights)
    if k < 4 or not weights.size:
        return weights
    top = np.argsort(-weights, axis=1, kind="stable")[:, : 2 * TERMS]
    popular = np.bincount(top[np.take_along_axis(weights, top, 1) > 0], minlength=weights.shape[1])
    return np.where(popular > max(1, MOST_THEMES * k), 0, weights)


def _written(spoken, labels, keys):
    """Return dict of theme (None for all) -> dict of key -> the form written most often."""
    forms: dict = {None: {}}
    for terms, label in zip(spoken, np.asarray(labels).tolist(), strict=True):
        for key, written in terms:
            if key in keys:
                forms[None].setdefault(key, Counter())[written] += 1
                forms.setdefault(label, {}).setdefault(key, Counter())[written] += 1
    most = {
        theme: {key: min(counter, key=lambda form: (-counter[form], form)) for key, counter in known.items()}
        for theme, known in forms.items()
    }
    return _WithDefault(most)


class _WithDefault(dict):
    def __missing__(self, _):
        return {}


def _language(posts, labels, theme, main_language):
    """Return the language to name `theme` in: the main one if enough of it is, else the most usual."""
    found = Counter(
        language for (_, language, _), label in zip(posts, np.asarray(labels).tolist(), strict=True) if label == theme
    )
    if main_language in found and found[main_language] >= ENOUGH_IN_LANGUAGE:
        return main_language
    return min(found, key=lambda code: (-found[code], code)) if found else main_language or "en"


def _ranked(weights, keys):
    """Return the keys with weight, heaviest first, pairs of words helped a little."""
    scored = [
        (-(weight * (PAIR_BONUS if " " in key else 1)), key)
        for key, weight in zip(keys, weights.tolist(), strict=True)
        if weight > 0
    ]
    return [key for _, key in sorted(scored)]


def _varied(ranked):
    """Return `ranked` without single words of a pair above them and pairs of which nothing is new."""
    kept: list[str] = []
    seen: set[str] = set()
    for key in ranked:
        stems = set(key.split())
        if not stems <= seen:
            kept.append(key)
            seen |= stems
    return kept


def _name(ranked, surfaces, weights, keys, language, used):
    """Return two or three words that name a theme; unlike the names `used` already if at all possible."""
    own = [key for key in ranked if all(part.endswith(f"@{language}") for part in key.split())]
    options = _varied(own) or _varied(ranked)
    picked: list = []
    for key in options:
        if sum(len(part.split()) for part in [*picked, key]) <= 3:
            picked.append(key)
        name = _say(picked, surfaces)
        if len(name.split()) >= 2 and name not in used:
            return name
        if len(name.split()) >= 3:
            picked.pop()
    return _say(picked or options[:2], surfaces)


def _say(picked, surfaces):
    words: list = []
    for key in picked:
        words += [word for word in surfaces[key].split() if word not in words]
    return ", ".join(surfaces[key] for key in picked).capitalize() if words else ""

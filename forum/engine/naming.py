"""Name themes in the words of their posts.

A term tells of a theme as much as its share of the theme's posts times the logarithm of how much likelier it is
there than elsewhere: its part of the Kullback-Leibler divergence between the theme and the rest. Each language is
weighed apart, so that a theme is not named after the language most of its posts are in. The name is the phrase
that tells most for its words, and ends in a thing rather than in a quality or a deed.
"""

from collections import Counter
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import sparse

from forum.engine.equal_words import COMPOUNDING, MARK, NONE
from forum.engine.phrases import LINK, Grammar, Written, clauses_of, content_of, is_vague, is_vague_name, phrases_of
from forum.engine.stops import PARTICLES
from forum.engine.text import LANGUAGES, stem
from forum.engine.vectors import count_matrix

TERMS = 10
FEWEST = 6  # in the list of a theme, if need be terms that tell more of another
AT_HOME = 6  # of them in the language of the name, first, so that one reader understands most
SHARED_BY_RANK = 3  # a theme's first terms may stand in other themes' lists as well
NEW_PART = 0.5  # share of a phrase's words that are in no term before it
DEEP = 300  # terms tried for a list of ten
STICKS = 0.4  # share of the posts of its rarest word that say a phrase around small words, else met by chance
STICKS_TO_ALL = 0.15  # likewise of its commonest word
MOST_TERMS = 30_000
MOST_POSTS = 6_000  # read for names, as many of each theme as there is room for
MOST_LETTERS = 600  # of each, from its beginning
ENOUGH_IN_LANGUAGE = 3  # quotable posts, before a theme can be named in a language
ENOUGH_SHARE = 0.2  # of the theme's quotable posts, likewise
LONGEST_NAME = 36  # letters of a phrase, or of each of two words side by side
DOUBT = 0.7  # standard deviations by which a count may be more than is usual, by chance
SAID_BY = 0.03  # share of a theme's posts, at least, that say a phrase before it can be the name
GOOD_NAME = 0.25  # worth of a phrase, against the heaviest word, from which it is the name
FAIR_NAME = 0.08  # likewise when no two words can stand side by side
LONGER = 0.9  # worth of a third word, and of a fourth
FIRST_A_THING = 0.85  # worth of a phrase that begins rather than ends in a thing, as *card declined*
A_THING = 0.6  # belief that a word is a noun from which it may stand alone beside another
AS_TELLING = 0.4  # of the first word of a pair, at least, is what the second tells
BRAND = 0.7  # share of capitals from which a word is somebody's name
BRAND_SPREAD = 0.2  # of the themes that speak of it, from which it is the name of the product or its maker
WITH_PARTICLE = 0.6  # share of a term's posts from which the particle after it belongs to it, as in *top up*
_PARTICLES = frozenset(LINK + word for word in PARTICLES)
_OF = frozenset(LINK + word for word in ("av", "af"))  # the particles that also mean *of*
_KIND_LETTERS, _THING_LETTERS = 3, 4  # of the first and the last part of a compound, at least
_MADE_WITH = ("else", "ning", "ing", "het", "hed", "er")
_AND = {"en": "and", "nb": "og", "da": "og"}


@dataclass(frozen=True)
class Names:
    """The names of k themes and what they were chosen from.

    `names`, `languages` and `terms` have one entry per theme; `weights` (k, n_terms) are the class-based
    TF-IDF weights of `features`, n_terms words or phrases in a form that someone wrote.
    """

    names: list
    languages: list
    terms: list
    weights: np.ndarray
    features: list


def name_themes(posts, labels, k, *, stop=frozenset(), equal=NONE, main_language=None):
    """Return the `Names` of `k` themes.

    Parameters
    ----------
    posts : list of (text, language, weight)
        Quotable posts alone: nothing else may show through a name.
    labels : ndarray (len(posts),)
        Column of the theme of each post, -1 for none.
    stop : set of str
        Words that are in no name, such as those of products.
    equal : EqualWords
        Words that are read as one.
    main_language : str or None
        The language of names where enough of a theme's posts are in it; None takes that of most posts.
    """
    stop = stop | {stem(word, code) for word in stop for code in LANGUAGES}
    labels = np.asarray(labels, dtype=np.intp)
    read = _sample(labels, k)
    labels = labels[read]
    posts = [posts[place] for place in read]
    codes = np.array([language for _, language, _ in posts], dtype=object)
    weight = np.array([weight for *_, weight in posts], dtype=np.float64)
    spoken = _Spoken(posts, labels, stop, equal)
    found = sorted(set(codes.tolist()))
    main = main_language or _most_common(codes)
    languages = [_language(codes[labels == theme], main) for theme in range(k)]
    said = {code: _said(spoken.counts, labels, weight * (codes == code), k) for code in found}
    sizes = {code: np.bincount(labels[(labels >= 0) & (codes == code)], minlength=k) for code in found}
    tells = {code: spoken.tell(labels, weight * (codes == code), k) for code in found}
    chooser = _Chooser(spoken, said, tells, languages)
    weights = _class_weights(_said(spoken.counts, labels, weight, k))
    return Names(chooser.names(sizes), languages, chooser.terms(sizes), weights, spoken.features())


def _sample(labels, k):
    """Return the positions of at most MOST_POSTS posts, spread over all themes."""
    if len(labels) <= MOST_POSTS:
        return np.arange(len(labels))
    room = max(20, MOST_POSTS // max(k, 1))
    order = np.argsort(labels, kind="stable")
    first, size = (np.searchsorted(labels[order], labels[order], side=side) for side in ("left", "right"))
    place, size = np.arange(len(order)) - first, size - first
    share = np.minimum(room / size, 1.0)
    return np.sort(order[np.floor((place + 1) * share) > np.floor(place * share)])  # evenly, from the oldest on


class _Spoken:
    """The terms of posts: which post says which, how they are written, and which are nouns."""

    def __init__(self, posts, labels, stop, equal):
        self.grammar = Grammar()
        self.written = Written()
        self._goes_on: Counter = Counter()
        clauses = [clauses_of(text[:MOST_LETTERS], language, stop, equal) for text, language, _ in posts]
        at_least = 2 if len(posts) >= 60 else 1
        often = Counter(
            term for post in clauses for term in {token.term for clause in post for token in clause if token.term}
        )
        said = []
        for post in clauses:
            found: dict = {}
            for clause in post:
                for term, tokens, goes_on in phrases_of(clause):
                    self._goes_on[term] += goes_on
                    if tokens is None or all(often[token.term] >= at_least for token in tokens if token.term):
                        found[term] = found.get(term) or tokens
                self.grammar.read(clause)
            said.append(found)
        written = {term for found in said for term, tokens in found.items() if tokens}
        said = [{term: tokens for term, tokens in found.items() if term in written} for found in said]
        self.counts, self.terms = _kept(said, at_least)
        known = set(self.terms)
        for (_, language, _), label, found in zip(posts, labels.tolist(), said, strict=True):
            for term, tokens in found.items():
                if tokens and term in known:
                    self.written.read(term, tokens, label, language)
        self.column = {term: column for column, term in enumerate(self.terms)}
        self.parts = {term: frozenset(content_of(term)) for term in self.terms}
        self._often = self.counts.getnnz(axis=0)
        self._longer = self._with_particles()

    def _with_particles(self):
        """Return dict of term -> the same with the particle that most posts say after it."""
        longer = {}
        for term in self.terms:
            start, _, last = term.rpartition(" ")
            if last not in _PARTICLES or start not in self.column:
                continue
            if last in _OF and self.grammar.noun(start.split()[-1]) >= A_THING:
                continue  # *in the vicinity of*, and no *turn off*
            if self._often[self.column[term]] >= WITH_PARTICLE * self._often[self.column[start]]:
                longer[start] = term
        return longer

    def say(self, term, theme=None, language=None):
        """Return `term` as most posts of `theme` in `language` write it."""
        return self.written.say(self._longer.get(term, term), theme, language)

    def is_compound(self, term):
        """Say whether `term` ends in another word of the posts and says before it what kind: *kopholder*."""
        ends = (term[start:] for start in range(_KIND_LETTERS, len(term) - _THING_LETTERS + 1))
        return any(end in self.column for end in ends)

    def whole(self, term):
        """Return the share of the posts that say `term` in which it does not go on, in [0, 1]."""
        return 1 - min(1.0, self._goes_on[term] / self._often[self.column[term]])

    def tell(self, labels, weight, k):
        """Return (k, n_terms): how much each term tells of each theme, 0 where it does not; see above."""
        said = _said(self.counts, labels, weight, k)
        inside = np.bincount(labels[labels >= 0], weight[labels >= 0], minlength=k)[:, None]
        all_said = np.asarray(weight @ self.counts)[None]
        share = np.maximum(said - DOUBT * np.sqrt(said), 0) / np.maximum(inside, 1)
        elsewhere = (all_said - said + 0.5) / (weight.sum() - inside + 1)
        gain = np.log(np.maximum(share, 1e-12) / elsewhere)
        return np.where(gain > 0, share * gain, 0)

    def brands(self, said):
        """Return the columns of capitalised words that many themes speak of: products and their makers."""
        spread = (said >= 2).sum(axis=0)
        many = max(3, BRAND_SPREAD * len(said))
        return {
            self.terms[column]
            for column in np.flatnonzero(spread >= many).tolist()
            if " " not in self.terms[column]
            and self.written.capitals(self.terms[column]) >= BRAND
            and not self.written.say(self.terms[column]).isupper()
        }

    def features(self):
        """Return the form that most posts wrote of each term."""
        return [self.written.say(term) for term in self.terms]


def _kept(said, at_least):
    """Return (sparse counts (n, n_terms) of 1 and 0, terms): those of enough posts, the most common."""
    counts, terms = count_matrix([list(found) for found in said])
    found_in = counts.getnnz(axis=0)
    keep = np.flatnonzero(found_in >= at_least)
    if len(keep) > MOST_TERMS:
        keep = np.sort(keep[np.argsort(-found_in[keep], kind="stable")[:MOST_TERMS]])
    return counts[:, keep], [terms[column] for column in keep]


def _said(counts, labels, weight, k):
    """Return (k, n_terms) summed weight of the posts of each theme that say each term."""
    inside = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((weight[inside], (labels[inside], inside)), shape=(k, counts.shape[0]))
    return np.asarray((member @ counts).todense(), dtype=np.float64)


def _class_weights(said):
    """Return the class-based TF-IDF (Grootendorst 2022) of terms in themes, from who says what."""
    shares = said / np.maximum(said.sum(axis=1, keepdims=True), 1e-12)
    rarity = np.log1p(said.sum() / max(len(said), 1) / np.maximum(said.sum(axis=0), 1e-12))
    return (shares * rarity).astype(np.float32)


def _most_common(codes):
    found = Counter(codes.tolist())
    return min(found, key=lambda code: (-found[code], "en nb da".find(code))) if found else "en"


def _language(codes, main_language):
    """Return the language to name a theme in, whose quotable posts have these `codes`."""
    found = Counter(codes.tolist())
    enough = max(ENOUGH_IN_LANGUAGE, ENOUGH_SHARE * len(codes))
    if found[main_language] >= enough:
        return main_language
    return min(found, key=lambda code: (-found[code], code)) if found else main_language


class _Chooser:
    """Chooses the names and terms of themes by how much terms tell."""

    def __init__(self, spoken, said, tells, languages):
        self._spoken = spoken
        self._said = said  # dict of language -> (k, n_terms) posts that say each term
        self._tells = tells  # dict of language -> (k, n_terms)
        self._languages = languages
        self._barred = spoken.brands(sum(said.values())) if said else set()
        self._owner = self._owners()

    def names(self, sizes):
        """Return a name for each theme, no two about the same words if at all possible.

        `sizes` is a dict of language -> (k,) posts.
        """
        names: list[str] = []
        taken: set = set()
        for theme, code in enumerate(self._languages):
            options = self._options(theme, code, max(sizes[code][theme], 1)) if code in sizes else []
            about, terms = next((option for option in options if option[0] not in taken), (options or [("", [])])[0])
            names.append(self._title(terms, theme, code))
            taken.add(about)
        return names

    def _options(self, theme, code, size):
        """Return the (what it is about, terms) that might name `theme`, best first."""
        tell = self._nameable(theme, code)
        single = {term: value for term, value in tell.items() if " " not in term}
        if not single:
            return [(_about([term]), [term]) for term in sorted(tell, key=lambda term: (-tell[term], term))[:1]]
        top = max(single.values())
        noun = self._spoken.grammar.noun
        worth = {term: self._worth(term, tell, single, top, theme, code, size) for term in tell if term not in single}
        ranked = sorted(worth, key=lambda term: (-worth[term], term))
        words = sorted(single, key=lambda term: (-single[term] * noun(term), term))[:6]
        first = words[0]
        good = [[term] for term in ranked if worth[term] >= GOOD_NAME]
        both = [
            [first, other]
            for other in words[1:]
            if min(noun(first), noun(other)) >= A_THING
            and single[other] >= AS_TELLING * single[first]
            and not (first in other or other in first)
        ]
        fair = [[term] for term in ranked if GOOD_NAME > worth[term] >= FAIR_NAME]
        is_compound = code in COMPOUNDING and noun(first) >= A_THING and self._spoken.is_compound(first)
        compound = [[first]] if is_compound else []
        return [(_about(terms), terms) for terms in [*good, *compound, *both, *fair, *([word] for word in words)]]

    def _nameable(self, theme, code):
        """Return dict of term -> how much it tells, for the terms that a name may consist of."""
        row = self._tells[code][theme]
        found = {}
        for column in np.flatnonzero(row).tolist():
            term = self._spoken.terms[column]
            words = self._spoken.say(term, theme, code).lower().split()
            says_little = words[-1][0].isdigit() or is_vague_name(words, code)
            if not (says_little or self._barred & self._spoken.parts[term] or len(" ".join(words)) > LONGEST_NAME):
                found[term] = float(row[column])
        return found

    def _worth(self, term, tell, single, top, theme, code, size):
        """Return how good a name the phrase `term` is, about 1 for a very good one."""
        often = self._said[code][theme, self._spoken.column[term]]
        if often < max(2, SAID_BY * size):
            return 0.0
        words = term.split()
        values = [single.get(part, 0.0) / top for part in content_of(term)]
        first, last = self._spoken.grammar.noun(words[0]), self._spoken.grammar.noun(words[-1])
        has_link = len(words) > len(values)
        thing = max(last, first * (1.0 if has_link else FIRST_A_THING))
        own = min(1.0, tell[term] / top)
        return (
            sqrt(own)
            * (max(values) + sum(values))
            / 2
            * thing
            * LONGER ** max(0, len(words) - 2)
            * (1 + self._spoken.whole(term))
            / 2
        )

    def _title(self, terms, theme, code):
        said = [self._spoken.say(term, theme, code) for term in terms]
        name = f" {_AND.get(code, 'and')} ".join(said)
        return name[:1].upper() + name[1:]

    def _owners(self):
        """Return dict of language -> (n_terms,) the theme that each term tells most of."""
        return {code: tell.argmax(axis=0) for code, tell in self._tells.items() if len(tell)}

    def terms(self, sizes):
        """Return up to TERMS telling terms of each theme, best first; few are in several lists."""
        lists = []
        for theme, home in enumerate(self._languages):
            others = sorted((code for code in sizes if code != home), key=lambda code: (-sizes[code][theme], code))
            found = [self._best(theme, code) for code in [home, *others] if code in self._tells]
            lists.append(_merged(found))
        return lists

    def _best(self, theme, code):
        """Return the (term, how it is written) of `theme` in the language `code`, best first."""
        row = self._tells[code][theme]
        order = np.argsort(-row, kind="stable")[:DEEP]
        chosen: list[tuple] = []
        seen: set = set()
        late = []
        for column in order[row[order] > 0].tolist():
            term = self._spoken.terms[column]
            written = self._spoken.say(term, theme, code)
            parts = frozenset(_family(part) for part in self._spoken.parts[term])
            if self._says_little(term, written, theme, code) or len(parts - seen) < NEW_PART * len(parts):
                continue
            if self._owner[code][column] != theme and len(chosen) >= SHARED_BY_RANK:
                late.append((term, written))
                continue
            chosen.append((term, written))
            seen |= parts
            if len(chosen) == TERMS:
                break
        return chosen + late[: max(0, FEWEST - len(chosen))]

    def _says_little(self, term, written, theme, code):
        """Say whether `term` is a poor entry in a list: vague, a number, a brand, a chance meeting of words."""
        parts = self._spoken.parts[term]
        words = written.lower().split()
        if is_vague(words, code) or parts & self._barred:
            return True
        if len(parts) == len(words):
            return False
        said = self._said[code][theme]
        often = [said[self._spoken.column[part]] for part in parts if part in self._spoken.column]
        return bool(said[self._spoken.column[term]] < max(STICKS * min(often), STICKS_TO_ALL * max(often)))


def _family(term):
    """Return `term` without the endings that make other words of it, which the stemmer leaves: *knirking*."""
    return next((term[: -len(end)] for end in _MADE_WITH if term.endswith(end) and len(term) >= len(end) + 4), term)


def _about(terms):
    return frozenset(part for term in terms for part in term.split())


def _merged(lists):
    """Return up to TERMS of the (term, written) of several languages, the first list first; no word twice."""
    merged: dict = {}
    room = (max(1, (TERMS - AT_HOME) // max(len(lists) - 1, 1)),) * (len(lists) - 1)
    most = (AT_HOME if any(lists[1:]) else TERMS, *room)
    for terms, many in [*zip(lists, most, strict=False), *((terms, TERMS) for terms in lists)]:
        new: dict = {}
        for term, written in terms:
            key = term if term.startswith(MARK) else written.lower()
            if key not in merged and len(new) < many:
                new[key] = written
        merged |= new
    return list(merged.values())[:TERMS]

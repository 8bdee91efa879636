"""Read posts for what they could be named by: words in the form people wrote, phrases, and what stands beside them.

Phrases are two to four words within one clause, in the order people wrote them, with content at both ends
(*cup holder*, *miles per gallon*). Which words are nouns is learnt from the small words beside them: nobody
needs a grammar to see that what follows *the* and ends a clause is a thing.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from forum.engine.equal_words import NONE
from forum.engine.stops import ADVERBS, ARTICLES, BARRED, BEINGS, BEYOND, LINKS, PARTICLES, SUBJECTS, VAGUE, VAGUE_ALONE
from forum.engine.text import stem

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_KIND = re.compile(r"[0-9]{1,2}[dgkv]")  # 3D, 4G, 8K, 12V: no numbers, but kinds of things
_JOINS = re.compile(r"[ \t]*|[ \t]*-[ \t]*")
LINK = "·"  # stands before a word without content in a term
_LONGEST_WORD = 40  # characters
LONGEST = 4  # words of a phrase
_MOST_LINKS = 2  # words without content inside it
_DEFINITE = frozenset({"en", "ene", "erne"})
_SHOUTING = 0.6  # share of letters in capitals from which capitals say nothing
_UNSURE = 0.1  # of a count, for a form at the beginning of a sentence, where every word has a capital
_BELIEF = 2.0  # in counts, that a word of which nothing is known is as much a noun as not


@dataclass(frozen=True)
class Token:
    """One word of a post: its `term` ("" without content), in lower case, and as it was written."""

    term: str
    word: str
    written: str
    joint: str  # what stands between it and the word before it: a space or a hyphen
    sure: bool  # whether its capitals mean something


def clauses_of(text, language, stop=frozenset(), equal=NONE):
    """Return the clauses of `text`, each a list of `Token`; punctuation and line ends part them."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    letters = [letter for letter in plain if letter.isalpha()]
    shouted = sum(letter.isupper() for letter in letters) > _SHOUTING * max(len(letters), 1)
    clauses: list[list] = [[]]
    end = 0
    for match in _WORD.finditer(plain):
        between = plain[end : match.start()]
        if not _JOINS.fullmatch(between) or len(match[0]) > _LONGEST_WORD:
            clauses.append([])
        begins = not end or bool(re.search(r"[.!?:\n…\"“«]", between))
        end = match.end()
        clauses[-1].append((match[0], "-" if between == "-" else " ", not (shouted or begins)))
    return [_tokens(clause, language, stop, equal) for clause in clauses if clause]


def _tokens(clause, language, stop, equal):
    """Return the `Token`s of a clause of (written, joint, sure); equal phrases are one token."""
    words = [written.lower() for written, _, _ in clause]
    tokens = []
    for start, size, term in equal.spans(words, language):
        word = " ".join(words[start : start + size])
        if not is_nameable(word, language, stop):
            term = ""
        written = clause[start][0]
        for more, joint, _ in clause[start + 1 : start + size]:
            written += joint + more
        tokens.append(Token(term.replace(" ", "_"), word, written, clause[start][1], clause[start][2]))
    return tokens


def is_nameable(word, language, stop=frozenset()):
    """Say whether `word` may be part of a name: no small word of any language, number, courtesy or stop word."""
    if (
        len(word) < 2
        or word in BARRED[language]
        or word in PARTICLES
        or (word[0].isdigit() and not _KIND.fullmatch(word))
    ):
        return False
    return word not in stop and stem(word, language) not in stop


def phrases_of(clause):
    """Yield (term, written tokens, whether it goes on) for the single words and phrases of `clause`.

    What goes on has another word with content right behind it, so that it may be half a phrase. A quality told of
    a thing is a phrase of both, in either order (*the voice is clear*: *clear voice*, *voice clear*); where nobody
    wrote it so, None stands for the tokens.
    """
    for start, token in enumerate(clause):
        if not token.term:
            continue
        yield token.term, clause[start : start + 1], False
        yield from _with_particle([token], clause, start + 1)
        seen = {token.term}
        links = 0
        for stop in range(start + 1, min(start + LONGEST, len(clause))):
            other = clause[stop]
            if not other.term:
                links += 1
                if links > _MOST_LINKS or other.word not in LINKS:
                    break
                continue
            if other.term in seen:
                break
            seen.add(other.term)
            run = clause[start : stop + 1]
            yield _term(run), run, stop + 1 < len(clause) and bool(clause[stop + 1].term)
            yield from _with_particle(run, clause, stop + 1)
        yield from _told(clause, start)


def _term(run):
    return " ".join(token.term or LINK + token.word for token in run)


def content_of(term):
    """Return the words of `term` that carry content."""
    return [word for word in term.split() if not word.startswith(LINK)]


def _with_particle(run, clause, after):
    """Yield `run` with the particle that follows it, as in *top up*."""
    if after < len(clause) and clause[after].word in PARTICLES and not clause[after].term:
        longer = [*run, clause[after]]
        yield _term(longer), longer, False


def _told(clause, start):
    """Yield the phrases of the thing at `start` and the quality told of it."""
    place = start + 1
    if place >= len(clause) or clause[place].word not in BEINGS:
        return
    thing = clause[start - 1 : start + 1] if start and clause[start - 1].term else clause[start : start + 1]
    beyond = []
    while place + 1 < len(clause) and clause[place + 1].word in ADVERBS:
        place += 1
        beyond += [clause[place]] if clause[place].word in BEYOND else []
    told = clause[place + 1] if place + 1 < len(clause) else None
    ends = place + 2 >= len(clause) or not clause[place + 2].term
    if told is None or not told.term or not ends or told.term in {token.term for token in thing}:
        return
    yield f"{told.term} {clause[start].term}", None, False
    for run in {1: [thing], 2: [thing, thing[1:]]}[len(thing)]:
        yield _term([*run, told]), [*run, told], False
        if beyond:
            yield _term([*run, *beyond, told]), [*run, *beyond, told], False


class Grammar:
    """How often each term stands where nouns stand, counted over posts."""

    def __init__(self):
        self._noun: Counter = Counter()
        self._other: Counter = Counter()

    def read(self, clause):
        """Count the places of the words of `clause`."""
        article = False  # whether one opened the run of content words that goes on
        for place, token in enumerate(clause):
            before = clause[place - 1].word if place else ""
            last = place + 1 == len(clause) or not clause[place + 1].term
            if not token.term:
                article = token.word in ARTICLES
                continue
            if (article and last) or _is_definite(token):
                self._noun[token.term] += 1
            elif before in SUBJECTS or (last and (before in BEINGS or before in ADVERBS)):
                self._other[token.term] += 1

    def noun(self, term):
        """Return the belief in (0, 1) that `term` is a noun, a half where nothing is known."""
        yes, no = self._noun[term], self._other[term]
        return (yes + _BELIEF / 2) / (yes + no + _BELIEF)


def _is_definite(token):
    """Say whether a token has the ending of a Nordic noun that is spoken of as known: *mobilen*, *setene*."""
    ending = token.word.removeprefix(token.term)
    return ending != token.word and ending in _DEFINITE


class Written:
    """The forms in which terms were written, by theme and language."""

    def __init__(self):
        self._counts: dict = {}

    def read(self, term, tokens, theme, language):
        """Count how `tokens` wrote `term`."""
        form = "".join((token.joint if place else "") + _form(token) for place, token in enumerate(tokens))
        count = 1.0 if all(token.sure or token.written.islower() for token in tokens) else _UNSURE
        counts = self._counts.setdefault(term, {})
        where = (form, theme, language)
        counts[where] = counts.get(where, 0.0) + count

    def say(self, term, theme=None, language=None):
        """Return the form of `term` used most by posts of `theme` in `language`, or by others."""
        counts = self._counts.get(term, {})
        for asked in ((theme, language), (theme, None), (None, language), (None, None)):
            forms = self._forms(counts, *asked)
            if forms:
                return min(forms, key=lambda form: (-forms[form], form))
        return term

    def _forms(self, counts, theme, language):
        """Return dict of form -> count among `counts` of posts of `theme` in `language`; None takes all."""
        forms: dict = {}
        for (form, own_theme, own_language), count in counts.items():
            if theme in (None, own_theme) and language in (None, own_language):
                forms[form] = forms.get(form, 0.0) + count
        return forms

    def capitals(self, term):
        """Return the share of the sure forms of `term` that begin with a capital."""
        forms = self._forms(self._counts.get(term, {}), None, None)
        sure = {form: count for form, count in forms.items() if count >= 1}
        return sum(count for form, count in sure.items() if form[0].isupper()) / max(sum(sure.values()), 1)


def _form(token):
    """Return `token` as written; where capitals mean nothing, only those of GPS and iPhone stay."""
    written = token.written
    if token.sure or not (written.istitle() or written.isupper()):
        return written
    return written.lower()


def is_vague(words, language):
    """Say whether any of `words` would say nothing, or whether there is but one that says little alone."""
    return any(word in VAGUE[language] for word in words)


def is_vague_name(words, language):
    """Say whether `words` would say too little as a name."""
    return is_vague(words, language) or all(word in VAGUE_ALONE[language] for word in words)

"""Say what tells the parts of a theme apart, in the words of their posts. Pure Python: a page may wait for it."""

from collections import Counter

from forum.engine.phrases import Written, clauses_of, content_of, is_vague, is_vague_name, phrases_of
from forum.engine.text import LANGUAGES

LONGER = 0.5  # by which a phrase is worth more for each word after its first: it says more
FEWEST = 2  # posts that say a phrase before it stands for a part
LEAST = 0.03  # share of its posts, likewise


def tell_apart(parts, stop=frozenset(), most=5):
    """Return for each of the `parts` the phrases that tell it from the others, the most telling first.

    Parameters
    ----------
    parts : list of list of (str, str)
        The texts of each part with their languages.
    stop : set of str, optional
        Words that are in no phrase.
    most : int, default=5
        How many phrases of each part.

    Returns
    -------
    phrases : list of list of str
        As they were written most. A part of which nothing is said more often than of the others has none.

    Examples
    --------
    >>> from forum.engine.telling import tell_apart
    >>> wide = [("A wide screen", "en"), ("I like the wide screen", "en")]
    >>> dark = [("The screen is dark", "en"), ("Such a dark screen", "en")]
    >>> tell_apart([wide, dark], most=1)
    [['wide screen'], ['dark screen']]
    """
    written = Written()
    said = [_said(part, number, written, stop) for number, part in enumerate(parts)]
    return [_choose(said, number, written, most) for number in range(len(parts))]


def _said(part, number, written, stop):
    """Return the share of the texts of a part that say each phrase."""
    counts: Counter = Counter()
    for text, language in part:
        code = language if language in LANGUAGES else LANGUAGES[0]
        terms = set()
        for clause in clauses_of(text, code, stop):
            for term, tokens, _goes_on in phrases_of(clause):
                if not _is_empty(term, code):
                    terms.add(term)
                    if tokens:
                        written.read(term, tokens, number, code)
        counts.update(terms)
    return {term: count / len(part) for term, count in counts.items() if count >= max(FEWEST, LEAST * len(part))}


def _is_empty(term, language):
    """Say whether a phrase would say too little."""
    words = content_of(term)
    return is_vague_name(words, language) if len(words) == 1 else is_vague(words, language)


def _choose(said, number, written, most):
    """Return the phrases that tell most of a part, none of them within another."""
    worth = {term: _worth(said, number, term) for term in said[number]}
    chosen: list[set] = []
    found: list[str] = []
    for term in sorted(worth, key=lambda term: (-worth[term], term)):
        words = set(content_of(term))
        if worth[term] <= 0 or len(found) == most:
            break
        form = written.say(term, number)
        if form not in found and not any(words <= other or other <= words for other in chosen):
            chosen.append(words)
            found.append(form)
    return found


def _worth(said, number, term):
    """Return by how much more of a part's posts say `term` than of any other part's, longer ones weighing more."""
    others = max((other.get(term, 0.0) for place, other in enumerate(said) if place != number), default=0.0)
    return (said[number][term] - others) * (1 + LONGER * (len(content_of(term)) - 1))

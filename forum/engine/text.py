"""Read a post: its words, the words that carry content, their stems and letter groups."""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer

from forum.engine.stops import ANY_STOP_WORD, FUNCTION_WORDS, STOP_WORDS

LANGUAGES = ("en", "nb", "da")
_SNOWBALL = {"en": "english", "nb": "norwegian", "da": "danish"}
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LONGEST_WORD = 40  # characters; what is longer is an address or a key, not a word


def words_of(text):
    """Return the words of `text` in lower case, in order; numbers count as words."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return [word for word in _WORD.findall(plain) if len(word) <= _LONGEST_WORD]


def is_stop_word(word, language, extra=frozenset()):
    """Say whether `word` is empty in `language` (a code of LANGUAGES, else all three count)."""
    return len(word) < 2 or word in STOP_WORDS.get(language, ANY_STOP_WORD) or word in extra


def content_words(words, language, extra=frozenset()):
    """Return those of `words` that say something: no stop words, no numbers, none of `extra`."""
    return [word for word in words if is_content(word, language, extra)]


def is_content(word, language, extra=frozenset()):
    """Say whether `word` says something: no stop word, no number, not in `extra`."""
    return not word.isdigit() and not is_stop_word(word, language, extra)


def is_function_word(word, language):
    """Say whether `word` is a function word of `language`; courtesies are not."""
    return word in FUNCTION_WORDS.get(language, FUNCTION_WORDS["en"])


_local = threading.local()  # a stemmer keeps the word it works on, so each thread has its own


def _stemmer(language):
    if not hasattr(_local, "stemmers"):
        _local.stemmers = {code: snowballstemmer.stemmer(name) for code, name in _SNOWBALL.items()}
    return _local.stemmers.get(language, _local.stemmers["en"])


@lru_cache(maxsize=50_000)
def stem(word, language):
    """Return the Snowball stem of `word` in `language`; unknown languages stem as English."""
    return _stemmer(language).stemWord(word)


@lru_cache(maxsize=10_000)
def letter_groups(word, shortest=3, longest=5):
    """Return the runs of `shortest` to `longest` letters of `word` with a space at either end.

    The same groups as scikit-learn's ``char_wb`` analyser: a word shorter than the run counts once.
    """
    padded = f" {word} "
    groups = []
    for size in range(shortest, longest + 1):
        if size >= len(padded):
            groups.append(padded)
            break
        groups.extend(padded[start : start + size] for start in range(len(padded) - size + 1))
    return tuple(groups)

"""Check what a `ThemeModel` was given as parameters, and say in words what is wrong with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from forum.engine.equal_words import EqualWords
from forum.engine.languages import language_code

METHODS = ("graph", "nmf", "lda")


@dataclass(frozen=True)
class Settings:
    """What the person who fits has chosen; see `ThemeModel`."""

    method: str
    resolution: float
    n_themes: int | None
    smallest: int
    stop: frozenset
    equal: EqualWords
    main_language: str | None
    seed: int


def check_parameters(model):
    """Return the `Settings` that the parameters of the estimator `model` come to.

    Raises ValueError for a method there is not, numbers out of range or no numbers at all, stop words that are
    one string, and another main language than those that are known. Draws from a `RandomState` that it is given.
    """
    if model.method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {model.method!r}")
    resolution = _number("resolution", model.resolution, Real)
    if not (np.isfinite(resolution) and resolution > 0):
        raise ValueError(f"resolution is a number above 0, not {model.resolution!r}")
    n_themes = None if model.n_themes is None else _number("n_themes", model.n_themes, Integral, least=1)
    main = None if model.main_language is None else language_code(model.main_language)
    if main == "und":
        raise ValueError(f"main_language is en, nb or da, not {model.main_language!r}")
    stop = check_stop_words(model.stop_words)
    return Settings(
        method=model.method,
        resolution=float(resolution),
        n_themes=n_themes,
        smallest=_number("smallest", model.smallest, Integral, least=1),
        stop=stop,
        equal=EqualWords(model.equal_words, stop),
        main_language=main,
        seed=int(check_random_state(model.random_state).randint(2**31 - 1)),
    )


def check_stop_words(stop_words):
    """Return the frozenset of single lower-case words in `stop_words`; ValueError unless a series of strings."""
    if isinstance(stop_words, str | bytes) or not isinstance(stop_words, Iterable):
        raise ValueError(f"stop_words is a series of strings, not {stop_words!r}")
    phrases = list(stop_words)
    wrong = next((phrase for phrase in phrases if not isinstance(phrase, str)), None)
    if wrong is not None:
        raise ValueError(f"stop_words is a series of strings, but holds {wrong!r}")
    return frozenset(word for phrase in phrases for word in phrase.lower().split())


def _number(name, value, kind, least=None):
    """Return `value` as a plain number of this `kind`, at `least` so large."""
    noun = "a whole number" if kind is Integral else "a number"
    if isinstance(value, bool | np.bool_) or not isinstance(value, kind):
        raise ValueError(f"{name} is {noun}, not {value!r}")
    if least is not None and value < least:
        raise ValueError(f"{name} is at least {least}, not {value!r}")
    return int(value) if kind is Integral else float(value)

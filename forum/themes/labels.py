"""What a theme is called: the name a person gave it, else the engine's suggestion."""

from typing import Protocol

from forum.core.database import Words
from forum.core.languages import _, pick

LABEL = 80  # characters


class Named(Protocol):
    """Anything with a theme's two names."""

    @property
    def name(self) -> Words:
        """Given by a person, per language."""

    @property
    def suggestion(self) -> str:
        """By the engine."""


def label_of(theme: Named) -> str:
    """What to call a theme in the reader's language."""
    return pick(theme.name) or first_upper(theme.suggestion) or _("A theme without a name")


def first_upper(words: str) -> str:
    """`words` as they begin a line; the rest is left as people wrote it."""
    return words[:1].upper() + words[1:]

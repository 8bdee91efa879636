"""Narrowing the desk's list of themes: filters that are kept in the address, each a link."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forum.core.languages import _
from forum.themes.models import Theme
from forum.themes.status import Direction, Solidity
from forum.themes.trends import direction

Filter = tuple[
    str, list[tuple[str, str, bool]]
]  # what it is called; word, address and whether it is on, of each choice

_HOLDS: dict[str, Callable[[Theme, str], bool]] = {
    "moving": lambda theme, value: direction(theme.posts, theme.recent, theme.before_that).value == value,
    "sure": lambda theme, value: theme.solidity.value == value,
    "language": lambda theme, value: value in theme.languages,
    "named": lambda theme, value: bool(theme.name) == (value == "yes"),
}


def asked(arguments: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address turns on, with what they ask for."""
    return {name: arguments[name] for name in _HOLDS if arguments.get(name)}


def narrow(themes: Sequence[Theme], on: dict[str, str]) -> set[int]:
    """The themes that pass every filter that is on."""
    return {theme.id for theme in themes if all(_HOLDS[name](theme, value) for name, value in on.items())}


def filters_of(
    themes: Sequence[Theme], on: dict[str, str], word_of: Callable[[str], str], link: Callable[..., str]
) -> list[Filter]:
    """The filters as links, of which `link` makes the address; pressing one that is on takes it off.

    Languages are those that themes have.
    """
    languages = sorted({code for theme in themes for code in theme.languages} - {"und"})
    groups: list[tuple[str, str, list[tuple[str, str]]]] = [
        (
            "moving",
            _("Moving"),
            [
                (Direction.NEW.value, _("New")),
                (Direction.GROWING.value, _("Growing")),
                (Direction.FADING.value, _("Fading")),
            ],
        ),
        (
            "sure",
            _("How sure"),
            [
                (Solidity.SOLID.value, _("Solid")),
                (Solidity.FORMING.value, _("Forming")),
                (Solidity.GUESS.value, _("Guess")),
            ],
        ),
        ("named", _("Name"), [("no", _("Suggested")), ("yes", _("Given by the team"))]),
        ("language", _("Language"), [(code, word_of(code) or code) for code in languages]),
    ]
    return [
        (
            label,
            [(word, link(**_turned(on, name, value)), on.get(name) == value) for value, word in choices],
        )
        for name, label, choices in groups
        if len(choices) > 1
    ]


def _turned(on: dict[str, str], name: str, value: str) -> dict[str, Any]:
    """The filters after this one is pressed."""
    left = {key: one for key, one in on.items() if key != name}
    return left if on.get(name) == value else left | {name: value}

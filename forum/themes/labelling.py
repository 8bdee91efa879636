"""Names on the map that do not lie over each other: larger islands first, each in its middle, below it or above."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.themes.mapping import FINE, Island

HEIGHT = FINE // 36  # of a line of text on a map as wide as a page's middle
LETTER = HEIGHT * 0.56  # usual width of a letter
AIR = HEIGHT * 0.2  # between two names


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where its middle stands."""

    theme_id: int
    text: str
    x: int
    y: int


def place(themes: Sequence[tuple[int, str, Island]]) -> list[Label]:
    """The names of themes (id, name, island) that find room, the first ones first."""
    found: list[Label] = []
    taken: list[tuple[float, float, float, float]] = []
    for theme_id, text, island in themes:
        for y in (island.y, island.y + island.radius + HEIGHT, island.y - island.radius - HEIGHT // 2):
            half = len(text) * LETTER / 2 + AIR
            box = (island.x - half, y - HEIGHT, island.x + half, y + AIR)
            if not any(_lap(box, other) for other in taken):
                taken.append(box)
                found.append(Label(theme_id, text, island.x, int(y)))
                break
    return found


def _lap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

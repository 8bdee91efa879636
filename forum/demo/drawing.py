"""The pictures of the demo's launches, drawn by code: nothing to download, and nobody else's work."""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from forum.core.database import Words
from forum.posts.pictures import Prepared, prepare

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (960, 540)  # pixels
CLOTH, EDGE, STEEL, LIGHT, NIGHT, GLOW = "#d9d2c3", "#3b3a36", "#8a9299", "#f4f1ea", "#101820", "#e0a458"

SHOWN: dict[str, Words] = {
    "umbrella-and-small-things-tray": {
        "en": "A drawing of the tray: a long place for the umbrella, and three small ones for keys, coins and glasses.",
        "nb": "En tegning av brettet: en lang plass til paraplyen og tre små til nøkler, mynter og briller.",
        "da": "En tegning af bakken: en lang plads til paraplyen og tre små til nøgler, mønter og briller.",
    },
    "dark-roads-view": {
        "en": "A drawing of the dark screen: nothing but the speed, seen against a road at night.",
        "nb": "En tegning av den mørke skjermen: bare farten, mot en vei om natten.",
        "da": "En tegning af den mørke skærm: kun farten, mod en vej om natten.",
    },
}


def draw(key: str) -> Prepared:
    """The picture of what an item of the demo became."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, LIGHT)
    _DRAWN[key](ImageDraw.Draw(picture))
    file = BytesIO()
    picture.save(file, "PNG")
    return prepare(file.getvalue())


def _tray(pen: "ImageDraw") -> None:
    """The tray from above."""
    pen.rounded_rectangle((90, 90, 870, 450), 40, fill=CLOTH, outline=EDGE, width=6)
    pen.rounded_rectangle((130, 130, 830, 240), 30, fill=LIGHT, outline=STEEL, width=4)
    pen.polygon([(190, 185), (640, 150), (640, 220)], fill="#0a5f6e")
    pen.line((640, 185, 760, 185), fill=EDGE, width=10)
    pen.arc((740, 165, 790, 205), 270, 90, fill=EDGE, width=10)
    for left in (130, 370, 610):
        pen.rounded_rectangle((left, 270, left + 220, 410), 24, fill=LIGHT, outline=STEEL, width=4)
    pen.ellipse((175, 310, 225, 360), outline=STEEL, width=8)
    pen.line((222, 335, 310, 335), fill=STEEL, width=8)
    pen.line((296, 335, 296, 358), fill=STEEL, width=8)
    for n, (x, y) in enumerate(((425, 320), (480, 345), (520, 305))):
        pen.ellipse((x, y, x + 44 + 6 * n, y + 44 + 6 * n), fill=GLOW, outline=EDGE, width=3)
    pen.ellipse((650, 310, 715, 370), outline=EDGE, width=6)
    pen.ellipse((735, 310, 800, 370), outline=EDGE, width=6)
    pen.line((715, 335, 735, 335), fill=EDGE, width=6)


def _screen(pen: "ImageDraw") -> None:
    """A road at night, and the screen in front of it."""
    pen.rectangle((0, 0, *SIZE), fill=NIGHT)
    pen.polygon([(440, 150), (520, 150), (860, 400), (100, 400)], fill="#1d2831")
    for top, bottom, half in ((170, 190, 2), (210, 245, 4), (275, 330, 7), (360, 400, 10)):
        pen.polygon(
            [(480 - half, top), (480 + half, top), (480 + 2 * half, bottom), (480 - 2 * half, bottom)], fill=LIGHT
        )
    pen.ellipse((820, 60, 870, 110), fill="#dfe3e6")
    pen.rounded_rectangle((260, 340, 700, 520), 26, fill="#05080b", outline="#2b3640", width=6)
    for x, strokes in ((390, "abcdfg"), (490, "abcdef")):  # 90, as such figures are lit
        _figure(pen, x, strokes)
    pen.rounded_rectangle((600, 470, 660, 478), 4, fill="#5a4526")


def _figure(pen: "ImageDraw", x: int, lit: str) -> None:
    """A figure of seven strokes, of which some are lit."""
    strokes = {
        "a": (x, 370, x + 60, 380),
        "b": (x + 55, 375, x + 65, 430),
        "c": (x + 55, 430, x + 65, 485),
        "d": (x, 480, x + 60, 490),
        "e": (x - 5, 430, x + 5, 485),
        "f": (x - 5, 375, x + 5, 430),
        "g": (x, 425, x + 60, 435),
    }
    for name in lit:
        pen.rounded_rectangle(strokes[name], 4, fill=GLOW)


_DRAWN: dict[str, Callable[["ImageDraw"], None]] = {"umbrella-and-small-things-tray": _tray, "dark-roads-view": _screen}

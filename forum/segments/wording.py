"""Why a row of a file, or one value of it, is left out, in words."""

from forum.core.languages import _
from forum.segments.status import Odd


def odd_words(why: str) -> str:
    """Why a row or a value is left out."""
    return {
        Odd.UNREADABLE: _("The row cannot be read."),
        Odd.NO_ADDRESS: _("This is no e-mail address; the row is left out."),
        Odd.NO_NAME: _("This names no company; the row is left out."),
        Odd.TWICE: _("An earlier line is about the same; this one is left out."),
        Odd.NO_NUMBER: _("This is no number; the value is left out."),
        Odd.NO_DAY: _("This is no day like 2024-05-31; the value is left out."),
        Odd.FORMULA: _("This begins like a formula; the value is left out."),
        Odd.TOO_LONG: _("This is too long; the value is left out."),
    }[Odd(why)]

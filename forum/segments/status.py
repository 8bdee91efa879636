"""What a file of attributes is about, how conditions compare, and why a row cannot be used."""

from enum import Enum


class About(Enum):
    """Whose attributes a file holds."""

    PEOPLE = "people"  # by e-mail address
    COMPANIES = "companies"  # by name


class How(Enum):
    """How a condition compares an attribute with its value."""

    IS = "is"  # one of some, with commas between
    IS_NOT = "is not"
    AT_LEAST = "at least"  # a number
    UNDER = "under"
    BEFORE = "before"  # a day
    FROM = "from"


class Odd(Enum):
    """Why a row, or one value of it, is left out."""

    UNREADABLE = "unreadable"
    NO_ADDRESS = "no address"
    NO_NAME = "no name"
    TWICE = "twice"  # an earlier line is about the same
    NO_NUMBER = "no number"
    NO_DAY = "no day"
    FORMULA = "formula"
    TOO_LONG = "too long"

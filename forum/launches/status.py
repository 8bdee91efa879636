"""How people stand behind a launch, and whether it solved it."""

from enum import Enum


class Behind(Enum):
    """Why somebody is behind a launch."""

    AUTHOR = "author"
    VOTER = "voter"


class Answer(Enum):
    """Does this solve it?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

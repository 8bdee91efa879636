"""What people say when a launch is there."""

from enum import Enum


class Answer(Enum):
    """Does this solve it?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

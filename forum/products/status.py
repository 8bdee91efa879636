"""How open an area is, and what customers may bring to it."""

from enum import Enum


class Openness(Enum):
    """What customers may bring to an area; a complaint is taken in every one."""

    CO_CREATE = "co-create"  # ideas, complaints and votes
    LISTENING = "listening"  # complaints, which others may join
    CLOSED = "closed"  # complaints, recorded and answered, not put to the vote


class Kind(Enum):
    """What a customer brings."""

    COMPLAINT = "complaint"
    IDEA = "idea"

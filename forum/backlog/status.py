"""The life of a backlog item: a table of the moves it may make."""

from enum import Enum


class ItemStatus(Enum):
    """Where a backlog item is."""

    PROPOSED = "proposed"
    IN_REVIEW = "in review"
    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    LAUNCHED = "launched"
    NOT_NOW = "not now"


# Launching is the launches stage's act; here it only says from where it may happen.
MOVES: dict[ItemStatus, set[ItemStatus]] = {
    ItemStatus.PROPOSED: {ItemStatus.IN_REVIEW, ItemStatus.PLANNED, ItemStatus.NOT_NOW},
    ItemStatus.IN_REVIEW: {ItemStatus.PLANNED, ItemStatus.NOT_NOW, ItemStatus.PROPOSED},
    ItemStatus.PLANNED: {ItemStatus.IN_PROGRESS, ItemStatus.IN_REVIEW, ItemStatus.NOT_NOW},
    ItemStatus.IN_PROGRESS: {ItemStatus.LAUNCHED, ItemStatus.PLANNED, ItemStatus.NOT_NOW},
    ItemStatus.LAUNCHED: {ItemStatus.IN_REVIEW},  # reopened
    ItemStatus.NOT_NOW: {ItemStatus.IN_REVIEW, ItemStatus.PROPOSED},
}


class DecisionKind(Enum):
    """What an entry of the decision book is about."""

    PROMOTED = "promoted"
    STATUS = "status"
    SCORE = "score"
    OWNER = "owner"
    TEXT = "text"
    EVIDENCE = "evidence"
    OPENNESS = "openness"  # public or internal


class NotNowReason(Enum):
    """The short library of reasons for *not now*."""

    COST = "cost"
    SAFETY = "safety"
    STRATEGY = "strategy"
    TIMING = "timing"
    EXISTS = "exists"  # there is a way to do it already
    FEW = "few"  # too few people need it so far


class Behind(Enum):
    """Why somebody is behind an item."""

    AUTHOR = "author"
    VOTER = "voter"

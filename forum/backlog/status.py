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
    # Set aside once more: looked at again as promised, and still not now.
    ItemStatus.NOT_NOW: {ItemStatus.IN_REVIEW, ItemStatus.PROPOSED, ItemStatus.NOT_NOW},
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
    NEEDS = "needs"  # which items have to come first
    WEIGHTS = "weights"  # of the company's own model: of a product, not of one item
    CAME_BACK = "came back"  # from *not now*, as had been said


class Audience(Enum):
    """Who sees an item on the roadmap while it is not public, besides the team."""

    TEAM = "team"  # nobody else
    CUSTOMERS = "customers"  # whoever is signed in with a verified address
    ORGANISATION = "organisation"  # those who work for one of them
    SEGMENT = "segment"  # those whose organisation has an attribute: plan is Fleet


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


class CameBack(Enum):
    """Why an item that was set aside is on the desk again."""

    DATE = "date"
    VOTES = "votes"
    COMPANIES = "companies"
    ITEM = "item"  # another one was launched


class Source(Enum):
    """Where a criterion of the company's own model takes its steps from, 1 to 5."""

    TEAM = "team"  # set by people, item by item
    REACH = "reach"  # the others: counted from the evidence
    PAIN = "pain"
    VOTES = "votes"
    COMPANIES = "companies"


class Tracker(Enum):
    """Where the company's own issues are kept."""

    JIRA = "jira"
    GITHUB = "github"
    GITLAB = "gitlab"
    LINEAR = "linear"


class BulkAct(Enum):
    """What can be done with several items at once."""

    OWNER = "owner"
    TARGET = "target"
    STATUS = "status"

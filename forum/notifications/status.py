"""What people are told of, how they hear of it, and what they are told unless they chose otherwise."""

from enum import Enum


class Kind(Enum):
    """What happened."""

    COMMENT = "comment"
    ANSWER = "answer"  # in the company's name
    STATUS = "status"
    NOT_NOW = "not now"
    LAUNCHED = "launched"
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"
    MOVED = "moved"
    MODERATED = "moderated"  # by a moderator, who writes a letter about it
    OBJECTION = "objection"  # answered
    NEW_POST = "new post"
    WARNING = "warning"
    PILOT = "pilot"
    CAME_BACK = "came back"  # from *not now*


class Topic(Enum):
    """What a person chooses about: kinds that are heard of in the same way."""

    OWN_COMMENTS = "own comments"
    COMMENTS = "comments"
    ANSWERS = "answers"
    STATUS = "status"
    LAUNCHES = "launches"
    ARRANGING = "arranging"
    OBJECTIONS = "objections"
    NEW_POSTS = "new posts"
    WARNINGS = "warnings"
    PILOTS = "pilots"


class How(Enum):
    """When a mail comes."""

    INSTANTLY = "instantly"
    DAILY = "daily"
    NEVER = "never"


class Tie(Enum):
    """Why somebody hears of it; the strongest first."""

    MINE = "mine"
    VOTED = "voted"
    POST = "post"  # the others: what they follow
    ITEM = "item"
    THEME = "theme"
    AREA = "area"
    TEAM = "team"
    PILOT = "pilot"  # may try something early


class Subject(Enum):
    """What can be followed, as it stands in `follows`."""

    POST = "post"
    AREA = "area"
    THEME = "theme"
    ITEM = "item"


class MailPlan(Enum):
    """Whether a notice is also a mail."""

    NONE = "none"
    WAITING = "waiting"  # for the digest
    WRITTEN = "written"  # into the outbox


TOPICS = {
    Kind.COMMENT: Topic.COMMENTS,
    Kind.ANSWER: Topic.ANSWERS,
    Kind.STATUS: Topic.STATUS,
    Kind.NOT_NOW: Topic.STATUS,
    Kind.CAME_BACK: Topic.STATUS,
    Kind.LAUNCHED: Topic.LAUNCHES,
    Kind.MERGED: Topic.ARRANGING,
    Kind.UNMERGED: Topic.ARRANGING,
    Kind.SPLIT: Topic.ARRANGING,
    Kind.MOVED: Topic.ARRANGING,
    Kind.MODERATED: Topic.ARRANGING,
    Kind.OBJECTION: Topic.OBJECTIONS,
    Kind.NEW_POST: Topic.NEW_POSTS,
    Kind.WARNING: Topic.WARNINGS,
    Kind.PILOT: Topic.PILOTS,
}

LETTERS = frozenset((Kind.MODERATED,))  # whoever these concern gets a letter of its own; the site tells them as well

# Talk and new posts come in crowds, so they are gathered; what concerns one's own post or is rare comes at once.
DEFAULTS = dict.fromkeys(Topic, How.INSTANTLY) | {Topic.COMMENTS: How.DAILY, Topic.NEW_POSTS: How.DAILY}


def topic_of(kind: Kind, tie: Tie) -> Topic:
    """What `kind` belongs to for somebody who hears of it because of `tie`."""
    return Topic.OWN_COMMENTS if (kind, tie) == (Kind.COMMENT, Tie.MINE) else TOPICS[kind]

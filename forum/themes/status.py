"""The lives of themes, runs and the lines of a diff."""

from enum import Enum


class ThemeState(Enum):
    """Where a theme is."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"  # lives on unseen and catches its posts
    MERGED = "merged"  # its address leads to the heir
    VANISHED = "vanished"  # a person agreed that it is gone; history stays


class RunState(Enum):
    """Where a run of the engine is."""

    FITTING = "fitting"
    PROPOSED = "proposed"  # its diff waits for a product manager
    DECIDED = "decided"
    REPLACED = "replaced"  # a newer run's diff took its place
    FAILED = "failed"
    CANCELLED = "cancelled"


class Method(Enum):
    """How a run groups posts."""

    GRAPH = "graph"  # by neighbours: the usual one
    NMF = "nmf"  # topics as sums of words
    LDA = "lda"  # topics as mixtures of words


class LineKind(Enum):
    """What a line of the diff says happened to a theme."""

    UNCHANGED = "unchanged"
    GREW = "grew"
    SHRANK = "shrank"
    SPLIT = "split"
    MERGED = "merged"
    NEW = "new"
    VANISHED = "vanished"


class LineDecision(Enum):
    """What a person said to a line of the diff."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MOOT = "moot"  # an earlier line's decision left nothing to decide


class Placing(Enum):
    """How a post came into its theme."""

    FIT = "fit"
    WORDING = "wording"  # placed by wording since the last run
    PERSON = "person"


class SteeringKind(Enum):
    """What a person told the engine."""

    RENAME = "rename"
    PIN = "pin"
    KEEP_OUT = "keep_out"
    MERGE = "merge"
    SPLIT = "split"
    DISMISS = "dismiss"
    APART = "apart"  # two themes are different things
    TOGETHER = "together"  # a theme is one thing
    UNSURE = "unsure"  # somebody was asked and could not say


class Rhythm(Enum):
    """When runs of a product start by themselves."""

    NEVER = "never"
    NIGHTLY = "nightly"
    WEEKLY = "weekly"
    POSTS = "posts"  # after so many new ones


class Answer(Enum):
    """What a person says to a question about themes."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Solidity(Enum):
    """How well a theme survives resampling."""

    SOLID = "solid"
    FORMING = "forming"
    GUESS = "guess"


class Direction(Enum):
    """Which way a theme is going."""

    NEW = "new"
    GROWING = "growing"
    STEADY = "steady"
    FADING = "fading"


class Order(Enum):
    """The orders of the desk's list of themes, as they stand in the address."""

    GROWTH = "growth"
    PEOPLE = "people"
    BREADTH = "breadth"
    POSTS = "posts"
    PAIN = "pain"
    SEGMENT = "segment"  # people of the segment that was chosen
    WEIGHTED = "weighted"  # people by the weights of segments

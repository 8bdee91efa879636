"""The formulas behind an item's score; pure arithmetic, so that every sum can be checked by hand.

*RICE* is Intercom's (S. McBride, "RICE: simple prioritization for product managers", 2016):
reach × impact × confidence ÷ effort. *Return* is the textbook's return on investment.
"""

REACH_DAYS = 90  # how far back people count as reached
CONFIDENCES = (0.5, 0.8, 1.0)  # a guess, forming, solid
_CONFIDENCE_OF = dict(zip(("guess", "forming", "solid"), CONFIDENCES, strict=True))


def rice(reach: int, impact: float, confidence: float, effort_weeks: float | None) -> float:
    """Reach × impact × confidence ÷ effort in person-weeks; 0 until the effort is estimated.

    >>> rice(reach=120, impact=2, confidence=0.8, effort_weeks=6)
    32.0
    >>> rice(reach=120, impact=2, confidence=0.8, effort_weeks=None)
    0.0
    """
    return reach * impact * confidence / effort_weeks if effort_weeks else 0.0


def pain(severity_sum: int, posts: int) -> float:
    """How much a group of posts hurts: mean severity of its complaints × their share; from 0 to 3.

    Severity is 1 for *annoys me* and unknown, 2 for *gets in my way*, 3 for *feels unsafe*. The number of
    complaints cancels out: (sum ÷ complaints) × (complaints ÷ posts).

    >>> pain(severity_sum=20, posts=16)  # ten complaints that get in the way, six ideas
    1.25
    >>> pain(severity_sum=0, posts=0)
    0.0
    """
    return severity_sum / posts if posts else 0.0


def proposed_impact(pain: float) -> float:
    """The impact that pain speaks for: the same number, kept between 1 and 3, to one decimal.

    >>> [proposed_impact(pain) for pain in (0.25, 1.84, 3.0)]
    [1.0, 1.8, 3.0]
    """
    return round(min(max(pain, 1.0), 3.0), 1)


def proposed_confidence(solidities: list[str]) -> float:
    """The confidence that the themes speak for: that of the least solid one; 0.5 without any theme.

    >>> proposed_confidence(["solid", "forming"])
    0.8
    >>> proposed_confidence([])
    0.5
    """
    return min((_CONFIDENCE_OF[solidity] for solidity in solidities), default=CONFIDENCES[0])


def return_on(value: float | None, cost: float | None) -> float | None:
    """(value − cost) ÷ cost, both in the same money; None until both are known.

    >>> return_on(value=300_000, cost=120_000)
    1.5
    >>> return_on(value=300_000, cost=None) is None
    True
    """
    return None if value is None or not cost else (value - cost) / cost

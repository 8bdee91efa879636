"""Who works with segments, and who may read what they say."""

from forum.accounts.rules import is_team, may_plan
from forum.core.people import Reader

__all__ = ["is_team", "may_segment"]


def may_segment(reader: Reader) -> bool:
    """Product managers and admins bring in attributes, and say what is a segment and what it weighs."""
    return may_plan(reader)


may_segment.refusal = may_plan.refusal  # type: ignore[attr-defined]

"""Who may do what with themes. Everybody may read accepted ones."""

from forum.accounts.rules import may_plan
from forum.core.people import Reader

__all__ = ["may_choose_words", "may_plan"]


def may_choose_words(reader: Reader) -> bool:
    """Product managers say which words say nothing, and which are one."""
    return may_plan(reader)


may_choose_words.refusal = may_plan.refusal  # type: ignore[attr-defined]

"""Who may do what on the backlog. What each may see of it is in `queries.shown_to`."""

from forum.accounts.rules import is_team, may_plan

__all__ = ["is_team", "may_plan"]

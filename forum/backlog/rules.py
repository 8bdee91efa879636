"""Who may do what on the backlog. Everybody may read what is public of it."""

from forum.accounts.rules import is_team, may_plan
from forum.backlog.models import BacklogItem
from forum.core.people import Reader

__all__ = ["is_team", "may_plan", "may_see"]


def may_see(reader: Reader, item: BacklogItem) -> bool:
    """The team sees every item, everybody the public ones."""
    return reader.is_team or item.is_public

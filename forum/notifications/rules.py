"""Who may choose what they are told of, and who sees the mail that cannot leave."""

from forum.accounts.rules import is_signed_in, may_administer, may_plan
from forum.core.people import Reader
from forum.notifications.status import Topic


def may_follow(reader: Reader) -> bool:
    """Anybody with an account follows what they may see."""
    return is_signed_in(reader)


def hears_of(reader: Reader, topic: Topic) -> bool:
    """Whether a topic is offered to `reader`: early warnings are for product managers."""
    return topic is not Topic.WARNINGS or may_plan(reader)


def may_see_mail(reader: Reader) -> bool:
    """Admins see mail that could not be sent, without what it says."""
    return may_administer(reader)

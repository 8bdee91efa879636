"""What readers call the statuses of posts."""

from collections.abc import Mapping

from forum.core.languages import _, mark
from forum.posts.status import Status

_STATUSES: Mapping[Status, str] = {
    Status.NEW: mark("New"),
    Status.ANSWERED: mark("Answered"),
    Status.NOT_NOW: mark("Not now"),
    Status.IN_REVIEW: mark("In review"),
    Status.PLANNED: mark("Planned"),
    Status.IN_PROGRESS: mark("In progress"),
    Status.LAUNCHED: mark("Launched"),
}


def status_word(status: Status) -> str:
    """The status in the reader's language."""
    return _(_STATUSES[status])

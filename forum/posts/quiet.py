"""What a post's page says when nothing has become of it for a long time, so that silence is not taken for loss."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from forum.core.clock import utcnow
from forum.core.languages import _, date_words
from forum.posts.status import Status
from forum.posts.timeline import Entry

QUIET = timedelta(days=60)
OVER = (Status.LAUNCHED, Status.NOT_NOW)  # where the timeline says already how it ended, or when it is looked at again


class Kept(Protocol):
    """A post, or a row of one."""

    @property
    def is_listed(self) -> bool:
        """Whether everybody may read it."""

    @property
    def status(self) -> Status:
        """How far it has come."""

    @property
    def looked_at(self) -> datetime | None:
        """When the team last decided anything about it."""

    @property
    def answered_at(self) -> datetime | None:
        """When it was first answered officially."""


def with_silence(post: Kept, told: Sequence[Entry]) -> list[Entry]:
    """The timeline, and at its end that the post is still on the list when nothing was told for 60 days."""
    entries = list(told)
    last = max((entry.at for entry in entries), default=None)
    if last is None or utcnow() - last < QUIET or not post.is_listed or post.status in OVER:
        return entries
    looked = max(filter(None, (post.looked_at, post.answered_at)), default=None)
    if looked is None:
        words = _("Still on our list. The company has not looked at it yet.")
    else:
        words = _("Still on our list, last looked at on {day}.", day=date_words(looked))
    return [*entries, Entry(utcnow(), words, "", "", "quiet")]

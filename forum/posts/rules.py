"""Who may do what with a post; each rule of acting includes that of seeing, which `queries.visible_to` decides."""

from typing import Protocol

from forum.accounts.rules import is_signed_in, is_team, may_moderate
from forum.core.languages import lazy
from forum.core.people import Reader, says
from forum.posts.status import Moderation


class Written(Protocol):
    """A post or comment, or a row of one."""

    @property
    def author_id(self) -> int | None:
        """Who wrote it; None for imported ones without a name."""

    @property
    def moderation(self) -> Moderation:
        """What the moderators have made of it."""


# States in which an author may still work on the text; what was removed or merged stays as it was judged.
EDITABLE = {Moderation.WAITING, Moderation.OPEN, Moderation.ASKED, Moderation.HIDDEN}


@says(lazy("Sign in or register to post. What you wrote is kept."))
def may_post(reader: Reader) -> bool:
    """Anybody with an account."""
    return is_signed_in(reader)


def is_author(reader: Reader, written: Written) -> bool:
    """Whether `reader` wrote it."""
    return reader.id is not None and reader.id == written.author_id


def may_edit(reader: Reader, written: Written) -> bool:
    """Authors change their own words; nobody changes somebody else's."""
    return is_author(reader, written) and written.moderation in EDITABLE


def must_wait(reader: Reader) -> bool:
    """Whether what `reader` writes waits for a moderator: until something was approved and the address is verified."""
    return not reader.is_team and not (reader.is_trusted and reader.is_verified)


def would_be_heard(reader: Reader, written: Written) -> bool:
    """Whether anybody could read what `reader` says below `written`: not what authors say below what waits."""
    return reader.is_team or written.moderation is not Moderation.WAITING


def may_speak_officially(reader: Reader) -> bool:
    """The team answers in the company's name."""
    return is_team(reader)


def may_see_notes(reader: Reader) -> bool:
    """Internal notes are for the team."""
    return is_team(reader)


def may_hide(reader: Reader) -> bool:
    """Moderators take posts and comments out of sight, with a reason that the author reads."""
    return may_moderate(reader)


@says(lazy("Only moderators join posts that say the same, and split those that say several things."))
def may_merge(reader: Reader) -> bool:
    """Moderators say which posts mean the same, and which of them mean several things."""
    return may_moderate(reader)


def may_correct(reader: Reader, written: Written) -> bool:
    """Moderators edit what others wrote, as long as its author could; their own words they change as everybody does."""
    return may_moderate(reader) and not is_author(reader, written) and written.moderation in EDITABLE

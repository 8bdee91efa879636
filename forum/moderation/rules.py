"""Who may report and who may decide. Acting needs seeing: every rule here comes after `visible_to`."""

from datetime import datetime, timedelta

from forum.accounts.rules import is_signed_in
from forum.core.languages import lazy
from forum.core.people import Reader, says
from forum.moderation.models import Case

CLAIM_LASTS = timedelta(minutes=5)  # a case counts as looked at for so long
UNDO_WITHIN = timedelta(minutes=10)  # after this only a new decision changes an old one
OBJECT_WITHIN = timedelta(days=14)  # authors and voters may say so long that theirs is different
LATER = timedelta(days=1)  # how long a case is put off


@says(lazy("Sign in to report something, so that we can tell reports apart. Registering takes a minute."))
def may_report(reader: Reader) -> bool:
    """Anybody with an account, about what they can see."""
    return is_signed_in(reader)


def is_own(reader: Reader, author_id: int | None) -> bool:
    """Whether `reader` wrote it: one's own words are edited, not reported."""
    return author_id is not None and author_id == reader.id


def may_still_undo(case: Case, now: datetime) -> bool:
    """Whether the decision is young enough to be taken back as if it had not been made."""
    return case.decided_at is not None and now - case.decided_at <= UNDO_WITHIN

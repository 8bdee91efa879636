"""What posts do when something happens in an earlier stage."""

from sqlalchemy.orm import Session

from forum.accounts.erasing import tells_what_goes
from forum.accounts.events import PersonErased, PersonVerified
from forum.core.events import on
from forum.core.jobs import enqueue
from forum.posts import exporting  # noqa: F401  # it puts posts into the file with everything of a person
from forum.posts.erasing import hide_person, what_goes
from forum.posts.jobs import forget_person
from forum.posts.voting import count_votes_of

tells_what_goes(what_goes)


@on(PersonErased)
def forget_one(session: Session, event: PersonErased) -> None:
    """Votes, follows and drafts go with their person, and words if they chose so: out of sight at once."""
    hide_person(session, event.user_id, keeps_words=event.keeps_words)
    enqueue(session, forget_person, user_id=event.user_id, keeps_words=event.keeps_words)


@on(PersonVerified)
def count_kept_votes(session: Session, event: PersonVerified) -> None:
    """Votes cast before the address was proved count from now on."""
    count_votes_of(session, event.user_id)

"""What posts do when something happens in an earlier stage."""

from sqlalchemy.orm import Session

from forum.accounts.events import PersonVerified
from forum.core.events import on
from forum.posts.voting import count_votes_of


@on(PersonVerified)
def count_kept_votes(session: Session, event: PersonVerified) -> None:
    """Votes cast before the address was proved count from now on."""
    count_votes_of(session, event.user_id)

"""What search does when earlier stages tell what happened."""

from sqlalchemy.orm import Session

from forum.core.events import on
from forum.posts.events import PostChanged, PostPublished, PostUnlisted
from forum.search import services


@on(PostPublished)
def index(session: Session, event: PostPublished) -> None:
    """Index a post's words when everybody may read them."""
    services.index_post(session, event.post_id)


@on(PostChanged)
def index_anew(session: Session, event: PostChanged) -> None:
    """Index a post's words as they are after a change."""
    services.index_post(session, event.post_id)


@on(PostUnlisted)
def unindex(session: Session, event: PostUnlisted) -> None:
    """Forget a post that not everybody may read any more."""
    services.unindex_post(session, event.post_id)

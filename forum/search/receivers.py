"""What search does when earlier stages tell what happened."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.events import on
from forum.core.jobs import Job, JobState, enqueue
from forum.posts.events import PostChanged, PostErased, PostPublished, PostUnlisted
from forum.search import services
from forum.search.jobs import write_index_anew


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


@on(PostErased)
def forget(session: Session, event: PostErased) -> None:
    """Forget a post for good: its words leave the file of similar posts within moments, too."""
    services.unindex_post(session, event.post_id)
    queued = sa.select(Job.id).where(Job.name == write_index_anew.job_name, Job.state == JobState.QUEUED)  # type: ignore[attr-defined]
    if session.scalar(queued.limit(1)) is None:
        enqueue(session, write_index_anew, delay=1)  # when this has been committed

"""What posts need done outside of a request."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import Json, reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.posts import drafts, erasing, pictures

DAY = 86_400  # seconds
HOUR = 3_600  # seconds; a file is written a moment before its row


@job("posts.sweep_pictures", timeout=600)
def sweep_pictures() -> Json:
    """Forget drafts nobody came back for, with their pictures, and files that belong to nothing."""
    with transaction() as session:
        drafts.drop_old(session)
    with reading() as session:
        return {"files": pictures.sweep(session, older_than=HOUR)}


@job("posts.forget_person", timeout=3600)
def forget_person(*, user_id: int, keeps_words: bool) -> None:
    """Forget what a person who left did with posts, piece by piece; a job that was killed goes on where it was."""
    is_more = True
    while is_more:
        with transaction() as session:
            is_more = erasing.forget_some(session, user_id, keeps_words=keeps_words)


def plan_sweep(session: Session) -> None:
    """Have pictures swept up within a day, unless that is queued already."""
    queued = sa.select(Job.id).where(Job.name == sweep_pictures.job_name, Job.state == JobState.QUEUED)  # type: ignore[attr-defined]
    if session.scalar(queued.limit(1)) is None:
        enqueue(session, sweep_pictures, delay=DAY)

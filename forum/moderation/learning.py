"""Learning from the moderators' decisions what advertising reads like."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.database import Json, reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.moderation import spam

DELAY = 900  # seconds after a decision; what is decided until then is learnt at once


@job("moderation.learn_spam", timeout=600, heavy=True)
def learn_spam() -> Json:
    """Learn from all decisions, and look at what waits again. Too few of either kind teach nothing."""
    with reading() as session:
        texts, was_spam = spam.read_decisions(session)
    if not spam.learn(texts, was_spam):
        return {"learnt_from": 0}
    with transaction() as session:
        rescored = spam.rescore(session)
    return {"learnt_from": len(texts), "rescored": rescored}


def plan(session: Session) -> None:
    """Have the decisions learnt from in a quarter of an hour, unless that is queued already."""
    queued = sa.select(Job.id).where(Job.name == learn_spam.job_name, Job.state == JobState.QUEUED)  # type: ignore[attr-defined]
    if session.scalar(queued.limit(1)) is None:
        enqueue(session, learn_spam, delay=DELAY)

"""What notifications do outside a request: tell people of what happened, and write the mail of the day."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import outbox
from forum.core.clock import utcnow
from forum.core.database import reading, transaction
from forum.core.jobs import Job, JobState, enqueue, job
from forum.notifications import telling
from forum.notifications.audience import audience, still_holds
from forum.notifications.models import Happening
from forum.notifications.status import LETTERS

PIECE = 250  # people told in one transaction, which others who write wait for
_DIGEST = "notifications.digest"


@job("notifications.tell", timeout=600)
def tell(*, happening_id: int) -> None:
    """Tell everybody whom a happening concerns, unless it was taken back meanwhile. Nobody is told twice."""
    with reading() as session:
        happening = session.get(Happening, happening_id)
        if happening is None or happening.told_at is not None:
            return
        people = audience(session, happening) if still_holds(session, happening) else []
    for start in range(0, len(people), PIECE):
        with transaction() as session:
            told = session.get_one(Happening, happening_id)
            by_mail = told.kind not in LETTERS
            if telling.tell_some(session, told, people[start : start + PIECE], by_mail=by_mail):
                plan_digest(session)
    with transaction() as session:
        told = session.get_one(Happening, happening_id)
        told.told_at = utcnow()
        telling.send_off(session, told)


@job(_DIGEST, timeout=1800)
def digest(*, batch: str = _DIGEST) -> None:
    """Write the mail of the day to everybody for whom something was gathered, as the mails of a `batch`."""
    after = 0
    while True:
        with transaction() as session:
            people = telling.whose_mail_waits(session, after, PIECE)
            if not people:
                break
            telling.write_digests(session, people, batch)
            after = people[-1]
    with transaction() as session:
        outbox.send_off(session, batch)
        if telling.whose_mail_waits(session, 0, 1):  # what had to wait for another day
            plan_digest(session)


def plan_digest(session: Session) -> None:
    """Have the mail of the day written at its next hour, unless that is planned already."""
    planned = sa.select(Job.id).where(Job.name == _DIGEST, Job.state == JobState.QUEUED)
    if session.scalars(planned.limit(1)).first() is None:
        due = telling.next_digest()
        batch = f"digest {due:%Y-%m-%d %H:%M}"  # the same when the job is begun again
        enqueue(session, digest, delay=(due - utcnow()).total_seconds(), batch=batch)

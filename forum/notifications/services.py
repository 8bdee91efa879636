"""What people do about being told: follow, choose, leave, and look at it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit, outbox
from forum.core.clock import utcnow
from forum.core.database import insert_into
from forum.core.errors import Conflict, NotFound, require
from forum.core.languages import _
from forum.core.outbox import MailState, OutboxMail
from forum.core.people import Reader
from forum.notifications import queries, rules
from forum.notifications.models import NoticeChoice, Silence
from forum.notifications.status import DEFAULTS, How, Subject, Topic
from forum.notifications.tokens import Leaving
from forum.posts.models import Follow


def follow(session: Session, subject: Subject, subject_id: int, *, by: Reader) -> None:
    """Let `by` hear of a post, area, theme or item; a second time changes nothing.

    Raises `NotAllowed` unless `by` is signed in, and `NotFound` unless `by` may see it.
    """
    require(rules.may_follow(by), _("Sign in to follow this."))
    if queries.can_be_followed(session, by, subject, subject_id) is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    row = {"user_id": by.id, "subject": subject.value, "subject_id": subject_id, "since": utcnow()}
    session.execute(insert_into(session, Follow).values(row).on_conflict_do_nothing())


def unfollow(session: Session, subject: Subject, subject_id: int, *, by: Reader) -> None:
    """Let `by` hear of it no more; whoever does not follow it may say so too."""
    theirs = sa.delete(Follow).where(Follow.user_id == by.id, Follow.subject == subject.value)
    session.execute(theirs.where(Follow.subject_id == subject_id))


def choose(session: Session, user_id: int, chosen: dict[Topic, How]) -> None:
    """Keep how a person hears of some topics."""
    now = utcnow()
    standing = {
        row.topic: row for row in session.scalars(sa.select(NoticeChoice).where(NoticeChoice.user_id == user_id))
    }
    for topic, how in chosen.items():
        row = standing.get(topic)
        if row is not None:
            row.how, row.chosen_at = how, now
        elif how is not DEFAULTS[topic]:
            session.add(NoticeChoice(user_id=user_id, topic=topic, how=how, chosen_at=now))
    session.flush()


def leave(session: Session, leaving: Leaving) -> None:
    """End mail of one topic to a person, or all that is gathered for the day; a second time changes nothing."""
    how = queries.choices(session, [leaving.user_id])[leaving.user_id]
    topics = [leaving.topic] if leaving.topic else [topic for topic in Topic if how[topic] is How.DAILY]
    choose(session, leaving.user_id, dict.fromkeys(topics, How.NEVER))


def leave_all(session: Session, user_id: int) -> None:
    """End all mail about what happens on the site; mail about the account goes on."""
    choose(session, user_id, dict.fromkeys(Topic, How.NEVER))


def leave_post(session: Session, user_id: int, post_id: int) -> None:
    """Let a person hear no more of a post, whatever tied them to it, but of what they were given a receipt for."""
    session.execute(
        sa.delete(Follow).where(
            Follow.user_id == user_id, Follow.subject == Subject.POST.value, Follow.subject_id == post_id
        )
    )
    row = {"user_id": user_id, "post_id": post_id, "since": utcnow()}
    session.execute(insert_into(session, Silence).values(row).on_conflict_do_nothing())


def send_again(session: Session, mail: OutboxMail, *, by: Reader) -> None:
    """Try a mail again at once, with a new round of tries. Raises `NotAllowed`, and `Conflict` once it was sent."""
    _check(session, mail, by)
    outbox.retry(session, mail)
    audit.record(session, "mail.again", by=by.id, subject="mail", subject_id=mail.id, about=mail.user_id)


def drop_mail(session: Session, mail: OutboxMail, *, by: Reader) -> None:
    """Give a mail up; what it said is forgotten. Raises `NotAllowed`, and `Conflict` once it was sent."""
    _check(session, mail, by)
    outbox.drop(session, mail)
    audit.record(session, "mail.drop", by=by.id, subject="mail", subject_id=mail.id, about=mail.user_id)


def _check(session: Session, mail: OutboxMail, by: Reader) -> None:
    require(rules.may_see_mail(by), _("Only admins deal with mail that could not be sent."))
    session.refresh(mail, with_for_update=True)
    if mail.state in (MailState.SENT, MailState.DROPPED):
        raise Conflict(_("This mail was sent or dropped meanwhile."))

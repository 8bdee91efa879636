"""Telling people: a notice for each, and their mail with it. Done in batches; there may be thousands."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.core.clock import today, utcnow
from forum.core.database import insert_into
from forum.core.outbox import send_mail
from forum.core.people import Reader, Role
from forum.launches.models import Receipt
from forum.notifications import looking, queries
from forum.notifications.audience import Concerned, audience, still_holds
from forum.notifications.letters import DIGEST, NOTICE
from forum.notifications.models import Happening, Notice, StatusMail
from forum.notifications.status import How, Kind, MailPlan, topic_of
from forum.posts.models import Post
from forum.posts.queries import Sight, sight_of, visible_with


def tell_some(session: Session, happening: Happening, people: Sequence[Concerned], *, by_mail: bool = True) -> bool:
    """Tell some people of a happening, those who were told already left out; whether anybody's mail waits for the day.

    Whoever may not see what it is about is not told. Without `by_mail` there are notices on the site alone.
    """
    users = _active(session, [one.user_id for one in people])
    told = set(
        session.scalars(sa.select(Notice.user_id).where(Notice.happening_id == happening.id, Notice.user_id.in_(users)))
    )
    seeing = _who_see(session, [one for one in people if one.user_id in users and one.user_id not in told])
    how = queries.choices(session, [one.user_id for one in seeing])
    receipts = _with_receipts(session, happening, seeing)
    rows = []
    for one in seeing:
        notice = Notice(
            user_id=one.user_id,
            happening_id=happening.id,
            post_id=one.post_id,
            tie=one.tie,
            mail=MailPlan.NONE,
            created_at=utcnow() if by_mail else happening.at,
            seen_at=utcnow() if one.user_id in receipts else None,  # the receipt itself counts as new
        )
        if by_mail:
            chosen = how[one.user_id][topic_of(happening.kind, one.tie)]
            _plan_mail(session, happening, notice, users[one.user_id], chosen)
        rows.append(notice)
    session.add_all(rows)
    session.flush()
    looking.count_new(session, sa.select(User.id).where(User.id.in_([row.user_id for row in rows])))
    return any(row.mail is MailPlan.WAITING for row in rows)


def tell_past(session: Session, since: datetime) -> None:
    """Tell what happened in a past that was played, on the site alone: what is older than `since` is known by now."""
    for happening in session.scalars(sa.select(Happening).where(Happening.told_at.is_(None)).order_by(Happening.id)):
        if happening.at >= since and still_holds(session, happening):
            tell_some(session, happening, audience(session, happening), by_mail=False)
        happening.told_at = happening.at


def _active(session: Session, user_ids: Collection[int]) -> dict[int, User]:
    active = sa.select(User).where(User.id.in_(user_ids), User.state == AccountState.ACTIVE)
    return {user.id: user for user in session.scalars(active)}


def _who_see(session: Session, people: Sequence[Concerned]) -> list[Concerned]:
    """Those who may see the post that it is about; without a post, all."""
    post_ids = {one.post_id for one in people if one.post_id}
    if not post_ids:
        return list(people)
    roles: dict[int, set[Role]] = {}
    held = sa.select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_([one.user_id for one in people]))
    for user_id, role in session.execute(held):
        roles.setdefault(user_id, set()).add(role)
    seen: dict[Sight, set[int]] = {}

    def sees(one: Concerned) -> bool:
        sight = sight_of(Reader(id=one.user_id, roles=frozenset(roles.get(one.user_id, ()))))
        if sight not in seen:
            in_sight = sa.select(Post.id).where(Post.id.in_(post_ids), visible_with(sight, 0))
            seen[sight] = set(session.scalars(in_sight))
        return one.post_id is None or one.post_id in seen[sight] or (one.user_id, one.post_id) in own

    by_author = sa.select(Post.author_id, Post.id).where(
        Post.id.in_(post_ids),
        visible_with(Sight.PERSON, sa.type_coerce(Post.author_id, sa.Integer)),  # type: ignore[arg-type]
    )
    own = {(author_id, post_id) for author_id, post_id in session.execute(by_author) if author_id}
    return [one for one in people if sees(one)]


def _with_receipts(session: Session, happening: Happening, people: Sequence[Concerned]) -> set[int]:
    if happening.kind is not Kind.LAUNCHED:
        return set()
    theirs = sa.select(Receipt.user_id).where(Receipt.launch_id == happening.values["launch_id"])
    return set(session.scalars(theirs.where(Receipt.user_id.in_([one.user_id for one in people]))))


def _plan_mail(session: Session, happening: Happening, notice: Notice, user: User, how: How) -> None:
    """Write the mail of a notice, or have it wait for the day's; nobody is mailed at an address they did not prove."""
    if not user.email or user.verified_at is None or how is How.NEVER:
        return
    if how is How.DAILY or (happening.kind is Kind.STATUS and not _may_have_status_mail(session, user.id)):
        notice.mail = MailPlan.WAITING
        return
    notice.mail, notice.mail_id = MailPlan.WRITTEN, _write(session, user, NOTICE, happening.kind.value)


def _write(session: Session, user: User, composer: str, cause: str) -> int:
    language = user.language or settings().main_language
    to = user.email or ""
    mail = send_mail(session, to=to, composer=composer, cause=cause, language=language, user_id=user.id)
    return mail.id


def _may_have_status_mail(session: Session, user_id: int) -> bool:
    """Whether this is a person's first mail of the day about statuses, and none waits for the day's mail."""
    waiting = _waiting().where(Notice.user_id == user_id, Happening.kind == Kind.STATUS)
    return session.scalars(waiting.limit(1)).first() is None and _take_day(session, user_id, today())


def _take_day(session: Session, user_id: int, day: date) -> bool:
    """Take a person's one mail of the day about statuses; False when it is taken."""
    taken = insert_into(session, StatusMail).values(user_id=user_id, day=day).on_conflict_do_nothing()
    return bool(session.execute(taken).rowcount)  # type: ignore[attr-defined]


def _waiting() -> sa.Select[int]:
    waiting = sa.select(Notice.id).join(Happening, Happening.id == Notice.happening_id)
    return waiting.where(Notice.mail == MailPlan.WAITING)


def whose_mail_waits(session: Session, after: int, limit: int) -> list[int]:
    """The ids above `after` of people for whom something is gathered."""
    theirs = sa.select(Notice.user_id).where(Notice.mail == MailPlan.WAITING, Notice.user_id > after)
    return list(session.scalars(theirs.distinct().order_by(Notice.user_id).limit(limit)))


def write_digests(session: Session, user_ids: Sequence[int]) -> None:
    """Write the mail of the day to some people. A status waits on if they had their mail about one today."""
    users = _active(session, user_ids)
    for user_id in user_ids:
        gathered = _waiting().where(Notice.user_id == user_id)
        of_status = set(session.scalars(gathered.where(Happening.kind == Kind.STATUS)))
        ids = set(session.scalars(gathered))
        user = users.get(user_id)
        if user is None or not user.email:
            session.execute(sa.update(Notice).where(Notice.id.in_(ids)).values(mail=MailPlan.NONE))
            continue
        if of_status and not _take_day(session, user_id, today()):
            ids -= of_status
        if ids:
            told = {"mail": MailPlan.WRITTEN, "mail_id": _write(session, user, DIGEST, "digest")}
            session.execute(sa.update(Notice).where(Notice.id.in_(ids)).values(told))
    session.execute(sa.delete(StatusMail).where(StatusMail.day < today() - timedelta(days=2)))


def next_digest() -> datetime:
    """When the next mail of the day is written: the hour that the settings name, in the site's time zone."""
    zone = ZoneInfo(settings().time_zone)
    local = utcnow().astimezone(zone)
    due = local.replace(hour=settings().digest_hour, minute=0, second=0, microsecond=0)
    if due <= local:
        due = (due + timedelta(days=1)).replace(tzinfo=zone)
    return due

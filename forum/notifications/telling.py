"""Telling people: a notice for each, and their mail with it. Done in batches; there may be thousands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.models import User, UserRole
from forum.accounts.status import AccountState
from forum.core import outbox
from forum.core.clock import next_at, today, utcnow
from forum.core.database import insert_into
from forum.core.outbox import Recipient, send_many
from forum.core.people import Reader, Role
from forum.launches.models import Receipt
from forum.notifications import looking, queries
from forum.notifications.audience import Concerned, audience, still_holds
from forum.notifications.letters import DIGEST, NOTICE
from forum.notifications.models import Happening, Notice, StatusMail
from forum.notifications.status import How, Kind, MailPlan, topic_of
from forum.posts.models import Post
from forum.posts.queries import Sight, sight_of, visible_with

_CAPPED = (Kind.STATUS, Kind.CAME_BACK)  # one mail a day about all of these; what has to be known comes at once
_notices = cast(sa.Table, Notice.__table__)
_SET_PLAN = (
    sa.update(_notices)
    .where(_notices.c.id == sa.bindparam("notice"))
    .values(mail=sa.bindparam("plan"), mail_id=sa.bindparam("its_mail"))
)


def tell_some(session: Session, happening: Happening, people: Sequence[Concerned], *, by_mail: bool = True) -> bool:
    """Tell some people of a happening, those who were told already left out; whether anybody's mail waits for the day.

    Whoever may not see what it is about is not told. Without `by_mail` there are notices on the site alone. Their
    mail leaves once `send_off` is called.
    """
    users = _active(session, [one.user_id for one in people])
    told = set(
        session.scalars(sa.select(Notice.user_id).where(Notice.happening_id == happening.id, Notice.user_id.in_(users)))
    )
    seeing = _who_see(session, [one for one in people if one.user_id in users and one.user_id not in told])
    if not seeing:
        return False
    at_once, waiting = _plan_mails(session, happening, seeing, users) if by_mail else ([], set())
    mails = send_many(
        session, at_once, composer=NOTICE, cause=happening.kind.value, batch=f"{Happening.__tablename__} {happening.id}"
    )
    receipts, now = _with_receipts(session, happening, seeing), utcnow()
    plans = dict.fromkeys(waiting, MailPlan.WAITING) | dict.fromkeys(mails, MailPlan.WRITTEN)
    rows = [
        {
            "user_id": one.user_id,
            "happening_id": happening.id,
            "post_id": one.post_id,
            "tie": one.tie,
            "mail": plans.get(one.user_id, MailPlan.NONE),
            "mail_id": mails.get(one.user_id),
            "created_at": now if by_mail else happening.at,
            "seen_at": now if one.user_id in receipts else None,  # the receipt itself counts as new
        }
        for one in seeing
    ]
    session.execute(sa.insert(Notice), rows)
    looking.count_new(session, sa.select(User.id).where(User.id.in_([one.user_id for one in seeing])))
    return bool(waiting)


def send_off(session: Session, happening: Happening) -> None:
    """Have the mails about a happening sent, when everybody was told of it."""
    outbox.send_off(session, f"{Happening.__tablename__} {happening.id}")


def tell_past(session: Session, since: datetime) -> None:
    """Tell what happened in a past that was played, on the site alone: what is older than `since` is known by now."""
    for happening in session.scalars(sa.select(Happening).where(Happening.told_at.is_(None)).order_by(Happening.id)):
        if happening.at >= since and still_holds(session, happening):
            tell_some(session, happening, audience(session, happening), by_mail=False)
        happening.told_at = happening.at


def _active(session: Session, user_ids: Collection[int]) -> dict[int, Recipient]:
    """Those of some people whose account is in use; without an address where mail is not to go."""
    active = sa.select(User.id, User.email, User.verified_at, User.language)
    found = session.execute(active.where(User.id.in_(user_ids), User.state == AccountState.ACTIVE))
    main = settings().main_language
    return {
        user_id: Recipient(user_id, (email or "") if verified_at else "", language or main)
        for user_id, email, verified_at, language in found
    }


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


def _plan_mails(
    session: Session, happening: Happening, people: Sequence[Concerned], users: Mapping[int, Recipient]
) -> tuple[list[Recipient], set[int]]:
    """Who of some people gets a mail at once, and whose waits for the day's; the others get none."""
    chosen = queries.choices(session, [one.user_id for one in people])
    ways = {one.user_id: chosen[one.user_id][topic_of(happening.kind, one.tie)] for one in people}
    reached = [user_id for user_id in ways if users[user_id].address]
    at_once = [user_id for user_id in reached if ways[user_id] is How.INSTANTLY]
    waiting = {user_id for user_id in reached if ways[user_id] is How.DAILY}
    if happening.kind in _CAPPED:
        gathered = _waiting().where(Notice.user_id.in_(at_once), Happening.kind.in_(_CAPPED))
        full = set(session.scalars(gathered.with_only_columns(Notice.user_id)))
        first = _take_day(session, [user_id for user_id in at_once if user_id not in full])
        waiting |= {user_id for user_id in at_once if user_id not in first}
        at_once = sorted(first)
    return [users[user_id] for user_id in at_once], waiting


def _take_day(session: Session, user_ids: Sequence[int]) -> set[int]:
    """Take the one mail of today about statuses of some people; those whose it was not taken yet."""
    if not user_ids:
        return set()
    rows = [{"user_id": user_id, "day": today()} for user_id in user_ids]
    taken = insert_into(session, StatusMail).values(rows).on_conflict_do_nothing().returning(StatusMail.user_id)
    return set(session.scalars(taken))


def _waiting() -> sa.Select[int]:
    waiting = sa.select(Notice.id).join(Happening, Happening.id == Notice.happening_id)
    return waiting.where(Notice.mail == MailPlan.WAITING)


def whose_mail_waits(session: Session, after: int, limit: int) -> list[int]:
    """The ids above `after` of people for whom something is gathered."""
    theirs = sa.select(Notice.user_id).where(Notice.mail == MailPlan.WAITING, Notice.user_id > after)
    return list(session.scalars(theirs.distinct().order_by(Notice.user_id).limit(limit)))


def write_digests(session: Session, user_ids: Sequence[int], batch: str) -> None:
    """Write the mail of the day to some people. A status waits on if they had their mail about one today.

    The mails leave once `outbox.send_off` is called for their `batch`.
    """
    users = _active(session, user_ids)
    gathered = _waiting().where(Notice.user_id.in_(user_ids)).with_only_columns(Notice.id, Notice.user_id)
    rows = session.execute(gathered.add_columns(Happening.kind)).all()
    reached = {user_id for user_id, one in users.items() if one.address}
    lost = [row.id for row in rows if row.user_id not in reached]
    of_status = {row.user_id for row in rows if row.kind is Kind.STATUS} & reached
    full = of_status - _take_day(session, sorted(of_status))
    told = [row for row in rows if row.user_id in reached and not (row.kind is Kind.STATUS and row.user_id in full)]
    people = [users[user_id] for user_id in sorted({row.user_id for row in told})]
    mails = send_many(session, people, composer=DIGEST, cause="digest", batch=batch)
    _write_plans(session, [(notice_id, MailPlan.NONE, None) for notice_id in lost])
    _write_plans(session, [(row.id, MailPlan.WRITTEN, mails[row.user_id]) for row in told])
    session.execute(sa.delete(StatusMail).where(StatusMail.day < today() - timedelta(days=2)))


def _write_plans(session: Session, plans: Sequence[tuple[int, MailPlan, int | None]]) -> None:
    """Write down what became of notices that waited: id, plan, and mail."""
    if plans:
        rows = [{"notice": notice_id, "plan": plan, "its_mail": mail_id} for notice_id, plan, mail_id in plans]
        session.connection().execute(_SET_PLAN, rows)


def next_digest() -> datetime:
    """When the next mail of the day is written: the hour that the settings name, in the site's time zone."""
    return next_at(settings().digest_hour)

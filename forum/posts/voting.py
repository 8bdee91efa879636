"""Votes: one per person and post under any concurrency, counted in the transaction that casts them.

The post's row is locked first (SQLite locks the whole database when a writing transaction begins), so what is
read about it stays true until the commit. A primary key makes a second vote impossible all the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.database import insert_into
from forum.core.errors import NotAllowed, NotFound, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.paging import sort_key
from forum.core.people import Reader
from forum.posts import counting, timeline
from forum.posts.events import VoteChanged
from forum.posts.models import Post, TimelineEntry, Vote
from forum.posts.openness import no_vote_sentence
from forum.posts.queries import visible_to
from forum.posts.ranking import BURST, BURST_SHARE, trending_key
from forum.posts.status import Interest
from forum.products.models import Area
from forum.products.rules import may_vote

_POSTS = cast(sa.Table, Post.__table__)  # written beside the ORM: a vote must be cheap
_VOTES = cast(sa.Table, Vote.__table__)

MILESTONES = (10, 50, 100)  # votes that the timeline tells


AnyRow = Row[*tuple[Any, ...]]


class HasId(Protocol):
    """A post, or a row with its id."""

    @property
    def id(self) -> int:
        """The post's id."""


@dataclass(frozen=True, slots=True)
class PostId:
    """A post of which only the id is known; voting reads the rest itself."""

    id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a post and one voter stand after a vote."""

    votes: int
    interest: Interest | None  # None: no vote
    title: str


_mine = sa.orm.aliased(Vote)
_BALLOT = (
    sa.select(
        Post.id,
        Post.title,
        Post.kind,
        Post.author_id,
        Post.is_listed,
        Post.published_at,
        Post.votes,
        Post.votes_try,
        Post.votes_buy,
        Post.effective_votes,
        Area.openness,
        _mine.interest,
        _mine.cast_at,
        _mine.is_counted,
    )
    .join(Area, Area.id == Post.area_id)
    .outerjoin(_mine, (_mine.post_id == Post.id) & (_mine.user_id == sa.bindparam("voter")))
    .where(Post.id == sa.bindparam("post"))
)
_LOCK = sa.select(Post.id).where(Post.id == sa.bindparam("post")).with_for_update()
_IN_HOUR = sa.select(sa.func.count()).where(
    Vote.post_id == sa.bindparam("post"),
    Vote.is_counted,
    Vote.cast_at >= sa.bindparam("start"),
    Vote.cast_at < sa.bindparam("end"),
)


def cast_vote(session: Session, post: HasId, *, by: Reader, interest: Interest = Interest.WANT) -> Standing:
    """Vote for `post`, or say how far `by` goes when they have voted already.

    An unverified person's vote is kept and counts once the address is verified. Publishes `VoteChanged`.
    Raises `NotFound` for a post that `by` may not see, and `NotAllowed` when nobody is signed in, the post is
    their own, it is not open and public, or its area is not put to the vote.
    """
    ballot = _ballot(session, post, by)
    require(ballot.is_listed, _("Only posts that everybody can read are put to the vote."))
    if not may_vote(ballot, ballot.kind):
        raise NotAllowed(no_vote_sentence(ballot))
    if ballot.author_id == by.id:
        raise NotAllowed(_("This is your own post: you are counted behind it already."))
    if ballot.interest is None:
        _insert(session, ballot, by, interest)
    elif ballot.interest is not interest:
        session.execute(_of_voter(sa.update(_VOTES), ballot, by).values(interest=interest))
    is_counted = by.is_verified if ballot.interest is None else ballot.is_counted
    votes = ballot.votes
    if is_counted and ballot.interest is not interest:
        votes = _count(session, ballot, ballot.interest, interest, utcnow())
    _forget(session, post)
    publish(session, VoteChanged(ballot.id, by.id or 0))
    return Standing(votes, interest, ballot.title)


def withdraw_vote(session: Session, post: HasId, *, by: Reader) -> Standing:
    """Take a vote back; without one nothing changes. Publishes `VoteChanged`.

    Raises `NotFound` for a post that `by` may not see, and `NotAllowed` when nobody is signed in.
    """
    ballot = _ballot(session, post, by)
    if ballot.interest is None:
        return Standing(ballot.votes, None, ballot.title)
    session.execute(_of_voter(sa.delete(_VOTES), ballot, by))
    votes = ballot.votes
    if ballot.is_counted:
        votes = _count(session, ballot, ballot.interest, None, ballot.cast_at)
    _forget(session, post)
    publish(session, VoteChanged(ballot.id, by.id or 0))
    return Standing(votes, None, ballot.title)


def count_votes_of(session: Session, user_id: int) -> None:
    """Count the votes that a person cast before their address was verified."""
    posts = session.scalars(
        sa.select(Post)
        .join(Vote, Vote.post_id == Post.id)
        .where(Vote.user_id == user_id, ~Vote.is_counted)
        .order_by(Post.id)
        .with_for_update(of=Post)
    ).all()
    session.execute(sa.update(Vote).where(Vote.user_id == user_id, ~Vote.is_counted).values(is_counted=True))
    for post in posts:
        counting.recount(session, post)
        publish(session, VoteChanged(post.id, user_id))


def _ballot(session: Session, post: HasId, by: Reader) -> AnyRow:
    """The post, locked, with its area's openness and the vote that `by` has on it."""
    require(by.id is not None, _("Sign in to vote."))
    session.flush()
    if session.get_bind().dialect.name == "postgresql":  # a statement of its own: what is read after it is fresh
        session.execute(_LOCK, {"post": post.id})
    ballot: AnyRow | None = session.execute(
        _BALLOT.where(visible_to(by)), {"post": post.id, "voter": by.id}
    ).one_or_none()
    if ballot is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    return ballot


def _of_voter(statement: Any, ballot: AnyRow, by: Reader) -> Any:
    return statement.where(_VOTES.c.post_id == ballot.id, _VOTES.c.user_id == by.id)


def _insert(session: Session, ballot: AnyRow, by: Reader, interest: Interest) -> None:
    session.execute(
        insert_into(session, Vote)
        .values(post_id=ballot.id, user_id=by.id, interest=interest, cast_at=utcnow(), is_counted=by.is_verified)
        .on_conflict_do_nothing()
    )


def _count(session: Session, ballot: AnyRow, before: Interest | None, after: Interest | None, cast_at: datetime) -> int:
    """Set the post's counters and keys for one vote that changed; the number of votes it has now."""
    change = (after is not None) - (before is not None)
    votes = ballot.votes + change
    effective = ballot.effective_votes + (change and change * _weight(session, ballot.id, change, cast_at))
    effective = max(0.0, round(effective, 1))
    values: dict[str, object] = {
        "votes": votes,
        "votes_try": ballot.votes_try + (after is Interest.TRY) - (before is Interest.TRY),
        "votes_buy": ballot.votes_buy + (after is Interest.BUY) - (before is Interest.BUY),
        "effective_votes": effective,
    }
    if ballot.is_listed:
        values["wanted_key"] = sort_key(votes, ballot.id)
        values["trending_key"] = trending_key(effective, ballot.published_at, ballot.id)
    session.execute(sa.update(_POSTS).where(_POSTS.c.id == ballot.id).values(values))
    if change > 0 and votes in MILESTONES:
        _tell_milestone(session, ballot.id, votes)
    return int(votes)


def _weight(session: Session, post_id: int, change: int, cast_at: datetime) -> float:
    """What one vote of the hour of `cast_at` counts: those beyond the tenth a tenth."""
    start = cast_at.replace(minute=0, second=0, microsecond=0)
    others = session.execute(
        _IN_HOUR, {"post": post_id, "start": start, "end": start + timedelta(hours=1)}
    ).scalar_one() - max(0, change)  # a vote just cast stands in the table already
    return 1.0 if others < BURST else BURST_SHARE


def _tell_milestone(session: Session, post_id: int, votes: int) -> None:
    """Tell a round number on the timeline, once, however often votes come and go."""
    told = session.scalars(
        sa.select(TimelineEntry.values).where(TimelineEntry.post_id == post_id, TimelineEntry.kind == "votes")
    )
    if all(values.get("n") != votes for values in told):
        timeline.add(session, post_id, "votes", n=votes)


def _forget(session: Session, post: HasId) -> None:
    """Have a loaded post read its counters afresh: they were set beside the ORM."""
    if isinstance(post, Post) and post in session:
        session.expire(post)

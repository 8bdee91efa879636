"""Votes: one per person and post under any concurrency, counted in the transaction that casts them.

The post's row is locked first (SQLite locks the whole database when a writing transaction begins), so what is
read about it stays true until the commit. A primary key makes a second vote impossible all the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, cast

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forum.accounts.rules import check_may_write
from forum.core.clock import utcnow
from forum.core.database import insert_for
from forum.core.errors import NotAllowed, NotFound, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.paging import sort_key
from forum.core.people import Reader
from forum.posts import counting, merging, timeline
from forum.posts.events import VoteChanged
from forum.posts.locking import lock_groups
from forum.posts.models import Post, TimelineEntry, Vote
from forum.posts.openness import no_vote_sentence
from forum.posts.queries import Sight, sight_of, visible_with
from forum.posts.ranking import trending_key, weight
from forum.posts.status import Interest
from forum.products.models import Area
from forum.products.rules import may_vote

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
    title: str  # of the post
    language: str


# A vote must be cheap: its statements are built once, from tables and not from models.
_posts, _votes, _areas = (cast(sa.Table, model.__table__) for model in (Post, Vote, Area))
_post: sa.BindParameter[int] = sa.bindparam("post")
_voter: sa.BindParameter[int] = sa.bindparam("voter")
_start: sa.BindParameter[datetime] = sa.bindparam("start")
_end: sa.BindParameter[datetime] = sa.bindparam("end")
_IN_HOUR = sa.select(sa.func.count()).where(
    _votes.c.post_id == _post, _votes.c.is_counted, _votes.c.cast_at >= _start, _votes.c.cast_at < _end
)
_joined = _posts.alias("joined")
_HAS_JOINED = sa.exists().where(_joined.c.survivor_id == _posts.c.id)
# The survivor's row holds its group, see `posts.locking`.
_LOCK = sa.select(_posts.c.id).where(_posts.c.id == _post, _posts.c.survivor_id.is_(None)).with_for_update()
_CHANGE = (
    sa.update(_votes)
    .where(_votes.c.post_id == _post, _votes.c.user_id == _voter)
    .values(interest=sa.bindparam("wanted"))
)
_WITHDRAW = sa.delete(_votes).where(_votes.c.post_id == _post, _votes.c.user_id == _voter)
_COUNTED = ("votes", "votes_try", "votes_buy", "effective_votes", "wanted_key", "trending_key")
_COUNT = sa.update(_posts).where(_posts.c.id == _post).values({name: sa.bindparam(f"new_{name}") for name in _COUNTED})


@lru_cache
def _ballot_query(sight: Sight) -> sa.Select[*tuple[Any, ...]]:
    """The post with its area's openness, the voter's own vote, and how many were cast in this hour."""
    columns = ("id", "product_id", "theme_id", "title", "language", "kind", "author_id", "is_listed", "published_at")
    counters = ("survivor_id", "is_dated", "votes", "votes_try", "votes_buy", "effective_votes")
    return (
        sa.select(
            *(_posts.c[name] for name in columns + counters),
            _HAS_JOINED.label("has_joined"),
            _areas.c.openness,
            _votes.c.interest,
            _votes.c.cast_at,
            _votes.c.is_counted,
            _IN_HOUR.correlate(None).scalar_subquery().label("in_hour"),
        )
        .join(_areas, _areas.c.id == _posts.c.area_id)
        .outerjoin(_votes, (_votes.c.post_id == _posts.c.id) & (_votes.c.user_id == _voter))
        .where(_posts.c.id == _post, visible_with(sight, _voter))
    )


@lru_cache
def _insert_into(dialect: str) -> Any:
    return insert_for(dialect, Vote).on_conflict_do_nothing()


def cast_vote(session: Session, post: HasId, *, by: Reader, interest: Interest = Interest.WANT) -> Standing:
    """Vote for `post`, or say how far `by` goes when they have voted already.

    An unverified person's vote is kept and counts once the address is verified. Publishes `VoteChanged`.
    Raises `NotFound` for a post that `by` may not see, and `NotAllowed` when nobody is signed in, the post is
    their own, it is not open and public, or its area is not put to the vote.
    """
    now = utcnow()
    ballot = _ballot(session, post, by, now)
    if _is_grouped(ballot):
        return _cast_in_group(session, post, ballot, by, interest)
    _check_votable(ballot, by)
    if ballot.interest is interest:
        return Standing(ballot.votes, interest, ballot.title, ballot.language)
    is_counted, votes = ballot.is_counted, ballot.votes
    if ballot.interest is None:
        is_counted = by.is_verified
        row = {"post_id": ballot.id, "user_id": by.id, "interest": interest, "cast_at": now, "is_counted": is_counted}
        session.connection().execute(_insert_into(_dialect(session)), row)
    else:
        session.connection().execute(_CHANGE, {"post": ballot.id, "voter": by.id, "wanted": interest})
    if is_counted:
        more = weight(ballot.in_hour) if ballot.interest is None else 0.0
        votes = _count(session, ballot, ballot.interest, interest, more)
    _tell(session, post, ballot, by)
    return Standing(votes, interest, ballot.title, ballot.language)


def withdraw_vote(session: Session, post: HasId, *, by: Reader) -> Standing:
    """Take a vote back; without one nothing changes. Publishes `VoteChanged`.

    Raises `NotFound` for a post that `by` may not see, and `NotAllowed` when nobody is signed in.
    """
    ballot = _ballot(session, post, by, utcnow())
    if _is_grouped(ballot):
        return _cast_in_group(session, post, ballot, by, None)
    votes = ballot.votes
    if ballot.interest is None:
        return Standing(votes, None, ballot.title, ballot.language)
    session.connection().execute(_WITHDRAW, {"post": ballot.id, "voter": by.id})
    if ballot.is_counted:
        others = session.connection().execute(_IN_HOUR, {"post": ballot.id} | _hour(ballot.cast_at)).scalar_one()
        votes = _count(session, ballot, ballot.interest, None, -weight(others))
    _tell(session, post, ballot, by)
    return Standing(votes, None, ballot.title, ballot.language)


def count_votes_of(session: Session, user_id: int) -> None:
    """Count the votes that a person cast before their address was verified.

    It takes as long as they have votes, however many others voted for the same.
    """
    ids = session.scalars(sa.select(Vote.post_id).where(Vote.user_id == user_id, ~Vote.is_counted)).all()
    lock_groups(session, ids)
    tops = sa.select(sa.func.coalesce(Post.survivor_id, Post.id)).where(Post.id.in_(ids))
    for top_id in sorted(set(session.scalars(tops))):
        mine = _votes_in_group(session, top_id, user_id)
        stood, kept = _stands(mine, top_id), {vote.post_id for vote in mine if not vote.is_counted}
        for vote in mine:
            vote.is_counted = True
        session.flush()
        _restand(session, kept, top_id, user_id, stood, _stands(mine, top_id))


def tell_of_votes(session: Session, post: Post, user_id: int) -> None:
    """Publish `VoteChanged` for a post on which the vote of a person has changed, or who is behind it."""
    theme_id = counting.theme_of_group(session, post)
    publish(session, VoteChanged(post.id, user_id, post.product_id, theme_id))


def _is_grouped(ballot: AnyRow) -> bool:
    """Whether the post was merged into another, or others into it."""
    return ballot.survivor_id is not None or ballot.has_joined


def _check_votable(ballot: AnyRow, by: Reader) -> None:
    require(ballot.is_listed, _("Only posts that everybody can read are put to the vote."))
    if not may_vote(ballot, ballot.kind):
        raise NotAllowed(no_vote_sentence(ballot))
    if ballot.author_id == by.id:
        raise NotAllowed(_("This is your own post: you are counted behind it already."))


def _cast_in_group(session: Session, post: HasId, ballot: AnyRow, by: Reader, interest: Interest | None) -> Standing:
    """Vote or withdraw anywhere in a group of merged posts: it concerns every vote that `by` has in the group.

    A new vote stays on the post it was cast for. What the survivor allows holds for them all.
    """
    named = session.get_one(Post, ballot.id)
    survivor = merging.lock_tree(session, named) or named
    if interest is not None:
        _check_votable(_ballot(session, survivor, by, utcnow()), by)
        require(named.author_id != by.id, _("This is your own post: you are counted behind it already."))
    before = survivor.votes
    mine = _votes_in_group(session, survivor.id, by.id or 0)
    stood = _stands(mine, survivor.id)
    touched = {vote.post_id for vote in mine if vote.interest is not interest}
    if interest is None:
        for vote in mine:
            session.delete(vote)
        mine = []
    elif not mine:
        mine = [_first_vote(named.id, by, interest)]
        session.add_all(mine)
        touched = {named.id}
    for vote in mine:
        vote.interest = interest or vote.interest
    session.flush()
    _restand(session, touched, survivor.id, by.id or 0, stood, _stands(mine, survivor.id))
    if survivor.votes > before and survivor.votes in MILESTONES:
        _tell_milestone(session, survivor.id, survivor.votes)
    return Standing(survivor.votes, interest, ballot.title, ballot.language)


def _votes_in_group(session: Session, top_id: int, user_id: int) -> list[Vote]:
    """Every vote that a person has in the group that a post stands for."""
    theirs = sa.select(Vote).where(Vote.user_id == user_id, Vote.post_id.in_(counting.group_of(top_id)))
    return list(session.scalars(theirs.execution_options(populate_existing=True)))


def _restand(
    session: Session,
    touched: Collection[int],
    top_id: int,
    user_id: int,
    stood: Mapping[int, counting.Stand | None],
    stands: Mapping[int, counting.Stand | None],
) -> None:
    """Set the counters of the posts on which a person's votes have changed, and of the one that stands for them."""
    for post_id in [*sorted(set(touched) - {top_id}), *([top_id] if touched else [])]:
        changed = session.get_one(Post, post_id)
        counting.change_stand(session, changed, user_id, stood.get(post_id), stands.get(post_id))
        session.flush()
        tell_of_votes(session, changed, user_id)


def _first_vote(post_id: int, by: Reader, interest: Interest) -> Vote:
    """A person's first vote in a group, on the post that they voted for."""
    return Vote(post_id=post_id, user_id=by.id, interest=interest, cast_at=utcnow(), is_counted=by.is_verified)


def _stands(votes: Sequence[Vote], survivor_id: int) -> dict[int, counting.Stand | None]:
    """How the person who cast `votes` stands behind each post of a group: behind the survivor by all of them."""
    own = {vote.post_id: counting.stand_of([vote]) for vote in votes}
    return own | {survivor_id: counting.stand_of(votes)}


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _ballot(session: Session, post: HasId, by: Reader, now: datetime) -> AnyRow:
    """The post, locked, with its area's openness and the vote that `by` has on it."""
    require(by.id is not None, _("Sign in to vote."))
    check_may_write(by)
    session.flush()
    connection = session.connection()
    if _dialect(session) == "postgresql":  # a statement of its own: what is read after it is fresh
        savepoint = connection.begin_nested()  # to let go of a post that was merged while it was waited for
        if connection.execute(_LOCK, {"post": post.id}).scalar() is not None:
            savepoint.commit()
        else:
            savepoint.rollback()
            lock_groups(session, [post.id])
    values = {"post": post.id, "voter": by.id} | _hour(now)
    ballot: AnyRow | None = connection.execute(_ballot_query(sight_of(by)), values).one_or_none()
    if ballot is None:
        raise NotFound(_("It may have been removed, or the address is not quite right. Try the search."))
    return ballot


def _hour(moment: datetime) -> dict[str, datetime]:
    """The hour that a vote belongs to, as the values of `_IN_HOUR`."""
    start = moment.replace(minute=0, second=0, microsecond=0)
    return {"start": start, "end": start + timedelta(hours=1)}


def _count(session: Session, ballot: AnyRow, before: Interest | None, after: Interest | None, more: float) -> int:
    """Set the post's counters and keys for one vote that changed; the number of votes it has now."""
    votes = ballot.votes + (after is not None) - (before is not None)
    effective = max(0.0, round(ballot.effective_votes + more, 1))
    rising = (
        trending_key(effective, ballot.published_at, ballot.id, is_dated=ballot.is_dated) if ballot.is_listed else None
    )
    values = {
        "post": ballot.id,
        "new_votes": votes,
        "new_votes_try": ballot.votes_try + (after is Interest.TRY) - (before is Interest.TRY),
        "new_votes_buy": ballot.votes_buy + (after is Interest.BUY) - (before is Interest.BUY),
        "new_effective_votes": effective,
        "new_wanted_key": sort_key(votes, ballot.id) if ballot.is_listed else None,
        "new_trending_key": rising,
    }
    session.connection().execute(_COUNT, values)
    if more > 0 and votes in MILESTONES:
        _tell_milestone(session, ballot.id, votes)
    return int(votes)


def _tell_milestone(session: Session, post_id: int, votes: int) -> None:
    """Tell a round number on the timeline, once, however often votes come and go."""
    told = session.scalars(
        sa.select(TimelineEntry.values).where(TimelineEntry.post_id == post_id, TimelineEntry.kind == "votes")
    )
    if all(values.get("n") != votes for values in told):
        timeline.add(session, post_id, "votes", n=votes)


def _tell(session: Session, post: HasId, ballot: AnyRow, by: Reader) -> None:
    """Tell the later stages, and have a loaded post read afresh what was set beside it."""
    if isinstance(post, Post) and post in session:
        session.expire(post)
    publish(session, VoteChanged(ballot.id, by.id or 0, ballot.product_id, ballot.theme_id))

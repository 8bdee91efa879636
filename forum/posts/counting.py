"""Counters and sort keys of posts, kept in the transaction of whatever changes them."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from forum.core.clock import utcnow
from forum.core.paging import moment_key, sort_key
from forum.posts.models import Comment, Post, Vote
from forum.posts.ranking import (
    BURST,
    OWED_DAYS,
    OWED_VIEWS,
    effective_votes,
    trending_key,
    unanswered_key,
    weight,
)
from forum.posts.status import INTEREST_RANK, Interest, Moderation, Visibility
from forum.products.models import Area

KEYS = ("newest_key", "wanted_key", "trending_key", "answered_key", "unanswered_key", "owed_key")
_posts = cast(sa.Table, Post.__table__)
_SET_KEYS = (
    sa.update(_posts)
    .where(_posts.c.id == sa.bindparam("post"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("is_listed", *KEYS)})
)


def refresh_keys(post: Post) -> None:
    """Set what follows from a post's own columns: whether it is listed, and its place in each order."""
    for name, value in _keys_of(post).items():
        setattr(post, name, value)


def save_first_keys(session: Session, post: Post) -> None:
    """Do the same for a post that was just inserted, in a statement that is built once."""
    keys = _keys_of(post)
    session.connection().execute(_SET_KEYS, {"post": post.id, **{f"new_{name}": keys[name] for name in keys}})
    for name, value in keys.items():
        set_committed_value(post, name, value)


def _keys_of(post: Post) -> dict[str, int | bool | None]:
    if post.moderation is not Moderation.OPEN or post.visibility is not Visibility.PUBLIC or post.published_at is None:
        return {"is_listed": False, **dict.fromkeys(KEYS)}
    is_said_here = post.source in ("site", "bundle")
    newest = moment_key(post.published_at, post.id)
    is_owed = post.views < OWED_VIEWS and utcnow() - post.published_at < timedelta(days=OWED_DAYS)
    return {
        "is_listed": True,
        "newest_key": newest,
        "wanted_key": sort_key(post.votes, post.id),
        "trending_key": trending_key(post.effective_votes, post.published_at, post.id, is_dated=post.is_dated),
        "answered_key": moment_key(post.last_answered_at, post.id) if post.last_answered_at else None,
        "unanswered_key": None
        if post.answered_at
        else unanswered_key(post.published_at, post.id, is_said_here=is_said_here),
        "owed_key": newest if is_owed and is_said_here else None,
    }


def group_of(post_id: int | sa.BindParameter[int]) -> sa.CompoundSelect[int]:
    """The ids of a post and of all that were merged into it; of a merged one, its own alone."""
    return sa.select(sa.literal(post_id) if isinstance(post_id, int) else post_id).union_all(
        sa.select(_posts.c.id).where(_posts.c.survivor_id == post_id)
    )


def joined_below(posts: sa.Subquery) -> sa.CTE:
    """What was merged into `posts`, however far down: its id, and the values that follow the id in `posts`.

    A merged post is no survivor, but whatever had been merged into it stands below it all the same. Whoever
    is below several of `posts` comes several times.
    """
    own, *rest = posts.c
    first, below = _posts.alias(), _posts.alias()
    tree = sa.select(first.c.id.label("post_id"), *rest).join(posts, first.c.merged_into_id == own).cte(recursive=True)
    _id, *rest = tree.c
    return tree.union_all(sa.select(below.c.id, *rest).join(tree, below.c.merged_into_id == tree.c.post_id))


def with_joined(posts: sa.Subquery) -> sa.Subquery:
    """`posts`, of which the first column is their id, and what was merged into them as `joined_below` finds it."""
    return sa.select(posts).union_all(sa.select(joined_below(posts))).subquery()


def theme_of_group(session: Session, post: Post) -> int | None:
    """The theme of a post, or one that counts whoever is behind it because it was merged; None without any."""
    if post.theme_id is not None or post.survivor_id is None:
        return post.theme_id
    query = sa.select(sa.func.max(Post.theme_id)).where(Post.id.in_(group_of(post.survivor_id)))
    return session.scalars(query).one()


def recount(session: Session, post: Post) -> None:
    """Count a post's votes and public comments afresh from their rows, then set its keys.

    Of a post that others were merged into, everybody in the group counts once, with their strongest interest and
    in the hour of their first vote. A merged post counts what is its own.
    """
    session.flush()
    votes = session.execute(_count_people(session, post.id)).all()
    per_hour: dict[object, int] = {}
    for _interest, moment, n in votes:
        per_hour[moment] = per_hour.get(moment, 0) + n
    post.votes = sum(n for _interest, _moment, n in votes)
    post.votes_try = sum(n for rank, _moment, n in votes if rank == INTEREST_RANK[Interest.TRY])
    post.votes_buy = sum(n for rank, _moment, n in votes if rank == INTEREST_RANK[Interest.BUY])
    post.effective_votes = round(effective_votes(per_hour.values()), 1)
    post.comments = session.scalars(
        sa.select(sa.func.count()).where(
            Comment.post_id.in_(group_of(post.id)), ~Comment.is_internal, Comment.moderation == Moderation.OPEN
        )
    ).one()
    refresh_keys(post)


_votes = cast(sa.Table, Vote.__table__)
_earlier = _votes.alias("earlier")
_start: sa.BindParameter[datetime] = sa.bindparam("start")
_group = group_of(sa.bindparam("post"))
# Two ranges of an index per post of the group, for as many voters of the hour as are asked about.
OTHERS_IN_HOUR = (
    sa.select(_votes.c.user_id)
    .where(
        _votes.c.post_id.in_(_group),
        _votes.c.cast_at >= _start,
        _votes.c.cast_at < sa.bindparam("end"),
        _votes.c.is_counted,
        _votes.c.user_id != sa.bindparam("voter"),
        ~sa.exists().where(
            _earlier.c.user_id == _votes.c.user_id,
            _earlier.c.post_id.in_(_group),
            _earlier.c.is_counted,
            _earlier.c.cast_at < _start,
        ),
    )
    .distinct()
    .limit(BURST)
)


class Stand(NamedTuple):
    """How one person stands behind a post or a group, by their counted votes there."""

    rank: int  # of their strongest interest
    hour: datetime  # in which the first of their votes was cast


def stand_of(votes: Iterable[Vote]) -> Stand | None:
    """How the person stands who cast `votes`; None when none of them counts."""
    counted = [vote for vote in votes if vote.is_counted]
    if not counted:
        return None
    first = min(vote.cast_at for vote in counted)
    return Stand(
        max(INTEREST_RANK[vote.interest] for vote in counted), first.replace(minute=0, second=0, microsecond=0)
    )


def change_stand(session: Session, post: Post, person_id: int, was: Stand | None, now: Stand | None) -> None:
    """Set a post's counters and keys after one person's votes on it have changed, or in its group if it survives.

    The same as `recount` in the end, without walking through everybody's votes.
    """
    gone, come = was.rank if was else 0, now.rank if now else 0
    post.votes += (come > 0) - (gone > 0)
    for name, rank in (("votes_try", INTEREST_RANK[Interest.TRY]), ("votes_buy", INTEREST_RANK[Interest.BUY])):
        setattr(post, name, getattr(post, name) + (come == rank) - (gone == rank))
    if (was and was.hour) != (now and now.hour):
        effective = post.effective_votes
        effective -= weight(_others_in(session, post.id, was.hour, person_id)) if was else 0.0
        effective += weight(_others_in(session, post.id, now.hour, person_id)) if now else 0.0
        post.effective_votes = max(0.0, round(effective, 1))
    refresh_keys(post)


def _others_in(session: Session, post_id: int, hour: datetime, person_id: int) -> int:
    """How many others first voted in a post's group in one hour; no more than there are before votes count less."""
    values = {"post": post_id, "voter": person_id, "start": hour, "end": hour + timedelta(hours=1)}
    return len(session.connection().execute(OTHERS_IN_HOUR, values).all())


def strongest(interest: sa.SQLColumnExpression[Interest]) -> sa.ColumnElement[int]:
    """How far somebody goes at most, as a rank."""
    return sa.func.max(sa.case({one.value: rank for one, rank in INTEREST_RANK.items()}, value=interest))


def _count_people(session: Session, post_id: int) -> sa.Select[*tuple[Any, ...]]:
    """How many people there are of each rank of interest and hour of a first vote."""
    people = (
        sa.select(strongest(Vote.interest).label("rank"), sa.func.min(hour_of(session)).label("hour"))
        .where(Vote.post_id.in_(group_of(post_id)), Vote.is_counted)
        .group_by(Vote.user_id)
        .subquery()
    )
    return sa.select(people.c.rank, people.c.hour, sa.func.count()).group_by(people.c.rank, people.c.hour)


def hour_of(session: Session) -> sa.ColumnElement[str]:
    """The hour a vote was cast in, in either database."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.func.strftime("%Y-%m-%d %H", Vote.cast_at)
    return sa.func.to_char(sa.func.timezone("UTC", Vote.cast_at), "YYYY-MM-DD HH24")


_areas = cast(sa.Table, Area.__table__)
_ADD_TO_AREA = (
    sa.update(_areas)
    .where(_areas.c.id == sa.bindparam("area"))
    .values(
        posts=_areas.c.posts + sa.bindparam("more"), unanswered=_areas.c.unanswered + sa.bindparam("more_unanswered")
    )
)


def count_in_area(session: Session, area_id: int, *, posts: int = 0, unanswered: int = 0) -> None:
    """Add to an area's counters of listed posts and of those without an answer."""
    session.connection().execute(_ADD_TO_AREA, {"area": area_id, "more": posts, "more_unanswered": unanswered})


def refresh_reply_time(session: Session, area_id: int) -> None:
    """Set an area's median time until the first official answer, from its last 50 answered posts.

    Imported posts are left out: they were said elsewhere, before the company could answer.
    """
    times = session.execute(
        sa.select(Post.published_at, Post.answered_at)
        .where(Post.area_id == area_id, Post.answered_key.is_not(None), Post.source == "site")
        .order_by(Post.answered_key.desc())
        .limit(50)
    ).all()
    minutes = [(there - then).total_seconds() / 60 for then, there in times if then and there]
    session.execute(
        sa.update(Area).where(Area.id == area_id).values(reply_minutes=round(median(minutes)) if minutes else None)
    )


def recount_areas(session: Session, area_ids: Collection[int]) -> None:
    """Count the listed posts, and those of them without an answer, of some areas afresh."""
    session.flush()
    counts = sa.select(sa.func.count()).where(Post.area_id == Area.id, Post.is_listed)
    session.execute(
        sa.update(Area)
        .where(Area.id.in_(area_ids))
        .values(
            posts=counts.scalar_subquery(),
            unanswered=counts.where(Post.answered_at.is_(None)).scalar_subquery(),
        )
    )

"""The posts that speak for an item and the people behind them, counted and changed in sets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.backlog.closed_areas import is_closed, take_in
from forum.backlog.models import BacklogItem, Evidence, ScoringModel
from forum.backlog.scoring import REACH_DAYS, pain, rice
from forum.backlog.status import Behind, ItemStatus
from forum.backlog.weighing import Criterion, weighted
from forum.core.clock import utcnow
from forum.core.people import Reader
from forum.posts.counting import joined_below, with_joined
from forum.posts.models import Post, Vote
from forum.posts.queries import IN_PUBLIC
from forum.posts.status import INTEREST_RANK, SEVERITY_WEIGHT, Interest, Kind, Moderation, Severity, Status
from forum.themes.models import ThemeMember

# Posts that count; those that wait, or were hidden or removed, keep their rows and come back with their posts.
STANDING = (Moderation.OPEN, Moderation.MERGED)
Source = sa.Subquery  # with the columns item_id and post_id
Said = sa.CompoundSelect[int, int, int, int, datetime, bool, int, int]
_BEHIND = (Behind.AUTHOR, Behind.VOTER)  # an author who also voted is behind as an author

# What customers read on a post for each status of a public item; *proposed* promises nothing yet.
READABLE = {
    ItemStatus.IN_REVIEW: Status.IN_REVIEW,
    ItemStatus.PLANNED: Status.PLANNED,
    ItemStatus.IN_PROGRESS: Status.IN_PROGRESS,
    ItemStatus.LAUNCHED: Status.LAUNCHED,
    ItemStatus.NOT_NOW: Status.NOT_NOW,
}
_ADVANCED = [status for status in Status if status in READABLE.values()]  # the least advanced first


class Voice(NamedTuple):
    """One person behind an item: why, and which post their receipt quotes."""

    user_id: int
    behind: Behind
    post_id: int
    said_at: datetime
    is_listed: bool  # whether everybody may read that post


@dataclass(frozen=True)
class Numbers:
    """What the evidence of an item amounts to, private posts included: for the team."""

    posts: int
    complaints: int
    private: int
    severity_sum: int  # of the complaints
    people: int
    authors: int
    recent: int  # people who wrote or voted in the last 90 days
    organisations: int
    would_try: int  # people who would at least try it
    would_buy: int


def of_items(items: sa.ColumnElement[bool]) -> Source:
    """The posts that speak for `items`, a condition on Evidence."""
    return sa.select(Evidence.item_id, Evidence.post_id).where(items, Evidence.removed_at.is_(None)).subquery()


def of_posts(posts: sa.Select[int], *, is_public: bool) -> Source:
    """Some posts, as if they spoke for an item that is public, or internal."""
    query = sa.select(sa.literal(0).label("item_id"), Post.id.label("post_id")).where(Post.id.in_(posts))
    return (query.where(~is_closed()) if is_public else query).subquery()


def voices(source: Source) -> Said:
    """Everybody who wrote or voted for a standing post of `source`, or for what was merged into it.

    Whoever voted for an erased post is quoted by the one that it was merged into, which is never erased itself.
    """
    standing = sa.select(Post.id.label("post_id"), source.c.item_id, IN_PUBLIC.label("listed"))
    standing = standing.join(source, source.c.post_id == Post.id).where(Post.moderation.in_(STANDING))
    texts = with_joined(standing.subquery())
    quoted = sa.case((Post.moderation.in_(STANDING), Post.id), else_=Post.merged_into_id)
    authors = (
        sa.select(
            texts.c.item_id,
            Post.author_id.label("user_id"),
            sa.literal(0).label("rank"),
            quoted.label("post_id"),
            Post.created_at.label("said_at"),
            texts.c.listed.label("is_listed"),
            sa.literal(0).label("interest"),
            Post.id.label("place_id"),
        )
        .join(Post, Post.id == texts.c.post_id)
        .where(Post.author_id.is_not(None))
    )
    voters = (
        sa.select(
            texts.c.item_id,
            Vote.user_id,
            sa.literal(1),
            quoted,
            Vote.cast_at,
            texts.c.listed,
            sa.case({interest.value: rank for interest, rank in INTEREST_RANK.items()}, value=Vote.interest),
            sa.func.coalesce(Post.survivor_id, Post.id),
        )
        .join(Post, Post.id == texts.c.post_id)
        .join(Vote, Vote.post_id == Post.id)
        .where(Vote.is_counted)
    )
    return authors.union_all(voters)


def people_of_items(items: sa.ColumnElement[bool], *, in_public: bool = False) -> sa.Subquery:
    """Item and person, each pair once: everybody behind `items`, a condition on Evidence, or who is so `in_public`."""
    said = voices(of_items(items)).subquery()
    people = sa.select(said.c.item_id, said.c.user_id).distinct()
    return (people.where(said.c.is_listed) if in_public else people).subquery()


def people_behind(session: Session, item_id: int) -> list[Voice]:
    """Everybody behind an item, once each: as an author if they wrote, else as a voter, by their first public word."""
    said = voices(of_items(Evidence.item_id == item_id)).subquery()
    place = sa.func.row_number().over(
        partition_by=said.c.user_id, order_by=(said.c.rank, said.c.is_listed.desc(), said.c.said_at, said.c.post_id)
    )
    ranked = sa.select(said, place.label("place")).subquery()
    rows = session.execute(
        sa.select(ranked.c.user_id, ranked.c.rank, ranked.c.post_id, ranked.c.said_at, ranked.c.is_listed)
        .where(ranked.c.place == 1)
        .order_by(ranked.c.rank, ranked.c.said_at, ranked.c.user_id)
    )
    return [Voice(user_id, _BEHIND[rank], *rest) for user_id, rank, *rest in rows]


def numbers(session: Session, source: Source) -> Numbers:
    """What the standing posts of `source` amount to, in one query."""
    of_posts = (
        sa.select(
            sa.func.count().label("posts"),
            sa.func.count().filter(Post.kind == Kind.COMPLAINT).label("complaints"),
            sa.func.count().filter(~IN_PUBLIC).label("private"),
            sa.func.coalesce(sa.func.sum(_severity_weight()), 0).label("severity_sum"),
        )
        .join(source, source.c.post_id == Post.id)
        .where(Post.moderation.in_(STANDING))
        .subquery()
    )
    of_people = _people(voices(source)).subquery()
    both = sa.select(*of_posts.c, *of_people.c).select_from(of_posts.join(of_people, sa.true()))
    return Numbers(**session.execute(both).one()._asdict())


def _severity_weight() -> sa.ColumnElement[int]:
    """How much one post hurts: its severity if it is a complaint, else nothing."""
    weights = {severity.value: SEVERITY_WEIGHT[severity] for severity in Severity}
    weight = sa.case(weights, value=Post.severity, else_=SEVERITY_WEIGHT[None])
    return sa.case((Post.kind == Kind.COMPLAINT, weight), else_=0)


def _people(said_by: Said) -> sa.Select[int, int, int, int, int, int]:
    """How many people there are of each sort, once each."""
    said = said_by.subquery()
    person = (
        sa.select(
            said.c.user_id,
            sa.func.min(said.c.rank).label("rank"),
            sa.func.max(said.c.said_at).label("last"),
            sa.func.max(said.c.interest).label("interest"),
        )
        .group_by(said.c.user_id)
        .subquery()
    )
    return sa.select(
        sa.func.count().label("people"),
        sa.func.count().filter(person.c.rank == 0).label("authors"),
        sa.func.count().filter(person.c.last >= _since()).label("recent"),
        sa.func.count(User.organisation_id.distinct()).label("organisations"),
        sa.func.count().filter(person.c.interest >= INTEREST_RANK[Interest.TRY]).label("would_try"),
        sa.func.count().filter(person.c.interest >= INTEREST_RANK[Interest.BUY]).label("would_buy"),
    ).select_from(person.join(User, User.id == person.c.user_id))


def _since() -> datetime:
    return utcnow() - timedelta(days=REACH_DAYS)


def recount(session: Session, item_ids: Collection[int]) -> None:
    """Count posts, votes, people, pain and reach of some items afresh, and their scores with them. Four queries.

    A launched item keeps the reach and the pain of that day: they say what the decision was made on.
    """
    session.flush()
    which = Evidence.item_id.in_(item_ids)
    counting = counting_posts(which).subquery()
    rows = session.execute(
        sa.select(counting.c.item_id, sa.func.count())
        .join(Post, Post.id == counting.c.post_id)
        .where(Post.is_listed)
        .group_by(counting.c.item_id)
    )
    of_posts = {row[0]: row[1] for row in rows}
    of_people = {row.item_id: row for row in session.execute(_counts(voices(of_items(which))))}
    hurting = _pains(session, which)
    now = utcnow()
    items = session.execute(
        sa.select(BacklogItem, ScoringModel.criteria)
        .outerjoin(ScoringModel, ScoringModel.product_id == BacklogItem.product_id)
        .where(BacklogItem.id.in_(item_ids))
    )
    for item, criteria in items:
        item.posts, people = of_posts.get(item.id, 0), of_people.get(item.id)
        item.votes, item.people = (people.votes, people.people) if people else (0, 0)
        if not _has_settled(item):
            item.reach, item.companies = (people.recent, people.companies) if people else (0, 0)
            item.pain = hurting.get(item.id, 0.0)
        item.score = rice(item.reach, item.impact, item.confidence, item.effort_weeks)
        item.weighted = weighted([Criterion.read(one) for one in criteria or ()], item)
        item.counted_at, item.is_count_due = now, False
    session.flush()


def _pains(session: Session, which: sa.ColumnElement[bool]) -> dict[int, float]:
    """How much the standing posts of some items hurt, by item."""
    rows = session.execute(
        sa.select(Evidence.item_id, sa.func.sum(_severity_weight()), sa.func.count())
        .join(Post, Post.id == Evidence.post_id)
        .where(which, Evidence.removed_at.is_(None), Post.moderation.in_(STANDING))
        .group_by(Evidence.item_id)
    )
    return {item_id: pain(hurt, posts) for item_id, hurt, posts in rows}


def counting_posts(which: sa.ColumnElement[bool]) -> sa.Select[int, int]:
    """Item and post, each pair once: what speaks for items, or the post that counts for it where it was merged."""
    counts = sa.func.coalesce(Post.survivor_id, Post.id)
    query = sa.select(Evidence.item_id, counts.label("post_id")).join(Post, Post.id == Evidence.post_id)
    return query.where(which, Evidence.removed_at.is_(None), IN_PUBLIC).distinct()


def _counts(said_by: Said) -> sa.Select[int, int, int, int, int]:
    """By item: the people behind it in public, those of all in the last 90 days, public votes, and companies.

    Each person has one vote in a group of merged posts.
    """
    said = said_by.subquery()
    person = (
        sa.select(
            said.c.item_id,
            said.c.user_id,
            sa.func.max(sa.case((said.c.is_listed, 1), else_=0)).label("public"),
            sa.func.max(said.c.said_at).label("last"),
            sa.func.count(sa.case((sa.and_(said.c.is_listed, said.c.rank == 1), said.c.place_id)).distinct()).label(
                "votes"
            ),
        )
        .group_by(said.c.item_id, said.c.user_id)
        .subquery()
    )
    counts = sa.select(
        person.c.item_id,
        sa.func.sum(person.c.public).label("people"),
        sa.func.count().filter(person.c.last >= _since()).label("recent"),
        sa.cast(sa.func.sum(person.c.votes), sa.Integer).label("votes"),  # PostgreSQL adds counts up to a decimal
        sa.func.count(User.organisation_id.distinct()).label("companies"),
    )
    return counts.select_from(person.join(User, User.id == person.c.user_id)).group_by(person.c.item_id)


def _has_settled(item: BacklogItem) -> bool:
    """Whether an item's reach, and so its score, stays as it was on the day of its launch."""
    if item.status is not ItemStatus.LAUNCHED or item.launched_at is None:
        return False
    return item.counted_at >= item.launched_at


def add_members(session: Session, item: BacklogItem, theme_id: int, *, by: Reader | None) -> list[int]:
    """Let every post of a theme speak for an item and return the ids of those that do from now on.

    A post that a person took out stays out: its row is there already. A public item leaves posts of closed
    areas out.
    """
    members = sa.select(ThemeMember.post_id).where(ThemeMember.theme_id == theme_id)
    back = take_in(session, item)
    return sorted([*back, *_add(session, item, members, via_theme_id=theme_id, by=by)])


def add_post(session: Session, item: BacklogItem, post_id: int, *, by: Reader | None) -> None:
    """Let one post speak for an item by itself."""
    _add(session, item, sa.select(Post.id).where(Post.id == post_id), via_theme_id=None, by=by)


def _add(
    session: Session, item: BacklogItem, posts: sa.Select[int], *, via_theme_id: int | None, by: Reader | None
) -> list[int]:
    """Record `posts` with an item, as far as they are not, and return the ids of those that speak for it."""
    there = sa.select(Evidence.post_id).where(Evidence.item_id == item.id)
    new = session.execute(
        sa.select(Post.id, is_closed() if item.is_public else sa.false())
        .where(Post.id.in_(posts), Post.id.not_in(there))
        .order_by(Post.id)
    ).all()
    now = utcnow()
    row = {"item_id": item.id, "via_theme_id": via_theme_id, "added_at": now, "added_by_id": by.id if by else None}
    if new:
        rows = [
            row | {"post_id": post_id, "is_left_out": is_left_out, "removed_at": now if is_left_out else None}
            for post_id, is_left_out in new
        ]
        session.execute(sa.insert(Evidence), rows)
    return [post_id for post_id, is_left_out in new if not is_left_out]


def take_away(session: Session, theme_ids: Collection[int], since: datetime, until: datetime) -> dict[int, list[int]]:
    """Forget what came into items through themes from `since` to `until` by itself: item → posts.

    What a person took out since then stays on record.
    """
    came = (
        Evidence.via_theme_id.in_(theme_ids),
        Evidence.added_by_id.is_(None),
        Evidence.added_at.between(since, until),
        Evidence.removed_by_id.is_(None),
    )
    found: dict[int, list[int]] = {}
    for row in session.execute(sa.delete(Evidence).where(*came).returning(Evidence.item_id, Evidence.post_id)):
        found.setdefault(row.item_id, []).append(row.post_id)
    return found


def standing_posts(session: Session, item_id: int) -> list[int]:
    """The ids of the posts that speak for an item now."""
    return list(
        session.scalars(sa.select(Evidence.post_id).where(Evidence.item_id == item_id, Evidence.removed_at.is_(None)))
    )


def concerned_posts(session: Session, item_id: int) -> list[int]:
    """The posts that speak for an item, what was merged into them, and what they were merged into: who reads these
    hears of it."""
    speaking = sa.select(Evidence.post_id).where(Evidence.item_id == item_id, Evidence.removed_at.is_(None))
    below = joined_below(sa.select(Post.id).where(Post.id.in_(speaking)).subquery())
    both = sa.select(below.c.post_id).union(sa.select(_above(speaking).c.id))
    return list(session.scalars(both))


def told_posts(session: Session, item_id: int) -> list[int]:
    """The posts on whose timelines stands how an item goes on: those that speak for it, and what counts for them."""
    speaking = sa.select(Evidence.post_id).where(Evidence.item_id == item_id, Evidence.removed_at.is_(None))
    return list(session.scalars(sa.select(_above(speaking).c.id)))


def _above(posts: sa.Select[int]) -> sa.CTE:
    """Some posts, and those that they were merged into, up to the survivor."""
    tree = sa.select(Post.id, Post.merged_into_id).where(Post.id.in_(posts)).cte(recursive=True)
    return tree.union(sa.select(Post.id, Post.merged_into_id).join(tree, tree.c.merged_into_id == Post.id))


def statuses(session: Session, posts: sa.Select[int]) -> dict[Status | None, list[int]]:
    """What some posts, and those that they were merged into, are to show: status → post ids.

    The most advanced status of the public items that a post speaks for, or what was merged into it; None where
    there is no such item.
    """
    concerned = _above(posts)
    texts = with_joined(sa.select(concerned.c.id, concerned.c.id.label("root_id")).subquery())
    rank = sa.case(
        {status.value: _ADVANCED.index(shown) for status, shown in READABLE.items()}, value=BacklogItem.status
    )
    shown = sa.case((sa.and_(BacklogItem.is_public, Evidence.removed_at.is_(None)), rank))
    rows = session.execute(
        sa.select(texts.c.root_id, sa.func.max(shown))
        .outerjoin(Evidence, Evidence.post_id == texts.c.id)
        .outerjoin(BacklogItem, BacklogItem.id == Evidence.item_id)
        .group_by(texts.c.root_id)
    )
    groups: dict[Status | None, list[int]] = {}
    for post_id, place in rows:
        groups.setdefault(None if place is None else _ADVANCED[place], []).append(post_id)
    return groups


def of_item(item_id: int, post_ids: Collection[int] | None = None) -> sa.Select[int]:
    """The posts that speak, or once spoke, for an item; `post_ids` narrows it down to some of them."""
    query = sa.select(Evidence.post_id).where(Evidence.item_id == item_id)
    return query if post_ids is None else query.where(Evidence.post_id.in_(post_ids))

"""The numbers of themes, counted from their posts in one place.

All of them count public open posts alone, in the transaction of whatever changes them:

- *posts*; *recent* of the last 28 days by the day they were written; *before that* of the 28 days before;
- *people*: distinct authors and counted voters of those posts. Imported posts without an author count as
  posts, never as people;
- *pain*: the mean severity of the complaints (1 annoys, 2 in my way, 3 unsafe, unknown 1) times their share
  of the posts, which is the summed severity of the complaints divided by all posts;
- *breadth*: the cube root of people × ISO weeks × organisations. Bursts are left out: of the posts that one
  theme gets in one hour, and of the votes that one post gets in one hour, the first ten count. Each person
  without an organisation counts as one.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.posts.models import Post, Vote
from forum.posts.status import SEVERITY_WEIGHT, Kind
from forum.themes.models import Theme, ThemeMember
from forum.themes.status import ThemeState

MONTH = timedelta(days=28)
BURST = 10  # of one hour
HOUR, WEEK = 3600, 604_800  # seconds
MONDAY = 259_200  # seconds from the Monday before 1970 to its first day, a Thursday

Item = TypeVar("Item")


def recount(session: Session, theme_ids: Collection[int]) -> None:
    """Count the numbers of some themes afresh."""
    session.flush()
    for chunk in chunks(sorted(set(theme_ids)), 300):
        numbers: dict[int, dict[str, Any]] = {theme_id: _nothing(theme_id) for theme_id in chunk}
        for found in (*_posts(session, chunk), *_people(session, chunk), *_breadth(session, chunk)):
            numbers[found["id"]] |= found
        for row in session.execute(_languages(chunk)):
            numbers[row[0]]["languages"][row[1]] = row[2]
        session.execute(sa.update(Theme), list(numbers.values()))


def recount_product(session: Session, product_id: int) -> None:
    """Count the numbers of all standing themes of a product afresh."""
    standing = sa.select(Theme.id).where(Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED)
    recount(session, list(session.scalars(standing)))


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in pieces of at most `size`, for statements with a bounded number of values."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _nothing(theme_id: int) -> dict[str, Any]:
    counters = {"posts": 0, "people": 0, "recent": 0, "before_that": 0, "pain": 0.0, "breadth": 0.0}
    return {"id": theme_id, **counters, "languages": {}}


def _members(theme_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(ThemeMember.post_id == Post.id, ThemeMember.theme_id.in_(theme_ids), Post.is_listed)


def _posts(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    now = utcnow()
    is_recent = Post.created_at > now - MONTH
    is_before = sa.and_(Post.created_at <= now - MONTH, Post.created_at > now - 2 * MONTH)
    severity = sa.case(
        *((Post.severity == kind, weight) for kind, weight in SEVERITY_WEIGHT.items() if kind),
        else_=SEVERITY_WEIGHT[None],
    )
    found = session.execute(
        sa.select(
            ThemeMember.theme_id,
            sa.func.count(),
            sa.func.sum(sa.case((is_recent, 1), else_=0)),
            sa.func.sum(sa.case((is_before, 1), else_=0)),
            sa.func.sum(sa.case((Post.kind == Kind.COMPLAINT, severity), else_=0)),
        )
        .select_from(ThemeMember)
        .join(Post, _members(theme_ids))
        .group_by(ThemeMember.theme_id)
    )
    for theme_id, posts, recent, before_that, severities in found:
        numbers = {"posts": posts, "recent": int(recent), "before_that": int(before_that)}
        yield {"id": theme_id, **numbers, "pain": int(severities) / posts}


def _people(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    authors = (
        sa.select(ThemeMember.theme_id, Post.author_id.label("user_id"))
        .join(Post, _members(theme_ids))
        .where(Post.author_id.is_not(None))
    )
    voters = (
        sa.select(ThemeMember.theme_id, Vote.user_id)
        .join(Post, _members(theme_ids))
        .join(Vote, sa.and_(Vote.post_id == Post.id, Vote.is_counted))
    )
    people = authors.union(voters).subquery()
    found = session.execute(sa.select(people.c.theme_id, sa.func.count()).group_by(people.c.theme_id))
    for theme_id, count in found:
        yield {"id": theme_id, "people": count}


def _breadth(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    written, cast = seconds(session, Post.created_at), seconds(session, Vote.cast_at)
    posts = sa.select(
        ThemeMember.theme_id,
        Post.author_id.label("user_id"),
        written.label("at"),
        _place_in_hour(ThemeMember.theme_id, written, Post.id).label("place"),
    ).join(Post, _members(theme_ids))
    votes = (
        sa.select(ThemeMember.theme_id, Vote.user_id, cast, _place_in_hour(Vote.post_id, cast, Vote.user_id))
        .join(Post, _members(theme_ids))
        .join(Vote, sa.and_(Vote.post_id == Post.id, Vote.is_counted))
    )
    said = posts.union_all(votes).subquery()
    of_organisation = sa.func.coalesce(User.organisation_id, -said.c.user_id)  # negative: a person of their own
    found = session.execute(
        sa.select(
            said.c.theme_id,
            sa.func.count(said.c.user_id.distinct()),
            sa.func.count(sa.distinct(week_number(said.c.at))),
            sa.func.count(of_organisation.distinct()),
        )
        .select_from(said)
        .outerjoin(User, User.id == said.c.user_id)
        .where(said.c.place <= BURST)
        .group_by(said.c.theme_id)
    )
    for theme_id, people, weeks, organisations in found:
        yield {"id": theme_id, "breadth": (people * weeks * organisations) ** (1 / 3)}


def _place_in_hour(of: Any, at: sa.ColumnElement[int], order: Any) -> sa.ColumnElement[int]:
    return sa.func.row_number().over(partition_by=[of, at // HOUR], order_by=[at, order])


def _languages(theme_ids: Sequence[int]) -> sa.Select[int, str, int]:
    return (
        sa.select(ThemeMember.theme_id, Post.language, sa.func.count())
        .join(Post, _members(theme_ids))
        .group_by(ThemeMember.theme_id, Post.language)
        .order_by(sa.func.count().desc())
    )


def seconds(session: Session, moment: Any) -> sa.ColumnElement[int]:
    """A moment as whole seconds since 1970, in either database."""
    if session.get_bind().dialect.name == "sqlite":
        return sa.cast(sa.func.strftime("%s", moment), sa.Integer)
    return sa.cast(sa.func.floor(sa.func.extract("epoch", moment)), sa.BigInteger)


def week_number(at: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The number of the ISO week that a second lies in, counted from one Monday; weeks change in UTC."""
    return (at + MONDAY) // WEEK

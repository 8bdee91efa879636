"""The numbers of themes, counted from their posts in one place.

All of them count public open posts alone, in the transaction of whatever changes them:

- *posts*; *recent* of the last 28 days by the day they were written; *before that* of the 28 days before;
- *people*: distinct authors and counted voters of those posts. Imported posts without an author count as
  posts, never as people;
- *pain*: the mean severity of the complaints (1 annoys, 2 in my way, 3 unsafe, unknown 1) times their share
  of the posts, which is the summed severity of the complaints divided by all posts;
- *breadth*: the cube root of people × ISO weeks × organisations. Bursts are left out: of the posts that one
  theme gets in one hour, and of the votes that one post gets in one hour, the people behind the first ten
  count. Each person without an organisation counts as one.
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
from forum.themes.models import Theme
from forum.themes.status import ThemeState

MONTH = timedelta(days=28)
BURST = 10  # of one hour
MOST_VOTES = 20_000  # that are counted at once
HOUR, WEEK = 3600, 604_800  # seconds
MONDAY = 259_200  # seconds from the Monday before 1970 to its first day, a Thursday

Item = TypeVar("Item")

_VOTED = sa.and_(Vote.post_id == Post.id, Vote.is_counted)


def recount(session: Session, theme_ids: Collection[int], *, most_votes: int = MOST_VOTES) -> bool:
    """Count the numbers of some themes afresh; return whether people and breadth had to be left out.

    That takes seconds per million votes, which is too long for a request: beyond `most_votes` a job counts them.
    """
    session.flush()
    votes = session.scalars(
        sa.select(sa.func.coalesce(sa.func.sum(Post.votes), 0)).where(Post.theme_id.in_(theme_ids))
    ).one()
    write_numbers(session, read_numbers(session, theme_ids, with_people=votes <= most_votes))
    return bool(votes > most_votes)


def read_numbers(session: Session, theme_ids: Collection[int], *, with_people: bool = True) -> list[dict[str, Any]]:
    """The numbers of some themes, as values of their columns."""
    numbers: list[dict[str, Any]] = []
    for chunk in chunks(sorted(set(theme_ids)), 300):
        found = {theme_id: _nothing(theme_id, with_people) for theme_id in chunk}
        counts = [_posts(session, chunk)]
        if with_people:
            counts += [_people(session, chunk), _breadth(session, chunk)]
        for columns in (columns for rows in counts for columns in rows):
            found[columns["id"]] |= columns
        for theme_id, language, posts in session.execute(_languages(chunk)):
            found[theme_id or 0]["languages"][language] = posts
        numbers += found.values()
    return numbers


def write_numbers(session: Session, numbers: list[dict[str, Any]]) -> None:
    """Write what `read_numbers` found."""
    if numbers:
        session.execute(sa.update(Theme), numbers)


def recount_product(session: Session, product_id: int) -> None:
    """Count all numbers of a product's accepted themes afresh, however long it takes."""
    session.flush()
    write_numbers(session, read_numbers(session, standing_ids(session, product_id)))


def standing_ids(session: Session, product_id: int) -> list[int]:
    """The accepted themes of a product."""
    standing = sa.select(Theme.id).where(Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED)
    return list(session.scalars(standing))


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in pieces of at most `size`, for statements with a bounded number of values."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _nothing(theme_id: int, with_people: bool) -> dict[str, Any]:
    counters = {"posts": 0, "recent": 0, "before_that": 0, "pain": 0.0}
    people = {"people": 0, "breadth": 0.0} if with_people else {}
    return {"id": theme_id, **counters, **people, "languages": {}}


def _of(theme_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(Post.theme_id.in_(theme_ids), Post.is_listed)


def _posts(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    now = utcnow()
    is_recent = sa.and_(Post.is_dated, Post.created_at > now - MONTH)
    is_before = sa.and_(Post.is_dated, Post.created_at <= now - MONTH, Post.created_at > now - 2 * MONTH)
    severity = sa.case(
        *((Post.severity == kind, weight) for kind, weight in SEVERITY_WEIGHT.items() if kind),
        else_=SEVERITY_WEIGHT[None],
    )
    found = session.execute(
        sa.select(
            Post.theme_id,
            sa.func.count(),
            sa.func.sum(sa.case((is_recent, 1), else_=0)),
            sa.func.sum(sa.case((is_before, 1), else_=0)),
            sa.func.sum(sa.case((Post.kind == Kind.COMPLAINT, severity), else_=0)),
        )
        .where(_of(theme_ids))
        .group_by(Post.theme_id)
    )
    for theme_id, posts, recent, before_that, severities in found:
        numbers = {"posts": posts, "recent": int(recent), "before_that": int(before_that)}
        yield {"id": theme_id, **numbers, "pain": int(severities) / posts}


def _people(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    authors = sa.select(Post.theme_id, Post.author_id).where(_of(theme_ids), Post.author_id.is_not(None))
    voters = sa.select(Post.theme_id, Vote.user_id).join(Vote, _VOTED).where(_of(theme_ids))
    people = authors.union(voters).subquery()
    for theme_id, count in session.execute(sa.select(people.c[0], sa.func.count()).group_by(people.c[0])):
        yield {"id": theme_id, "people": count}


def _breadth(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    weeks = {row[0]: row[1] for row in session.execute(_weeks(session, theme_ids))}
    for theme_id, people, alone, organisations in session.execute(_voices(session, theme_ids)):
        yield {"id": theme_id, "breadth": (people * weeks[theme_id] * (alone + organisations)) ** (1 / 3)}


def _weeks(session: Session, theme_ids: Sequence[int]) -> sa.Select[int, int]:
    """In how many weeks somebody wrote or voted."""
    wrote = sa.select(Post.theme_id, week_number(seconds(session, Post.created_at))).where(_of(theme_ids))
    voted = (
        sa.select(Post.theme_id, week_number(seconds(session, Vote.cast_at))).join(Vote, _VOTED).where(_of(theme_ids))
    )
    weeks = wrote.union(voted).subquery()
    return sa.select(weeks.c[0], sa.func.count()).group_by(weeks.c[0])


def _voices(session: Session, theme_ids: Sequence[int]) -> sa.Select[int, int, int, int]:
    """By theme: people without bursts, those of them without an organisation, and organisations."""
    voices = sa.union(*_without_bursts(session, theme_ids)).subquery()
    theme_id, user_id = voices.c
    return (
        sa.select(
            theme_id,
            sa.func.count(),
            sa.func.sum(sa.case((User.organisation_id.is_(None), 1), else_=0)),
            sa.func.count(User.organisation_id.distinct()),
        )
        .join(User, User.id == user_id)
        .group_by(theme_id)
    )


def _without_bursts(session: Session, theme_ids: Sequence[int]) -> Iterator[sa.Select[Any, Any]]:
    """Theme and person, for authors and voters: of each hour the first ten."""
    written, cast = seconds(session, Post.created_at), seconds(session, Vote.cast_at)
    place = _place_in_hour(Post.theme_id, written, Post.id).label("place")
    wrote = sa.select(Post.theme_id, Post.author_id, place).where(_of(theme_ids)).subquery()
    yield sa.select(wrote.c[0], wrote.c[1]).where(wrote.c.place <= BURST, wrote.c[1].is_not(None))
    # Where no hour had more than ten votes, as the board has counted already, all of them count.
    is_calm = Post.effective_votes >= Post.votes
    yield sa.select(Post.theme_id, Vote.user_id).join(Vote, _VOTED).where(_of(theme_ids), is_calm)
    place = _place_in_hour(Vote.post_id, cast, Vote.user_id).label("place")
    voted = sa.select(Post.theme_id, Vote.user_id, place).join(Vote, _VOTED).where(_of(theme_ids), ~is_calm).subquery()
    yield sa.select(voted.c[0], voted.c[1]).where(voted.c.place <= BURST)


def _place_in_hour(of: Any, at: sa.ColumnElement[int], order: Any) -> sa.ColumnElement[int]:
    return sa.func.row_number().over(partition_by=[of, at // HOUR], order_by=[at, order])


def _languages(theme_ids: Sequence[int]) -> sa.Select[int | None, str, int]:
    return (
        sa.select(Post.theme_id, Post.language, sa.func.count())
        .where(_of(theme_ids))
        .group_by(Post.theme_id, Post.language)
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

"""The numbers of themes, counted from their posts in one place.

*Posts*, *recent*, *before that*, languages and *pain* count public open posts alone. *People* and *breadth* count
whoever is behind them, and behind what was merged: its words are evidence still, and people do not go away because
a moderator joins two posts. A merged post speaks for the theme it is in and for that of the post it stands under;
nobody counts twice in one theme. All are kept in the transaction of whatever changes them:

- *posts*; *recent* of the last 28 days by the day they were written; *before that* of the 28 days before;
- *people*: distinct authors and counted voters. Imported posts without an author count as
  posts, never as people;
- *pain*: the mean severity of the complaints (1 annoys, 2 in my way, 3 unsafe, unknown 1) times their share
  of the posts, which is the summed severity of the complaints divided by all posts;
- *breadth*: the cube root of people × ISO weeks × organisations. Bursts are left out: of the posts that one
  theme gets in one hour, and of the votes that one post gets in one hour, the people behind the first ten
  count. Each person without an organisation counts as one.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.posts.counting import joined_below
from forum.posts.models import Post, Vote
from forum.posts.queries import IN_PUBLIC
from forum.posts.status import SEVERITY_WEIGHT, Kind
from forum.themes.models import Theme
from forum.themes.status import ThemeState

MONTH = timedelta(days=28)
BURST = 10  # of one hour
MOST_VOTES = 20_000  # that are counted at once
HOUR, WEEK = 3600, 604_800  # seconds
MONDAY = 259_200  # seconds from the Monday before 1970 to its first day, a Thursday

Item = TypeVar("Item")
AnySelect = sa.Select[*tuple[Any, ...]]

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
            people = ({"id": theme_id, "people": n} for theme_id, n in session.execute(_people(chunk)))
            counts += [people, _breadth(session, chunk)]
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


class Texts(NamedTuple):
    """Some posts that count for themes: which theme, and how a select from Post is narrowed to them."""

    theme: sa.ColumnElement[int]
    of: Callable[[AnySelect], AnySelect]


def behind(theme_ids: Sequence[int]) -> tuple[Texts, Texts]:
    """The posts of themes that everybody can read, and those of other themes or none that were merged into them."""
    is_own = sa.and_(Post.theme_id.in_(theme_ids), IN_PUBLIC)
    below = joined_below(sa.select(Post.id, Post.theme_id).where(is_own).subquery())
    is_other = Post.theme_id.is_distinct_from(below.c.theme_id) | ~IN_PUBLIC
    # Said twice, so that databases begin with what stands below, which is little, and not with all votes.
    is_below = sa.and_(below.c.post_id == Post.id, Post.id.in_(sa.select(below.c.post_id)), is_other)
    theme = cast(sa.ColumnElement[int], Post.theme_id)
    return (
        Texts(theme, lambda query: query.where(is_own)),
        Texts(below.c.theme_id, lambda query: query.join(below, is_below)),
    )


def people_of(theme_ids: Sequence[int]) -> sa.Subquery:
    """Theme and person, each pair once: who wrote what stands behind themes or has a counted vote on it."""
    parts: list[AnySelect] = []
    for theme, of in behind(theme_ids):
        parts.append(of(sa.select(theme, Post.author_id).select_from(Post)).where(Post.author_id.is_not(None)))
        parts.append(of(sa.select(theme, Vote.user_id).select_from(Post).join(Vote, _VOTED)))
    return sa.union(*parts).subquery()


def _people(theme_ids: Sequence[int]) -> sa.Select[int, int]:
    people = people_of(theme_ids)
    return sa.select(people.c[0], sa.func.count()).group_by(people.c[0])


def _breadth(session: Session, theme_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    weeks = {row[0]: row[1] for row in session.execute(weeks_of(session, theme_ids))}
    for theme_id, people, alone, organisations in session.execute(voices(session, theme_ids)):
        yield {"id": theme_id, "breadth": (people * weeks[theme_id] * (alone + organisations)) ** (1 / 3)}


def weeks_of(session: Session, theme_ids: Sequence[int]) -> sa.Select[int, int]:
    """In how many weeks somebody wrote or voted."""
    wrote, cast_in = (week_number(seconds(session, column)) for column in (Post.created_at, Vote.cast_at))
    parts: list[AnySelect] = []
    for theme, of in behind(theme_ids):
        parts.append(of(sa.select(theme, wrote).select_from(Post)))
        parts.append(of(sa.select(theme, cast_in).select_from(Post).join(Vote, _VOTED)))
    weeks = sa.union(*parts).subquery()
    return sa.select(weeks.c[0], sa.func.count()).group_by(weeks.c[0])


def voices(session: Session, theme_ids: Sequence[int]) -> sa.Select[int, int, int, int]:
    """By theme: people without bursts, those of them without an organisation, and organisations."""
    heard = sa.union(*_without_bursts(session, theme_ids)).subquery()
    theme_id, user_id = heard.c
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
    written, cast_at = seconds(session, Post.created_at), seconds(session, Vote.cast_at)
    # Where no hour had more than ten votes, as the board has counted already, all of them count.
    is_calm = Post.effective_votes >= Post.votes
    for theme, of in behind(theme_ids):
        # What was merged from elsewhere has hours of its own, so that it pushes nobody out of this theme's.
        place = _place_in_hour([theme, Post.theme_id], written, Post.id).label("place")
        wrote = of(sa.select(theme, Post.author_id, place).select_from(Post)).subquery()
        yield sa.select(wrote.c[0], wrote.c[1]).where(wrote.c.place <= BURST, wrote.c[1].is_not(None))
        voted = of(sa.select(theme, Vote.user_id).select_from(Post).join(Vote, _VOTED))
        yield voted.where(is_calm)
        place = _place_in_hour([theme, Vote.post_id], cast_at, Vote.user_id).label("place")
        crowded = voted.add_columns(place).where(~is_calm).subquery()
        yield sa.select(crowded.c[0], crowded.c[1]).where(crowded.c.place <= BURST)


def _place_in_hour(of: list[Any], at: sa.ColumnElement[int], order: Any) -> sa.ColumnElement[int]:
    return sa.func.row_number().over(partition_by=[*of, at // HOUR], order_by=[at, order])


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


def beginning_of(week: int) -> datetime:
    """The moment at which the week of this number begins."""
    return datetime.fromtimestamp(week * WEEK - MONDAY, UTC)

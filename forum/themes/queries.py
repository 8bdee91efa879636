"""What readers see of themes: public pages and panels. Quotations and counts are of public open posts alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.clock import utcnow
from forum.core.paging import PAGE_SIZE, Page, read_cursor, write_cursor
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.queries import visible_to
from forum.posts.status import Moderation
from forum.products.models import Area, Product
from forum.themes.counting import MONDAY, WEEK, seconds, week_number
from forum.themes.labels import label_of
from forum.themes.models import Theme, ThemeMember
from forum.themes.status import Direction, Placing, ThemeState
from forum.themes.trends import direction

WEEKS = 12
QUOTES = 3

Row = sa.Row[*tuple[Any, ...]]


def visible_themes(reader: Reader) -> sa.ColumnElement[bool]:
    """The condition on `Theme` for what `reader` may see: accepted ones; the team sees those that ended, too."""
    if reader.is_team:
        return Theme.state != ThemeState.MERGED
    return Theme.state == ThemeState.ACCEPTED


def find_theme(reader: Reader, theme_id: int) -> sa.Select[Theme]:
    """The theme with this id, if `reader` may see it, or one whose address leads to its heir."""
    return sa.select(Theme).where(Theme.id == theme_id, visible_themes(reader) | (Theme.state == ThemeState.MERGED))


def last_heir(session: Session, theme: Theme) -> Theme | None:
    """The theme in which a merged one lives on, through any number of mergers."""
    seen: set[int] = set()
    while theme.state is ThemeState.MERGED and theme.heir_id and theme.id not in seen:
        seen.add(theme.id)
        heir = session.get(Theme, theme.heir_id)
        if heir is None:
            return None
        theme = heir
    return None if theme.state is ThemeState.MERGED else theme


@dataclass(frozen=True, slots=True)
class Quote:
    """A post as it is quoted."""

    post_id: int
    title: str
    excerpt: str
    language: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A theme in a list."""

    id: int
    label: str
    sentence: dict[str, str]
    posts: int
    people: int
    recent: int
    before_that: int
    direction: Direction
    quotes: list[Quote]


_CARD = (
    Theme.id,
    Theme.name,
    Theme.suggestion,
    Theme.sentence,
    Theme.posts,
    Theme.people,
    Theme.recent,
    Theme.before_that,
    Theme.exemplar_ids,
)


def read_cards(session: Session, product_id: int, after: str = "") -> Page[Card]:
    """The accepted themes of a product with three quotations each, those with most posts first."""
    query = sa.select(*_CARD).where(Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED, Theme.posts > 0)
    start = read_cursor(after, 2)
    if start:
        query = query.where(sa.tuple_(Theme.posts, Theme.id) < sa.tuple_(*(sa.literal(key) for key in start)))
    rows = session.execute(query.order_by(Theme.posts.desc(), Theme.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    quotes = read_quotes(session, [(row.id, row.exemplar_ids) for row in shown])
    cards = [_card(row, quotes.get(row.id, [])[:QUOTES]) for row in shown]
    more = write_cursor(shown[-1].posts, shown[-1].id) if len(rows) > PAGE_SIZE else ""
    return Page(cards, more, is_first=start is None)


def _card(row: Row, quotes: list[Quote]) -> Card:
    return Card(
        row.id,
        label_of(row),
        row.sentence,
        row.posts,
        row.people,
        row.recent,
        row.before_that,
        direction(row.posts, row.recent, row.before_that),
        quotes,
    )


def read_quotes(session: Session, wanted: Iterable[tuple[int, Sequence[int]]]) -> dict[int, list[Quote]]:
    """The exemplars of themes, by theme and in their order: those that everybody can read and that are still in it."""
    wanted = list(wanted)
    ids = [post_id for _theme, posts in wanted for post_id in posts]
    if not ids:
        return {}
    rows = session.execute(
        sa.select(Post.id, Post.title, Post.excerpt, Post.language, Post.created_at, Post.theme_id).where(
            Post.id.in_(ids), Post.is_listed
        )
    )
    found = {row.id: (row.theme_id, Quote(*row[:5])) for row in rows}
    return {
        theme_id: [found[post_id][1] for post_id in posts if post_id in found and found[post_id][0] == theme_id]
        for theme_id, posts in wanted
    }


def members(theme_id: int, reader: Reader) -> sa.Select[*tuple[Any, ...]]:
    """The open posts of a theme that `reader` may see, newest number first; private ones for the team alone."""
    return (
        sa.select(
            Post.id,
            Post.title,
            Post.excerpt,
            Post.language,
            Post.kind,
            Post.status,
            Post.votes,
            Post.visibility,
            Post.created_at,
            Area.name.label("area"),
            ThemeMember.placing,
            ThemeMember.similarity,
        )
        .join(ThemeMember, ThemeMember.post_id == Post.id)
        .join(Area, Area.id == Post.area_id)
        .where(ThemeMember.theme_id == theme_id, Post.moderation == Moderation.OPEN, visible_to(reader))
        .order_by(Post.id.desc())
    )


def read_members(session: Session, theme_id: int, reader: Reader, after: str = "") -> Page[Row]:
    """One page of a theme's posts."""
    return page_of(session, members(theme_id, reader), after)


def read_least_typical(session: Session, theme_id: int, reader: Reader, after: str = "") -> Page[Row]:
    """One page of a theme's posts, those least like the middle of the theme first, those that people pinned last."""
    pinned = sa.case((ThemeMember.placing == Placing.PERSON, 2), else_=0)
    key = sa.cast(sa.func.round((ThemeMember.similarity + pinned) * _FINE), sa.Integer).label("key")
    query = members(theme_id, reader).add_columns(key).order_by(None).order_by(key, Post.id)
    start = read_cursor(after, 2)
    if start:
        query = query.where((key > start[0]) | ((key == start[0]) & (Post.id > start[1])))
    rows = session.execute(query.limit(PAGE_SIZE + 1)).all()
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return Page(rows[:PAGE_SIZE], write_cursor(last.key, last.id) if last else "", is_first=start is None)


_FINE = 10_000  # steps of likeness that are told apart


def page_of(session: Session, query: sa.Select[*tuple[Any, ...]], after: str) -> Page[Row]:
    """One page of a list of posts ordered by falling id."""
    start = read_cursor(after)
    if start:
        query = query.where(Post.id < start[0])
    rows = session.execute(query.limit(PAGE_SIZE + 1)).all()
    more = write_cursor(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else ""
    return Page(rows[:PAGE_SIZE], more, is_first=start is None)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a theme's posts spread over time and areas."""

    weeks: list[tuple[datetime, int]]  # Monday and posts, oldest first, the last week still going on
    areas: list[tuple[dict[str, str], int]]  # name and posts, most first
    undated: int  # posts of which nobody knows the week


def read_shape(session: Session, theme_id: int) -> Shape:
    """Posts a week over twelve weeks, and the areas they are about, in one query."""
    written = week_number(seconds(session, Post.created_at))
    week = sa.case((Post.is_dated, written), else_=None).label("week")
    counts = (
        sa.select(week, Post.area_id, sa.func.count().label("posts"))
        .where(Post.theme_id == theme_id, Post.is_listed)
        .group_by(week, Post.area_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(counts.c.week, counts.c.area_id, counts.c.posts, Area.name).join(Area, Area.id == counts.c.area_id)
    ).all()
    of_week: dict[int | None, int] = {}
    of_area: dict[int, int] = {}
    names: dict[int, dict[str, str]] = {}
    for row in rows:
        of_week[row.week] = of_week.get(row.week, 0) + row.posts
        of_area[row.area_id] = of_area.get(row.area_id, 0) + row.posts
        names[row.area_id] = row.name
    areas = sorted(of_area.items(), key=lambda entry: -entry[1])
    return Shape(
        [(monday(number), of_week.get(number, 0)) for number in last_weeks()],
        [(names[area_id], posts) for area_id, posts in areas],
        of_week.get(None, 0),
    )


def last_weeks() -> range:
    """The numbers of the last twelve weeks, this one included."""
    now = int(utcnow().timestamp() + MONDAY) // WEEK
    return range(now - WEEKS + 1, now + 1)


def monday(week: int) -> datetime:
    """When the week with this number began."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=week * WEEK - MONDAY)


@dataclass(frozen=True, slots=True)
class Rising:
    """A theme that is growing."""

    id: int
    name: dict[str, str]
    suggestion: str
    recent: int
    before_that: int


def read_rising(session: Session, count: int = 3) -> list[Rising]:
    """The accepted themes, of all products, that gained most in the last four weeks."""
    gained = Theme.recent - Theme.before_that
    rows = session.execute(
        sa.select(Theme.id, Theme.name, Theme.suggestion, Theme.recent, Theme.before_that, Theme.posts)
        .where(Theme.state == ThemeState.ACCEPTED, gained > 0)
        .order_by(gained.desc(), Theme.id)
        .limit(count * 4)
    ).all()
    growing = (Direction.GROWING, Direction.NEW)
    return [
        Rising(row.id, row.name, row.suggestion, row.recent, row.before_that)
        for row in rows
        if direction(row.posts, row.recent, row.before_that) in growing
    ][:count]


def choose_product(products: Sequence[Product], slug: str) -> Product | None:
    """The product that an address asks for, else the first."""
    return next((product for product in products if product.slug == slug), products[0] if products else None)

"""What the team reads about themes: the desk's figures, the unsorted heap, what people decided, versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.queries import is_followed, visible_to
from forum.posts.status import Moderation
from forum.search.queries import hits, matching
from forum.search.stemming import asked_stems
from forum.themes.counting import beginning_of, people_of, seconds, week_number
from forum.themes.labels import label_of
from forum.themes.models import EarlyWarning, RunCluster, Steering, Theme, ThemeMember, ThemeVersion
from forum.themes.queries import QUOTES, Quote, find_theme, last_weeks, members
from forum.themes.status import Order, SteeringKind, ThemeState

TOO_FEW = 30  # posts, under which themes are not meaningful yet
IN_SIGHT = (Moderation.OPEN, Moderation.MERGED)
PROVISIONAL = 200  # posts, under which they may well change with the next few

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Figures:
    """How far themes cover what was said about a product; public open posts."""

    posts: int
    sorted: int
    since_run: int  # published since the last finished run; 0 before the first

    @property
    def unsorted(self) -> int:
        """Posts without a theme."""
        return self.posts - self.sorted

    @property
    def coverage(self) -> int:
        """Share of posts in a theme, in percent; all of them only when it is all."""
        return 100 * self.sorted // self.posts if self.posts else 0


def read_figures(session: Session, product_id: int, last_run: datetime | None) -> Figures:
    """The desk's figures; `last_run` is when the last finished run began to read."""
    since = Post.published_at > last_run if last_run else sa.false()
    row = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(Post.theme_id),
            sa.func.coalesce(sa.func.sum(sa.case((since, 1), else_=0)), 0),
        ).where(Post.product_id == product_id, Post.is_listed)
    ).one()
    return Figures(row[0], row[1], int(row[2]))


_KEYS: dict[Order, Any] = {
    Order.GROWTH: Theme.recent - Theme.before_that,
    Order.PEOPLE: Theme.people,
    Order.BREADTH: Theme.breadth,
    Order.POSTS: Theme.posts,
    Order.PAIN: Theme.pain,
    Order.SEGMENT: Theme.people,  # and by what segments say of them, once that is counted
    Order.WEIGHTED: Theme.people,
}


Warned = tuple[Theme, EarlyWarning | None]

_LATELY = timedelta(days=28)  # how long a warning that ended and that nobody has seen stays on the desk


def is_due(warning: EarlyWarning) -> bool:
    """Whether a warning waits for somebody to see it."""
    ended = warning.ended_at
    return warning.seen_at is None and (ended is None or ended > utcnow() - _LATELY)


def read_themes(session: Session, product_id: int, order: Order) -> tuple[list[Warned], list[Theme]]:
    """The accepted themes of a product, most first, each with its newest warning; and the dismissed ones."""
    is_dismissed = Theme.state == ThemeState.DISMISSED
    rows = session.execute(
        sa.select(Theme, EarlyWarning)
        .outerjoin(EarlyWarning, EarlyWarning.newest_of == Theme.id)
        .where(Theme.product_id == product_id, is_dismissed | (Theme.state == ThemeState.ACCEPTED))
        .order_by(is_dismissed, _KEYS[order].desc(), Theme.posts.desc(), Theme.id)
        .limit(600)
    ).all()
    standing: list[Warned] = [(row[0], row[1]) for row in rows if row[0].state is ThemeState.ACCEPTED]
    return standing, [theme for theme, _warning in rows if theme.state is ThemeState.DISMISSED]


def read_groups(session: Session, run_id: int) -> dict[int, str]:
    """What the groups of a run are called, by ref: as the themes that they are by now, or as the run named them."""
    rows = session.execute(
        sa.select(RunCluster.ref, RunCluster.label, Theme.name, Theme.suggestion)
        .outerjoin(Theme, Theme.id == sa.func.coalesce(RunCluster.theme_id, RunCluster.ref))
        .where(RunCluster.run_id == run_id)
    )
    return {row.ref: row.label if row.name is None else label_of(_Names(row.name, row.suggestion)) for row in rows}


def find_with_warnings(reader: Reader, theme_id: int, since: datetime) -> sa.Select[Theme, EarlyWarning, bool]:
    """The theme with this id, if `reader` may see it, beside its warnings raised since then, newest first.

    The last column says whether `reader` follows it.
    """
    lately = sa.and_(EarlyWarning.theme_id == Theme.id, EarlyWarning.raised_at >= since)
    return (
        find_theme(reader, theme_id)
        .outerjoin(EarlyWarning, lately)
        .add_columns(EarlyWarning, is_followed(reader, "theme", Theme.id))
        .order_by(EarlyWarning.id.desc())
    )


def count_warnings(session: Session) -> dict[int, int]:
    """How many warnings wait for somebody to see them, by product."""
    rows = session.execute(
        sa.select(EarlyWarning.product_id, sa.func.count())
        .join(Theme, Theme.id == EarlyWarning.newest_of)
        .where(
            Theme.state == ThemeState.ACCEPTED,
            EarlyWarning.seen_at.is_(None),
            EarlyWarning.ended_at.is_(None) | (EarlyWarning.ended_at > utcnow() - _LATELY),
        )
        .group_by(EarlyWarning.product_id)
    )
    return {row[0]: row[1] for row in rows}


def read_newest(session: Session, theme_ids: Sequence[int], reader: Reader) -> dict[int, list[Row]]:
    """The three newest posts of each theme that `reader` may see; private ones for the team alone."""
    place = sa.func.row_number().over(partition_by=Post.theme_id, order_by=Post.id.desc()).label("place")
    posts = (
        sa.select(Post.id, Post.theme_id, Post.title, Post.language, Post.visibility, Post.created_at, place)
        .where(
            Post.theme_id.in_(theme_ids),
            Post.moderation == Moderation.OPEN,
            Post.created_at > utcnow() - 2 * _LATELY,
            visible_to(reader),
        )
        .subquery()
    )
    found: dict[int, list[Row]] = {}
    for row in session.execute(sa.select(posts).where(posts.c.place <= QUOTES).order_by(posts.c.id.desc())):
        found.setdefault(row.theme_id, []).append(row)
    return found


def read_lines_of_weeks(session: Session, product_id: int) -> dict[int, list[int]]:
    """Posts a week over the last twelve weeks, by theme."""
    weeks = last_weeks()
    week = week_number(seconds(session, Post.created_at)).label("week")
    # Not the column itself: SQLite would walk the themes' index, through the posts of all years, to group by it.
    theme = sa.func.coalesce(Post.theme_id, 0).label("theme")
    rows = session.execute(
        sa.select(theme, week, sa.func.count())
        .where(
            Post.product_id == product_id,
            Post.is_listed,
            Post.is_dated,
            Post.created_at >= beginning_of(weeks.start),
        )
        .group_by(theme, week)
    )
    found: dict[int, list[int]] = {}
    for theme_id, number, count in rows:
        if theme_id and number in weeks:
            found.setdefault(theme_id, [0] * len(weeks))[number - weeks.start] = count
    return found


def unsorted_posts(session: Session, product_id: int, reader: Reader, words: str) -> sa.Select[*tuple[Any, ...]]:
    """The open posts of a product in no theme, newest number first; with `words` those listed that have them."""
    query = (
        sa.select(Post.id, Post.title, Post.excerpt, Post.language, Post.created_at, Post.visibility)
        .where(
            Post.product_id == product_id,
            Post.theme_id.is_(None),
            Post.moderation == Moderation.OPEN,
            visible_to(reader),
        )
        .order_by(Post.id.desc())
    )
    return query.where(_having(session, words)) if words else query


def read_to_choose(session: Session, theme_id: int, reader: Reader, words: str) -> Sequence[Row]:
    """The posts of a theme to choose from, least typical first, at most 200; with `words` those that have them."""
    query = members(theme_id, reader).order_by(None).order_by(ThemeMember.similarity, Post.id).limit(200)
    return session.execute(query.where(_having(session, words)) if words else query).all()


def read_with_words(session: Session, product_id: int, reader: Reader, words: str, most: int) -> Sequence[int]:
    """The newest listed posts of a product that have all the words, at most so many."""
    wanted = (Post.product_id == product_id, Post.is_listed, visible_to(reader), _having(session, words))
    return session.scalars(sa.select(Post.id).where(*wanted).order_by(Post.id.desc()).limit(most)).all()


def _having(session: Session, words: str) -> sa.ColumnElement[bool]:
    """The condition that a listed post has all the words."""
    groups = asked_stems(words)
    if not groups:
        return sa.false()
    dialect = session.get_bind().dialect.name
    found = hits(dialect, "asked", 5000).params(asked=matching(groups, dialect))
    return Post.id.in_(sa.select(found.subquery().c.post_id))


def read_posts(session: Session, post_ids: Sequence[int]) -> dict[int, Quote]:
    """Posts that everybody can read, by id, as they are quoted."""
    rows = session.execute(
        sa.select(Post.id, Post.title, Post.excerpt, Post.language, Post.created_at).where(
            Post.id.in_(post_ids), Post.is_listed
        )
    )
    return {row[0]: Quote(*row) for row in rows}


def count_people(session: Session, theme_ids: Sequence[int]) -> int:
    """How many distinct people are behind some themes together, as `counting` counts them for one."""
    people = people_of(theme_ids)
    return session.scalars(sa.select(sa.func.count(people.c[1].distinct()))).one()


def read_names(session: Session, product_id: int) -> list[tuple[int, str]]:
    """The accepted themes of a product with what they are called, by name."""
    rows = session.execute(
        sa.select(Theme.id, Theme.name, Theme.suggestion).where(
            Theme.product_id == product_id, Theme.state == ThemeState.ACCEPTED
        )
    )
    return sorted(((row.id, label_of(row)) for row in rows), key=lambda pair: pair[1].casefold())


def read_neighbours(session: Session, theme: Theme) -> list[Theme]:
    """The other accepted themes of the product, those that share most key words first."""
    others = session.scalars(
        sa.select(Theme).where(
            Theme.product_id == theme.product_id, Theme.state == ThemeState.ACCEPTED, Theme.id != theme.id
        )
    ).all()
    mine = set(theme.terms)
    return sorted(others, key=lambda other: (-len(mine.intersection(other.terms)), -other.posts, other.id))


def read_unmet(session: Session, unmet: Sequence[dict[str, Any]]) -> list[str]:
    """What a run could not obey of what people decided, in sentences."""
    ids = {one for entry in unmet for one in entry["about"]}
    themes = {theme.id: label_of(theme) for theme in session.scalars(sa.select(Theme).where(Theme.id.in_(ids)))}
    return [_unmet(entry, themes) for entry in unmet]


def _unmet(entry: dict[str, Any], themes: dict[int, str]) -> str:
    first, last = entry["about"][0], entry["about"][-1]
    values = {"post": first, "theme": themes.get(last, last), "reason": entry["reason"]}
    match entry["kind"]:
        case "pins":
            return _("Post {post} could not be pinned to “{theme}” ({reason}).", **values)
        case "keep_out":
            return _("Post {post} could not be kept out of “{theme}” ({reason}).", **values)
        case "together":
            return _("Posts {post} and {other} could not be kept together ({reason}).", other=last, **values)
        case "apart":
            return _("Posts {post} and {other} could not be kept apart ({reason}).", other=last, **values)
        case "dismissed":
            return _("The dismissed theme “{theme}” caught nothing ({reason}).", **values)
        case _:
            return _("The merger into “{theme}” could not be kept ({reason}).", **values)


@dataclass(frozen=True, slots=True)
class Said:
    """Something a person told the engine."""

    id: int
    kind: SteeringKind
    theme_id: int
    sentence: str
    post_id: int | None
    post_title: str
    who: str
    said_at: datetime
    undone_at: datetime | None  # by a person, or by what somebody said later
    undone_by: str


def read_said(
    session: Session, product_id: int, *, theme_id: int | None = None, with_undone: bool = False
) -> list[Said]:
    """What people told the engine about a product, or about one theme, and what holds of it; newest first.

    With `with_undone` what does not hold any more comes after it, the last taken back first.
    """
    other, undoer = sa.orm.aliased(Theme), sa.orm.aliased(User)
    holds = Steering.undone_at.is_(None)
    query = (
        sa.select(
            Steering.id,
            Steering.kind,
            Steering.theme_id,
            Steering.values,
            Steering.said_at,
            Theme.name,
            Theme.suggestion,
            other.name.label("other_name"),
            other.suggestion.label("other_suggestion"),
            Steering.post_id,
            Post.title,
            User.display_name,
            Steering.undone_at,
            undoer.display_name.label("undone_by"),
        )
        .join(Theme, Theme.id == Steering.theme_id)
        .outerjoin(other, other.id == Steering.other_theme_id)
        .outerjoin(
            Post, sa.and_(Post.id == Steering.post_id, Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)))
        )
        .outerjoin(User, User.id == Steering.said_by_id)
        .outerjoin(undoer, undoer.id == Steering.undone_by_id)
        .where(Steering.product_id == product_id, sa.or_(holds, sa.literal(with_undone)))
        .order_by(sa.not_(holds), Steering.undone_at.desc(), Steering.id.desc())
        .limit(200)
    )
    if theme_id is not None:
        query = query.where((Steering.theme_id == theme_id) | (Steering.other_theme_id == theme_id))
    return [_said(row) for row in session.execute(query)]


def _said(row: Row) -> Said:
    theme, other = label_of(row), ""
    if row.other_name is not None:
        other = label_of(_Names(row.other_name, row.other_suggestion))
    words = {
        SteeringKind.RENAME: lambda: _("Named “{theme}”.", theme=label_of(_Names(row.values["after"], ""))),
        SteeringKind.PIN: lambda: _("Pinned to “{theme}”:", theme=theme),
        SteeringKind.KEEP_OUT: lambda: _("Kept out of “{theme}”:", theme=theme),
        SteeringKind.MERGE: lambda: _("“{theme}” was merged into “{other}”.", theme=theme, other=other),
        SteeringKind.SPLIT: lambda: _("“{other}” was split from “{theme}”.", theme=theme, other=other),
        SteeringKind.DISMISS: lambda: _("“{theme}” was dismissed.", theme=theme),
        SteeringKind.APART: lambda: _("“{theme}” and “{other}” are different things.", theme=theme, other=other),
        SteeringKind.TOGETHER: lambda: _("“{theme}” is one thing.", theme=theme),
        SteeringKind.UNSURE: lambda: _unsure(row, theme, other),
    }
    return Said(
        row.id,
        row.kind,
        row.theme_id,
        words[row.kind](),
        row.post_id,
        row.title or "",
        row.display_name or "",
        row.said_at,
        row.undone_at,
        row.undone_by or "",
    )


def _unsure(row: Row, theme: str, other: str) -> str:
    """What somebody could not say."""
    if row.post_id:
        return _("Not sure whether this belongs to “{theme}”:", theme=theme)
    if other:
        return _("Not sure whether “{theme}” and “{other}” belong together.", theme=theme, other=other)
    return _("Not sure whether “{theme}” is one thing or two.", theme=theme)


@dataclass(frozen=True, slots=True)
class _Names:
    name: dict[str, str]
    suggestion: str


def read_versions(session: Session, product_id: int, count: int = 50) -> Sequence[Row]:
    """The stored versions of a product's themes, newest first."""
    return session.execute(
        sa.select(
            ThemeVersion.id,
            ThemeVersion.run_id,
            ThemeVersion.made_at,
            ThemeVersion.summary,
            sa.func.coalesce(User.display_name, "").label("who"),
        )
        .outerjoin(User, User.id == ThemeVersion.made_by_id)
        .where(ThemeVersion.product_id == product_id)
        .order_by(ThemeVersion.id.desc())
        .limit(count)
    ).all()

"""Early warnings: themes in which more people write than their own weeks explain, noticed while it happens.

What is weighed are people, not posts: who wrote in a theme within seven days, each once, whatever they wrote. Posts
count by the day they were written; those of which nobody knows it are left out. Imported posts tell what is usual and
never raise a warning. Public posts count, merged ones too; private ones do not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.database import reading, transaction
from forum.core.errors import require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.status import Moderation, Visibility
from forum.themes import training
from forum.themes.counting import WEEK, seconds, standing_ids
from forum.themes.events import ThemeRose
from forum.themes.models import EarlyWarning, Theme
from forum.themes.status import ThemeState

WEEKS = 26  # before the last seven days, that say what is usual
Counts = Mapping[tuple[int, int], int]  # by theme and week
LEAST_PEOPLE = 5  # in seven days, under which nothing is a rise
_SEVEN_DAYS = timedelta(days=7)

_IS_LIVE = sa.and_(EarlyWarning.newest_of.is_not(None), EarlyWarning.ended_at.is_(None))
# Both values, so that the index which begins with product and listing serves.
_COUNTS = sa.and_(
    Post.is_listed.in_((True, False)),
    Post.visibility == Visibility.PUBLIC,
    Post.moderation.in_((Moderation.OPEN, Moderation.MERGED)),
    Post.is_dated,
)
_IS_HEARD = sa.and_(Post.source != "import", Post.author_id.is_not(None))


@dataclass(frozen=True, slots=True)
class Look:
    """A theme's last seven days, weighed by its weeks before them."""

    theme_id: int
    people: int
    posts: int
    usual: float  # people in seven days
    weeks: int  # that are known before
    chance: float  # of as many people or more, in [0, 1]
    is_rise: bool
    is_quiet: bool


def look_for_rises(product_id: int, among: Collection[int] | None = None) -> int:
    """Look at a product's themes, or at some; raise and end warnings. Return how many were raised.

    Reads outside any transaction; of all themes it takes about half a second per 100,000 posts a year. For jobs.
    """
    with reading() as session:
        looks = look(session, product_id, among)
    if not looks:
        return 0
    with transaction() as session:
        return len(write_down(session, product_id, looks))


def look(session: Session, product_id: int, among: Collection[int] | None = None) -> list[Look]:
    """Weigh the themes that may have begun to rise and those that are rising: all of a product's, or some.

    A rise needs five people, and to be one whether or not all else grew; other themes are left out.
    """
    end = _end_of_now()
    live = _live(session, product_id).keys()
    busy = _busy(session, product_id, end) | live
    theme_ids = sorted(busy if among is None else busy.intersection(among))
    if not theme_ids:
        return []
    weeks = _weeks_known(session, product_id, end)
    people, posts = _by_week(session, theme_ids, end)
    looks = _weigh(theme_ids, weeks, people, posts, {})
    asked = [one.theme_id for one in looks if one.is_rise or one.theme_id in live]
    return _weigh(asked, weeks, people, posts, _posts_by_week(session, product_id, end)) if asked else []


def _weigh(
    theme_ids: Sequence[int], weeks: int, people: Counts, posts: Counts, all_posts: Mapping[int, int]
) -> list[Look]:
    """The last seven days of some themes, weighed by so many `weeks` before and by what all else got."""
    span = range(weeks + 1)
    weighed = training.weigh_weeks(
        [[people.get((theme, week), 0) for week in span] for theme in theme_ids],
        [[max(all_posts.get(week, 0) - posts.get((theme, week), 0), 0) for week in span] for theme in theme_ids],
    )
    return [
        Look(
            theme,
            people.get((theme, 0), 0),
            posts.get((theme, 0), 0),
            float(weighed.usual[row]),
            weeks,
            float(weighed.chance[row]),
            bool(weighed.is_rise[row]),
            bool(weighed.is_quiet[row]),
        )
        for row, theme in enumerate(theme_ids)
    ]


def write_down(session: Session, product_id: int, looks: Collection[Look]) -> list[EarlyWarning]:
    """Raise a warning for each theme that has begun to rise, keep those of rising ones up, end those of quiet ones.

    Publishes `ThemeRose` for each new one, and returns them.
    """
    standing, live = set(standing_ids(session, product_id)), _live(session, product_id)
    raised = []
    for one in looks:
        warning = live.get(one.theme_id)
        if warning is not None:
            warning.people, warning.posts = one.people, one.posts
            warning.most_people = max(warning.most_people, one.people)
            warning.chance = min(warning.chance, one.chance)
            warning.ended_at = utcnow() if one.is_quiet or one.theme_id not in standing else None
        elif one.is_rise and one.theme_id in standing:
            new = _raise(session, product_id, one)
            raised += [new] if new else []
    return raised


def _raise(session: Session, product_id: int, one: Look) -> EarlyWarning | None:
    """A new warning in place of the theme's last one; None when somebody else was faster."""
    warning = EarlyWarning(
        product_id=product_id,
        theme_id=one.theme_id,
        newest_of=one.theme_id,
        raised_at=utcnow(),
        people=one.people,
        posts=one.posts,
        most_people=one.people,
        usual=one.usual,
        weeks=one.weeks,
        chance=one.chance,
    )
    last = sa.update(EarlyWarning).where(EarlyWarning.newest_of == one.theme_id, EarlyWarning.ended_at.is_not(None))
    try:
        with session.begin_nested():
            session.execute(last.values(newest_of=None))
            session.add(warning)
    except IntegrityError:
        return None
    publish(session, ThemeRose(one.theme_id, warning.id))
    return warning


def see_warning(session: Session, warning: EarlyWarning, *, by: Reader) -> None:
    """Note that a product manager knows of a rise; it stands on the desk no more. Seen twice is seen once."""
    require(may_plan(by), _("Only product managers put early warnings aside."))
    session.refresh(warning, with_for_update=True)
    if warning.seen_at is None:
        warning.seen_at, warning.seen_by_id = utcnow(), by.id
        record(session, "theme.see_warning", by=by.id, subject="theme", subject_id=warning.theme_id, warning=warning.id)


def unsee_warning(session: Session, warning: EarlyWarning, *, by: Reader) -> None:
    """Put a warning that was seen back on the desk."""
    require(may_plan(by), _("Only product managers put early warnings aside."))
    session.refresh(warning, with_for_update=True)
    if warning.seen_at is not None:
        warning.seen_at = warning.seen_by_id = None
        record(
            session, "theme.unsee_warning", by=by.id, subject="theme", subject_id=warning.theme_id, warning=warning.id
        )


def _end_of_now() -> datetime:
    """Weeks are counted back from here, so that each is a whole one; by days the last would be short each morning."""
    return utcnow() + timedelta(seconds=1)


def _live(session: Session, product_id: int) -> dict[int, EarlyWarning]:
    rows = session.scalars(sa.select(EarlyWarning).where(EarlyWarning.product_id == product_id, _IS_LIVE))
    return {warning.theme_id: warning for warning in rows}


def _busy(session: Session, product_id: int, end: datetime) -> set[int]:
    """The accepted themes in which enough people for a rise wrote in the last seven days."""
    people = sa.func.count(Post.author_id.distinct())
    recent = sa.and_(Post.created_at >= end - _SEVEN_DAYS, Post.created_at < end)
    busy = (
        sa.select(Post.theme_id)
        .join(Theme, Theme.id == Post.theme_id)
        .where(Post.product_id == product_id, Theme.state == ThemeState.ACCEPTED, _COUNTS, _IS_HEARD, recent)
        .group_by(Post.theme_id)
        .having(people >= LEAST_PEOPLE)
    )
    return {theme_id for theme_id in session.scalars(busy) if theme_id}


def _weeks_known(session: Session, product_id: int, end: datetime) -> int:
    """How many whole weeks before the last seven days the product has been spoken of, at most 26."""
    first = session.scalar(
        sa.select(Post.created_at)
        .where(Post.product_id == product_id, Post.is_listed, Post.is_dated)
        .order_by(Post.created_at)
        .limit(1)
    )
    return 0 if first is None else max(0, min(WEEKS, (end - first) // _SEVEN_DAYS - 1))


def _week(session: Session, end: datetime) -> sa.ColumnElement[int]:
    """In which seven days before `end` a post was written: 0 for the last seven, 1 for those before them."""
    return (int(end.timestamp()) - 1 - seconds(session, Post.created_at)) // WEEK


def _within(end: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Post.created_at >= end - (WEEKS + 1) * _SEVEN_DAYS, Post.created_at < end)


def _is_before(end: datetime) -> sa.ColumnElement[bool]:
    return Post.created_at < end - _SEVEN_DAYS


def _by_week(session: Session, theme_ids: Collection[int], end: datetime) -> tuple[Counts, Counts]:
    """People and posts by theme and week. Before the last seven days each unsigned post is a person of its own."""
    week = _week(session, end).label("week")
    unsigned = sa.func.sum(sa.case((Post.author_id.is_(None), 1), else_=0))
    rows = session.execute(
        sa.select(Post.theme_id, week, sa.func.count(Post.author_id.distinct()) + unsigned, sa.func.count())
        .where(
            Post.theme_id.in_(theme_ids), _COUNTS, _within(end), sa.or_(Post.created_at < end - _SEVEN_DAYS, _IS_HEARD)
        )
        .group_by(Post.theme_id, week)
    )
    people: dict[tuple[int, int], int] = {}
    posts: dict[tuple[int, int], int] = {}
    for theme_id, number, of_people, of_posts in rows:
        people[theme_id or 0, number] = int(of_people)
        posts[theme_id or 0, number] = of_posts
    return people, posts


def _posts_by_week(session: Session, product_id: int, end: datetime) -> dict[int, int]:
    """Posts about the product by week; of the last seven days without those that were imported."""
    week = _week(session, end).label("week")
    rows = session.execute(
        sa.select(week, sa.func.count())
        .where(Post.product_id == product_id, _COUNTS, _within(end), _is_before(end) | (Post.source != "import"))
        .group_by(week)
    )
    return {row[0]: row[1] for row in rows}

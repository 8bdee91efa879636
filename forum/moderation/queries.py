"""What moderators look at: the queue, a case with its context, and what was reported before."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from config import settings
from forum.accounts.models import User
from forum.core.clock import utcnow
from forum.core.paging import Page, read_cursor, write_cursor
from forum.core.people import Reader
from forum.moderation import second_look
from forum.moderation.models import Case, Report, Sanction
from forum.moderation.pleading import OPEN
from forum.moderation.rules import CLAIM_LASTS
from forum.moderation.status import CaseKind
from forum.posts.models import Comment, Picture, Post
from forum.posts.queries import visible_to
from forum.posts.status import Moderation
from forum.products.models import Area

PAGE_SIZE = 50  # cases in the list beside the one in full
LATELY, ENOUGH = 50, 3  # decided first posts that tell how long one usually waits: at most, and at least

Author = aliased(User, name="author")
Claimer = aliased(User, name="claimer")

_Other, _OtherPost = aliased(Case), aliased(Post)
_Parent, _ParentAuthor = aliased(Comment), aliased(User)
_waiting = Case.decided_at.is_(None)
_due = sa.or_(Case.later_until.is_(None), Case.later_until <= sa.bindparam("now"))

_COUNTS = (
    sa.select(
        Case.kind,
        sa.func.count().filter(_due).label("due"),
        sa.func.count().filter(~_due).label("later"),
    )
    .where(_waiting)
    .group_by(Case.kind)
).union_all(sa.select(sa.null(), sa.func.count(), sa.literal(0)).select_from(Sanction).where(OPEN))

# Of nearly the same texts the oldest stands for all, wherever in the queue the others are.
_WAITING_IN_GROUP = (
    sa.select(sa.func.count())
    .where(_Other.group_id == Case.group_id, _Other.decided_at.is_(None))
    .correlate(Case)
    .scalar_subquery()
)
_DECIDED_IN_GROUP = (
    sa.select(sa.func.count())
    .where(_Other.group_id == Case.group_id, _Other.decided_at.is_not(None), _Other.id != Case.id)
    .correlate(Case)
    .scalar_subquery()
)
_IS_FIRST = ~sa.exists().where(
    _Other.group_id == Case.group_id,
    _Other.decided_at.is_(None),
    _Other.id < Case.id,
    _OtherPost.id == _Other.post_id,
    _OtherPost.moderation != Moderation.ERASED,
    sa.or_(_Other.later_until.is_(None), _Other.later_until <= sa.bindparam("now")) == _due,
)
_ROWS = (
    sa.select(
        Case.id,
        Case.group_id,
        Case.spam_score,
        _WAITING_IN_GROUP.label("alike"),
        Case.kind,
        Case.comment_id,
        Case.opened_at,
        Case.claimed_by_id,
        Case.claimed_at,
        Claimer.display_name.label("claimer"),
        Post.title,
        Post.language,
        Author.display_name.label("author"),
    )
    .join(Post, Post.id == Case.post_id)
    .outerjoin(Comment, Comment.id == Case.comment_id)
    .outerjoin(Author, Author.id == sa.func.coalesce(Comment.author_id, Post.author_id))
    .outerjoin(Claimer, Claimer.id == Case.claimed_by_id)
    .where(_waiting)
    .order_by(Case.opened_at, Case.id)
)


@dataclass(frozen=True)
class Counts:
    """How much waits now, cases and objections to what was done about people, and how many cases were put off."""

    due: int
    later: int
    due_by_kind: dict[CaseKind, int]
    later_by_kind: dict[CaseKind, int]
    objections: int = 0  # to warnings and suspensions


@dataclass(frozen=True)
class History:
    """What is known about an author."""

    open: int
    hidden: int
    removed: int
    comments_removed: int


def counts(session: Session) -> Counts:
    """How many cases wait, in one query; cheap, because the index begins with `decided_at`."""
    rows = session.execute(_COUNTS, {"now": utcnow()}).all()
    due = {row.kind: row.due for row in rows if row.kind and row.due}
    later = {row.kind: row.later for row in rows if row.kind and row.later}
    objections = sum(row.due for row in rows if row.kind is None)
    return Counts(sum(due.values()) + objections, sum(later.values()), due, later, objections)


def waiting(
    session: Session, reader: Reader, *, put_off: bool = False, kind: CaseKind | None = None, after: str = ""
) -> Page[sa.Row[*tuple[Any, ...]]]:
    """One page of the cases that wait, the oldest first, or with `put_off` of those left for later; of one `kind`.

    The cursor `after` holds the id of a case, decided meanwhile or not: the page begins with the one behind it.
    """
    query, keys = _ROWS.where(~_due if put_off else _due, _IS_FIRST, visible_to(reader)), read_cursor(after)
    if kind:
        query = query.where(Case.kind == kind)
    if keys:
        # The moment comes from the row itself, so no precision is lost.
        moment = sa.select(Case.opened_at).where(Case.id == keys[0]).scalar_subquery()
        query = query.where(sa.tuple_(Case.opened_at, Case.id) > sa.tuple_(moment, sa.literal(keys[0])))
    rows = session.execute(query.limit(PAGE_SIZE + 1), {"now": utcnow()}).all()
    more = len(rows) > PAGE_SIZE
    return Page(rows[:PAGE_SIZE], write_cursor(rows[PAGE_SIZE - 1].id) if more else "", is_first=keys is None)


def is_claimed(row: Any, reader: Reader, now: datetime) -> bool:
    """Whether somebody other than `reader` opened the case within the last minutes; `row` has its columns."""
    by, since = row.claimed_by_id, row.claimed_at
    return by is not None and by != reader.id and since is not None and now - since < CLAIM_LASTS


def next_after(
    session: Session,
    case: Case,
    reader: Reader,
    *,
    put_off: bool = False,
    kind: CaseKind | None = None,
    after: str = "",
) -> tuple[int | None, str]:
    """The id of the case to go on with, and the cursor of the page it stands on; `after` is that of `case`.

    It is the next after `case` that nobody else looks at or has to decide, else the first such; None without one.
    """
    now = utcnow()
    for start, page in ((write_cursor(case.id), after), ("", "")):
        rows = waiting(session, reader, put_off=put_off, kind=kind, after=start).rows
        left = second_look.left_to_others(session, rows, reader)
        free = (row.id for row in rows if row.id not in (case.id, *left) and not is_claimed(row, reader, now))
        found: int | None = next(free, None)
        if found is not None:
            return found, page
    return None, ""


def find_case(reader: Reader, case_id: int) -> sa.Select[Case]:
    """The case with this id, if `reader` may see what it is about."""
    return sa.select(Case).join(Post, Post.id == Case.post_id).where(Case.id == case_id, visible_to(reader))


_CASE = (
    sa.select(
        *(Case.group_id, Case.spam_score, Case.batch),
        _WAITING_IN_GROUP.label("alike"),
        _DECIDED_IN_GROUP.label("past"),
        *(Case.id, Case.kind, Case.post_id, Case.comment_id, Case.opened_at, Case.later_until, Case.open_key),
        *(Case.claimed_by_id, Case.claimed_at, Case.decision, Case.decided_at, Case.reason),
        *(Post.title, Post.kind.label("post_kind"), Post.body_html, Post.language, Post.visibility, Post.created_at),
        *(
            Post.moderation,
            Post.area_id,
            Post.product_id,
            Post.survivor_id,
            Post.body,
            Post.author_id.label("post_author_id"),
        ),
        sa.exists().where(Picture.post_id == Post.id).label("has_pictures"),
        *(Comment.body.label("comment_body"), Comment.body_html.label("comment_html")),
        Comment.language.label("comment_language"),
        *(Comment.created_at.label("commented_at"), Comment.moderation.label("comment_moderation")),
        Comment.is_internal,
        sa.func.coalesce(Comment.moderation_reason, Post.moderation_reason).label("moderation_reason"),
        *(_Parent.body_html.label("parent_html"), _Parent.language.label("parent_language")),
        _ParentAuthor.display_name.label("parent_author"),
        Area.name.label("area"),
        Area.openness,
        Author.id.label("author_id"),
        Author.display_name.label("author"),
        Author.created_at.label("member_since"),
        Author.verified_at,
        Author.language.label("author_language"),
        Claimer.display_name.label("claimer"),
    )
    .join(Post, Post.id == Case.post_id)
    .join(Area, Area.id == Post.area_id)
    .outerjoin(Comment, Comment.id == Case.comment_id)
    .outerjoin(Author, Author.id == sa.func.coalesce(Comment.author_id, Post.author_id))
    .outerjoin(Claimer, Claimer.id == Case.claimed_by_id)
    .outerjoin(_Parent, _Parent.id == Comment.parent_id)
    .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
)


def case_in_full(session: Session, reader: Reader, case_id: int) -> sa.Row[*tuple[Any, ...]] | None:
    """A case with the text it is about, where it stands and who wrote it; None if `reader` may not see that."""
    return session.execute(_CASE.where(Case.id == case_id, visible_to(reader))).one_or_none()


_POSTS_BY_STATE = sa.select(
    sa.func.count().filter(Post.moderation.in_((Moderation.OPEN, Moderation.MERGED))).label("open"),
    sa.func.count().filter(Post.moderation == Moderation.HIDDEN).label("hidden"),
    sa.func.count().filter(Post.moderation == Moderation.REMOVED).label("removed"),
    sa.select(sa.func.count())
    .where(Comment.author_id == sa.bindparam("author_id"), Comment.moderation == Moderation.REMOVED)
    .scalar_subquery()
    .label("comments_removed"),
).where(Post.author_id == sa.bindparam("author_id"))


def history(session: Session, author_id: int) -> History:
    """How many posts of an author stand, and how many were taken away; in one query."""
    row = session.execute(_POSTS_BY_STATE, {"author_id": author_id}).one()
    return History(row.open, row.hidden, row.removed, row.comments_removed)


_REPORTS = (
    sa.select(Report.reason, Report.text, Report.reported_at, User.display_name.label("reporter"))
    .join(User, User.id == Report.reporter_id)
    .where(Report.case_id == sa.bindparam("case_id"))
    .order_by(Report.reported_at, Report.reporter_id)
    .limit(100)
)


def reports(session: Session, case_id: int) -> list[sa.Row[*tuple[Any, ...]]]:
    """Who reported what for which reason, the first ones first."""
    return list(session.execute(_REPORTS, {"case_id": case_id}))


def reported_by(session: Session, reader: Reader, post_id: int, comment_id: int | None) -> Report | None:
    """This reader's report about a post or comment, whatever became of it."""
    about = (
        sa.select(Report).join(Case).where(Case.post_id == post_id, Case.comment_id.is_not_distinct_from(comment_id))
    )
    return session.scalars(about.where(Report.reporter_id == reader.id).limit(1)).one_or_none()


def handled_today(session: Session) -> int:
    """How many cases all moderators together have decided since midnight, in the site's time zone."""
    midnight = utcnow().astimezone(ZoneInfo(settings().time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return session.scalars(sa.select(sa.func.count()).where(Case.decided_at >= midnight)).one()


_BESIDE = sa.select(Post.id, Post.title, Post.language, Post.body_html, Post.created_at, Post.comments)


def text_beside(session: Session, reader: Reader, post_id: int) -> sa.Row[*tuple[Any, ...]] | None:
    """The text of a look-alike, to be read beside the one to decide about; None if `reader` may not see it."""
    return session.execute(_BESIDE.where(Post.id == post_id, visible_to(reader))).one_or_none()


def open_key(kind: CaseKind, post_id: int, comment_id: int | None) -> str:
    """What makes an open case the only one of its kind about its subject."""
    return f"{kind.value}:{post_id}:{comment_id or ''}"


def usual_wait(session: Session) -> float | None:
    """The median time in seconds that the last 50 first posts and comments waited; None before three were decided."""
    decided = sa.select(Case.opened_at, Case.decided_at).where(
        Case.kind == CaseKind.FIRST_POST, Case.decided_at.is_not(None)
    )
    rows = session.execute(decided.order_by(Case.decided_at.desc()).limit(LATELY)).all()
    waited = [(then - opened).total_seconds() for opened, then in rows if then]
    return median(waited) if len(waited) >= ENOUGH else None

"""One post as its page shows it, in two queries however much hangs on it: the post, then its timeline and comments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session, aliased

from forum.accounts.models import User
from forum.core import markup
from forum.core.database import Words
from forum.core.languages import date_words
from forum.core.people import Reader
from forum.posts import timeline
from forum.posts.models import Comment, Follow, Post, TimelineEntry, Vote
from forum.posts.queries import Sight, comments_with, sight_of, visible_comments, visible_with
from forum.posts.status import Interest, Kind, Moderation, Severity, Status, Visibility, Voice
from forum.products.models import Area, Product
from forum.products.status import Openness

COMMENTS = 100  # per page
_ENTRIES = 200  # of a timeline


@dataclass(frozen=True, slots=True)
class PostInFull:
    """A post with its area, product and author, and what the reader has done with it."""

    id: int
    product_id: int
    area_id: int
    author_id: int | None
    theme_id: int | None
    merged_into_id: int | None
    kind: Kind
    title: str
    excerpt: str
    body_html: str
    language: str
    severity: Severity | None
    visibility: Visibility
    moderation: Moderation
    moderation_reason: str
    status: Status
    source: str
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    answered_at: datetime | None
    votes: int
    votes_try: int
    votes_buy: int
    comments: int
    is_listed: bool
    is_demo: bool
    is_owed_views: bool
    author_name: str | None
    area_name: Words
    openness: Openness
    why: Words
    product_name: Words
    product_slug: str
    interest: Interest | None  # of the reader's own vote
    follows: bool


@lru_cache
def _post_query(sight: Sight) -> sa.Select[*tuple[Any, ...]]:
    """The columns of `PostInFull`, in its order. Built once for each sight."""
    interest: sa.ColumnElement[Any] = sa.null()
    follows: sa.ColumnElement[bool] = sa.false()
    me: sa.BindParameter[int] = sa.bindparam("me")
    if sight is not Sight.ANYBODY:
        interest = sa.select(Vote.interest).where(Vote.post_id == Post.id, Vote.user_id == me).scalar_subquery()
        follows = sa.exists().where(Follow.user_id == me, Follow.subject == "post", Follow.subject_id == Post.id)
    names = [name for name in PostInFull.__slots__ if name in Post.__table__.c]
    return (
        sa.select(
            *(getattr(Post, name) for name in names),
            Post.owed_key.is_not(None).label("is_owed_views"),
            User.display_name.label("author_name"),
            Area.name.label("area_name"),
            Area.openness,
            Area.why,
            Product.name.label("product_name"),
            Product.slug.label("product_slug"),
            interest.label("interest"),
            follows.label("follows"),
        )
        .join(Area, Area.id == Post.area_id)
        .join(Product, Product.id == Post.product_id)
        .outerjoin(User, User.id == Post.author_id)
        .where(Post.id == sa.bindparam("post"), visible_with(sight, me))
    )


def read_post(session: Session, post_id: int, reader: Reader) -> PostInFull | None:
    """The post with this id, or None when `reader` may not see it."""
    values = {"post": post_id, "me": reader.id}
    row = session.connection().execute(_post_query(sight_of(reader)), values).one_or_none()
    return None if row is None else PostInFull(*row)


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment, ready to be shown."""

    id: int
    parent_id: int | None
    author_id: int | None
    name: str
    is_official: bool
    department: str
    is_internal: bool
    language: str
    moderation: Moderation
    moderation_reason: str
    key: str
    at: datetime
    edited_at: datetime | None
    html: Markup  # of the body, safe to print
    day: str  # of writing, in the reader's language
    iso: str

    @property
    def is_gone(self) -> bool:
        """Whether a moderator took it out of sight; its author and moderators read it still."""
        return self.moderation is not Moderation.OPEN


@dataclass(slots=True)
class Thread:
    """A first comment with its replies; without the comment when it is not shown, or stands on the page before."""

    root: CommentRow | None
    replies: list[CommentRow] = field(default_factory=list)

    @property
    def rows(self) -> list[CommentRow | None]:
        """The first comment, or None in its place, then the replies."""
        return [self.root, *self.replies]


@dataclass(frozen=True, slots=True)
class Talk:
    """What hangs on a post: what became of it, the official answer, and one page of comments."""

    entries: list[timeline.Entry]
    pinned: CommentRow | None
    threads: list[Thread]
    next_key: str  # first key of the next page, empty on the last one

    @property
    def pinned_thread(self) -> Thread:
        """The official answer by itself."""
        return Thread(self.pinned)


def read_talk(session: Session, post_id: int, reader: Reader, start: str = "") -> Talk:
    """The timeline and the comments of a post that `reader` may see, from the thread key `start` on."""
    values = {"post": post_id, "start": start, "me": reader.id}
    rows = session.connection().execute(_talk_query(sight_of(reader)), values).all()
    comments = sorted((_comment(row) for row in rows if row.part == "comment"), key=lambda comment: comment.key)
    pinned = next((_comment(row) for row in rows if row.part == "pinned"), None)
    told = sorted((row for row in rows if row.part == "entry"), key=lambda row: (row.created_at, row.id))
    lines = timeline.word_all([(row.created_at, row.thread_key, row.details, row.name or "") for row in told])
    shown = comments[:COMMENTS]
    return Talk(lines, pinned, _threads(shown, pinned), comments[COMMENTS].key if len(comments) > COMMENTS else "")


def _threads(comments: Sequence[CommentRow], pinned: CommentRow | None) -> list[Thread]:
    """Comments in order as threads. The pinned one stands above them all and is left out when nothing hangs on it."""
    threads: dict[int, Thread] = {}
    for comment in comments:
        if comment.parent_id is None:
            threads[comment.id] = Thread(comment)
        elif pinned is None or comment.id != pinned.id:
            threads.setdefault(comment.parent_id, Thread(None)).replies.append(comment)
    if pinned is not None and pinned.id in threads and not threads[pinned.id].replies:
        del threads[pinned.id]
    return list(threads.values())


def start_of_page_with(session: Session, comment: Comment, reader: Reader) -> str:
    """The thread key from which the page with `comment` starts: empty for the first page, else its thread's first."""
    before = session.scalar(
        sa.select(sa.func.count()).where(
            Comment.post_id == comment.post_id, visible_comments(reader), Comment.thread_key < comment.thread_key
        )
    )
    return comment.thread_key.split(".")[0] if (before or 0) >= COMMENTS else ""


def _comment(row: Any) -> CommentRow:
    return CommentRow(
        id=row.id,
        parent_id=row.parent_id,
        author_id=row.author_id,
        name=row.name or "",
        is_official=row.voice is Voice.OFFICIAL,
        department=row.department,
        is_internal=row.is_internal,
        html=markup.safe(row.body_html),
        day=date_words(row.created_at),
        iso=row.created_at.isoformat(),
        language=row.language,
        moderation=row.moderation,
        moderation_reason=row.moderation_reason,
        key=row.thread_key,
        at=row.created_at,
        edited_at=row.edited_at,
    )


_COMMENT_COLUMNS = (
    "id",
    "parent_id",
    "author_id",
    "voice",
    "department",
    "is_internal",
    "body_html",
    "language",
    "moderation",
    "moderation_reason",
    "thread_key",
    "created_at",
    "edited_at",
)


@lru_cache
def _talk_query(sight: Sight) -> Any:
    """Comments from a key on, the latest official one, and the timeline, as one union. Built once for each sight.

    The columns are those of a comment; an entry of the timeline lends some of them for what it has: its kind
    stands as `thread_key`, its values as `details`.
    """
    seen = (Comment.post_id == sa.bindparam("post"), comments_with(sight, sa.bindparam("me")))
    comments = _comments("comment").where(*seen, Comment.thread_key >= sa.bindparam("start"))
    pinned = _comments("pinned").where(
        *seen, Comment.voice == Voice.OFFICIAL, ~Comment.is_internal, Comment.moderation == Moderation.OPEN
    )
    parts = (
        comments.order_by(Comment.thread_key).limit(COMMENTS + 1),
        pinned.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(1),
        _entries(sight),
    )
    return sa.union_all(*(sa.select(part.subquery()) for part in parts))


def _comments(part: str) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        sa.literal_column(f"'{part}'", sa.String).label("part"),
        *(getattr(Comment, name) for name in _COMMENT_COLUMNS),
        sa.cast(sa.null(), sa.JSON).label("details"),
        User.display_name.label("name"),
    ).outerjoin(User, User.id == Comment.author_id)


def _entries(sight: Sight) -> sa.Select[*tuple[Any, ...]]:
    lent: dict[str, Any] = {
        "id": TimelineEntry.id,
        "thread_key": TimelineEntry.kind,
        "created_at": TimelineEntry.at,
        "is_internal": sa.false(),
    }
    actor = aliased(User)
    columns = [lent.get(name, sa.cast(sa.null(), getattr(Comment, name).type)).label(name) for name in _COMMENT_COLUMNS]
    query = (
        sa.select(
            sa.literal_column("'entry'", sa.String).label("part"),
            *columns,
            TimelineEntry.values.label("details"),
            actor.display_name.label("name"),
        )
        .outerjoin(actor, actor.id == TimelineEntry.actor_id)
        .where(TimelineEntry.post_id == sa.bindparam("post"))
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(_ENTRIES)
    )
    sees_all = sight in (Sight.TEAM, Sight.MODERATOR)
    return query if sees_all else query.where(TimelineEntry.is_public)


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A line of *my posts*."""

    id: int
    title: str
    language: str
    kind: Kind
    status: Status
    moderation: Moderation
    moderation_reason: str
    visibility: Visibility
    created_at: datetime
    votes: int
    comments: int
    area_name: Words


_OWN = (
    sa.select(*(getattr(Post, name) for name in OwnPost.__slots__ if name in Post.__table__.c), Area.name)
    .join(Area, Area.id == Post.area_id)
    .where(Post.author_id == sa.bindparam("me"), Post.id < sa.bindparam("before"), Post.moderation != Moderation.ERASED)
    .order_by(Post.id.desc())
    .limit(sa.bindparam("limit"))
)


def own_posts(session: Session, reader: Reader, *, before: int, limit: int) -> list[OwnPost]:
    """What `reader` has posted, newest first, whatever became of it; those with ids below `before`."""
    rows: Sequence[Any] = session.connection().execute(_OWN, {"me": reader.id, "before": before, "limit": limit}).all()
    return [OwnPost(*row) for row in rows]

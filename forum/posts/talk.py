"""What hangs on a post: its timeline and a page of its comments, in one query however many there are."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.status import AccountState
from forum.core import markup
from forum.core.database import Json
from forum.core.languages import date_words
from forum.core.people import Reader
from forum.posts import timeline
from forum.posts.counting import group_of
from forum.posts.models import Comment, TimelineEntry
from forum.posts.queries import Sight, comments_with, sight_of, visible_comments
from forum.posts.status import Moderation, Voice

COMMENTS = 100  # per page
_ENTRIES = 200  # of a timeline

_comments, _entries, _users = (cast(sa.Table, model.__table__) for model in (Comment, TimelineEntry, User))


class CommentRow(NamedTuple):
    """One comment, ready to be shown: the columns of `_talk_query` in their order, then what is made of them.

    `templates/posts/_comments.html` takes them apart in this order.
    """

    id: int
    parent_id: int | None
    author_id: int | None
    voice: str
    department: str
    is_internal: bool
    body_html: str
    language: str
    moderation: str
    moderation_reason: str
    key: str
    at: datetime
    edited_at: datetime | None
    post_id: int  # that it hangs on: the one shown, or one merged into it
    details: Json | None  # of entries of the timeline
    name: str  # empty when nobody knows who it was, or the account was erased
    html: Markup  # of the body, safe to print
    day: str  # of writing, in the reader's language


# In the place of a comment that is not shown although its replies are.
_NEVER = datetime.min.replace(tzinfo=UTC)
GONE = CommentRow(0, None, None, "", "", False, "", "", "", "", "", _NEVER, None, 0, None, "", markup.safe(""), "")


class Line(NamedTuple):
    """A comment in its place in the list, or `GONE`."""

    comment: CommentRow
    is_above: bool = False  # the official answer, which stands above the list
    opens: bool = False  # the first of the replies
    closes: bool = False  # the last of the replies
    is_reply: bool = False
    has_replies: bool = False


class Talk(NamedTuple):
    """What became of a post, the official answer, and one page of comments."""

    entries: list[timeline.Entry]
    pinned: CommentRow | None
    lines: list[Line]
    next_key: str  # first key of the next page, empty on the last one

    @property
    def answer(self) -> list[Line]:
        """The official answer as a list of its own."""
        return [Line(self.pinned)] if self.pinned else []

    def find(self, comment_id: str) -> CommentRow | None:
        """The comment on this page with this id."""
        shown = [self.pinned, *(line.comment for line in self.lines)]
        return next((one for one in shown if one and one is not GONE and str(one.id) == comment_id), None)


def read_talk(session: Session, post_id: int, reader: Reader, start: str = "", *, has_joined: bool = False) -> Talk:
    """The timeline and the comments of a post that `reader` may see, from the thread key `start` on.

    Where others were merged into it, the comments of them all stand together in their order.
    """
    values = {"post": post_id, "start": start, "me": reader.id}
    comments, pinned, told = [], None, []
    for part, *row in session.connection().execute(_talk_query(sight_of(reader), has_joined), values).all():
        if part == "entry":
            told.append(row)
        elif part == "pinned":
            pinned = _comment(row)
        else:
            comments.append(_comment(row))
    comments.sort(key=lambda comment: comment.key)
    told.sort(key=lambda row: (row[11], row[0]))
    entries = timeline.word_all([(row[11], row[10], row[14], row[15]) for row in told])
    next_key = comments[COMMENTS].key if len(comments) > COMMENTS else ""
    return Talk(entries, pinned, _lines(comments[:COMMENTS], pinned), next_key)


def _comment(row: Sequence[Any]) -> CommentRow:
    return CommentRow._make((*row, markup.safe(row[6]), date_words(row[11])))


def _lines(comments: Sequence[CommentRow], pinned: CommentRow | None) -> list[Line]:
    """Comments in order as threads. The pinned one stands above them all and is left out when nothing hangs on it."""
    threads: dict[int, list[CommentRow]] = {}
    for comment in comments:
        if comment.parent_id is None:
            threads[comment.id] = [comment]
        elif pinned is None or comment.id != pinned.id:
            threads.setdefault(comment.parent_id, [GONE]).append(comment)
    lines = []
    for root, *replies in threads.values():
        is_above = pinned is not None and root.id == pinned.id
        if is_above and not replies:
            continue
        lines.append(Line(root, is_above, has_replies=bool(replies)))
        last = len(replies) - 1
        lines += [Line(reply, False, place == 0, place == last, True) for place, reply in enumerate(replies)]
    return lines


def start_of_page_with(session: Session, post_id: int, comment: Comment, reader: Reader) -> str:
    """The thread key from which a post's page with `comment` starts: empty for the first, else its thread's first."""
    before = session.scalar(
        sa.select(sa.func.count()).where(
            Comment.post_id.in_(group_of(post_id)), visible_comments(reader), Comment.thread_key < comment.thread_key
        )
    )
    return comment.thread_key.split(".")[0] if (before or 0) >= COMMENTS else ""


@lru_cache
def _talk_query(sight: Sight, has_joined: bool) -> Any:
    """Comments from a key on, the latest official one, and the timeline, as one union. Built once for each sight.

    The columns are those of a comment; an entry of the timeline lends some of them for what it has: its kind
    stands as `thread_key`.
    """
    post: sa.BindParameter[int] = sa.bindparam("post")
    here = _comments.c.post_id.in_(group_of(post)) if has_joined else _comments.c.post_id == post
    seen = (here, comments_with(sight, sa.bindparam("me")))
    official = (
        sa.type_coerce(_comments.c.voice, sa.String) == Voice.OFFICIAL.value,
        ~_comments.c.is_internal,
        sa.type_coerce(_comments.c.moderation, sa.String) == Moderation.OPEN.value,
    )
    page = _of_comments("comment").where(*seen, _comments.c.thread_key >= sa.bindparam("start"))
    pinned = _of_comments("pinned").where(*seen, *official)
    parts = (
        page.order_by(_comments.c.thread_key).limit(COMMENTS + 1),
        pinned.order_by(_comments.c.created_at.desc(), _comments.c.id.desc()).limit(1),
        _of_entries(sight),
    )
    return sa.union_all(*(sa.select(part.subquery()) for part in parts))


def _words(column: Any) -> sa.ColumnElement[Any]:
    """A column as it is stored; enums as their words."""
    return sa.type_coerce(column, sa.String) if isinstance(column.type, sa.Enum) else column


# The columns of a comment by the names of `CommentRow`, in its order.
_COLUMNS = {
    name: {"key": _comments.c.thread_key, "at": _comments.c.created_at}.get(name, _comments.c.get(name))
    for name in CommentRow._fields[:14]
}


def _of_comments(part: str) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        sa.literal_column(f"'{part}'", sa.String).label("part"),
        *(_words(column).label(name) for name, column in _COLUMNS.items()),
        sa.cast(sa.null(), sa.JSON).label("details"),
        sa.func.coalesce(_users.c.display_name, "").label("name"),
    ).outerjoin(_users, (_users.c.id == _comments.c.author_id) & (_users.c.state != AccountState.ERASED))


def _of_entries(sight: Sight) -> sa.Select[*tuple[Any, ...]]:
    lent: dict[str, Any] = {"id": _entries.c.id, "key": _entries.c.kind, "at": _entries.c.at, "is_internal": sa.false()}
    query = (
        sa.select(
            sa.literal_column("'entry'", sa.String).label("part"),
            *(lent.get(name, sa.cast(sa.null(), _words(column).type)).label(name) for name, column in _COLUMNS.items()),
            _entries.c["values"].label("details"),
            sa.func.coalesce(_users.c.display_name, "").label("name"),
        )
        .outerjoin(_users, _users.c.id == _entries.c.actor_id)
        .where(_entries.c.post_id == sa.bindparam("post"))
        .order_by(_entries.c.at.desc(), _entries.c.id.desc())
        .limit(_ENTRIES)
    )
    return query if sight in (Sight.TEAM, Sight.MODERATOR) else query.where(_entries.c.is_public)

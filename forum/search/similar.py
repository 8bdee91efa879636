"""Posts that say the same: for somebody who is typing, beside a post, and for moderators.

The worker writes an index of the listed posts to a file that every web process maps into memory (`keeping`);
what was posted or changed since, each process reads from the database before it answers. The index proposes;
what is shown is read from the posts at that moment, and only what the reader may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.core.people import Reader
from forum.posts.cards import posts
from forum.posts.models import Post
from forum.posts.queries import visible_to
from forum.search.queries import entries
from forum.search.stemming import words_of
from forum.search.wording import sharing_words

if TYPE_CHECKING:
    from forum.engine import SimilarPosts
    from forum.engine.asked import Question

COMPARED = 1_000  # characters of a text
AT_ONCE = 2_000  # posts that are read in one transaction
READ = 1_500  # characters of a body that are looked through for shared words
FEW = 3  # posts that are shown
CANDIDATES = (30, 300)  # posts that are proposed; more when too few of the first may be shown
LEAST_LIKE = 0.1  # soft cosine from which a post is worth showing
LEAST_WORDS = 2  # that two texts share, unless one has no more or they are very much alike
MUCH_ALIKE = 0.3  # soft cosine from which one word is enough, the others being too differently spelt to be named
COUNTED = 8  # of the posts most like a text, whose areas say in which it probably belongs
LEAST_THERE = 2  # posts of one area that speak for it
NEWER = 1_000  # posts newer than the file that a process takes in; a file is missed only above this
PATIENCE = 60.0  # seconds after which a process without a file counts the posts again
OVERLAP = timedelta(seconds=20)  # a transaction may take so long between its clock and its commit
_BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Similar:
    """A post that says something similar, and the words by which it does."""

    id: int
    title: str
    language: str
    status: str
    kind: str
    area_id: int
    votes: int
    words: tuple[str, ...]  # as it writes them, in lower case and in their order
    score: float  # in [0, 1]; 0 where only words were compared

    @property
    def hidden_words(self) -> tuple[str, ...]:
        """Those of the words that do not stand in the title."""
        title = set(words_of(self.title))
        return tuple(word for word in self.words if word not in title)


@dataclass(frozen=True, slots=True)
class AreaGuess:
    """The area that a text probably belongs in, because most of the posts like it stand there."""

    area_id: int
    post_id: int  # the post there that is most like the text
    share: int  # how many of the posts most like the text stand there
    of: int  # those that were counted


@dataclass(frozen=True, slots=True)
class Look:
    """What there is like a text: the posts to be shown, best first, and the area that they speak for, if any."""

    posts: list[Similar]
    area: AreaGuess | None = None


def is_enough(text: str) -> bool:
    """Whether there is enough of a text to look for others like it: three words or twelve characters."""
    return len(text.strip()) >= 12 or sum(1 for _word in words_of(text)) >= 3


def similar_posts(
    session: Session, text: str, *, reader: Reader, limit: int = FEW, leave_out: int | None = None
) -> list[Similar]:
    """The listed posts most like `text`, of which the first line is the title, that `reader` may see, best first.

    Two queries; more only when many of those proposed may not be shown.
    """
    return look(session, text, reader=reader, limit=limit, leave_out=leave_out).posts


def look(session: Session, text: str, *, reader: Reader, limit: int = FEW, leave_out: int | None = None) -> Look:
    """The posts that `similar_posts` finds, and the area that they speak for. As many queries."""
    question = _question(text[:COMPARED])
    index = _shelf(session).current(session)
    found = Look([])
    for many in CANDIDATES:
        near = _near(session, index, question, text[:COMPARED], many)
        likely = {post: score for post, score in near if post != leave_out}
        rows = _read(session, reader, list(likely))
        found = Look(_shown(rows, question, likely, limit), _guess(rows, question, likely))
        if len(found.posts) >= limit or len(near) < many:
            break
    return found


def _near(
    session: Session, index: "SimilarPosts | None", question: "Question", text: str, many: int
) -> list[tuple[int, float]]:
    """The ids of up to `many` posts like a text with how like they are, best first."""
    if index is None:
        return [(post, 0.0) for post in sharing_words(session, text, many)]
    return [(post, score) for post, score in index.nearest(question, many) if score >= LEAST_LIKE]


def posts_like(session: Session, post: Any, *, reader: Reader, limit: int = FEW) -> list[Similar]:
    """The listed posts most like `post`, a row with its id, title and excerpt.

    Who is like whom, and by which words, is remembered for ten minutes; what is shown of them is read afresh: then
    it is one query.
    """
    text = f"{post.title}\n{post.excerpt}"
    known = _known.get((post.id, text))
    if known is None:
        found = similar_posts(session, text, reader=reader, limit=limit, leave_out=post.id)
        _known.put((post.id, text), found)
        return found
    rows = _read(session, reader, [one.id for one in known])
    return [fresh for one in known if one.id in rows and (fresh := _again(one, rows[one.id]))]


def _again(known: Similar, row: Any) -> Similar | None:
    """What is known of a post with what it is now; None when it says none of the words any more."""
    text = f"{row.title} {row.text}".lower()
    words = tuple(word for word in known.words if word in text)
    return _similar(row, words, known.score) if words else None


@lru_cache(maxsize=200)
def _question(text: str) -> "Question":
    from forum.engine.asked import Question

    return Question(text)


def _shown(rows: dict[int, Any], question: "Question", likely: dict[int, float], limit: int) -> list[Similar]:
    """Those of the `likely` posts (id -> score, best first) whose rows may be read and that still share words."""
    shown: list[Similar] = []
    for post, score in likely.items():
        least = 1 if score >= MUCH_ALIKE else max(1, min(LEAST_WORDS, question.telling))
        if post in rows and len(shown) < limit and question.worth(words := _shared(question, rows[post])) >= least:
            shown.append(_similar(rows[post], words, score))
    return shown


def _guess(rows: dict[int, Any], question: "Question", likely: dict[int, float]) -> AreaGuess | None:
    """The area of most of the posts like a text, each counting as much as it is like it; None where they disagree.

    One post alone speaks for its area only when it is very much alike.
    """
    sharing = ((post, score) for post, score in likely.items() if post in rows and _shared(question, rows[post]))
    near = list(islice(sharing, COUNTED))
    weights: dict[int, float] = {}
    for post, score in near:
        weights[rows[post].area_id] = weights.get(rows[post].area_id, 0.0) + (score or 1.0)
    best = max(weights, key=lambda area: weights[area], default=0)
    there = [(post, score) for post, score in near if rows[post].area_id == best]
    is_sure = len(there) >= LEAST_THERE or any(score >= MUCH_ALIKE for _post, score in there)
    if not is_sure or 2 * weights[best] <= sum(weights.values()):
        return None
    return AreaGuess(best, there[0][0], len(there), len(near))


def _read(session: Session, reader: Reader, ids: list[int]) -> dict[int, Any]:
    """The rows of those posts that are listed and that `reader` may see, by their ids."""
    if not ids:
        return {}
    most = next(many for many in (FEW, *CANDIDATES) if len(ids) <= many)
    values = {f"id_{n}": post for n, post in enumerate(ids + [0] * (most - len(ids)))}
    rows = session.connection().execute(_by_ids(most).where(visible_to(reader)), values)
    return {row.id: row for row in rows}


def _similar(row: Any, words: tuple[str, ...], score: float) -> Similar:
    return Similar(row.id, row.title, row.language, row.status, row.kind, row.area_id, row.votes, words, score)


def _shared(question: "Question", row: Any) -> tuple[str, ...]:
    """The words of a post that are among those asked for."""
    return tuple(question.shared(list(dict.fromkeys(words_of(f"{row.title} {row.text}")))))


@lru_cache
def _by_ids(count: int) -> Any:
    return sa.select(
        posts.c.id,
        posts.c.title,
        posts.c.language,
        sa.type_coerce(posts.c.status, sa.String).label("status"),
        sa.type_coerce(posts.c.kind, sa.String).label("kind"),
        posts.c.area_id,
        posts.c.votes,
        sa.func.substr(posts.c.body, 1, READ).label("text"),
    ).where(posts.c.id.in_([sa.bindparam(f"id_{n}") for n in range(count)]), Post.is_listed)


class _Known:
    """Which posts are like which, remembered for a while; whether they may be shown is asked each time."""

    KEPT = 600.0  # seconds
    MANY = 5_000  # posts

    def __init__(self) -> None:
        self.found: dict[tuple[int, str], tuple[float, list[Similar]]] = {}

    def get(self, key: tuple[int, str]) -> list[Similar] | None:
        at, found = self.found.get(key, (0.0, []))
        return found if at and monotonic() - at < self.KEPT else None

    def put(self, key: tuple[int, str], found: list[Similar]) -> None:
        if len(self.found) >= self.MANY:
            self.found.clear()
        self.found[key] = (monotonic(), found)


_known = _Known()


# --- The index of this process: the file, and what is newer ---------------------------------------------------


class _Shelf:
    """What one process has of the index of one database."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.stamp: Stamp = ("nothing looked at yet",)
        self.has_file = False
        self.index: SimilarPosts | None = None
        self.since = _BEGINNING
        self.seen: dict[int, datetime] = {}  # what was taken in beside the file
        self.too_many_until = 0.0  # monotonic seconds; until then there is no file, and too many posts without one

    def current(self, session: Session) -> "SimilarPosts | None":
        """The index with all that is committed, or None where words must do: no file, and too many posts without.

        One query; a file that has been replaced is opened, which takes some tens of milliseconds.
        """
        with self.lock:
            stamp = _stamp(index_file())
            if stamp != self.stamp:
                self._open(stamp)
            if self.too_many_until > monotonic():
                return None
            now = datetime.now(UTC)
            newer = session.connection().execute(_NEWER, {"since": self.since, "limit": NEWER}).all()
            if len(newer) == NEWER and not self.has_file and self.since == _BEGINNING:
                self.too_many_until = monotonic() + PATIENCE
                return None
            self.since = max(self.since, now - OVERLAP)
            return self._take_in(newer)

    def _open(self, stamp: "Stamp") -> None:
        from forum.engine import SimilarPosts

        opened = open_index() if stamp else None
        self.stamp, self.has_file = stamp, opened is not None
        self.index = opened or SimilarPosts()
        self.since = read_at(opened) - OVERLAP if opened else _BEGINNING
        self.seen, self.too_many_until = {}, 0.0

    def _take_in(self, newer: Sequence[Any]) -> "SimilarPosts | None":
        for row in reversed(newer):
            if self.index is not None and self.seen.get(row.post_id) != row.changed_at:
                self.index.add(row.post_id, f"{row.title}\n{row.body}")
                self.seen[row.post_id] = row.changed_at
        return self.index


Stamp = tuple[object, ...]
_NEWEST_FIRST = entries.c.changed_at.desc()
_NEWER = (
    sa.select(entries.c.post_id, entries.c.changed_at, posts.c.title, posts.c.body)
    .join_from(entries, posts, posts.c.id == entries.c.post_id)
    .where(entries.c.changed_at >= sa.bindparam("since", type_=entries.c.changed_at.type), posts.c.is_listed)
    .order_by(_NEWEST_FIRST)
    .limit(sa.bindparam("limit"))
)
_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()


def _shelf(session: Session) -> _Shelf:
    """This process's shelf for the database of a session; it is forgotten with the database's connections."""
    pool = session.connection().engine.pool
    shelf: _Shelf | None = _shelves.get(pool)
    return shelf if shelf is not None else _shelves.setdefault(pool, _Shelf())


# --- The file -------------------------------------------------------------------------------------------------


def index_file() -> Path:
    """Where the index lies; web and worker have their data folder in common."""
    return settings().data_dir / "similar.index"


def _stamp(path: Path) -> Stamp:
    """What tells one file at `path` from the next; empty when there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def open_index() -> "SimilarPosts | None":
    """The index in the file, or None when there is none or it cannot be trusted."""
    from forum.engine import ModelFileError, SimilarPosts

    try:
        opened: SimilarPosts = SimilarPosts.open(index_file())
        read_at(opened)
    except FileNotFoundError:
        return None
    except (ModelFileError, OSError, KeyError, TypeError, ValueError) as error:
        from structlog import get_logger

        get_logger().warning("index of similar posts cannot be read", error=str(error))
        return None
    return opened


def read_at(index: "SimilarPosts") -> datetime:
    """When the posts of an index from a file were read."""
    return datetime.fromisoformat(index.facts["read_at"])


def write_index(session: Session) -> int:
    """Write the index of all listed posts to the file; returns how many there are.

    Takes about a fifth of a second per 1,000 posts, and some six kilobytes of memory for each. Posts are read in
    short transactions of a `session` that only reads; what changes meanwhile is newer than the file.
    """
    from forum.engine import SimilarPosts

    index, now, last = SimilarPosts(), datetime.now(UTC), 0
    while rows := session.execute(_LISTED, {"last": last}).all():
        session.rollback()  # what is read, is read: nobody need keep this state of the database for us
        for row in rows:
            index.add(row.id, f"{row.title}\n{row.body}")
        last = rows[-1].id
    index_file().parent.mkdir(parents=True, exist_ok=True)
    index.save(index_file(), {"read_at": now.isoformat()})
    return len(index)


_LISTED = (
    sa.select(posts.c.id, posts.c.title, posts.c.body)
    .join_from(entries, posts, posts.c.id == entries.c.post_id)
    .where(posts.c.is_listed, posts.c.id > sa.bindparam("last"))
    .order_by(posts.c.id)
    .limit(AT_ONCE)
)


@dataclass(frozen=True)
class Drift:
    """How far the file is behind the posts."""

    posts: int  # that should be in it
    newer: int  # came or changed since
    gone: int  # at least so many of those in it are not listed any more
    age: timedelta | None  # None: there is no file, or it is damaged


def drift(session: Session) -> Drift:
    """Compare the file with the posts. Two queries; the file is read from end to end."""
    index = open_index()
    total = session.scalar(sa.select(sa.func.count()).select_from(entries)) or 0
    if index is None:
        return Drift(total, total, 0, None)
    since = read_at(index)
    newer = session.scalar(sa.select(sa.func.count()).select_from(entries).where(entries.c.changed_at >= since)) or 0
    return Drift(total, newer, max(0, len(index) - (total - newer)), datetime.now(UTC) - since)

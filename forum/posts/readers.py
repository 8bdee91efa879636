"""Views owed to new posts: distinct readers, counted in memory and written by a timer, never on a GET.

Readers are a hash with a daily salt, so that nobody can be followed from one day to the next.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import settings
from forum.core.clock import utcnow
from forum.core.database import insert_into
from forum.core.notes import Notes
from forum.core.paging import moment_key
from forum.posts.models import Post, PostReader
from forum.posts.ranking import OWED_DAYS, OWED_VIEWS

Reading = tuple[int, str, date]  # post, who, day
# What programs say of themselves; no browser's name has any of it, and all of them have one.
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|https?:|^$", re.IGNORECASE)


def is_program(agent: str) -> bool:
    """Whether this `User-Agent` is that of a program rather than a browser; none of them is a reader.

    >>> is_program("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), is_program("")
    (True, True)
    >>> is_program("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    False
    """
    return _PROGRAM.search(agent) is not None


def note_reader(post_id: int, who: str) -> None:
    """Note that `who` (a person, or an address with a browser) reads a post to which views are owed."""
    today = utcnow().date()
    READERS.note((post_id, _hash(who, today), today), None)


def _hash(who: str, day: date) -> str:
    return hashlib.sha256(f"{settings().secret}|{day}|{who}".encode()).hexdigest()[:32]


def write_readers(session: Session, noted: Iterable[Reading]) -> None:
    """Add the readers who are new to each post to its views; a post that has had its share owes no more."""
    noted = sorted(noted)
    wanted = {post_id for post_id, _who, _day in noted}
    for post_id in session.scalars(sa.select(Post.id).where(Post.id.in_(wanted)).order_by(Post.id)).all():
        fresh = _add_readers(session, post_id, [(who, day) for one, who, day in noted if one == post_id])
        if fresh:
            views = Post.views + fresh
            owed = sa.case((views < OWED_VIEWS, Post.owed_key), else_=None)
            session.execute(sa.update(Post).where(Post.id == post_id).values(views=views, owed_key=owed))
    long_ago = utcnow() - timedelta(days=OWED_DAYS)
    session.execute(sa.update(Post).where(Post.owed_key < moment_key(long_ago, 0)).values(owed_key=None))
    session.execute(sa.delete(PostReader).where(PostReader.day < long_ago.date()))


def _add_readers(session: Session, post_id: int, readers: list[tuple[str, date]]) -> int:
    """Add readers of a post; how many of them had not read it that day."""
    # What was added is asked back: not every database counts it.
    statement = insert_into(session, PostReader).on_conflict_do_nothing().returning(PostReader.reader_hash)
    added = [session.scalar(statement.values(post_id=post_id, reader_hash=who, day=day)) for who, day in readers]
    return sum(one is not None for one in added)


READERS: Notes[Reading, None] = Notes(write_readers)

"""Locking posts in one order, so that nobody waits for somebody who waits for them.

The row of its survivor holds a whole group of merged posts: who belongs to it, and every counter in it. Whoever
changes any of that locks the survivor first, several ones in the order of their ids, and writes the other rows
of the group only then. SQLite locks the whole database when a writing transaction begins, so nothing is left to do.
"""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.errors import Conflict
from forum.core.languages import _
from forum.posts.models import Post

_TRIES = 5  # to lock groups that change meanwhile


def lock_groups(session: Session, post_ids: Collection[int]) -> None:
    """Hold the groups of some posts until the transaction ends, all at once: nothing more of them is locked before.

    What was loaded of them may be stale. Raises `Conflict` when the groups keep changing meanwhile.
    """
    session.flush()
    if session.get_bind().dialect.name != "postgresql" or not post_ids:
        return
    for hold in (_hold_free, *[_hold_each] * _TRIES):
        savepoint = session.connection().begin_nested()
        tops = _survivors(session, post_ids)
        if hold(session, sorted(tops)) and tops == _survivors(session, post_ids):
            savepoint.commit()
            return
        savepoint.rollback()
    raise Conflict(_("Somebody joins these posts with others at this moment. Try again."))


def _hold_free(session: Session, post_ids: list[int]) -> bool:
    """Lock posts without waiting, all by one statement; whether all are held, and survivors still."""
    free = sa.select(Post.id).where(Post.id.in_(post_ids), Post.survivor_id.is_(None)).order_by(Post.id)
    return len(session.scalars(free.with_for_update(skip_locked=True)).all()) == len(post_ids)


def _hold_each(session: Session, post_ids: list[int]) -> bool:
    """Lock posts one after the other, and stop at the first that is no survivor any more.

    One that was waited for stays locked all the same, and whoever holds the next may be about to change it: the
    savepoint has to let go of it before anything else is waited for.
    """
    for post_id in post_ids:
        free = sa.select(Post.id).where(Post.id == post_id, Post.survivor_id.is_(None))
        if session.scalar(free.with_for_update()) is None:
            return False
    return True


def _survivors(session: Session, post_ids: Collection[int]) -> set[int]:
    return set(session.scalars(sa.select(sa.func.coalesce(Post.survivor_id, Post.id)).where(Post.id.in_(post_ids))))

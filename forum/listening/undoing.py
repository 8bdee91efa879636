"""Taking an import back: the posts it brought go, except those that somebody has done something with."""

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import reading, transaction
from forum.core.errors import NotFound, require
from forum.core.languages import _
from forum.core.people import Reader
from forum.listening.models import Import, ImportedRow
from forum.listening.rules import may_import
from forum.posts.holding import is_held
from forum.posts.models import Post
from forum.posts.services import remove_post

BATCH = 100  # posts in one transaction


class Balance(NamedTuple):
    """How many posts of an import can be taken back, and how many stay."""

    free: int
    held: int


def balance(session: Session, import_id: int) -> Balance:
    """What taking an import back would do."""
    held = sa.case((is_held(), 1), else_=0)
    total, staying = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(held), 0))
        .select_from(ImportedRow)
        .join(Post, Post.id == ImportedRow.post_id)
        .where(ImportedRow.import_id == import_id)
    ).one()
    return Balance(total - staying, staying)


def take_back(import_id: int, *, by: Reader, notice: Callable[[int], None] = lambda posts: None) -> Balance:
    """Remove the posts of an import in batches of their own transactions, and let its rows come in again.

    Posts that people voted for, commented on or joined, that speak for an item or that a moderator has dealt
    with stay. `notice` hears how many posts are gone so far. Returns how many went and how many stayed.
    Raises `NotAllowed` unless `by` may import, and `NotFound` without such an import.
    """
    require(may_import(by), str(may_import.refusal))  # type: ignore[attr-defined]
    with reading() as session:
        if session.get(Import, import_id) is None:
            raise NotFound(_("There is no such import. The list of imports has those there are."))
    gone = 0
    while (taken := _take_some(import_id, by)) is not None:
        gone += taken
        notice(gone)
    with transaction() as session:
        held = balance(session, import_id).held
        audit.record(session, "import.undo", by=by.id, subject="import", subject_id=import_id, posts=gone, kept=held)
    return Balance(gone, held)


def _lock_some(session: Session, import_id: int) -> list[int]:
    """The ids of one batch of posts that nothing holds; until the transaction ends nobody votes for them."""
    free = (
        sa.select(Post.id)
        .join(ImportedRow, ImportedRow.post_id == Post.id)
        .where(ImportedRow.import_id == import_id, ~is_held())
        .order_by(Post.id)
        .limit(BATCH)
        .with_for_update(of=Post)
    )
    return list(session.scalars(free))


def _take_some(import_id: int, by: Reader) -> int | None:
    """Take back one batch; how many posts went, or None when there were none left to take."""
    with transaction() as session:
        locked = _lock_some(session, import_id)
        if not locked:
            return None
        # Somebody may have voted while the lock was waited for: only what is free now goes.
        free = sa.select(Post).where(Post.id.in_(locked), ~is_held()).order_by(Post.id)
        ids = []
        for post in session.scalars(free).all():
            remove_post(session, post, by=by, reason=_("The import that brought it in was taken back."))
            ids.append(post.id)
        session.execute(sa.delete(ImportedRow).where(ImportedRow.post_id.in_(ids)))
        row = session.get_one(Import, import_id)
        before = row.report.get("undone", {"posts": 0})
        if ids:
            row.report = row.report | {"undone": {"posts": before["posts"] + len(ids), "at": utcnow().isoformat()}}
        return len(ids)

"""Posts of closed areas speak for internal items alone; a public one leaves them out.

A post that is left out has a row of evidence that is marked so and that nobody took out. It speaks as soon as it
may, when its theme grows again or the item is made internal. Closing an area takes nothing away from the items that
its posts speak for already.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.backlog.models import BacklogItem, Evidence
from forum.core.clock import utcnow
from forum.core.errors import Invalid
from forum.core.languages import _
from forum.posts.models import Post
from forum.products.models import Area
from forum.products.status import Openness

is_taken_out: sa.ColumnElement[bool] = Evidence.removed_at.is_not(None) & ~Evidence.is_left_out  # by a person


def is_closed() -> sa.ColumnElement[bool]:
    """The condition on `Post` that its area is closed to ideas."""
    return Post.area_id.in_(sa.select(Area.id).where(Area.openness == Openness.CLOSED))


def how_many(session: Session, posts: sa.Select[int]) -> tuple[int, int]:
    """How many of `posts` there are, and how many of these lie in closed areas."""
    closed = sa.func.count().filter(is_closed())
    count, left_out = session.execute(sa.select(sa.func.count(), closed).where(Post.id.in_(posts))).one()
    return count, left_out


def count_left_out() -> sa.ScalarSelect[int]:
    """How many posts of closed areas a `BacklogItem` leaves out, as a column."""
    count = (
        sa.select(sa.func.count()).select_from(Evidence).where(Evidence.item_id == BacklogItem.id, Evidence.is_left_out)
    )
    return count.correlate(BacklogItem).scalar_subquery()


def may_be_public(posts: int, closed: int) -> bool:
    """Whether an item may stand on the roadmap: something must be left of its posts without those of closed areas.

    >>> may_be_public(posts=3, closed=2), may_be_public(posts=2, closed=2), may_be_public(posts=0, closed=0)
    (True, False, True)
    """
    return closed < posts or not posts


def check_openness(session: Session, item: BacklogItem) -> None:
    """Raise `Invalid` when nothing would be left of an item that is to be public: no post outside closed areas.

    What a person took out does not count. An item that was promoted without posts may be public.
    """
    of_item = Evidence.item_id == item.id
    count, closed = how_many(session, sa.select(Evidence.post_id).where(of_item, ~is_taken_out))
    if not count and session.scalar(sa.select(sa.exists().where(of_item))):
        raise Invalid(fields={"is_public": _("No post speaks for it any more, so the item stays internal.")})
    if not may_be_public(count, closed):
        why = _("All of these posts lie in areas that are closed to ideas, so the item stays internal.")
        raise Invalid(fields={"is_public": why})


def leave_out(session: Session, item: BacklogItem) -> None:
    """Leave the posts of closed areas out of an item that becomes public."""
    closed = sa.select(Post.id).where(is_closed())
    which = (Evidence.item_id == item.id, Evidence.removed_at.is_(None), Evidence.post_id.in_(closed))
    session.execute(_update(*which).values(removed_at=utcnow(), is_left_out=True))


def take_in(session: Session, item: BacklogItem) -> list[int]:
    """Let posts that were left out speak for an item as far as they may now, and return their ids."""
    which = [Evidence.item_id == item.id, Evidence.is_left_out.is_(True)]
    if item.is_public:
        which.append(Evidence.post_id.in_(sa.select(Post.id).where(~is_closed())))
    return list(session.scalars(_update(*which).values(removed_at=None, is_left_out=False).returning(Evidence.post_id)))


def _update(*which: sa.ColumnElement[bool]) -> Any:
    return sa.update(Evidence).where(*which).execution_options(synchronize_session=False)

"""No silent no: an item that was set aside comes back to the desk when what it waits for has happened.

It stays *not now* until a person decides again; it stands on the desk as one that came back, and whoever is behind it
is told that the company looks at it again, as it had said.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from forum.backlog.decisions import enter
from forum.backlog.events import RevisitDue
from forum.backlog.models import BacklogItem
from forum.backlog.status import CameBack, DecisionKind, ItemStatus
from forum.core.clock import today, utcnow
from forum.core.events import publish

_other = aliased(BacklogItem)


def bring_back(session: Session, among: sa.ColumnElement[bool] | None = None) -> list[int]:
    """Bring back the items, of all or `among` some, whose day, votes, companies or launch has come; return their ids.

    Each comes back once, however often this is asked. Publishes `RevisitDue` for each.
    """
    session.flush()
    launched = sa.exists().where(_other.id == BacklogItem.revisit_item_id, _other.status == ItemStatus.LAUNCHED)
    happened: dict[CameBack, sa.ColumnElement[bool]] = {
        CameBack.ITEM: launched,
        CameBack.VOTES: BacklogItem.votes >= BacklogItem.revisit_votes,
        CameBack.COMPANIES: BacklogItem.companies >= BacklogItem.revisit_companies,
        CameBack.DATE: BacklogItem.revisit_on <= today(),
    }
    why = sa.case(*((condition, cause.value) for cause, condition in happened.items()))
    due = (
        sa.select(BacklogItem, why)
        .where(is_waiting(), sa.or_(*happened.values()), sa.true() if among is None else among)
        .order_by(BacklogItem.id)
        .with_for_update(of=BacklogItem)
    )
    back = []
    for item, cause in session.execute(due).all():
        _bring_back(session, item, CameBack(cause))
        back.append(item.id)
    return back


def is_waiting() -> sa.ColumnElement[bool]:
    """The condition on `BacklogItem` for those that were set aside and have not come back yet."""
    return sa.and_(BacklogItem.status == ItemStatus.NOT_NOW, BacklogItem.came_back_at.is_(None))


def _bring_back(session: Session, item: BacklogItem, why: CameBack) -> None:
    item.came_back_at, item.came_back = utcnow(), why
    item.version += 1
    enter(session, item, DecisionKind.CAME_BACK, by=None, after={"why": why.value})
    session.flush()
    publish(session, RevisitDue(item.id, why))


def forget_waiting(item: BacklogItem) -> None:
    """Let an item wait for nothing any more: somebody decided about it."""
    item.revisit_on = item.revisit_votes = item.revisit_companies = item.revisit_item_id = None
    item.came_back_at = item.came_back = None

"""A launch that is written before its day: kept as a draft, or with a moment at which it happens by itself."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.accounts.rules import may_plan
from forum.accounts.sessions import reader_from
from forum.backlog.models import BacklogItem
from forum.backlog.status import MOVES, ItemStatus
from forum.core import audit
from forum.core.clock import utcnow
from forum.core.database import Json, transaction
from forum.core.errors import Conflict, ForumError, Invalid, require
from forum.core.jobs import enqueue, job
from forum.core.languages import _, in_each_language
from forum.core.people import Reader
from forum.launches import meanwhile, services
from forum.launches.models import Launch, LaunchPlan
from forum.launches.schemas import Launching


def save_plan(session: Session, item: BacklogItem, launching: Launching, *, by: Reader) -> LaunchPlan:
    """Keep what was written for the next launch of an item; a moment that was set stays.

    Raises `NotAllowed` unless `by` plans, and `Stale` when the draft is not the one that was seen.
    """
    require(may_plan(by), _("Only product managers launch."))
    kept = session.get(LaunchPlan, item.id, with_for_update=True, populate_existing=True)
    meanwhile.check(launching.seen, meanwhile.draft_of(kept))
    plan = kept or LaunchPlan(item_id=item.id)
    plan.fields = launching.model_dump(mode="json", include=set(meanwhile.DRAFTED))
    plan.saved_by_id, plan.saved_at, plan.problem = by.id, utcnow(), {}  # type: ignore[assignment]  # signed in: plans
    session.add(plan)
    session.flush()
    return plan


def plan_launch(session: Session, item: BacklogItem, launching: Launching, *, by: Reader) -> LaunchPlan:
    """Have an item launched at `launching.launch_at`, in the name of `by`.

    Raises `NotAllowed` unless `by` plans, `Conflict` unless the item is in progress, and `Invalid` for a moment that
    is over, or when something lacks that a launch needs.
    """
    require(may_plan(by), _("Only product managers launch."))
    if ItemStatus.LAUNCHED not in MOVES[item.status]:
        raise Conflict(_("Only an item in progress can be launched. Look at it again."))
    if launching.launch_at is None or launching.launch_at <= utcnow():
        raise Invalid(fields={"launch_at": _("Choose a moment to come, or leave it empty to launch now.")})
    services.check_told(session, item, launching)
    plan = save_plan(session, item, launching, by=by)
    plan.launch_at = launching.launch_at
    delay = (launching.launch_at - utcnow()).total_seconds()
    moment = launching.launch_at.isoformat()
    enqueue(session, launch_planned, delay=delay, by=by.id, item_id=item.id, launch_at=moment)
    audit.record(session, "item.plan_launch", by=by.id, subject="item", subject_id=item.id, at=moment)
    return plan


def cancel_plan(session: Session, item: BacklogItem, *, by: Reader) -> None:
    """Let a planned launch not happen by itself; what was written stays. Raises `NotAllowed` unless `by` plans."""
    require(may_plan(by), _("Only product managers launch."))
    plan = session.get(LaunchPlan, item.id, with_for_update=True)
    if plan is not None and plan.launch_at is not None:
        plan.launch_at = None
        audit.record(session, "item.cancel_launch", by=by.id, subject="item", subject_id=item.id)


@job("launches.launch", timeout=600)
def launch_planned(*, item_id: int, launch_at: str) -> Json:
    """Launch an item as it was planned, unless that was changed meanwhile; what goes wrong is told on its page."""
    try:
        with transaction() as session:
            launch = _launch_as_planned(session, item_id, datetime.fromisoformat(launch_at))
            return {"launch_id": launch.id} if launch else {}
    except ForumError as problem:
        with transaction() as session:
            words = sa.update(LaunchPlan).where(LaunchPlan.item_id == item_id)
            session.execute(words.values(launch_at=None, problem=in_each_language(problem)))
        raise


def _launch_as_planned(session: Session, item_id: int, launch_at: datetime) -> Launch | None:
    plan = session.get(LaunchPlan, item_id, with_for_update=True)
    if plan is None or plan.launch_at != launch_at:
        return None  # moved, cancelled or launched by hand
    by = reader_from(session, session.get_one(User, plan.saved_by_id))
    return services.launch_item(session, session.get_one(BacklogItem, item_id), Launching(**plan.fields), by=by)

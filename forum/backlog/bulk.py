"""Changing several items at once, each as if by itself: one confirmation, one line of the book for each."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.backlog.changing import hand_over, set_values
from forum.backlog.models import BacklogItem, DecisionEntry
from forum.backlog.schemas import BulkChange
from forum.backlog.services import TRIGGERS, check_owner, lock, move_item
from forum.backlog.status import MOVES, BulkAct, DecisionKind, ItemStatus
from forum.backlog.taking_back import move_back
from forum.core.errors import Invalid, require
from forum.core.languages import _, pick
from forum.core.people import Reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change of several items."""

    batch: str  # what undoes it, where that is exact; else empty
    changed: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)  # as they were, because they could not be changed


def chosen_items(session: Session, item_ids: Sequence[int]) -> Sequence[BacklogItem]:
    """The items of these numbers, in the order of the board."""
    items = sa.select(BacklogItem).where(BacklogItem.id.in_(item_ids[:200]))
    return session.scalars(items.order_by(BacklogItem.score.desc(), BacklogItem.id.desc())).all()


def may_move(item: BacklogItem, to: ItemStatus) -> bool:
    """Whether an item may go to `to` by a plain decision: launching and reopening ask for more."""
    return to in MOVES[item.status] and ItemStatus.LAUNCHED not in (to, item.status) and to is not item.status


def change_items(session: Session, change: BulkChange, *, by: Reader) -> Outcome:
    """Give several items another owner, target or status; those that cannot take it stay as they are.

    Raises `NotAllowed` unless `by` plans, and `Invalid` when what they shall become is missing or unfit.
    """
    require(may_plan(by), _("Only product managers plan the backlog."))
    items = sorted(chosen_items(session, change.item), key=lambda item: item.id)  # two such changes lock in one order
    if not items:
        raise Invalid(fields={"item": _("Choose items first.")})
    acts: dict[BulkAct, Callable[[Session, Sequence[BacklogItem], BulkChange, Reader], Outcome]] = {
        BulkAct.OWNER: _hand_over,
        BulkAct.TARGET: _aim,
        BulkAct.STATUS: _move,
    }
    return acts[change.act](session, items, change, by)


def _hand_over(session: Session, items: Sequence[BacklogItem], change: BulkChange, by: Reader) -> Outcome:
    if change.owner_id is None:
        raise Invalid(fields={"owner_id": _("Choose somebody of the team.")})
    check_owner(session, change.owner_id)
    outcome = Outcome(_new_batch())
    for item in items:
        lock(session, item, None, by=by)
        if item.owner_id == change.owner_id:
            outcome.left.append(item.id)
            continue
        item.version += 1
        hand_over(session, item, change.owner_id, by=by, batch=outcome.batch)
        outcome.changed.append(item.id)
    session.flush()
    return outcome


def _aim(session: Session, items: Sequence[BacklogItem], change: BulkChange, by: Reader) -> Outcome:
    outcome = Outcome(_new_batch())
    for item in items:
        lock(session, item, None, by=by)
        if item.status not in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS) or item.target == change.target:
            outcome.left.append(item.id)
            continue
        item.version += 1
        target = {"target": change.target}
        set_values(session, item, DecisionKind.TEXT, target, by=by, argument=change.argument, batch=outcome.batch)
        outcome.changed.append(item.id)
    session.flush()
    return outcome


def _move(session: Session, items: Sequence[BacklogItem], change: BulkChange, by: Reader) -> Outcome:
    """Decide about each. Whoever is behind a public item is told when it is too late to take that back."""
    if change.to is None:
        raise Invalid(fields={"to": _("Choose where they go.")})
    outcome = Outcome(_new_batch())
    for item in items:
        if not may_move(item, change.to):
            outcome.left.append(item.id)
            continue
        decision = change.model_copy(update={"version": None})
        try:
            move_item(session, item, change.to, decision, by=by, batch=outcome.batch)
        except Invalid as problem:  # which of them is it that cannot take it?
            raise Invalid(fields={name: _of(item, name, words) for name, words in problem.fields.items()}) from None
        outcome.changed.append(item.id)
    return outcome


def _of(item: BacklogItem, name: str, message: str) -> str:
    """What is wrong with a field; where it depends on the item, with its title."""
    return f"“{pick(item.title)}”: {message}" if name in TRIGGERS[1:] else message


def undo_batch(session: Session, batch: str, *, by: Reader) -> Outcome:
    """Give items back what a change of several took; those changed since stay as they are.

    Doing it twice changes nothing. Raises `NotAllowed` unless `by` plans.
    """
    require(may_plan(by), _("Only product managers plan the backlog."))
    outcome = Outcome("")
    of_batch = sa.select(DecisionEntry).where(DecisionEntry.batch == batch, DecisionEntry.batch != "")
    entries = session.scalars(of_batch.order_by(DecisionEntry.item_id))
    for entry in entries.all():
        item = session.get_one(BacklogItem, entry.item_id)
        lock(session, item, None, by=by)
        if item.version != entry.version:
            outcome.left.append(item.id)
            continue
        item.version += 1
        if entry.kind is DecisionKind.OWNER:
            hand_over(session, item, entry.before.get("owner_id"), by=by)
        elif entry.kind is DecisionKind.STATUS:
            move_back(session, item, entry, by=by)
        else:
            set_values(session, item, entry.kind, entry.before, by=by)
        outcome.changed.append(item.id)
    session.flush()
    return outcome


def _new_batch() -> str:
    return secrets.token_hex(8)

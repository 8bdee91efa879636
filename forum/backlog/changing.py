"""Changing an item: its words, owner and openness, its score, and what speaks for it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.backlog import evidence, wording
from forum.backlog.closed_areas import check_openness, leave_out, take_in
from forum.backlog.decisions import enter
from forum.backlog.events import ItemShown
from forum.backlog.modelling import criteria_of
from forum.backlog.models import BacklogItem, Evidence
from forum.backlog.schemas import ItemChanges, Scoring
from forum.backlog.services import check_owner, filled, lock, settle_posts, tell_posts
from forum.backlog.status import Audience, DecisionKind
from forum.core.clock import utcnow
from forum.core.errors import NotFound, require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts import timeline
from forum.posts.models import Post
from forum.products.models import Area
from forum.products.rules import may_promote_publicly

SCORED = ("impact", "confidence", "effort_weeks", "value", "cost", "assumptions")


def change_item(session: Session, item: BacklogItem, changes: ItemChanges, *, by: Reader) -> None:
    """Change how an item reads, who owns it, and who may see it; each is an entry of the decision book.

    Publishes `ItemShown` when it becomes public or internal. Raises `NotAllowed` unless `by` plans, `Conflict`
    for a stale version, and `Invalid` without a title, for a stranger as owner, or when it cannot be public.
    """
    lock(session, item, changes.version, by=by)
    item.version += 1
    texts = {
        "title": filled(changes.words("title"), "title", _("Give it a title in at least one language.")),
        "problem": changes.words("problem"),
        "public_sentence": changes.words("sentence"),
        "target": changes.target,
        "issues": changes.issues(),
    }
    set_values(session, item, DecisionKind.TEXT, texts, by=by)
    if changes.owner_id != item.owner_id:
        hand_over(session, item, changes.owner_id, by=by)
    if changes.is_public != item.is_public:
        show_or_hide(session, item, by=by)
    session.flush()


def hand_over(session: Session, item: BacklogItem, owner_id: int | None, *, by: Reader, batch: str = "") -> None:
    """Give an item to another owner; the book keeps the names, as people called them that day.

    For callers that hold the item. Raises `Invalid` for a stranger.
    """
    if owner_id is not None:
        check_owner(session, owner_id)
    people = sa.select(User.id, User.display_name).where(User.id.in_((item.owner_id, owner_id)))
    names = {row.id: row.display_name for row in session.execute(people)}
    before = {"owner": names.get(item.owner_id, ""), "owner_id": item.owner_id} if item.owner_id else {}
    item.owner_id = owner_id
    after = {"owner": names[owner_id], "owner_id": owner_id} if owner_id else {}
    enter(session, item, DecisionKind.OWNER, by=by, before=before, after=after, batch=batch)


def set_values(
    session: Session,
    item: BacklogItem,
    kind: DecisionKind,
    values: dict[str, Any],
    *,
    by: Reader,
    argument: str = "",
    batch: str = "",
) -> None:
    """Set columns and enter those that changed into the decision book, as they were and as they are."""
    before = {name: getattr(item, name) for name, value in values.items() if getattr(item, name) != value}
    if not before:
        return
    for name in before:
        setattr(item, name, values[name])
    after = {name: values[name] for name in before}
    enter(session, item, kind, by=by, before=before, after=after, argument=argument, batch=batch)


def show_or_hide(session: Session, item: BacklogItem, *, by: Reader) -> None:
    """Make an internal item public or the other way round: its page, evidence, posts' statuses and timelines."""
    if not item.is_public:
        check_openness(session, item)
    set_values(session, item, DecisionKind.OPENNESS, {"is_public": not item.is_public}, by=by)
    item.audience, item.audience_organisation_id = Audience.TEAM, None  # whoever else it was for is said anew
    item.audience_key = item.audience_value = ""
    session.flush()
    if item.is_public:
        leave_out(session, item)
    else:
        take_in(session, item)
    its_posts = sa.select(Evidence.post_id).where(Evidence.item_id == item.id, ~Evidence.is_left_out)
    timeline.show_or_hide(session, its_posts, wording.KINDS, is_public=item.is_public, item_id=item.id)
    evidence.recount(session, [item.id])
    settle_posts(session, item.id)
    publish(session, ItemShown(item.id, item.is_public))


def score_item(session: Session, item: BacklogItem, scoring: Scoring, *, by: Reader) -> None:
    """Set the parts of the score that people set; reach is counted afresh from the evidence.

    Raises `NotAllowed` unless `by` plans, and `Conflict` for a stale version.
    """
    lock(session, item, scoring.version, by=by)
    item.version += 1
    values = {name: getattr(scoring, name) for name in SCORED}
    before = {name: getattr(item, name) for name, value in values.items() if getattr(item, name) != value}
    after = {name: values[name] for name in before}
    for name in before:
        setattr(item, name, values[name])
    was, now = _rate(session, item, scoring)
    if before or now:
        before, after = before | was, after | now
        enter(session, item, DecisionKind.SCORE, by=by, before=before, after=after, argument=scoring.argument)
    evidence.recount(session, [item.id])


def _rate(session: Session, item: BacklogItem, scoring: Scoring) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set an item's steps on the company's own criteria and return those that changed, as they were and are.

    Steps of criteria that the form did not ask for stay: the model may have changed meanwhile.
    """
    asked = [one for one in criteria_of(session, item.product_id)[0] if one.key in scoring.rated]
    steps = scoring.ratings()
    changed = [one for one in asked if item.ratings.get(one.key) != steps.get(one.key)]
    was = {one.key: {"name": one.name, "step": item.ratings.get(one.key)} for one in changed}
    now = {one.key: {"name": one.name, "step": steps.get(one.key)} for one in changed}
    kept = {key: step for key, step in item.ratings.items() if key not in now}
    item.ratings = kept | {key: told["step"] for key, told in now.items() if told["step"]}
    return ({"ratings": was}, {"ratings": now}) if changed else ({}, {})


def remove_evidence(session: Session, item: BacklogItem, post_id: int, *, by: Reader) -> None:
    """Let a post speak for an item no longer. Its row stays, so no refit brings it back; a person may.

    Raises `NotAllowed` unless `by` plans, `NotFound` when the post does not speak for the item.
    """
    _take_out_or_put_back(session, item, post_id, is_out=True, by=by)


def restore_evidence(session: Session, item: BacklogItem, post_id: int, *, by: Reader) -> None:
    """Let a post that was taken out speak for an item again.

    Errors as `remove_evidence`, and for a post of a closed area when the item is public.
    """
    _take_out_or_put_back(session, item, post_id, is_out=False, by=by)


def _take_out_or_put_back(session: Session, item: BacklogItem, post_id: int, *, is_out: bool, by: Reader) -> None:
    lock(session, item, None, by=by)
    row = session.scalars(
        sa.select(Evidence).where(Evidence.item_id == item.id, Evidence.post_id == post_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_("This post does not speak for the item. Look at its evidence again."))
    if (row.removed_at is not None) is is_out:
        return
    if not is_out and item.is_public:
        area = session.scalars(sa.select(Area).join(Post, Post.area_id == Area.id).where(Post.id == post_id)).one()
        why = _("This post lies in an area that is closed to ideas, so it speaks for internal items only.")
        require(may_promote_publicly(area), why)
    row.removed_at, row.removed_by_id = (utcnow(), by.id) if is_out else (None, None)
    row.is_left_out = False
    now = "removed" if is_out else "restored"
    enter(session, item, DecisionKind.EVIDENCE, by=by, after={"post_id": post_id, "now": now})
    evidence.recount(session, [item.id])
    settle_posts(session, item.id, [post_id])
    kind = wording.LEFT if is_out else wording.JOINED
    tell_posts(session, item, kind, by=by, post_ids=[post_id])

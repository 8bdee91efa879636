"""Putting themes and posts on the backlog, and moving items along it. Changing them has a file of its own."""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.models import UserRole
from forum.accounts.rules import may_plan
from forum.backlog import evidence, wording
from forum.backlog.closed_areas import check_openness
from forum.backlog.decisions import enter
from forum.backlog.events import ItemMoved, ItemPromoted
from forum.backlog.models import BacklogItem, Evidence, ItemTheme
from forum.backlog.revisiting import forget_waiting
from forum.backlog.schemas import Decision, Promotion, Reopening
from forum.backlog.scoring import pain, proposed_confidence, proposed_impact
from forum.backlog.status import MOVES, DecisionKind, ItemStatus
from forum.core.clock import today, utcnow
from forum.core.database import Json, Words
from forum.core.errors import Conflict, Invalid, require
from forum.core.events import publish
from forum.core.languages import _, current_language, pick
from forum.core.people import Reader
from forum.posts import timeline
from forum.posts.models import Post
from forum.posts.services import set_status, set_statuses
from forum.themes.models import Theme, ThemeMember
from forum.themes.status import ThemeState

TRIGGERS = ("revisit_on", "revisit_votes", "revisit_companies", "revisit_item_id")


class AlreadyPromoted(Conflict):
    """The theme or post speaks for an item already, which the page links to."""

    code = "already_promoted"

    def __init__(self, message: str, item_id: int) -> None:
        super().__init__(message)
        self.item_id = item_id


class Stale(Conflict):
    """The item was changed since the form about it was opened."""

    code = "stale"


def promote_themes(session: Session, themes: Sequence[Theme], promotion: Promotion, *, by: Reader) -> BacklogItem:
    """Put `themes` of one product on the backlog as one proposed item, with all their posts as evidence.

    A public item leaves posts of closed areas out.

    Impact and confidence are proposed from the evidence; effort is estimated later. Publishes `ItemPromoted`.
    Raises `NotAllowed` unless `by` plans, `AlreadyPromoted` when a theme stands behind an item, and `Invalid`
    without a title, for a stranger as owner, or when all posts lie in closed areas and it shall be public.
    """
    require(may_plan(by), _("Only product managers plan the backlog."))
    ids = sorted({theme.id for theme in themes})
    if not ids or len({theme.product_id for theme in themes}) > 1:
        raise Invalid(fields={"also": _("Choose themes of one product.")})
    if any(theme.state is not ThemeState.ACCEPTED for theme in themes):
        raise Invalid(fields={"also": _("Only accepted themes can be promoted.")})
    session.execute(sa.select(Theme.id).where(Theme.id.in_(ids)).order_by(Theme.id).with_for_update())
    for item_id, title in session.execute(_ITEM_OF_THEMES.where(ItemTheme.theme_id.in_(ids))):
        raise AlreadyPromoted(_("This theme is on the backlog already, as “{item}”.", item=pick(title)), item_id)
    item = _new_item(session, themes[0].product_id, promotion, by=by)
    for theme_id in ids:
        session.add(ItemTheme(theme_id=theme_id, item_id=item.id))
        evidence.add_members(session, item, theme_id, by=by)
    return _promoted(session, item, [theme.solidity.value for theme in themes], by=by)


_ITEM_OF_THEMES = sa.select(BacklogItem.id, BacklogItem.title).join(ItemTheme, ItemTheme.item_id == BacklogItem.id)
_ITEM_OF_POST = (
    sa.select(BacklogItem.id, BacklogItem.title)
    .join(Evidence, Evidence.item_id == BacklogItem.id)
    .where(Evidence.removed_at.is_(None))
)


def promote_post(session: Session, post: Post, promotion: Promotion, *, by: Reader) -> BacklogItem:
    """Put one post on the backlog as a proposed item. Publishes `ItemPromoted`; errors as `promote_themes`."""
    require(may_plan(by), _("Only product managers plan the backlog."))
    if post.moderation not in evidence.STANDING:
        raise Invalid(_("Only posts that are open can be promoted."))
    session.execute(sa.select(Post.id).where(Post.id == post.id).with_for_update())
    for item_id, title in session.execute(_ITEM_OF_POST.where(Evidence.post_id == post.id)):
        raise AlreadyPromoted(_("This post speaks for “{item}” already.", item=pick(title)), item_id)
    item = _new_item(session, post.product_id, promotion, by=by)
    evidence.add_post(session, item, post.id, by=by)
    return _promoted(session, item, [], by=by)


def _new_item(session: Session, product_id: int, promotion: Promotion, *, by: Reader) -> BacklogItem:
    check_owner(session, promotion.owner_id)
    now = utcnow()
    item = BacklogItem(
        product_id=product_id,
        title=filled(promotion.words("title"), "title", _("Give it a title in at least one language.")),
        problem=promotion.words("problem"),
        owner_id=promotion.owner_id,
        is_public=promotion.is_public,
        status=ItemStatus.PROPOSED,
        promoted_at=now,
        promoted_by_id=by.id,
        status_at=now,
        counted_at=now,
    )
    session.add(item)
    session.flush()  # the evidence needs the id
    return item


def _promoted(session: Session, item: BacklogItem, solidities: list[str], *, by: Reader) -> BacklogItem:
    """Finish an item that has its evidence: openness, proposed score, decision book, timelines."""
    session.flush()
    if item.is_public:
        check_openness(session, item)
    of_evidence = evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id))
    item.impact = proposed_impact(pain(of_evidence.severity_sum, of_evidence.posts))
    item.confidence = proposed_confidence(solidities)
    evidence.recount(session, [item.id])
    after = {"title": item.title, "is_public": item.is_public}
    enter(session, item, DecisionKind.PROMOTED, by=by, after=after)
    tell_posts(session, item, wording.PROMOTED, by=by)
    publish(session, ItemPromoted(item.id))
    return item


def move_item(
    session: Session,
    item: BacklogItem,
    to: ItemStatus,
    decision: Decision,
    *,
    by: Reader,
    batch: str = "",
) -> None:
    """Move an item to the status `to`, with the sentence for everybody and the arguments for the team.

    The posts of a public item take its status and tell it on their timelines. Moves of one `batch` can be taken back
    together. Publishes `ItemMoved`. Raises
    `NotAllowed` unless `by` plans, `Conflict` for a move that the table does not have or a stale version, and
    `Invalid` when a public item gets no sentence, or *not now* no reason, line or moment to look at it again.
    """
    lock(session, item, decision.version, by=by)
    if to not in MOVES[item.status] or ItemStatus.LAUNCHED in (to, item.status):
        raise Conflict(_("The item cannot go there from where it is now. Look at it again."))
    before, stood = standing(item), as_it_stands(item) if batch else {}
    forget_waiting(item)
    if to is ItemStatus.NOT_NOW:
        _set_aside(session, item, decision)
    else:
        item.reason, item.reason_text = None, {}
    item.target = decision.target if to in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS) else ""
    sentence = decision.words("sentence")
    if item.is_public and to is not ItemStatus.NOT_NOW:
        filled(sentence, "sentence", _("Write the sentence that customers read, in at least one language."))
    item.public_sentence = sentence or item.reason_text
    _change_status(
        session,
        item,
        to,
        before=before,
        argument=decision.argument,
        by=by,
        batch=batch,
        stood=stood,
    )
    tell_posts(session, item, wording.MOVED, by=by)


def _set_aside(session: Session, item: BacklogItem, decision: Decision) -> None:
    """Set what *not now* demands, or raise `Invalid` beside the fields that lack something."""
    line = decision.words("line")
    problems = {}
    if decision.reason is None:
        problems["reason"] = _("Choose the reason. Nobody gets a silent no.")
    if not line:
        problems[f"line_{current_language()}"] = _("Say it in a line of your own, in at least one language.")
    if problems := problems | _unfit_triggers(session, item, decision):
        raise Invalid(fields=problems)
    item.reason, item.reason_text = decision.reason, line
    for name in TRIGGERS:
        setattr(item, name, getattr(decision, name))


def _unfit_triggers(session: Session, item: BacklogItem, decision: Decision) -> dict[str, str]:
    """What is wrong with when an item shall be looked at again: field → message."""
    problems = {}
    if not any(getattr(decision, name) for name in TRIGGERS):
        problems["revisit_on"] = _("Say when it is looked at again: a day to come, votes, companies or a launch.")
    if decision.revisit_on is not None and decision.revisit_on <= today():
        problems["revisit_on"] = _("Choose a day to come on which it is looked at again.")
    for name, standing in (("revisit_votes", item.votes), ("revisit_companies", item.companies)):
        wanted = getattr(decision, name)
        if wanted is not None and wanted <= standing:
            problems[name] = _("It has {n} already. Write a larger number.", n=standing)
    if decision.revisit_item_id is not None:
        other = session.get(BacklogItem, decision.revisit_item_id)
        if other is None or other.id == item.id or other.product_id != item.product_id:
            problems["revisit_item_id"] = _("Choose another item of this product.")
        elif other.status is ItemStatus.LAUNCHED:
            problems["revisit_item_id"] = _("That one is launched already.")
    return problems


def reopen_item(session: Session, item: BacklogItem, reopening: Reopening, *, by: Reader) -> None:
    """Take a launched item back to review because it did not solve it for everybody, and count that.

    What its themes were told since the launch speaks for it from now on.
    Publishes `ItemMoved`. Raises `NotAllowed` unless `by` plans, `Conflict` unless the item is launched.
    """
    lock(session, item, reopening.version, by=by)
    if item.status is not ItemStatus.LAUNCHED:
        raise Conflict(_("Only a launched item can be reopened. Look at it again."))
    before = standing(item)
    item.public_sentence = reopening.words("sentence")
    item.reopened += 1
    item.target = ""
    for theme_id in session.scalars(sa.select(ItemTheme.theme_id).where(ItemTheme.item_id == item.id)).all():
        evidence.add_members(session, item, theme_id, by=by)
    _change_status(
        session,
        item,
        ItemStatus.IN_REVIEW,
        before=before,
        argument=reopening.argument,
        by=by,
    )
    tell_posts(session, item, wording.REOPENED, by=by)


def finish_item(session: Session, item: BacklogItem, sentence: Words, *, by: Reader) -> None:
    """Mark an item as launched, for the launches stage, which tells the posts and the people itself.

    Publishes `ItemMoved`. Raises `NotAllowed` unless `by` plans, `Conflict` when it cannot be launched yet.
    """
    lock(session, item, None, by=by)
    if ItemStatus.LAUNCHED not in MOVES[item.status]:
        raise Conflict(_("Only an item in progress can be launched. Look at it again."))
    before = standing(item)
    item.public_sentence, item.launched_at, item.target = sentence, utcnow(), ""
    _change_status(session, item, ItemStatus.LAUNCHED, before=before, argument="", by=by)


def standing(item: BacklogItem) -> dict[str, Any]:
    """Where an item stands, as the decision book keeps it."""
    standing: dict[str, Any] = {"status": item.status.value, "target": item.target}
    return standing | {name: getattr(item, name) for name in TRIGGERS[1:] if getattr(item, name)}


def as_it_stands(item: BacklogItem) -> Json:
    """Everything about an item that a move may change, so that the move can be taken back."""
    values = {name: getattr(item, name) for name in _MOVED}
    plain = {name: value.value for name, value in values.items() if isinstance(value, Enum)}
    return values | plain | {name: value.isoformat() for name, value in values.items() if isinstance(value, date)}


_MOVED = (
    "status",
    "status_at",
    "target",
    "public_sentence",
    "reason",
    "reason_text",
    *TRIGGERS,
    "came_back_at",
    "came_back",
)


def _change_status(
    session: Session,
    item: BacklogItem,
    to: ItemStatus,
    *,
    before: dict[str, Any],
    argument: str,
    by: Reader,
    batch: str = "",
    stood: Json | None = None,
) -> None:
    """Write the new status to the item, the decision book and the posts."""
    was = item.status
    item.status, item.status_at = to, utcnow()
    item.version += 1
    evidence.recount(session, [item.id])
    enter(
        session,
        item,
        DecisionKind.STATUS,
        by=by,
        before=before,
        after=standing(item),
        sentence=item.public_sentence,
        argument=argument,
        reason=item.reason,
        revisit_on=item.revisit_on,
        batch=batch,
        stood=stood,
    )
    settle_posts(session, item.id)
    publish(session, ItemMoved(item.id, was, to, may_be_undone=bool(batch)))


def settle_posts(session: Session, item_id: int, post_ids: Sequence[int] | None = None) -> None:
    """Give the posts that speak, or once spoke, for an item (or some of them) the status that customers read."""
    session.flush()
    for status, posts in evidence.statuses(session, evidence.of_item(item_id, post_ids)).items():
        set_statuses(session, posts, status)


def settle_groups(session: Session, posts: sa.Select[int]) -> None:
    """Give posts that were joined or separated, and those above them, the status that their items ask for.

    Nobody of the team has looked at them for that; where it changes, their timelines say so.
    """
    session.flush()
    for status, post_ids in evidence.statuses(session, posts).items():
        for post in session.scalars(sa.select(Post).where(Post.id.in_(post_ids))):
            set_status(session, post, status, is_look=False)


def tell_posts(
    session: Session,
    item: BacklogItem,
    kind: str,
    *,
    by: Reader | None,
    post_ids: Sequence[int] | None = None,
) -> None:
    """Write how an item stands on the timelines of its posts, or some of them; of internal items only for the team."""
    values = wording.values_of(item)
    if kind == wording.LEFT:  # how the item stands is no longer the post's business
        values = {"item_id": item.id, "title": item.title}
    if kind == wording.RETURNED and item.came_back:
        values = {"item_id": item.id, "title": item.title, "came_back": item.came_back.value}
    timeline.add_to_many(
        session,
        evidence.told_posts(session, item.id) if post_ids is None else post_ids,
        kind,
        actor_id=by.id if by else None,
        is_public=item.is_public,
        **values,
    )


def lock(session: Session, item: BacklogItem, version: int | None, *, by: Reader) -> None:
    """Hold an item for changing it. Raises `NotAllowed` unless `by` plans, `Conflict` for a stale `version`."""
    require(may_plan(by), _("Only product managers plan the backlog."))
    session.flush()  # a refresh would forget what was not written yet
    session.refresh(item, with_for_update=True)
    if version is not None and version != item.version:
        raise Stale(_("Somebody changed this item while you were writing. Look at what changed, then choose."))


def check_owner(session: Session, user_id: int) -> None:
    """Raise `Invalid` unless the person belongs to the team."""
    if not session.scalars(sa.select(UserRole.user_id).where(UserRole.user_id == user_id).limit(1)).first():
        raise Invalid(fields={"owner_id": _("Choose somebody of the team.")})


def filled(words: Words, name: str, message: str) -> Words:
    """`words`, or `Invalid` with `message` beside the field of the reader's language when nothing is there."""
    if not words:
        raise Invalid(fields={f"{name}_{current_language()}": message})
    return words


def posts_of_themes(theme_ids: Sequence[int]) -> sa.Select[int]:
    """The ids of the posts in some themes."""
    return sa.select(ThemeMember.post_id).where(ThemeMember.theme_id.in_(theme_ids))

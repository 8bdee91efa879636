"""Launching an item, and what the people behind it answer."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.accounts.services import set_consent
from forum.accounts.status import ConsentKind
from forum.backlog import evidence
from forum.backlog.models import BacklogItem
from forum.backlog.services import Stale, filled, finish_item
from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.database import Words
from forum.core.errors import require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.launches import looking, meanwhile, picturing, pilots, wording
from forum.launches.events import ItemLaunched
from forum.launches.models import Launch, LaunchPicture, LaunchPlan, Receipt, Verdict
from forum.launches.receipts import write_receipts
from forum.launches.schemas import Launching, Retelling
from forum.launches.status import Answer
from forum.posts import timeline


def launch_item(session: Session, item: BacklogItem, launching: Launching, *, by: Reader) -> Launch:
    """Launch an item in progress: its posts say so, and everybody behind a public one gets a receipt.

    Publishes `ItemLaunched`. Raises `NotAllowed` unless `by` plans, `Conflict` unless the item is in
    progress, `Stale` when the draft is not the one that was seen, and `Invalid` without a title and an announcement in
    at least one language.
    """
    require(may_plan(by), _("Only product managers launch."))
    plan = session.get(LaunchPlan, item.id, with_for_update=True, populate_existing=True)
    meanwhile.check(launching.seen, meanwhile.draft_of(plan))
    title, announcement = check_told(session, item, launching)
    finish_item(session, item, launching.words("sentence") or title, by=by)
    launch = Launch(
        item_id=item.id,
        product_id=item.product_id,
        title=title,
        announcement=announcement,
        announcement_html={language: markup.render(text) for language, text in announcement.items()},
        link=launching.link,
        is_public=item.is_public,
        launched_at=utcnow(),
        launched_by_id=by.id,
        people=item.people,
        before_ids=launching.before,
    )
    session.add(launch)
    session.flush()  # the receipts need the id
    _tell(session, launch, item, launching.leave_out, by=by)
    _finish_plan(session, launch)
    pilots.close_pilots(session, item)
    publish(session, ItemLaunched(launch.id))
    return launch


def check_told(session: Session, item: BacklogItem, launching: Launching) -> tuple[Words, Words]:
    """The title and announcement of a launch. Raises `Invalid` beside what lacks, the picture's words among it."""
    title = filled(launching.words("title"), "title", _("Say what was built, in at least one language."))
    announcement = filled(
        launching.words("announcement"), "announcement", _("Tell what was built, in at least one language.")
    )
    picture = picturing.picture_of(session, item.id)
    if picture is not None:
        picturing.describe(picture, launching.picture_alt or picture.alt)
    return title, announcement


def _finish_plan(session: Session, launch: Launch) -> None:
    """The launch has what was written for it: its picture is its own, and the draft is gone."""
    session.execute(sa.delete(LaunchPlan).where(LaunchPlan.item_id == launch.item_id))
    waiting = sa.update(LaunchPicture).where(LaunchPicture.item_id == launch.item_id, LaunchPicture.launch_id.is_(None))
    session.execute(waiting.values(launch_id=launch.id))


def retell(session: Session, launch: Launch, retelling: Retelling, *, by: Reader) -> None:
    """Choose which of customers' words stand on the page of a launch; only what may be quoted ever does.

    Raises `NotAllowed` unless `by` plans, `Stale` when others stand there than were seen or somebody chosen does not
    agree any more, and `Invalid` when the picture is to be described by nothing.
    """
    require(may_plan(by), _("Only product managers launch."))
    session.refresh(launch, with_for_update=True)
    picture = picturing.picture_of(session, launch.item_id, launch.id)
    meanwhile.check(retelling.seen, meanwhile.words_of(session, launch, picture))
    now, chosen = utcnow(), set(retelling.after)
    offered = session.scalars(sa.select(Verdict).where(Verdict.launch_id == launch.id, Verdict.may_quote)).all()
    if retelling.seen and chosen - {verdict.user_id for verdict in offered}:
        raise Stale(_("One of those you chose does not agree any more that the words are shown. Look at your choice."))
    launch.before_ids = retelling.before
    for verdict in offered:
        is_chosen = verdict.user_id in chosen
        verdict.quoted_at = (verdict.quoted_at or now) if is_chosen else None
    if picture is not None:
        picturing.describe(picture, retelling.picture_alt)
    audit.record(session, "launch.retell", by=by.id, subject="item", subject_id=launch.item_id, launch=launch.id)


def _tell(session: Session, launch: Launch, item: BacklogItem, leave_out: Collection[int], *, by: Reader) -> None:
    """Write the launch on the posts' timelines, and the receipts of a public one; an internal one is told to nobody."""
    timeline.add_to_many(
        session,
        evidence.told_posts(session, item.id),
        wording.LAUNCHED,
        actor_id=by.id,
        is_public=launch.is_public,
        item_id=item.id,
        launch_id=launch.id,
        title=launch.title,
        status=item.status.value,
    )
    receipts = write_receipts(session, launch, item, leave_out=set(leave_out)) if launch.is_public else 0
    looking.count_new(session, sa.select(Receipt.user_id).where(Receipt.launch_id == launch.id))
    audit.record(
        session, "item.launch", by=by.id, subject="item", subject_id=item.id, launch=launch.id, receipts=receipts
    )


def answer_receipt(
    session: Session, receipt: Receipt, answer: Answer, words: str, *, by: Reader, may_quote: bool = False
) -> Verdict:
    """Keep what the owner of a receipt says to *does this solve it?*; a later answer takes its place.

    With `may_quote` the team may choose the words for the page of the launch; changed words are chosen anew, and taking
    the consent back takes them off that page at once. Raises `NotAllowed` for everybody else.
    """
    require(by.id == receipt.user_id, _("Only the person it belongs to answers a receipt."))
    verdict = session.get(Verdict, (receipt.launch_id, receipt.user_id))
    if verdict is None:
        verdict = Verdict(launch_id=receipt.launch_id, user_id=receipt.user_id)
        session.add(verdict)
    if words != verdict.words or answer is not verdict.answer or not may_quote:
        verdict.quoted_at = None
    verdict.answer, verdict.words, verdict.answered_at = answer, words, utcnow()
    verdict.may_quote = may_quote and bool(words)
    looking.settle(session, receipt)
    return verdict


def agree_to_credit(session: Session, receipt: Receipt, given: bool, *, by: Reader) -> None:
    """Let the owner of a receipt be named on the launches they are behind, or no longer. Raises `NotAllowed`."""
    require(by.id == receipt.user_id, _("Only the person it belongs to agrees to be named."))
    set_consent(session, receipt.user_id, ConsentKind.CREDIT, given)
    session.flush()

"""Launching an item, and what the people behind it answer."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.accounts.services import set_consent
from forum.accounts.status import ConsentKind
from forum.backlog import evidence
from forum.backlog.models import BacklogItem
from forum.backlog.services import filled, finish_item
from forum.core import audit, markup
from forum.core.clock import utcnow
from forum.core.errors import require
from forum.core.events import publish
from forum.core.languages import _
from forum.core.people import Reader
from forum.launches import looking, wording
from forum.launches.events import ItemLaunched
from forum.launches.models import Launch, Receipt, Verdict
from forum.launches.receipts import write_receipts
from forum.launches.schemas import Launching
from forum.launches.status import Answer
from forum.posts import timeline


def launch_item(session: Session, item: BacklogItem, launching: Launching, *, by: Reader) -> Launch:
    """Launch an item in progress: its posts say so, and everybody behind a public one gets a receipt.

    Publishes `ItemLaunched`. Raises `NotAllowed` unless `by` plans, `Conflict` unless the item is in
    progress, and `Invalid` without a title and an announcement in at least one language.
    """
    require(may_plan(by), _("Only product managers launch."))
    title = filled(launching.words("title"), "title", _("Say what was built, in at least one language."))
    announcement = filled(
        launching.words("announcement"), "announcement", _("Tell what was built, in at least one language.")
    )
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
    )
    session.add(launch)
    session.flush()  # the receipts need the id
    _tell(session, launch, item, launching.leave_out, by=by)
    publish(session, ItemLaunched(launch.id))
    return launch


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


def answer_receipt(session: Session, receipt: Receipt, answer: Answer, words: str, *, by: Reader) -> Verdict:
    """Keep what the owner of a receipt says to *does this solve it?*; a later answer takes its place.

    Raises `NotAllowed` for everybody else.
    """
    require(by.id == receipt.user_id, _("Only the person it belongs to answers a receipt."))
    verdict = session.get(Verdict, (receipt.launch_id, receipt.user_id))
    if verdict is None:
        verdict = Verdict(launch_id=receipt.launch_id, user_id=receipt.user_id)
        session.add(verdict)
    verdict.answer, verdict.words, verdict.answered_at = answer, words, utcnow()
    looking.settle(session, receipt)
    return verdict


def agree_to_credit(session: Session, receipt: Receipt, given: bool, *, by: Reader) -> None:
    """Let the owner of a receipt be named on the launches they are behind, or no longer. Raises `NotAllowed`."""
    require(by.id == receipt.user_id, _("Only the person it belongs to agrees to be named."))
    set_consent(session, receipt.user_id, ConsentKind.CREDIT, given)
    session.flush()

"""The sentences that the backlog writes on posts, and what its reasons are called."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import object_session

from forum.backlog.models import BacklogItem
from forum.backlog.status import Audience, CameBack, ItemStatus, NotNowReason
from forum.backlog.targets import target_words
from forum.core.clock import today
from forum.core.languages import _, day_words, ngettext, pick
from forum.posts.timeline import Sentence, wording

PROMOTED, JOINED, LEFT = "item_promoted", "item_joined", "item_left"
MOVED, REOPENED, RETURNED = "item_moved", "item_reopened", "item_returned"
KINDS = (PROMOTED, JOINED, LEFT, MOVED, REOPENED, RETURNED)


def reason_words(reason: NotNowReason) -> str:
    """A reason of the short library, as the sentence that customers read."""
    return {
        NotNowReason.COST: _("It would cost more than it gives so far."),
        NotNowReason.SAFETY: _("It could make something less safe."),
        NotNowReason.STRATEGY: _("It does not fit where the product is going."),
        NotNowReason.TIMING: _("Other things have to come first."),
        NotNowReason.EXISTS: _("There is a way to do it already."),
        NotNowReason.FEW: _("Too few people need it so far."),
    }[reason]


def audience_words(audience: Audience, of: str = "") -> str:
    """For whom an item is that is not public; `of` is the organisation or segment."""
    match audience:
        case Audience.TEAM:
            return _("Only the team")
        case Audience.CUSTOMERS:
            return _("Signed-in customers")
        case Audience.ORGANISATION:
            return _("Only {organisation}", organisation=of or _("one organisation"))
        case Audience.SEGMENT:
            return _("Only customers with {segment}", segment=of)


def standing_words(
    item: str, status: ItemStatus, target: str, reason: str, revisit_on: str, also: Mapping[str, Any] | None = None
) -> str:
    """Where the item called `item` stands, in whole sentences; `revisit_on` is a day as 2026-12-31 or empty.

    `also` says what else an item that is *not now* waits for, as `also_waits_for` has it.
    """
    match status:
        case ItemStatus.PROPOSED:
            return _("It waits among the proposals as “{item}”.", item=item)
        case ItemStatus.IN_REVIEW:
            return _("It is being looked into as “{item}”.", item=item)
        case ItemStatus.PLANNED if target:
            return _("Planned for {when} as “{item}”.", when=target_words(target), item=item)
        case ItemStatus.PLANNED:
            return _("Planned as “{item}”.", item=item)
        case ItemStatus.IN_PROGRESS if target:
            return _("Being built as “{item}”, meant for {when}.", when=target_words(target), item=item)
        case ItemStatus.IN_PROGRESS:
            return _("Being built as “{item}”.", item=item)
        case ItemStatus.LAUNCHED:
            return _("Launched as “{item}”.", item=item)
        case ItemStatus.NOT_NOW:
            return " ".join(filter(None, (_("Not now."), _because(reason), again_words(revisit_on, also))))


def _because(reason: str) -> str:
    return reason_words(NotNowReason(reason)) if reason else ""


def again_words(revisit_on: str, also: Mapping[str, Any] | None = None) -> str:
    """When something that is *not now* is looked at again; empty when nothing is said about it."""
    sentences = [_day_words(date.fromisoformat(revisit_on))] if revisit_on else []
    for name, value in (also or {}).items():
        match name:
            case "votes":
                sentences.append(
                    ngettext("With {n} vote it is looked at again.", "With {n} votes it is looked at again.", value)
                )
            case "companies":
                sentences.append(
                    ngettext(
                        "With {n} company behind it, it is looked at again.",
                        "With {n} companies behind it, it is looked at again.",
                        value,
                    )
                )
            case "item" if value:
                sentences.append(_("Once “{item}” is launched, it is looked at again.", item=pick(value)))
            case "item":
                sentences.append(_("Once something else is launched, it is looked at again."))
    return " ".join(sentences)


def _day_words(day: date) -> str:
    if day <= today():
        return _("The day to look at it again has come: {day}.", day=day_words(day))
    return _("It is looked at again on {day}.", day=day_words(day))


def also_waits_for(item: BacklogItem, *, for_team: bool = False) -> dict[str, Any]:
    """What an item that is *not now* waits for beside a day; an internal item is named to the team alone."""
    waits: dict[str, Any] = {}
    if item.revisit_votes:
        waits["votes"] = item.revisit_votes
    if item.revisit_companies:
        waits["companies"] = item.revisit_companies
    session = object_session(item)
    if item.revisit_item_id and session is not None:
        other = session.get(BacklogItem, item.revisit_item_id)
        waits["item"] = other.title if other is not None and (other.is_public or for_team) else {}
    return waits


def again_of(item: Any) -> str:
    """When an item, or a row of the roadmap with its columns, is looked at again; empty when nothing is said."""
    if item.came_back:
        return _("It is being looked at again.")
    day = item.revisit_on.isoformat() if item.revisit_on else ""
    if isinstance(item, BacklogItem):
        return again_words(day, also_waits_for(item))
    waits = {"votes": item.revisit_votes, "companies": item.revisit_companies}
    return again_words(
        day, {name: n for name, n in waits.items() if n} | ({"item": {}} if item.revisit_item_id else {})
    )


def came_back_words(why: CameBack) -> str:
    """What has happened that an item waited for."""
    return {
        CameBack.DATE: _("The day has come on which it was to be looked at again."),
        CameBack.VOTES: _("It has as many votes as were asked for."),
        CameBack.COMPANIES: _("As many companies as were asked for are behind it."),
        CameBack.ITEM: _("What it waited for is launched."),
    }[why]


def values_of(item: BacklogItem) -> dict[str, Any]:
    """What an item's sentences on posts are made of, as it stands now."""
    return {
        "item_id": item.id,
        "title": item.title,
        "status": item.status.value,
        "target": item.target,
        "reason": item.reason.value if item.reason else "",
        "revisit_on": item.revisit_on.isoformat() if item.revisit_on else "",
        "also": also_waits_for(item),
        "why": item.reason_text if item.status is ItemStatus.NOT_NOW else item.public_sentence,
    }


def _standing(values: dict[str, Any]) -> str:
    return standing_words(
        pick(values["title"]),
        ItemStatus(values["status"]),
        values.get("target", ""),
        values.get("reason", ""),
        values.get("revisit_on", ""),
        values.get("also"),
    )


def _address(values: dict[str, Any]) -> str:
    return f"/roadmap/{values['item_id']}"


@wording(PROMOTED)
def _promoted(values: dict[str, Any]) -> Sentence:
    return _("The company took this up as “{item}”.", item=pick(values["title"])), _address(values)


@wording(JOINED)
def _joined(values: dict[str, Any]) -> Sentence:
    sentence = _("It now speaks for “{item}” as well.", item=pick(values["title"]))
    return f"{sentence} {_standing(values)}", _address(values)


@wording(LEFT)
def _left(values: dict[str, Any]) -> Sentence:
    return _("The team found that it is about something else than “{item}”.", item=pick(values["title"]))


@wording(MOVED)
def _moved(values: dict[str, Any]) -> Sentence:
    return _standing(values), _address(values)


@wording(REOPENED)
def _reopened(values: dict[str, Any]) -> Sentence:
    sentence = _("“{item}” is looked at again: it is not solved for everybody.", item=pick(values["title"]))
    return sentence, _address(values)


@wording(RETURNED)
def _returned(values: dict[str, Any]) -> Sentence:
    sentence = _("“{item}” is looked at again, as promised.", item=pick(values["title"]))
    return f"{sentence} {came_back_words(CameBack(values['came_back']))}", _address(values)

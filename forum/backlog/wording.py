"""The sentences that the backlog writes on posts, and what its reasons are called."""

from datetime import date
from typing import Any

from forum.backlog.models import BacklogItem
from forum.backlog.status import ItemStatus, NotNowReason
from forum.backlog.targets import target_words
from forum.core.clock import today
from forum.core.languages import _, day_words, pick
from forum.posts.timeline import Sentence, wording

PROMOTED, JOINED, LEFT = "item_promoted", "item_joined", "item_left"
MOVED, REOPENED = "item_moved", "item_reopened"
KINDS = (PROMOTED, JOINED, LEFT, MOVED, REOPENED)


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


def standing_words(item: str, status: ItemStatus, target: str, reason: str, revisit_on: str) -> str:
    """Where the item called `item` stands, in whole sentences; `revisit_on` is a day as 2026-12-31 or empty."""
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
            return " ".join(filter(None, (_("Not now."), _because(reason), again_words(revisit_on))))


def _because(reason: str) -> str:
    return reason_words(NotNowReason(reason)) if reason else ""


def again_words(revisit_on: str) -> str:
    """When something that is *not now* is looked at again; empty without a day."""
    if not revisit_on:
        return ""
    day = date.fromisoformat(revisit_on)
    if day <= today():
        return _("The day to look at it again has come: {day}.", day=day_words(day))
    return _("It is looked at again on {day}.", day=day_words(day))


def values_of(item: BacklogItem) -> dict[str, Any]:
    """What an item's sentences on posts are made of, as it stands now."""
    return {
        "item_id": item.id,
        "title": item.title,
        "status": item.status.value,
        "target": item.target,
        "reason": item.reason.value if item.reason else "",
        "revisit_on": item.revisit_on.isoformat() if item.revisit_on else "",
        "why": item.reason_text if item.status is ItemStatus.NOT_NOW else item.public_sentence,
    }


def _standing(values: dict[str, Any]) -> str:
    return standing_words(
        pick(values["title"]),
        ItemStatus(values["status"]),
        values.get("target", ""),
        values.get("reason", ""),
        values.get("revisit_on", ""),
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

"""Conditions over attributes: *plan is Enterprise*, *revenue at least 100 000*, *since before 2024*."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forum.core.database import Json
from forum.core.errors import Invalid
from forum.core.languages import _, number
from forum.segments.status import How
from forum.segments.values import MAX_KEY, read_day, read_number

MOST = 4  # of one segment
_NUMBERS, _DAYS = (How.AT_LEAST, How.UNDER), (How.BEFORE, How.FROM)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is known of everybody in a segment."""

    key: str
    how: How
    value: str  # as it was typed; a number or a day as it is compared

    @classmethod
    def read(cls, stored: Json) -> "Condition":
        """The condition that was kept as JSON."""
        return cls(stored["key"], How(stored["how"]), stored["value"])

    def stored(self) -> Json:
        """The condition as JSON."""
        return {"key": self.key, "how": self.how.value, "value": self.value}

    def holds(self, attributes: Mapping[str, Any]) -> bool:
        """Whether it is so; what is not known of somebody is never so."""
        known = attributes.get(self.key)
        if known is None or known == "":
            return False
        if self.how in _NUMBERS:
            amount = known if isinstance(known, (int, float)) else read_number(str(known))
            if amount is None:
                return False
            return (amount >= float(self.value)) is (self.how is How.AT_LEAST)
        if self.how in _DAYS:
            day = read_day(str(known))
            return day is not None and (day < self.value) is (self.how is How.BEFORE)
        return any(_same(known, one) for one in self.value.split(",")) is (self.how is How.IS)


def hold(conditions: Sequence[Condition], attributes: Mapping[str, Any]) -> bool:
    """Whether all of some conditions are so."""
    return all(condition.holds(attributes) for condition in conditions)


def make_condition(key: str, how: How, value: str) -> Condition:
    """A condition from what was typed. Raises `Invalid` beside `values` for a number or a day that is none."""
    key, value = " ".join(key.split()).casefold()[:MAX_KEY], " ".join(value.split())
    if not key or not value:
        raise Invalid(fields={"values": _("Say of each condition which attribute it is about, and the value.")})
    if how in _NUMBERS:
        amount = read_number(value)
        if amount is None:
            raise Invalid(fields={"values": _("“{value}” is not a number.", value=value)})
        value = f"{amount:g}" if abs(amount) < 1e6 and not amount.is_integer() else str(int(amount))
    if how in _DAYS:
        day = read_day(value)
        if day is None:
            raise Invalid(fields={"values": _("“{value}” is not a day. Write it like 2024-05-31.", value=value)})
        value = day
    return Condition(key, how, value)


def sentence_of(conditions: Sequence[Condition]) -> str:
    """Conditions in words, with *and* between them."""
    return _(" and ").join(_words(condition) for condition in conditions)


def _words(condition: Condition) -> str:
    values = {"key": key_word(condition.key), "value": condition.value}
    if condition.how in _NUMBERS:
        values["value"] = number(float(condition.value))
    match condition.how:
        case How.IS:
            return _("{key} is {value}", **values)
        case How.IS_NOT:
            return _("{key} is not {value}", **values)
        case How.AT_LEAST:
            return _("{key} is at least {value}", **values)
        case How.UNDER:
            return _("{key} is under {value}", **values)
        case How.BEFORE:
            return _("{key} is before {value}", **values)
        case _:
            return _("{key} is {value} or later", **values)


def key_word(key: str) -> str:
    """What an attribute is called: ours in the reader's language, others as in the file."""
    ours = {
        "plan": _("plan"),
        "revenue": _("revenue"),
        "since": _("customer since"),
        "company": _("company"),
    }
    return ours.get(key, key)


def _same(known: Any, text: str) -> bool:
    if isinstance(known, (int, float)) and (amount := read_number(text)) is not None:
        return amount == known
    return str(known).strip().casefold() == text.strip().casefold()

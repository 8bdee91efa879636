"""Typed events: what happened, told to the stages further up in the same transaction.

An event is a frozen dataclass in the past tense that carries ids. A stage publishes it; later
stages subscribe when the application is assembled.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

Event = TypeVar("Event")
_receivers: dict[type, list[Callable[[Session, Any], None]]] = defaultdict(list)


def on(kind: type[Event]) -> Callable[[Callable[[Session, Event], None]], Callable[[Session, Event], None]]:
    """Have the decorated function called with `(session, event)` for each event of `kind`."""

    def register(receiver: Callable[[Session, Event], None]) -> Callable[[Session, Event], None]:
        if receiver not in _receivers[kind]:
            _receivers[kind].append(receiver)
        return receiver

    return register


def publish(session: Session, event: object) -> None:
    """Tell every receiver of this kind of event, at once and in this transaction.

    What a receiver raises goes to the caller: the cause and its consequences happen together or not at all.
    """
    for receiver in _receivers[type(event)]:
        receiver(session, event)

"""How ids of jobs travel through Redis; huey knows it as its storage."""

from typing import Any

from huey.storage import MemoryStorage

from forum.core import shared

MOST = 10_000  # messages that a process keeps while Redis is away; the sweep finds the rest


class ThroughRedis(MemoryStorage):  # type: ignore[misc]  # huey tells no types
    """Messages wait in Redis for any worker; while it is away, those of this process wait here.

    A worker then does what its own sweep finds, so that work goes on. All else that huey may want to keep, which is
    nothing of ours, it keeps in memory.
    """

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Let a message wait."""
        try:
            shared.ask(lambda client: client.lpush(_key(), data))
        except shared.Away:
            if super().queue_size() < MOST:
                super().enqueue(data, priority)

    def dequeue(self) -> Any:
        """The message that has waited longest, or None."""
        here = super().dequeue()
        if here is not None:
            return here
        try:
            return shared.ask(lambda client: client.rpop(_key()))
        except shared.Away:
            return None

    def queue_size(self) -> int:
        """How many messages wait."""
        try:
            return int(super().queue_size() + shared.ask(lambda client: client.llen(_key())))
        except shared.Away:
            return int(super().queue_size())


def _key() -> str:
    return shared.named("jobs")

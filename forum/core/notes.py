"""What reading leaves behind: noted in memory, written by a timer in one short transaction, never on a GET."""

import threading
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar
from weakref import WeakSet

from sqlalchemy.orm import Session

from forum.core.database import transaction

Key = TypeVar("Key")
Value = TypeVar("Value")
EVERY = 60.0  # seconds
MOST = 20_000  # notes kept in memory; what comes beyond that in one minute is lost, and nobody waits for it


class Notes(Generic[Key, Value]):
    """Notes by key, the latest of each, handed to `write(session, notes)` at most once a minute."""

    _all: ClassVar["WeakSet[Notes[object, object]]"] = WeakSet()

    def __init__(self, write: Callable[[Session, dict[Key, Value]], None]) -> None:
        self._write = write
        self._noted: dict[Key, Value] = {}
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        Notes._all.add(self)  # type: ignore[arg-type]

    def note(self, key: Key, value: Value) -> None:
        """Note `value` for `key`; a timer writes it down later."""
        with self._lock:
            if len(self._noted) < MOST or key in self._noted:
                self._noted[key] = value
            if self._timer is None:
                self._timer = threading.Timer(EVERY, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def get(self, key: Key, default: Value) -> Value:
        """What is noted for `key` and not written down yet."""
        return self._noted.get(key, default)

    def flush(self) -> None:
        """Write what was noted, in one transaction. While the database is away the notes of the minute are lost."""
        noted = self._take()
        if not noted:
            return
        try:
            with transaction() as session:
                self._write(session, noted)
        except Exception:
            from structlog import get_logger

            get_logger().exception("notes not written", count=len(noted))

    def _take(self) -> dict[Key, Value]:
        with self._lock:
            noted, self._noted = self._noted, {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        return noted

    @classmethod
    def forget_all(cls) -> None:
        """Forget what is noted everywhere; for tests, whose database changes under it."""
        for notes in list(cls._all):
            notes._take()

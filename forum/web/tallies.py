"""What people have done so far, counted for the limits so that all web processes of a site agree.

Where the settings name a Redis, everything is counted there. Else what people do is counted in a file that the
processes of one machine share, and what only reads by each process in its memory, as nothing is written for a GET.
Neither is part of the database: counting holds no lock there, and what is lost with it is at most a day of counts.
Both know whom they count only as keyed sums.
"""

import sqlite3
import threading
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any

from limits.storage import MemoryStorage, Storage

from config import settings
from forum.core import shared
from forum.core.errors import Unavailable
from forum.core.languages import _

SHARED = "shared "  # begins the keys of what is counted in the file
GUARDED = SHARED + "guarded "  # of what could be guessed: while Redis is away nobody may try
TIDY_EVERY = 500  # counts
_PATIENCE = 2.0  # seconds for the other processes to finish theirs
_SET_BACK = 1.0  # seconds; by more, clocks do not run back of themselves

_MAKE = """CREATE TABLE IF NOT EXISTS counts
    (key BLOB PRIMARY KEY, n INTEGER NOT NULL, since REAL NOT NULL, until REAL NOT NULL) WITHOUT ROWID"""
# What began later than now was counted before the clock was set back; it would hold for as long.
_IS_OVER = "(counts.until <= :now OR counts.since > :soon)"
_COUNT = f"""INSERT INTO counts (key, n, since, until) VALUES (:key, :n, :now, :until) ON CONFLICT (key) DO UPDATE SET
    n = CASE WHEN {_IS_OVER} THEN excluded.n ELSE counts.n + excluded.n END,
    since = CASE WHEN {_IS_OVER} THEN excluded.since ELSE counts.since END,
    until = CASE WHEN {_IS_OVER} THEN excluded.until ELSE counts.until END
    RETURNING n"""  # noqa: S608  # nothing from outside
_READ = f"SELECT n, until FROM counts WHERE key = :key AND NOT {_IS_OVER}"  # noqa: S608  # nothing from outside


class Tallies(Storage):
    """Counts of Flask-Limiter: in Redis, or those of shared keys in the file and all others in memory.

    Where they cannot be had, each process counts for itself: nobody is turned away for it, but from what is guarded
    while the Redis that all go by is away.
    """

    STORAGE_SCHEME = ["cabin"]  # noqa: RUF012  # as its parent has it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._memory = MemoryStorage()
        self._own = threading.local()  # each thread's connection, and to which file
        self._counted = 0
        self._latest = 0.0  # seconds since 1970

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a caller that wraps exceptions should look for."""
        return sqlite3.Error

    def check(self) -> bool:
        """That counting goes on, somewhere."""
        return True

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more for `key`, whose time is up `expiry` seconds after the first; the count so far."""
        if shared.is_set():
            try:
                return _count_in_redis(key, expiry, amount)
            except shared.Away:
                pass
        elif _is_shared(key):
            try:
                return self._count(_sum(key), expiry, amount)
            except sqlite3.Error:
                pass
        self._notice_the_clock()
        return self._memory.incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """The count of `key` so far. Raises `Unavailable` for what is guarded while Redis is away."""
        self._notice_the_clock()
        found = self._read(key)
        return self._memory.get(key) if found is None else found[0]

    def get_expiry(self, key: str) -> float:
        """When the time of `key` is up, in seconds since 1970."""
        found = self._read(key)
        return self._memory.get_expiry(key) if found is None or not found[1] else found[1]

    def reset(self) -> int | None:
        """Forget everything."""
        if shared.is_set():
            shared.ask(_forget_in_redis)
        elif _file().exists():
            self._connection().execute("DELETE FROM counts")
        return self._memory.reset()

    def clear(self, key: str) -> None:
        """Forget `key`."""
        if shared.is_set():
            shared.ask(lambda client: client.delete(_named(key)))
        elif _is_shared(key):
            self._connection().execute("DELETE FROM counts WHERE key = ?", (_sum(key),))
        self._memory.clear(key)

    def _notice_the_clock(self) -> None:
        """Forget what memory holds when the clock was set back: it would be counted on until it is there again."""
        before, self._latest = self._latest, time.time()
        if self._latest < before - _SET_BACK:
            self._memory.reset()

    def _count(self, key: bytes, expiry: float, amount: int) -> int:
        now = time.time()
        self._counted += 1
        connection = self._connection()
        if self._counted % TIDY_EVERY == 0:
            connection.execute("DELETE FROM counts WHERE until <= ?", (now,))
        values = {"key": key, "n": amount, "now": now, "soon": now + _SET_BACK, "until": now + expiry}
        return int(connection.execute(_COUNT, values).fetchall()[0][0])

    def _read(self, key: str) -> tuple[int, float] | None:
        """The count that is shared and when its time is up; None for what is counted in memory."""
        if shared.is_set():
            return _read_in_redis(key)
        if not _is_shared(key):
            return None
        now = time.time()
        try:
            values = {"key": _sum(key), "now": now, "soon": now + _SET_BACK}
            row = self._connection().execute(_READ, values).fetchone()
        except sqlite3.Error:
            return None
        return (row[0], row[1]) if row else (0, 0.0)

    def _connection(self) -> sqlite3.Connection:
        path = _file()
        if getattr(self._own, "path", None) != path:
            self._own.connection, self._own.path = _open(path), path
        connection: sqlite3.Connection = self._own.connection
        return connection


def _count_in_redis(key: str, expiry: float, amount: int) -> int:
    def count(client: Any) -> int:
        with client.pipeline() as together:
            together.set(_named(key), 0, px=max(1, int(expiry * 1000)), nx=True)
            together.incrby(_named(key), amount)
            return int(together.execute()[1])

    return shared.ask(count)


def _read_in_redis(key: str) -> tuple[int, float] | None:
    def read(client: Any) -> tuple[int, float]:
        with client.pipeline() as together:
            together.get(_named(key))
            together.pttl(_named(key))
            n, left = together.execute()  # milliseconds; negative without a count
            return int(n or 0), time.time() + left / 1000 if left > 0 else 0.0

    try:
        return shared.ask(read)
    except shared.Away:
        if f"/{GUARDED}" in key:
            raise Unavailable(_("Nobody can be let in for the moment. Try again in a few seconds.")) from None
        return None


def _forget_in_redis(client: Any) -> None:
    for key in client.scan_iter(shared.named("limit:*")):
        client.delete(key)


def _named(key: str) -> str:
    return shared.named(f"limit:{_sum(key).hex()}")


def _file() -> Path:
    return settings().data_dir / "tallies.db"


def _open(path: Path) -> sqlite3.Connection:
    """A connection that does not wait for the disk: after a power cut the counts may be lost."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=TRUNCATE")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(_MAKE)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # a power cut has damaged it
        connection.close()
        path.unlink(missing_ok=True)
        return _open(path)
    return connection


def _is_shared(key: str) -> bool:
    return f"/{SHARED}" in key


def _sum(key: str) -> bytes:
    return blake2b(key.encode(), key=settings().secret.encode()[:64], digest_size=16).digest()

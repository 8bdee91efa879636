"""What processes on several machines share besides the database: Redis or Valkey, where the settings name one.

It holds counts, marks and job ids: nothing that must not be lost. Nobody waits for it: an answer takes `PATIENCE` at
most, and after a failure one call in each `PAUSE` tries again while all others go on without it.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from config import settings

PATIENCE = 0.25  # seconds that connecting or an answer may take
PAUSE = 1.0  # seconds between two tries while it is away
MISSING = "FORUM_REDIS_URL is set, but the package for it is not installed: pip install 'redis>=6,<8'"

Answer = TypeVar("Answer")


class Away(Exception):
    """There is no Redis, or it does not answer."""


class Shared:
    """A Redis or Valkey that may be away at any time. Raises `ValueError` where the package for it is missing."""

    def __init__(self, url: str) -> None:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError as error:
            raise ValueError(MISSING) from error
        self._failures = redis.RedisError
        self._lock = Lock()
        self._try_at = 0.0  # monotonic seconds; before that nobody asks
        self._client = redis.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )

    def ask(self, do: Callable[[Any], Answer]) -> Answer:
        """What `do` answers, given the client. Raises `Away`."""
        is_trial = self._begin()
        try:
            answer = do(self._client)
        except self._failures as error:
            self._fail(error, is_news=not is_trial)
            raise Away from error
        if is_trial:
            self._try_at = 0.0
        return answer

    def _begin(self) -> bool:
        """Whether this call finds out if Redis is back; raises `Away` where another one does."""
        if not self._try_at:
            return False
        with self._lock:
            if monotonic() < self._try_at:
                raise Away
            self._try_at = monotonic() + PAUSE
        return True

    def _fail(self, error: Exception, *, is_news: bool) -> None:
        with self._lock:
            is_news = is_news and not self._try_at
            self._try_at = monotonic() + PAUSE
        if is_news:
            from structlog import get_logger

            get_logger().warning("redis is away", error=type(error).__name__)


@lru_cache
def _shared(url: str) -> Shared:
    return Shared(url)


def is_set() -> bool:
    """Whether the settings name a Redis."""
    return bool(settings().redis_url)


def ask(do: Callable[[Any], Answer]) -> Answer:
    """What `do` answers, given a client of this site's Redis. Raises `Away`, also where the settings name none."""
    if not is_set():
        raise Away
    return _shared(settings().redis_url).ask(do)


def check() -> None:
    """Raise `ValueError` where the settings name a Redis and the package for it is missing."""
    if is_set():
        _shared(settings().redis_url)


def named(name: str) -> str:
    """The key of `name` in Redis: several sites may have one in common."""
    return f"cabin:{_mark(settings().secret)}:{name}"


@lru_cache
def _mark(secret: str) -> str:
    return blake2b(b"whose keys these are", key=secret.encode()[:64], digest_size=6).hexdigest()

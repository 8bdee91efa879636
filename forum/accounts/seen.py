"""When people were last seen: counted in memory, written at most once a minute, never on a GET."""

import threading
from datetime import datetime

import sqlalchemy as sa

from forum.accounts.models import SignIn
from forum.core.clock import utcnow
from forum.core.database import transaction

EVERY = 60.0  # seconds

_seen: dict[int, datetime] = {}
_timer: threading.Timer | None = None
_lock = threading.Lock()


def mark_seen(sign_in_id: int) -> None:
    """Note that a sign-in was used now; a timer writes it down later."""
    global _timer
    _seen[sign_in_id] = utcnow()
    with _lock:
        if _timer is None:
            _timer = threading.Timer(EVERY, flush)
            _timer.daemon = True
            _timer.start()


def flush() -> None:
    """Write what was noted, in one short transaction."""
    global _timer
    with _lock:
        noted = dict(_seen)
        _seen.clear()
        _timer = None
    if not noted:
        return
    with transaction() as session:
        session.execute(
            sa.update(SignIn), [{"id": sign_in_id, "last_seen_at": moment} for sign_in_id, moment in noted.items()]
        )

"""So that web processes agree: what one of them has just changed, all others forget as well.

The mark of the latest change lies in Redis where the settings name one, else in a file of the data folder. Each
request that shows something kept asks for it once. While Redis is away each process keeps what it has until its time
is up, which is a minute at most for what people change.
"""

import os
import secrets
import time
from pathlib import Path

from flask import g, has_request_context

from config import settings
from forum.core import shared

_KEY = "changed"
_seen: list[object] = [None]  # the mark that this process has gone by


def is_outdated() -> bool:
    """Whether another process has changed something since this was last asked; asked once in a request."""
    if has_request_context():
        if "agreed" in g:
            return False
        g.agreed = True
    mark = _read()
    if mark == _seen[0]:
        return False
    _seen[0] = mark
    return True


def tell_others() -> None:
    """Have all processes forget what they keep. Call after the commit: they read what they find then."""
    try:
        if shared.is_set():
            shared.ask(lambda client: client.set(shared.named(_KEY), secrets.token_hex(8)))
        else:
            _file().touch()
            os.utime(_file(), ns=(time.time_ns(), time.time_ns()))
    except (OSError, shared.Away):
        return  # what they keep has an end of its own


def _read() -> object:
    try:
        if shared.is_set():
            return shared.ask(lambda client: client.get(shared.named(_KEY)))
        return _file().stat().st_mtime_ns
    except OSError:
        return None
    except shared.Away:
        return _seen[0]


def _file() -> Path:
    return settings().data_dir / "changed"

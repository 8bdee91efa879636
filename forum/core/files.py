"""Files that are written while they are sent: JSON lists and archives of any length."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import RawIOBase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from config import settings
from forum.core.clock import utcnow

_AT_ONCE = 64 * 1024  # characters
VERSION = 1  # of the shapes; a key that is there stays


def head_of(kind: str) -> dict[str, Any]:
    """What every JSON file says about itself first; `kind` names its shape."""
    return {"format": kind, "version": VERSION, "site": settings().site_url, "written_at": utcnow().isoformat()}


def stream_json(head: Mapping[str, Any], name: str, things: Iterable[Any]) -> Iterator[str]:
    """An object with the values of `head` and, last, a list of `things` called `name`, a line each.

    >>> "".join(stream_json({"version": 1}, "items", [{"id": 1}, {"id": 2}]))
    '{"version": 1, "items": [\\n{"id": 1},\\n{"id": 2}\\n]}\\n'
    """
    opening = json.dumps(dict(head), ensure_ascii=False)[:-1]
    yield f"{opening}{', ' if head else ''}{json.dumps(name)}: "
    yield from stream_list(things)
    yield "}\n"


def stream_list(things: Iterable[Any]) -> Iterator[str]:
    """A JSON list of `things`, a line each.

    >>> "".join(stream_list([1, 2]))
    '[\\n1,\\n2\\n]'
    """
    piece, mark = "[", "\n"
    for thing in things:
        piece += mark + json.dumps(thing, ensure_ascii=False)
        mark = ",\n"
        if len(piece) > _AT_ONCE:
            yield piece
            piece = ""
    yield f"{piece}\n]"


class _Sent(RawIOBase):
    """Takes what an archive writes until it is fetched; it cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def fetch(self) -> bytes:
        """What was written since the last time."""
        written = b"".join(self._pieces)
        self._pieces.clear()
        return written


def stream_zip(files: Iterable[tuple[str, str]], at: datetime) -> Iterator[bytes]:
    """An archive of text files (name, text), each dated `at`."""
    sent = _Sent()
    with ZipFile(sent, "w", ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(ZipInfo(name, at.timetuple()[:6]), text, compress_type=ZIP_DEFLATED)
            yield sent.fetch()
    yield sent.fetch()

"""Opening files that people bring: unpacked, in the encoding they were saved in, and refused when they are no text."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from forum.core.errors import Invalid
from forum.core.languages import lazy

MAX_BYTES = 2 * 1024**3  # unpacked; a bomb of zeros ends here
SAMPLE = 65_536  # bytes or characters that guesses are made from
UTF_8, WINDOWS = "UTF-8", "Windows-1252"

_MARKS = {codecs.BOM_UTF8: UTF_8, codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_CODECS = {UTF_8: "utf-8-sig", WINDOWS: "cp1252", "UTF-16": "utf-16"}
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_SOME = 100  # one control character among so many is a slip, more are no text
_MANY = 10  # letters beyond ASCII that were read for each sign that was not: UTF-8 with a few damaged signs


class Encoding(NamedTuple):
    """What the text of a file is written in."""

    name: str
    unread: int = 0  # signs that are none in it, and are read as U+FFFD


def check_packing(path: Path, name: str) -> None:
    """Raise `Invalid` when the file called `name` says that it is gzipped, and is not."""
    if name.casefold().endswith(".gz") and not _is_zipped(path):
        raise Invalid(lazy("The name ends in .gz, but the file is not gzipped."))


def encoding_of(path: Path, *, within: int | None = None) -> Encoding:
    """What the text of a file is written in: as its first bytes say, else UTF-8, else Windows-1252.

    A few damaged signs do not make another encoding of UTF-8; they are counted. Raises `Invalid` for a file
    that is not text. Reads the whole file, or its first `within` bytes.
    """
    with _unpacked(path, within) as file:
        head = file.read(SAMPLE)
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    for name in [marked] if marked else [UTF_8, WINDOWS]:
        unread = _unread(path, name, within)
        if unread is not None:
            return Encoding(name, unread)
    raise Invalid(_no_text())


def open_text(path: Path, encoding: str, *, within: int | None = None) -> IO[str]:
    """The text of a file, or of its first `within` bytes, unpacked, in the encoding that `encoding_of` named."""
    return io.TextIOWrapper(_unpacked(path, within), encoding=_CODECS[encoding], errors="replace", newline="")


def _unread(path: Path, encoding: str, within: int | None) -> int | None:
    """How many signs of the file are none in `encoding`; None when it is no text in it.

    A NUL, or many control characters, are no text. Only UTF-8 shows by itself that it is meant, so only there
    may a few signs be damaged.
    """
    head, read, unread = "", 0, 0
    try:
        for piece in _pieces(path, encoding, within):
            head = head or piece
            if "\0" in piece:
                return None
            if encoding == UTF_8 and not piece.isascii():
                damaged = piece.count("\ufffd")
                read += len(piece) - len(piece.encode("ascii", "ignore")) - damaged
                unread += damaged
    except UnicodeError:
        return None
    is_text = len(_CONTROLS.findall(head)) * _SOME <= len(head)
    return unread if is_text and unread * _MANY <= read else None


def _pieces(path: Path, encoding: str, within: int | None) -> Iterator[str]:
    """The text of a file bit by bit; a sign that `within` cuts in two is no damage."""
    errors = "replace" if encoding == UTF_8 else "strict"
    decoder = codecs.getincrementaldecoder(_CODECS[encoding])(errors)
    with _unpacked(path, within) as file:
        while piece := file.read(SAMPLE):
            yield decoder.decode(piece)
    yield decoder.decode(b"", final=within is None)


def _no_text() -> Any:
    return lazy(
        "This is not a text file. Save it as CSV, JSON or JSON lines; from a spreadsheet, choose “Save as” and CSV."
    )


def _is_zipped(path: Path) -> bool:
    with path.open("rb") as probe:
        return probe.read(2) == b"\x1f\x8b"


def _unpacked(path: Path, within: int | None = None) -> io.BufferedReader:
    raw: Any = gzip.open(path, "rb") if _is_zipped(path) else path.open("rb")  # noqa: SIM115  # closed with its wrapper
    return io.BufferedReader(_Bounded(raw, within))


class _Bounded(io.RawIOBase):
    """A stream that ends after `within` bytes, or with an error after more than a file may hold."""

    def __init__(self, raw: IO[bytes], within: int | None) -> None:
        self._raw, self._left = raw, MAX_BYTES if within is None else within
        self._is_part = within is not None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._raw.read(min(len(buffer), self._left) if self._is_part else len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise Invalid(lazy("The file is damaged and cannot be unpacked.")) from error
        self._left -= len(piece)
        if self._left < 0:
            raise Invalid(lazy("The file is larger than 2 GB unpacked. Split it into several."))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._raw.close()
        super().close()

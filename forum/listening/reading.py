"""Files of customers' words: CSV, JSON and JSON lines, also gzipped, read row by row with line numbers."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from babel.support import LazyProxy

from forum.core.errors import Invalid
from forum.core.languages import lazy

MAX_BYTES = 2 * 1024**3  # unpacked; a bomb of zeros ends here
MAX_LINE = 200_000  # characters
MAX_JSON_BYTES = 64 * 1024**2  # a JSON list is read whole; larger ones go as JSON lines
SAMPLE = 65_536  # characters that the format is guessed from

csv.field_size_limit(MAX_LINE)

# What a column may be called for each field, in English, bokmål and Danish.
NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "key", "nr", "number", "ref", "reference", "ticket", "ticket_id", "external_id", "uuid"),
    "title": ("title", "subject", "headline", "summary", "tittel", "titel", "overskrift", "emne"),
    "body": (
        *("body", "text", "description", "comment", "message", "review", "sentence", "content", "details", "feedback"),
        *("complaint", "tekst", "beskrivelse", "kommentar", "melding", "besked", "indhold", "innhold", "klage"),
    ),
    "kind": ("kind", "type", "slags", "art"),
    "area": ("area", "category", "component", "part", "område", "omrade", "kategori", "del"),
    "author": (
        "author",
        "name",
        "user",
        "username",
        "customer",
        "person",
        "navn",
        "forfatter",
        "bruker",
        "bruger",
        "kunde",
    ),
    "email": ("email", "e-mail", "mail", "e-post", "epost", "email_address"),
    "date": (
        *("date", "created", "created_at", "createdat", "timestamp", "time", "datetime", "posted", "posted_at"),
        *("dato", "tidspunkt", "opprettet", "oprettet", "tid"),
    ),
    "language": ("language", "lang", "locale", "språk", "sprak", "sprog"),
    "severity": ("severity", "alvor", "alvorlighet", "alvorlighed"),
}


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file; `problem` says why it cannot even be read."""

    line: int
    values: dict[str, str]
    problem: str | LazyProxy = ""


def open_rows(path: Path) -> Iterator[Row]:
    """The rows of `path`, one by one. Raises `Invalid` for a file that is none of the formats."""
    with _open(path) as file:
        head = file.read(SAMPLE)
    start = head.lstrip("\ufeff \t\r\n")[:1]
    if not start:
        raise Invalid(lazy("The file is empty."))
    with _open(path) as file:
        if start == "[":
            yield from _json_list(file)
        elif start == "{":
            yield from _json_lines(file)
        else:
            yield from _csv(file, head)


def _open(path: Path) -> IO[str]:
    with path.open("rb") as probe:
        zipped = probe.read(2) == b"\x1f\x8b"
    raw: Any = gzip.open(path, "rb") if zipped else path.open("rb")  # noqa: SIM115  # closed with its wrapper
    return io.TextIOWrapper(io.BufferedReader(_Bounded(raw)), encoding="utf-8-sig", errors="replace", newline="")


class _Bounded(io.RawIOBase):
    """A stream that ends with an error once it has given out more than a file may hold."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._left = raw, MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._raw.read(len(buffer))
        except (OSError, EOFError) as error:
            raise Invalid(lazy("The file is damaged and cannot be unpacked.")) from error
        self._left -= len(piece)
        if self._left < 0:
            raise Invalid(lazy("The file is larger than 2 GB unpacked. Split it into several."))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _json_lines(file: IO[str]) -> Iterator[Row]:
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), ""), start=1):
        if len(line) > MAX_LINE:
            yield Row(number, {"": line[:200]}, lazy("The line is longer than {n} characters.", n=MAX_LINE))
            while line and not line.endswith("\n"):
                line = file.readline(MAX_LINE)
        elif line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        thing = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, {"": line[:200]}, lazy("This is not JSON."))
    if not isinstance(thing, dict):
        return Row(number, {"": line[:200]}, lazy("This is not a JSON object with named fields."))
    return Row(number, _flat(thing))


def _json_list(file: IO[str]) -> Iterator[Row]:
    text = file.read(MAX_JSON_BYTES + 1)
    if len(text) > MAX_JSON_BYTES:
        raise Invalid(lazy("A JSON list of this size is not taken. Save it as JSON lines, one object a line."))
    try:
        things = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(lazy("The file begins like JSON, but it is not: {error}", error=str(error)[:100])) from error
    for number, thing in enumerate(things, start=1):
        if isinstance(thing, dict):
            yield Row(number, _flat(thing))
        else:
            yield Row(number, {"": str(thing)[:200]}, lazy("This is not a JSON object with named fields."))


def _flat(thing: dict[str, Any]) -> dict[str, str]:
    """Plain text for each field; what is nested stays JSON."""
    return {
        str(name): value
        if isinstance(value, str)
        else ""
        if value is None
        else str(value)
        if isinstance(value, (int, float))
        else json.dumps(value, ensure_ascii=False)
        for name, value in thing.items()
    }


def _csv(file: IO[str], sample: str) -> Iterator[Row]:
    try:
        dialect: Any = csv.Sniffer().sniff(sample, delimiters=",;\t|")
        dialect.doublequote = True
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(file, dialect)
    try:
        header = [name.strip().lstrip("\ufeff") for name in next(reader)]
    except (StopIteration, csv.Error) as error:
        raise Invalid(lazy("The file has no first row with the names of its columns.")) from error
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, lazy("The row cannot be read: {error}", error=str(error)))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        values = dict(zip(header, cells, strict=False))
        if len(cells) > len(header):
            yield Row(line, values, lazy("The row has more cells than the first row names columns."))
        else:
            yield Row(line, values)


def guess_columns(path: Path) -> tuple[dict[str, str], list[str], list[Row]]:
    """Which column holds which field, the columns left over, and ten sample rows.

    A file whose only text column has a name of its own is still understood: the longest text is the body.
    """
    rows = list(islice(open_rows(path), 200))
    columns = list(dict.fromkeys(name for row in rows for name in row.values if name))
    chosen: dict[str, str] = {}
    for field, names in NAMES.items():
        free = [column for column in columns if column not in chosen.values()]
        match = next((c for name in names for c in free if c.strip().casefold().replace(" ", "_") == name), None)
        if match:
            chosen[field] = match
    if "body" not in chosen and "title" not in chosen:
        free = [column for column in columns if column not in chosen.values()]
        if free:
            chosen["body"] = max(free, key=lambda column: sum(len(row.values.get(column, "")) for row in rows))
    unknown = [column for column in columns if column not in chosen.values()]
    return chosen, unknown, rows[:10]

"""Files of customers' words: CSV, JSON and JSON lines, also gzipped, read row by row with line numbers."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from babel.support import LazyProxy

from forum.core.errors import Invalid
from forum.core.languages import lazy
from forum.listening.files import SAMPLE, check_packing, encoding_of, open_text

MAX_LINE = 200_000  # characters
PREVIEW = 4 * 1024**2  # bytes that a page reads to show what a file looks like
LOOKED_AT = 200  # rows that columns are guessed from
MAX_JSON_BYTES = 64 * 1024**2  # a JSON list is read whole; larger ones go as JSON lines

REFUSED_LINE, REFUSED_WHY = "refused_line", "refused_reason"  # added to refused rows, overlooked in them
DELIMITERS = ",;\t|"  # what may stand between cells, the likeliest first
_SHORT = 4096  # characters that tell what stands between cells
_QUOTED = re.compile(r'((?:^|[;,\t|\r\n]) ?)"(?:[^"]|"")*(?:"|\Z)')  # a cell in quotation marks, after what precedes it
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins so for a formula

csv.field_size_limit(MAX_LINE)

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")  # one half of a pair, which may stand alone
_BETWEEN = re.compile(r"[\s,]*")
_LIST = re.compile(r":\s*\[\s*\{")  # a list of objects begins

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
    wordless: frozenset[str] = frozenset()  # columns with a number, yes or no: no text, but an id or a date perhaps
    nested: frozenset[str] = frozenset()  # columns with a list or an object
    original: Any = ()  # as it came: the cells of a CSV, the object of a JSON line, or the words that are none


class Shape(NamedTuple):
    """How a file says its rows."""

    encoding: str
    is_json: bool
    header: list[str]  # of a CSV; the names of its columns
    delimiter: str = ","


def open_rows(path: Path, *, within: int | None = None) -> Iterator[Row]:
    """The rows of `path`, one by one, or some of those in about its first `within` bytes.

    Raises `Invalid` for a file that is none of the formats.
    """
    check_packing(path, path.name)
    encoding = encoding_of(path, within=within).name
    with open_text(path, encoding, within=within) as file:
        head = file.read(SAMPLE)
    start = head.lstrip("\ufeff \t\r\n")[:1]
    if not start:
        raise Invalid(lazy("The file is empty."))
    if start == "[":
        with open_text(path, encoding) as file:
            yield from _json_list(file, within)
        return
    with open_text(path, encoding, within=within) as file:
        if start == "{":
            things = _wrapped(path, encoding, within)
            yield from _json_lines(file) if things is None else _things(things)
        else:
            yield from _csv(file, _dialect(head))


def shape_of(path: Path) -> Shape:
    """How the file that `open_rows` reads says its rows."""
    encoding = encoding_of(path).name
    with open_text(path, encoding) as file:
        head = file.read(SAMPLE)
    if head.lstrip("\ufeff \t\r\n")[:1] in ("[", "{"):
        return Shape(encoding, True, [])
    dialect = _dialect(head)
    with open_text(path, encoding) as file:
        header = [
            name for name in _header(csv.reader(_Lines(file), dialect)) if name not in (REFUSED_LINE, REFUSED_WHY)
        ]
    return Shape(encoding, False, header, dialect.delimiter)


def _wrapped(path: Path, encoding: str, within: int | None) -> list[Any] | None:
    """The list inside a file that is one JSON object around it; None for objects line by line."""
    with open_text(path, encoding, within=within) as file:
        first, rest = file.readline(MAX_LINE), iter(lambda: file.readline(MAX_LINE), "")
        if isinstance(_parsed(first), dict) and any(line.strip() for line in rest):
            return None
    with open_text(path, encoding) as file:
        text = file.read((within or MAX_JSON_BYTES) + 1)
    if within and len(text) > within:
        return _beginning_within(text)
    whole = _parsed(text) if len(text) <= MAX_JSON_BYTES else None
    if not isinstance(whole, dict):
        return None
    if any(isinstance(value, str) and _means(name, "title", "body") for name, value in whole.items()):
        return [whole]
    return _list_within(whole)


def _list_within(whole: dict[str, Any]) -> list[Any]:
    """The one list of objects in `whole` or in an object of it; without one `whole` is the only row."""
    inner = [(f"{name}.{below}", v) for name, o in whole.items() if isinstance(o, dict) for below, v in o.items()]
    lists = {
        name: value
        for name, value in (*whole.items(), *inner)
        if isinstance(value, list) and any(isinstance(thing, dict) for thing in value)
    }
    if len(lists) > 1:
        names = ", ".join(lists)
        raise Invalid(
            lazy("The file holds several lists: {names}. Save the one with the posts by itself.", names=names)
        )
    return next(iter(lists.values()), [whole])


def _loads(text: str) -> Any:
    """What JSON says, with “?” for halves of signs: no database and no page takes them. Errors as `json.loads`."""
    thing = json.loads(text)
    return _mended(thing) if _SURROGATE.search(text) else thing


def _mended(thing: Any) -> Any:
    return json.loads(json.dumps(thing, ensure_ascii=False).encode("utf-8", "replace"))


def _parsed(text: str) -> Any:
    """What JSON says, or None when it is none."""
    try:
        return _loads(text)
    except (ValueError, RecursionError):
        return None


def _json_lines(file: IO[str]) -> Iterator[Row]:
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), ""), start=1):
        if len(line) > MAX_LINE:
            yield Row(
                number,
                {"": line[:200]},
                lazy("The line is longer than {n} characters.", n=MAX_LINE),
                original=line[:200],
            )
            while line and not line.endswith("\n"):
                line = file.readline(MAX_LINE)
        elif line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        thing = _loads(line)
    except (ValueError, RecursionError):
        return Row(number, {"": line[:200]}, lazy("This is not JSON."), original=line.rstrip("\r\n"))
    return _object_row(number, thing)


def _json_list(file: IO[str], within: int | None) -> Iterator[Row]:
    text = file.read((within or MAX_JSON_BYTES) + 1)
    if within and len(text) > within:
        yield from _things(_beginning(text, text.index("[") + 1))
        return
    if len(text) > MAX_JSON_BYTES:
        raise Invalid(lazy("A JSON list of this size is not taken. Save it as JSON lines, one object a line."))
    try:
        things = _loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(lazy("The file begins like JSON, but it is not: {error}", error=str(error)[:100])) from error
    yield from _things(things)


def _beginning(text: str, place: int) -> list[Any]:
    """The first things of a JSON list that goes on after `text`, from `place` within it."""
    decoder = json.JSONDecoder()
    things: list[Any] = []
    try:
        while len(things) < LOOKED_AT:
            thing, place = decoder.raw_decode(text, _BETWEEN.match(text, place).end())  # type: ignore[union-attr]
            things.append(thing)
    except (ValueError, RecursionError):  # the end of the list, or of what was read
        pass
    return list(_mended(things))


def _beginning_within(text: str) -> list[Any] | None:
    """The first things of the list in a JSON object that goes on after `text`; None for objects line by line."""
    try:
        json.JSONDecoder().raw_decode(text.lstrip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        begun = _LIST.search(text)
        return _beginning(text, begun.end() - 1) if begun else None
    return None


def _things(things: list[Any]) -> Iterator[Row]:
    for number, thing in enumerate(things, start=1):
        yield _object_row(number, thing)


def _object_row(number: int, thing: Any) -> Row:
    if not isinstance(thing, dict):
        words = json.dumps(thing, ensure_ascii=False)
        problem = lazy("This is not a JSON object with named fields.")
        return Row(number, {"": words[:200]}, problem, original=words)
    thing = {name: value for name, value in thing.items() if name not in (REFUSED_LINE, REFUSED_WHY)}
    wordless = frozenset(name for name, value in thing.items() if not isinstance(value, (str, type(None))))
    nested = frozenset(name for name in wordless if isinstance(thing[name], (dict, list)))
    return Row(number, _flat(thing), wordless=wordless, nested=nested, original=thing)


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


def _dialect(sample: str) -> Any:
    """How the cells are parted: by the mark that most lines have as often as the line with the columns' names.

    Cells in quotation marks do not count. Takes time in proportion to the sample, whatever is in it.
    """
    sample = sample.lstrip("\ufeff \r\n")
    if len(sample) > _SHORT:
        head = sample[:_SHORT]
        sample = head[: head.rfind("\n") + 1] or head
    lines = re.split(r"[\r\n]+", _QUOTED.sub(r"\1", sample))
    names = lines[0]

    def agreeing(mark: str) -> tuple[int, int]:
        n = names.count(mark)
        return (sum(line.count(mark) == n for line in lines), n) if n else (0, 0)

    mark = max(DELIMITERS, key=agreeing)
    is_spaced = 0 < names.count(mark) == names.count(f"{mark} ")
    return type("Parted", (csv.excel,), {"delimiter": mark, "skipinitialspace": is_spaced})


class _TooLong(csv.Error):
    """A row that is longer than a row may be, with how it begins."""


class _Lines:
    """The lines of a file as a reader of CSV takes them: no row gets more than `MAX_LINE` characters."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._given = 0  # lines
        self._of_row = 0  # characters

    def begin_row(self) -> int:
        """Expect another row; the line it begins on."""
        self._of_row = 0
        return self._given + 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self._given += 1
        self._of_row += len(line)
        if self._of_row > MAX_LINE:
            beginning = line[:200]
            while line and not line.endswith(("\n", "\r")):
                line = self._file.readline(MAX_LINE)
            raise _TooLong(beginning)
        return line


def _header(reader: Any) -> list[str]:
    try:
        return [name.strip().lstrip("\ufeff") for name in next(reader)]
    except (StopIteration, csv.Error) as error:
        raise Invalid(lazy("The file has no first row with the names of its columns.")) from error


def _csv(file: IO[str], dialect: Any) -> Iterator[Row]:
    lines = _Lines(file)
    reader = csv.reader(lines, dialect)
    header = _header(reader)
    added = {place for place, name in enumerate(header) if name in (REFUSED_LINE, REFUSED_WHY)}
    header = [name for place, name in enumerate(header) if place not in added]
    while True:
        line = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _TooLong as error:
            words = lazy("The line is longer than {n} characters.", n=MAX_LINE)
            yield Row(line, {"": str(error)}, words, original=[str(error)])
            continue
        except csv.Error as error:
            yield Row(line, {}, lazy("The row cannot be read: {error}", error=str(error)))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if added:  # refused before, and corrected by now
            cells = [_as_it_was(cell) for place, cell in enumerate(cells) if place not in added]
        values = dict(zip(header, cells, strict=False))
        too_many = lazy("The row has more cells than the first row names columns.")
        yield Row(line, values, too_many if len(cells) > len(header) else "", original=cells)


def _as_it_was(cell: str) -> str:
    """A cell of refused rows without the apostrophe that kept it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _means(column: str, *fields: str) -> bool:
    """Whether a column is called as one of `fields` may be."""
    name = column.strip().casefold().replace(" ", "_")
    return any(name in NAMES[field] for field in fields)


class Guess(NamedTuple):
    """How a file looks before anybody has said what its columns mean."""

    columns: dict[str, str]  # field → column, by the columns' names alone
    unknown: list[str]  # the columns left over
    sample: list[Row]  # the first ten rows
    encoding: str  # what the file is written in
    unread: int  # signs of it that could not be read

    @property
    def available(self) -> list[str]:
        """Every column of the file."""
        return [*self.columns.values(), *self.unknown]


def guess_columns(path: Path, *, within: int | None = None) -> Guess:
    """Which column holds which field, by its name. Raises `Invalid` for a file without any row.

    `within` bounds the bytes that are read, where a person waits for the answer.
    """
    rows = list(islice(open_rows(path, within=within), LOOKED_AT))
    if not rows:
        raise Invalid(lazy("The file has no rows below the names of its columns."))
    columns = list(dict.fromkeys(name for row in rows for name in row.values if name))
    chosen: dict[str, str] = {}
    for field, names in NAMES.items():
        free = [column for column in columns if column not in chosen.values()]
        match = next((c for name in names for c in free if c.strip().casefold().replace(" ", "_") == name), None)
        if match:
            chosen[field] = match
    unknown = [column for column in columns if column not in chosen.values()]
    return Guess(chosen, unknown, rows[:10], *encoding_of(path, within=within))

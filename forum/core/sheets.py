"""Tables for spreadsheets: CSV in which no cell can start a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_AT_ONCE = 64 * 1024  # characters


def safe_cell(value: object) -> str:
    """`value` as text that a spreadsheet shows and never computes."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV, every cell made safe, with a mark at its start that tells spreadsheets it is UTF-8."""
    return "".join(stream_csv(header, rows))


def stream_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same table piece by piece, however long it is."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(word) for word in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        if out.tell() > _AT_ONCE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()

"""Tables for spreadsheets: CSV in which no cell can start a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """`value` as text that a spreadsheet shows and never computes."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV, every cell made safe, with a mark at its start that tells spreadsheets it is UTF-8."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(word) for word in header])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue()

"""The rows that were refused, as a file of the same columns: a person corrects it and imports it again."""

import csv
import json
import os
import re
from typing import IO, Any

from config import settings
from forum.core.clock import utcnow
from forum.listening.models import MAX_NAME
from forum.listening.reading import FORMULA, REFUSED_LINE, REFUSED_WHY, Row, Shape

_STAMP = re.compile(r"-refused-\d{8}-\d{6}(-\d+)?$")
_NAME_BYTES = 150  # file systems take 255 for the whole name


def source_name_of(file_name: str) -> str:
    """What the source of a file is called, unless somebody says otherwise: refused rows belong to the first file's."""
    return _STAMP.sub("", file_name.split(".")[0])[:MAX_NAME]


class RefusedFile:
    """The refused rows below `data_dir/imports`: a CSV or JSON lines, as they came, written only if there are any.

    Its name is that of the source, the moment and the import; a trial that is kept nowhere has no `import_id`.
    """

    def __init__(self, source_name: str, shape: Shape, import_id: int | None) -> None:
        words = re.sub(r"[/\\\x00-\x1f]", "-", source_name)[:60]
        words = words.encode("utf-8", "replace")[:_NAME_BYTES].decode("utf-8", "ignore")
        ending = "jsonl" if shape.is_json else "csv"
        stamp = utcnow().strftime("%Y%m%d-%H%M%S")
        self._path = settings().data_dir / "imports" / f"{words}-refused-{stamp}-{import_id or os.getpid()}.{ending}"
        self._shape = shape
        self._file: IO[str] | None = None
        self._sheet: Any = None
        self.name = ""  # below data_dir, once there is a row

    def __enter__(self) -> "RefusedFile":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file:
            self._file.close()

    def add(self, row: Row, reason: str) -> None:
        """Write a row with its line in the file it came from and why it was refused."""
        file = self._file or self._begin()
        if self._shape.is_json:
            thing = row.original if isinstance(row.original, dict) else {"refused_text": row.original}
            file.write(json.dumps({REFUSED_LINE: row.line, REFUSED_WHY: reason, **thing}, ensure_ascii=False) + "\n")
        else:
            self._sheet.writerow([_harmless(cell) for cell in (str(row.line), reason, *row.original)])

    def _begin(self) -> IO[str]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A mark at the start tells Excel that a CSV is UTF-8.
        encoding = "utf-8" if self._shape.is_json else "utf-8-sig"
        self._file = self._path.open("w", newline="", encoding=encoding, errors="replace")  # closed in __exit__
        self._path.chmod(0o600)
        self.name = self._path.relative_to(settings().data_dir).as_posix()
        if not self._shape.is_json:
            self._sheet = csv.writer(self._file, delimiter=self._shape.delimiter)
            self._sheet.writerow([REFUSED_LINE, REFUSED_WHY, *self._shape.header])
        return self._file


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula; reading the file again takes the apostrophe off."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

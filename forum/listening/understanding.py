"""From a row of text to a post that can be imported, or a sentence that says what is wrong with it."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from forum.accounts.addresses import clean_address
from forum.core.clock import utcnow
from forum.core.errors import Invalid
from forum.core.languages import is_language, lazy
from forum.core.markup import cut, visible
from forum.listening.reading import Row
from forum.posts.status import Kind, Severity

MAX_TITLE = 140
MAX_BODY = 10_000

KINDS = {
    **dict.fromkeys(("", "complaint", "problem", "bug", "issue", "klage", "feil", "fejl"), Kind.COMPLAINT),
    **dict.fromkeys(("idea", "suggestion", "feature", "wish", "request", "forslag", "ide", "idé", "idè"), Kind.IDEA),
    **dict.fromkeys(("ønske", "feature_request", "feature request"), Kind.IDEA),
}
SEVERITIES = {
    **dict.fromkeys(("1", "annoys", "low", "annoys me"), Severity.ANNOYS),
    **dict.fromkeys(("2", "in_my_way", "medium", "gets in my way"), Severity.IN_MY_WAY),
    **dict.fromkeys(("3", "unsafe", "high", "feels unsafe"), Severity.UNSAFE),
}
LANGUAGES = {"no": "nb", "nn": "nb", "english": "en", "norwegian": "nb", "danish": "da", "dk": "da"}
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T](\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?$")


@dataclass(frozen=True)
class Heard:
    """One row, understood: what was said, by whom and when."""

    line: int
    identity: str  # the file's own id, or a hash of the row and its ordinal among equals
    own_id: str  # as the file has it, or empty
    title: str
    body: str
    kind: Kind
    area: str  # slug or name as in the file
    author: str
    email: str
    written_at: datetime | None
    language: str
    severity: Severity | None
    left_out: tuple[tuple[str, str], ...] = ()  # column and value, where a value says nothing to us


class Unusable(Exception):
    """A row that cannot become a post; the words say why."""


class Understanding:
    """Reads rows with a chosen meaning of the columns; remembers equal rows, so that each has its ordinal."""

    def __init__(self, columns: dict[str, str], *, kind: Kind | None = None, language: str = "") -> None:
        self.columns = columns
        self.kind = kind
        self.language = language
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> Heard:
        """What `row` says. Raises `Unusable`."""
        identity = self._identity(row)  # first, so that a bad row does not shift its equals
        if row.problem:
            raise Unusable(row.problem)
        self._check_values(row)
        title, body = headline(self._cell(row, "title"), self._cell(row, "body"))
        email, language, severity = self._email(row), self.language or self._language(row), self._severity(row)
        found = {"email": email, "language": language, "severity": severity}
        empty = [field for field, value in found.items() if not value and self._cell(row, field)]
        return Heard(
            line=row.line,
            identity=identity,
            own_id=identity.removeprefix("i:") if identity.startswith("i:") else "",
            title=title,
            body=body,
            kind=self.kind or self._kind(row),
            area=self._cell(row, "area"),
            author=self._cell(row, "author")[:60],
            email=email,
            written_at=moment(self._cell(row, "date")),
            language=language,
            severity=severity,
            left_out=tuple((self.columns[field], cut(self._cell(row, field), 60)) for field in empty),
        )

    def _check_values(self, row: Row) -> None:
        """Raise `Unusable` where a column that is used holds no text: a list, or a number for a title."""
        for field, column in self.columns.items():
            if column in (row.wordless if field in ("title", "body") else row.nested):
                value = cut(row.values[column], 40)
                raise Unusable(lazy("“{column}” holds no text: {value}", column=column, value=value))

    def _cell(self, row: Row, field: str) -> str:
        value = row.values.get(self.columns.get(field, ""), "")
        return visible(value).encode("utf-8", "replace").decode().strip()

    def _identity(self, row: Row) -> str:
        own = self._cell(row, "id")
        if own and len(own) <= 78:
            return f"i:{own}"
        words = json.dumps(row.values, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:40]
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"h:{digest}:{self._seen[digest]}"

    def _kind(self, row: Row) -> Kind:
        word = self._cell(row, "kind")
        if word.casefold() not in KINDS:
            raise Unusable(lazy("“{word}” is neither a complaint nor an idea.", word=cut(word, 40)))
        return KINDS[word.casefold()]

    def _email(self, row: Row) -> str:
        """The address in small letters, or nothing where there is none."""
        typed = self._cell(row, "email")
        try:
            return clean_address(typed).casefold() if typed else ""
        except Invalid:
            return ""

    def _language(self, row: Row) -> str:
        """The code of the language, or nothing where it stands for none."""
        code = self._cell(row, "language").casefold().replace("_", "-")
        code = LANGUAGES.get(code, LANGUAGES.get(code.split("-")[0], code.split("-")[0]))
        return code if re.fullmatch(r"[a-z]{2,3}", code) and is_language(code) else ""

    def _severity(self, row: Row) -> Severity | None:
        return SEVERITIES.get(self._cell(row, "severity").casefold())


def headline(title: str, body: str) -> tuple[str, str]:
    """Title and body as a post has them: a missing title is the first words, a long one is kept in the body.

    Raises `Unusable` when both are empty or the body is too long.
    """
    title = " ".join(title.split())
    if not title and not body:
        raise Unusable(lazy("There is neither a title nor a text."))
    if not title:
        line = " ".join(body.split())
        title = cut(line, MAX_TITLE)
        if title == line:
            body = ""  # the title says it all
    elif len(title) > MAX_TITLE:
        body = f"{title}\n\n{body}".strip()
        title = cut(title, MAX_TITLE)
    if len(body) > MAX_BODY:
        raise Unusable(lazy("The text has more than {n} characters.", n=MAX_BODY))
    return title, body


def moment(text: str) -> datetime | None:
    """The moment that `text` names, or None for an empty one. Raises `Unusable`.

    Takes ISO 8601, seconds since 1970, `31.12.2026 16:05`, and the dates of mail. A date like 03/04/2026
    could be two days, and is not guessed.
    """
    if not text:
        return None
    found = _iso(text) or _dotted(text) or _seconds(text) or _of_mail(text)
    if found is None:
        raise Unusable(lazy("“{text}” is not a date we can be sure of; write it as 2026-12-31.", text=cut(text, 40)))
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if not datetime(1990, 1, 1, tzinfo=UTC) <= found <= utcnow():
        raise Unusable(lazy("The date {text} lies in the future or too far back.", text=cut(text, 40)))
    return found


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None


def _dotted(text: str) -> datetime | None:
    match = _DOTTED.match(text)
    if not match:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _seconds(text: str) -> datetime | None:
    try:
        value = float(text)
        value = value / 1000 if value > 1e11 else value  # milliseconds
        return datetime.fromtimestamp(value, UTC) if value > 1e8 else None
    except (ValueError, OverflowError, OSError):
        return None


def _of_mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None

"""The forms of pages as a program sees them: each field with its kind, filled in as the page has it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import quote_from_bytes, urljoin, urlsplit

from tests.fuzz.odd_values import EVERYWHERE, ODD_FILES, ODD_TEXTS

Value = str | bytes
TYPED = {"text", "textarea", "search", "email", "url", "tel"}
OWN = "csrf_token"


@dataclass(frozen=True)
class Field:
    """One field: what kind of control it is, and what it would send."""

    name: str
    kind: str
    values: tuple[Value, ...] = ()


@dataclass
class FoundForm:
    """A form of a page, and where it goes."""

    page: str
    action: str
    method: str
    is_multipart: bool = False
    is_guess: bool = False  # no page was seen to have it
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, where it leads instead

    @property
    def shape(self) -> tuple[str, ...]:
        """What tells it from other forms at the same address: the names of its fields and what is pressed."""
        pressed = [f"{one.name}={one.values[0]!s}" for one in self.fields if one.kind == "button"]
        return tuple(sorted({one.name for one in self.fields} | {*pressed}))

    def pressed(self) -> Iterator["FoundForm"]:
        """The form with each of its buttons pressed."""
        for name, value, action in dict.fromkeys(self.buttons) or [("", "", "")]:
            button = [Field(name, "button", (value,))] if name else []
            where = urljoin(self.page, action) if action else self.action
            yield replace(self, action=where, fields=[*self.fields, *button])

    def filled(self) -> "Filling":
        """What it sends as it stands."""
        return Filling([one for one in self.fields if one.kind != "file"])


@dataclass(frozen=True)
class Filling:
    """What is sent: the fields with their values, and a file perhaps."""

    fields: list[Field]
    file: tuple[str, tuple[str, bytes, str]] | None = None

    def __str__(self) -> str:
        said = {one.name: [str(value)[:40] for value in one.values] for one in self.fields if one.name != OWN}
        return f"{said}{f' and {self.file[1][0]}' if self.file else ''}"

    def body(self) -> bytes:
        """The fields as a browser encodes them; bytes go as they are, be they text or not."""
        pairs = [(one.name, value) for one in self.fields for value in one.values]
        return b"&".join(f"{_quoted(name)}={_quoted(value)}".encode() for name, value in pairs)

    def parts(self) -> dict[str, Any]:
        """The same as parts, with the file."""
        parts: dict[str, Any] = {}
        for one in self.fields:
            parts.setdefault(one.name, []).extend(_as_text(value) for value in one.values)
        if self.file:
            name, (file, content, kind) = self.file
            parts[name] = (BytesIO(content), file, kind)
        return parts


def _quoted(value: Value) -> str:
    return quote_from_bytes(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"), safe="")


def _as_text(value: Value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


class _Reader(HTMLParser):
    """Collects the forms of a page, with fields outside that name them by `form=`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms = page, list[FoundForm]()
        self._by_id: dict[str, FoundForm] = {}
        self._form: FoundForm | None = None
        self._area: tuple[FoundForm, str] | None = None
        self._select: tuple[FoundForm, str] | None = None
        self._words, self._options = "", list[tuple[str, bool]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.page, a.get("action", "")) if a.get("action") else self.page
            multipart = a.get("enctype", "").startswith("multipart")
            self._form = FoundForm(self.page, action, a.get("method", "get").lower(), multipart)
            self.forms.append(self._form)
            self._by_id[a.get("id", "")] = self._form
        form = self._by_id.get(a["form"]) if a.get("form") else self._form
        if form is None or not (a.get("name") or tag in ("option", "button")):
            return
        if tag == "input":
            self._input(form, a)
        elif tag == "textarea":
            self._area, self._words = (form, a["name"]), ""
        elif tag == "select":
            self._select, self._options = (form, a["name"]), []
        elif tag == "option" and self._select:
            self._options.append((a.get("value", ""), "selected" in a))
        elif tag == "button" and a.get("type", "submit") == "submit":
            form.buttons.append((a.get("name", ""), a.get("value", ""), a.get("formaction", "")))

    def _input(self, form: FoundForm, a: dict[str, str]) -> None:
        kind = a.get("type", "text")
        is_left_out = kind in ("checkbox", "radio") and "checked" not in a
        values = (
            () if is_left_out or kind in ("file", "submit") else (a.get("value", "on" if kind == "checkbox" else ""),)
        )
        form.fields.append(Field(a["name"], kind, values))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            form, name = self._area
            form.fields.append(Field(name, "textarea", (self._words.removeprefix("\n"),)))
            self._area = None
        elif tag == "select" and self._select:
            form, name = self._select
            chosen = [value for value, is_selected in self._options if is_selected] or [
                v for v, _s in self._options[:1]
            ]
            form.fields.append(Field(name, "select", tuple(chosen)))
            self._select = None
        elif tag == "form":
            self._form = None


def forms_of(page: str, html: str) -> list[FoundForm]:
    """The forms of a page of this site that stay on it, each with each of its buttons pressed."""
    reader = _Reader(page)
    reader.feed(html)
    return [pressed for form in reader.forms for pressed in form.pressed() if not urlsplit(pressed.action).netloc]


class Oddities:
    """Fills forms in oddly; takes the values in turn, so that many forms together meet them all."""

    def __init__(self, each: int) -> None:
        """`each` field of a form is tried by itself with so many values."""
        self._each, self._turn = each, 0

    def fillings(self, form: FoundForm) -> Iterator[Filling]:
        """Ways to fill in a form: one field odd and the others as they stand, then all of them at once."""
        standing = form.filled()
        names = [name for name in dict.fromkeys(one.name for one in standing.fields) if name != OWN]
        for name in () if form.is_guess else names:
            others = [one for one in standing.fields if one.name != name]
            for _n in range(self._each):
                yield replace(standing, fields=[*others, Field(name, "odd", (self._next(),))])
        for value in EVERYWHERE:
            yield replace(
                standing,
                fields=[one if one.name == OWN else Field(one.name, "odd", (value,)) for one in standing.fields],
            )
        twice = [replace(one, values=(*one.values, self._next())) for one in standing.fields if one.name != OWN]
        own = [one for one in standing.fields if one.name == OWN]
        yield Filling([*own, *twice])
        yield Filling(own)  # nothing at all
        yield Filling(
            [*standing.fields, *(Field(f"{name}[]", "odd", ("x",)) for name in names), Field("is_admin", "odd", ("1",))]
        )
        for file in (one for one in form.fields if one.kind == "file"):
            for odd in ODD_FILES:
                yield replace(standing, file=(file.name, odd))

    def _next(self) -> Value:
        self._turn += 1
        return ODD_TEXTS[self._turn % len(ODD_TEXTS)]

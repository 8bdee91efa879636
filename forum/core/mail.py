"""Mail templates, rendered without Flask in the recipient's language."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config import HOME, settings
from forum.core.languages import _, current_language, date_words, datetime_words, ngettext, speaking


@lru_cache
def _environment() -> Environment:
    loader = FileSystemLoader(HOME / "templates" / "mail")
    options: dict[str, Any] = {"undefined": StrictUndefined, "trim_blocks": True}
    environment = Environment(loader=loader, autoescape=_is_html, **options)  # noqa: S701  # on where it is HTML
    environment.globals.update(_=_, ngettext=ngettext, date=date_words, datetime=datetime_words)
    return environment


def _is_html(name: str | None) -> bool:
    """Plain text is not HTML, so nothing in it is escaped."""
    return name is None or name.endswith(".html")


def render_mail(name: str, language: str, **values: Any) -> tuple[str, str]:
    """Subject and text of the mail `templates/mail/<name>.txt` in `language`; its first line is the subject."""
    with speaking(language):
        template = _environment().get_template(f"{name}.txt")
        whole = template.render(site_name=settings().site_name, site_url=settings().site_url, **values)
    subject, _newline, text = whole.partition("\n")
    return subject.strip(), text.strip() + "\n"


def as_html(text: str, language: str) -> str:
    """The same plain text for programs that show HTML.

    A line by itself that leads to this site is a link there, shown whole, so that everybody sees where it leads.
    """
    body, _dashes, _end = text.replace("\r\n", "\n").partition("\n-- \n")
    with speaking(language):
        return render_part("letter.html", pieces=list(_pieces(body)))


class _Piece(NamedTuple):
    kind: str  # text, link, code, list
    lines: list[str]


def _pieces(body: str) -> Iterator[_Piece]:
    """What a plain text consists of: its lines are gathered until there is an empty one, or one of another kind."""
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        for kind, lines in groupby(paragraph.strip("\n").split("\n"), key=_kind_of):
            if kind in ("link", "code"):
                yield from (_Piece(kind, [line]) for line in lines)
            else:
                yield _Piece(kind, [line.removeprefix("- ") if kind == "list" else line for line in lines])


def _kind_of(line: str) -> str:
    if line.startswith("- "):
        return "list"
    if f"{line}/".startswith(f"{settings().site_url}/") and " " not in line:
        return "link"
    return "code" if line.replace(" ", "").isdecimal() else "text"


def render_part(part: str, **values: Any) -> str:
    """One side of a mail, `templates/mail/<part>`, in the language of the moment."""
    site = {"site_name": settings().site_name, "site_url": settings().site_url, "lang": current_language()}
    return _environment().get_template(part).render(**site, **values).strip() + "\n"


def absolute(path: str) -> str:
    """The full address of a local `path`, from the configured site address and never from a request."""
    return settings().site_url + path

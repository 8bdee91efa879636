"""Mail templates, rendered without Flask in the recipient's language."""

from functools import lru_cache
from typing import Any

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


def render_part(part: str, **values: Any) -> str:
    """One side of a mail, `templates/mail/<part>`, in the language of the moment."""
    site = {"site_name": settings().site_name, "site_url": settings().site_url, "lang": current_language()}
    return _environment().get_template(part).render(**site, **values).strip() + "\n"


def absolute(path: str) -> str:
    """The full address of a local `path`, from the configured site address and never from a request."""
    return settings().site_url + path

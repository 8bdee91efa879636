"""Mail templates, rendered without Flask in the recipient's language."""

from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config import HOME, settings
from forum.core.languages import _, date_words, datetime_words, ngettext, speaking


@lru_cache
def _environment() -> Environment:
    # Plain text: nothing is HTML here, so nothing is escaped.
    loader = FileSystemLoader(HOME / "templates" / "mail")
    environment = Environment(loader=loader, autoescape=False, undefined=StrictUndefined, trim_blocks=True)  # noqa: S701
    environment.globals.update(_=_, ngettext=ngettext, date=date_words, datetime=datetime_words)
    return environment


def render_mail(name: str, language: str, **values: Any) -> tuple[str, str]:
    """Subject and text of the mail `templates/mail/<name>.txt` in `language`; its first line is the subject."""
    with speaking(language):
        template = _environment().get_template(f"{name}.txt")
        whole = template.render(site_name=settings().site_name, site_url=settings().site_url, **values)
    subject, _newline, text = whole.partition("\n")
    return subject.strip(), text.strip() + "\n"


def absolute(path: str) -> str:
    """The full address of a local `path`, from the configured site address and never from a request."""
    return settings().site_url + path

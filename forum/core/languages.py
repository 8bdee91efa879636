"""Words in the reader's language: gettext, dates and numbers for English, bokmål and Danish.

The language of the moment is a context variable: the web sets it per request, a job per
recipient. Messages use brace format, `_("“{theme}” is there.", theme=name)`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, Translations

from config import settings

LANGUAGES = {"en": "English", "nb": "Norsk bokmål", "da": "Dansk"}
QUOTATION_MARKS = {"en": ("“", "”"), "nb": ("«", "»"), "da": ("»", "«")}
TRANSLATIONS = Path(__file__).parent.parent / "translations"

_current: ContextVar[str] = ContextVar("language", default="")


def current_language() -> str:
    """The language of the moment: `en`, `nb` or `da`."""
    return _current.get() or settings().main_language


def set_language(language: str) -> None:
    """Speak `language` from now on in this context; an unknown one means the site's main language."""
    _current.set(language if language in LANGUAGES else settings().main_language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the `with` block, for one recipient of a mail say."""
    token = _current.set(language if language in LANGUAGES else settings().main_language)
    try:
        yield
    finally:
        _current.reset(token)


@lru_cache
def _catalogue(language: str) -> Translations:
    """The compiled messages of `language`; English needs none."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Translations()
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache
def _messages(language: str) -> dict[str, str]:
    """The messages of `language` without plural, as a plain dict: pages look up dozens."""
    catalogue: dict[Any, str] = getattr(_catalogue(language), "_catalog", {})
    return {message: text for message, text in catalogue.items() if isinstance(message, str) and message}


def _(message: str, /, **values: Any) -> str:
    """`message` in the language of the moment, with `values` in its braces."""
    text = _messages(_current.get() or settings().main_language).get(message, message)
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: Any) -> str:
    """The form for `n` things, in the language of the moment; `{n}` is the number, grouped."""
    text: str = _catalogue(current_language()).ngettext(singular, plural, n)
    return text.format(n=number(n), **values)


def lazy(message: str, /, **values: Any) -> LazyProxy:
    """`message`, translated only when it is shown; for class attributes, tables, and words that others read later."""
    return LazyProxy(_, message, enable_cache=False, **values)


def mark(message: str) -> str:
    """`message` as it is: says that it is translated later, where a table or a menu is shown."""
    return message


def pick(words: Mapping[str, str] | None, language: str = "") -> str:
    """The text of a company-written `{en, nb, da}` value for a reader, with fallback; may be empty."""
    if not words:
        return ""
    text = words.get(language or current_language())
    return text or next((words[code] for code in (settings().main_language, *LANGUAGES) if words.get(code)), "")


def in_each_language(words: object) -> dict[str, str]:
    """What `words` say in every language; the same in each where they are not `lazy`."""
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = str(words)
    return said


def quoted(words: str, language: str) -> str:
    """`words` between the quotation marks of `language`."""
    opening, closing = QUOTATION_MARKS[language]
    return f"{opening}{words}{closing}"


def best_language(accepted: str) -> str:
    """The site's language that suits an Accept-Language header best, else its main language."""
    wishes = []
    for place, part in enumerate(accepted[:200].split(",")):
        code, _semicolon, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, code.lower().split("-")[0]))
        except ValueError:
            continue
    near = {"no": "nb", "nn": "nb"}
    for _quality, _place, code in sorted(wishes):
        if near.get(code, code) in LANGUAGES:
            return near.get(code, code)
    return settings().main_language


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse({"en": "en_GB", "nb": "nb_NO", "da": "da_DK"}[language])


def is_language(code: str) -> bool:
    """Whether `code`, of two or three letters, stands for a language."""
    return code in _locale("en").languages


@lru_cache
def _zone() -> ZoneInfo:
    return ZoneInfo(settings().time_zone)


def language_word(code: str) -> str:
    """What a language is called in the reader's own: *Danish*; empty for `und`, the unknown one."""
    if code == "und":
        return ""
    return _locale(current_language()).languages.get(code) or _("another language")


def number(n: float) -> str:
    """`n` with the thousands grouped as the language does."""
    if -1000 < n < 1000 and n == int(n):  # most counts, without the cost of a format
        return str(int(n))
    return numbers.format_decimal(n, locale=_locale(current_language()))


def date_words(moment: datetime) -> str:
    """The day of `moment` in the site's time zone: *22 November 2026*."""
    return _day_words(moment.astimezone(_zone()).date(), current_language())


@lru_cache(maxsize=4096)
def _day_words(day: date, language: str) -> str:
    """A page names few days many times, and writing one out takes longer than all else in a row."""
    return dates.format_date(day, format="long", locale=_locale(language))


def day_words(day: date) -> str:
    """A `day` of the calendar, which no time zone moves: *22 November 2026*."""
    return dates.format_date(day, format="long", locale=_locale(current_language()))


def month_words(day: date) -> str:
    """The month of a `day` and its year: *November 2026*."""
    return dates.format_skeleton("yMMMM", day, locale=_locale(current_language()))


def datetime_words(moment: datetime) -> str:
    """Day and time of `moment` in the site's time zone: *22. november 2026 kl. 16.05* in Danish."""
    local = moment.astimezone(_zone())
    locale = _locale(current_language())
    day = dates.format_date(local, format="long", locale=locale)
    time = dates.format_time(local, format="short", locale=locale)
    return _("{day} at {time}", day=day, time=time)


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` the `moment` was, in words: *3 days ago*."""
    return dates.format_timedelta(moment - now, add_direction=True, locale=_locale(current_language()))


def span_words(seconds: float) -> str:
    """A time to wait in words, as coarse as people say it and never too short: *29 minutes*."""
    if seconds < 90:
        return ngettext("{n} second", "{n} seconds", max(1, ceil(seconds)))
    if seconds < 90 * 60:
        return ngettext("{n} minute", "{n} minutes", ceil(seconds / 60))
    if seconds < 48 * 3600:
        return ngettext("{n} hour", "{n} hours", ceil(seconds / 3600))
    return ngettext("{n} day", "{n} days", ceil(seconds / 86_400))

"""What the columns of a file of attributes mean, and what stands in their cells."""

import re
from collections.abc import Iterable
from datetime import date

from forum.segments.status import About

Value = str | float | int  # days as 2024-05-31, so that they compare as texts

MAX_KEY, MAX_VALUE, MAX_COLUMNS = 40, 120, 40  # characters, characters, columns of one file
NOTHING = "-"  # in a cell: take the value away; an empty cell changes nothing
REVENUE, SINCE, COMPANY, PLAN = "revenue", "since", "company", "plan"

# What a column may be called, in English, bokmål and Danish.
_NAMES: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail", "e-post", "epost", "email_address"),
    COMPANY: (
        *("company", "organisation", "organization", "organisasjon", "account", "customer", "employer"),
        *("firma", "selskap", "bedrift", "virksomhed", "kunde"),
    ),
    PLAN: ("plan", "subscription", "tier", "package", "abonnement", "pakke"),
    REVENUE: ("revenue", "annual_revenue", "yearly_revenue", "arr", "turnover", "omsetning", "omsætning"),
    SINCE: ("since", "customer_since", "start", "started", "kunde_siden", "siden"),
}
_TITLES = ("name", "navn")  # in a file of companies, what they are called
# Who somebody is stands in their account; nothing of this is taken in from a file.
_LEFT_OUT = {
    *(*_TITLES, "first_name", "last_name", "full_name", "fornavn", "etternavn", "efternavn", "phone", "telephone"),
    *("mobile", "telefon", "mobil", "address", "adresse", "birthday", "birth_date", "fødselsdato", "fødselsdag"),
    *("imported_as", "id"),
}
_CURRENCY = re.compile(r"(?:kr\.?|nok|dkk|sek|eur|usd|gbp|€|\$|£|,-|[\s\u00a0\u202f'’])", re.I)
_GROUPED = re.compile(r"-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:[.,]\d{1,6})?")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?")
_NORTHERN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")


def about_of(columns: Iterable[str]) -> About | None:
    """What a file with these columns is about; None when it names neither addresses nor companies."""
    fields = {_field(column) for column in columns}
    if "email" in fields:
        return About.PEOPLE
    return About.COMPANIES if COMPANY in fields or fields & set(_TITLES) else None


def understand(columns: Iterable[str], about: About) -> tuple[dict[str, str], list[str]]:
    """Each column with the attribute that it holds, and the columns that are left out."""
    found: dict[str, str] = {}
    left_out: list[str] = []
    for column in columns:
        field = _field(column)
        if about is About.COMPANIES and field in _TITLES:
            field = COMPANY
        is_odd = not field or len(field) > MAX_KEY or field in _LEFT_OUT or field in found.values()
        if is_odd or (about is About.COMPANIES and field == "email") or len(found) == MAX_COLUMNS:
            left_out.append(column)
        else:
            found[column] = field
    return found, left_out


def _field(column: str) -> str:
    """What a column holds: one of ours, whatever it is called, or its own name in small letters."""
    name = "_".join(column.strip().casefold().split())
    return next((field for field, names in _NAMES.items() if name in names), name.replace("_", " "))


def read_number(text: str) -> float | None:
    """A number as people write it: 1 200 000, 1.200.000 kr, 1,200.50; None when it is none."""
    bare = _CURRENCY.sub("", text)
    if "." in bare and "," in bare:
        mark = "," if bare.rfind(",") < bare.rfind(".") else "."
        bare = bare.replace(mark, "")
    elif _GROUPED.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", "")
    return float(bare.replace(",", ".")) if _PLAIN.fullmatch(bare) else None


def read_day(text: str) -> str | None:
    """A day as 2024-05-31: from that, 31.05.2024, 2024-05 or 2024, of which the first day counts; else None."""
    found, northern = _DAY.fullmatch(text.strip()), _NORTHERN.fullmatch(text.strip())
    if northern:
        day, month, year = northern.groups()
    elif found:
        year, month, day = found[1], found[2] or "1", found[3] or "1"
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def read_value(text: str) -> Value:
    """Any other attribute: a number where it is plainly one, else the text."""
    if _PLAIN.fullmatch(text) and (number := read_number(text)) is not None:
        return int(number) if number.is_integer() else number
    return " ".join(text.split())

"""The sitemap: which pages a search engine may show, in files of at most 50,000 addresses.

Each kind of page is cut by its ids, so that a file is a range of the primary key and the index needs only the
highest id; nothing is counted. Stages register what they have.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core.feeds import whole

MOST = 50_000  # addresses in one file, by the protocol
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_parts: dict[str, "_Part"] = {}


@dataclass(frozen=True)
class _Part:
    id: sa.ColumnElement[int]
    shown: sa.ColumnElement[bool]
    changed: sa.ColumnElement[Any]
    address: str


def list_pages(
    name: str,
    *,
    id: sa.ColumnElement[int],  # noqa: A002
    shown: sa.ColumnElement[bool],
    changed: sa.ColumnElement[Any],
    address: str,
) -> None:
    """Have the sitemap list the pages at `address`, which holds `{id}`: of rows that are `shown` to everybody."""
    _parts[name] = _Part(id, shown, changed, address)


def index(session: Session) -> str:
    """The file that lists the others."""
    found = [("/sitemap-site-1.xml", None)]
    for name, part in _parts.items():
        highest = session.scalar(sa.select(sa.func.max(part.id))) or 0
        found += [(f"/sitemap-{name}-{n}.xml", None) for n in range(1, -(-highest // MOST) + 1)]
    return _file("sitemapindex", "sitemap", found)


def pages(session: Session, name: str, n: int) -> str | None:
    """The `n`th file of the pages called `name`, or None when there is none of that name."""
    part = _parts.get(name)
    if part is None:
        return None
    first = (n - 1) * MOST
    rows = session.execute(
        sa.select(part.id, part.changed).where(part.id > first, part.id <= first + MOST, part.shown).order_by(part.id)
    )
    return _file("urlset", "url", ((part.address.format(id=row[0]), row[1]) for row in rows))


def fixed(paths: Iterable[str]) -> str:
    """A file of pages that are always there."""
    return _file("urlset", "url", ((path, None) for path in paths))


def _file(root: str, element: str, found: Iterable[tuple[str, datetime | None]]) -> str:
    return "".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>\n',
            f'<{root} xmlns="{_SCHEMA}">',
            *_lines(element, found),
            f"\n</{root}>\n",
        )
    )


def _lines(element: str, found: Iterable[tuple[str, datetime | None]]) -> Iterator[str]:
    for path, changed in found:
        at = f"<lastmod>{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
        yield f"\n<{element}><loc>{escape(whole(path))}</loc>{at}</{element}>"

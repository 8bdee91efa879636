"""Importing what customers said elsewhere: every row through the same rules as a post from the page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.core import markup
from forum.core.clock import utcnow
from forum.core.database import Json, Words, reading, transaction
from forum.core.errors import ForumError, Invalid
from forum.core.languages import _, in_each_language, lazy
from forum.listening.files import UTF_8
from forum.listening.models import Import, ImportedRow, Source
from forum.listening.people import Authors
from forum.listening.reading import NAMES, Row, guess_columns, open_rows, shape_of
from forum.listening.refusals import RefusedFile
from forum.listening.understanding import Heard, Understanding, Unusable
from forum.posts import services as posts
from forum.posts.openness import check_taken
from forum.posts.status import Kind
from forum.products.models import Area, Product

BATCH = 100  # rows in one transaction; the site's own writers get in between
SHOWN = 20  # refused rows that a page lists; the file has all of them

Notice = Callable[[int], None]


@dataclass
class Plan:
    """How a file is to be read: options beat what the file says."""

    path: Path
    product_id: int
    source_name: str
    area_id: int | None = None
    kind: Kind | None = None
    language: str = ""
    columns: dict[str, str] = field(default_factory=dict)  # field → column, beats the guess
    is_trial: bool = False


@dataclass
class Outcome:
    """What came of an import."""

    import_id: int | None = None  # None: a trial
    imported: int = 0
    already_here: int = 0
    refused: int = 0
    unknown_columns: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    first_refused: list[tuple[int, Words]] = field(default_factory=list)  # line, why
    refused_file: str = ""  # below data_dir
    names_left_out: list[str] = field(default_factory=list)
    values_left_out: int = 0  # of posts that were brought in without them
    first_left_out: list[tuple[int, str, str]] = field(default_factory=list)  # line, column, value
    encoding: str = UTF_8  # what the file was read as
    unread: int = 0  # signs that could not be read in it

    def as_json(self) -> Json:
        """What is kept with the import."""
        return {
            "unknown_columns": self.unknown_columns[:50],
            "first_refused": self.first_refused,
            "refused_file": self.refused_file,
            "names_left_out": self.names_left_out[:50],
            "values_left_out": self.values_left_out,
            "first_left_out": self.first_left_out,
            "encoding": self.encoding,
            "unread": self.unread,
        }


class NoText(Invalid):
    """Nobody said which column holds the text, and none is called so."""

    def __init__(self, available: list[str]) -> None:
        self.available = available
        words = lazy(
            "No column is called title or text, and none is guessed. The file has: {columns}.",
            columns=", ".join(available),
        )
        super().__init__(words)


def check_columns(columns: dict[str, str], available: Iterable[str]) -> None:
    """Raise `Invalid` for a field we do not know or a column the file does not have, `NoText` without any text."""
    available = list(available)
    for name, column in columns.items():
        if name not in NAMES:
            raise Invalid(lazy("There is no field “{name}”; there are {names}.", name=name, names=", ".join(NAMES)))
        if column not in available:
            words = lazy(
                "The file has no column “{column}”; it has {columns}.", column=column, columns=", ".join(available)
            )
            raise Invalid(words)
    if not columns.keys() & {"title", "body"}:
        raise NoText(available)


def meaning_of(guessed: dict[str, str], named: dict[str, str]) -> dict[str, str]:
    """The guess, corrected by what a person said; a field named with an empty column is left out."""
    kept = {field: column for field, column in guessed.items() if column not in named.values()}
    return {field: column for field, column in (kept | named).items() if column}


def source_of(session: Session, product_id: int, name: str) -> Source:
    """The source called `name`, made when it is new."""
    query = sa.select(Source).where(Source.product_id == product_id, Source.kind == "import", Source.name == name)
    source = session.scalar(query)
    if source is None:
        source = Source(product_id=product_id, kind="import", name=name, created_at=utcnow())
        session.add(source)
        session.flush()
    return source


def import_file(plan: Plan, *, import_id: int | None = None, notice: Notice = lambda rows: None) -> Outcome:
    """Bring in the rows of a file, each at most once, in batches of their own transactions.

    Running it again continues where it stopped. `notice` hears the number of rows read so far. A trial
    reads and checks everything and writes nothing. Raises `Invalid` when the file cannot be read at all.
    """
    guess = guess_columns(plan.path)
    columns, available = meaning_of(guess.columns, plan.columns), guess.available
    check_columns(columns, available)
    unknown = [column for column in available if column not in columns.values()]
    outcome = Outcome(columns=columns, unknown_columns=unknown, encoding=guess.encoding, unread=guess.unread)
    if not plan.is_trial:
        outcome.import_id = import_id = import_id or _begin(plan, columns)
    run = _Run(plan, Understanding(columns, kind=plan.kind, language=plan.language), outcome, import_id)
    rows, count = open_rows(plan.path), 0
    with RefusedFile(plan.source_name, shape_of(plan.path), import_id) as refused:
        while batch := list(islice(rows, BATCH)):
            run.take(batch, refused)
            count += len(batch)
            notice(count)
        outcome.refused_file = refused.name
    outcome.names_left_out = sorted(run.left_out)
    if import_id:
        _finish(import_id, outcome)
    return outcome


def _begin(plan: Plan, columns: dict[str, str]) -> int:
    with transaction() as session:
        source = source_of(session, plan.product_id, plan.source_name)
        row = Import(
            source_id=source.id,
            area_id=plan.area_id,
            file_name=plan.path.name[:200],
            columns=columns,
            started_at=utcnow(),
        )
        session.add(row)
        session.flush()
        return row.id


def _finish(import_id: int, outcome: Outcome) -> None:
    with transaction() as session:
        row = session.get_one(Import, import_id)
        row.imported, row.already_here, row.refused = outcome.imported, outcome.already_here, outcome.refused
        row.finished_at, row.report, row.columns = utcnow(), outcome.as_json(), outcome.columns
        session.get_one(Source, row.source_id).last_heard_at = utcnow()


class _Run:
    """One import under way: knows the areas and the people, and takes batch after batch."""

    def __init__(self, plan: Plan, understanding: Understanding, outcome: Outcome, import_id: int | None) -> None:
        self.plan, self.understanding, self.outcome, self.import_id = plan, understanding, outcome, import_id
        self.left_out: set[str] = set()
        self._said: dict[str, tuple[int, int]] = {}  # the file's own ids → line, and a hash of what it says
        with reading() as session:
            areas = session.scalars(sa.select(Area).where(Area.product_id == plan.product_id)).all()
            query = sa.select(Source.id).where(
                Source.product_id == plan.product_id, Source.kind == "import", Source.name == plan.source_name
            )
            self.source_id = session.scalar(query)
            self.authors = Authors(session, self.source_id or 0)
        self._areas = {area.id: area for area in areas}
        self._by_name = {name.casefold(): area for area in areas for name in (area.slug, *area.name.values())}

    def take(self, batch: list[Row], refused: RefusedFile) -> None:
        understood = list(self._understand(batch, refused))
        with reading() as session:
            known = self._known(session, [heard.identity for _row, heard in understood])
        fresh = [(row, heard) for row, heard in understood if heard.identity not in known]
        self.outcome.already_here += len(understood) - len(fresh)
        self._note_left_out(heard for _row, heard in fresh)
        if self.plan.is_trial:
            self._try(fresh, refused)
        else:
            self._write(fresh, refused)

    def _understand(self, batch: list[Row], refused: RefusedFile) -> Iterator[tuple[Row, Heard]]:
        for row in batch:
            try:
                heard = self.understanding.read(row)
                if self._is_repeated(heard):
                    self.outcome.already_here += 1
                else:
                    yield row, heard
            except Unusable as problem:
                self._refuse(row, problem, refused)

    def _is_repeated(self, heard: Heard) -> bool:
        """Whether the file has said this already. Raises `Unusable` where it said something else under the same id."""
        if not heard.own_id:
            return False
        says = hash((heard.title, heard.body))
        line, before = self._said.setdefault(heard.own_id, (heard.line, says))
        if says != before:
            raise Unusable(lazy("The id “{id}” stands in line {n} already.", id=heard.own_id, n=line))
        return line != heard.line

    def _note_left_out(self, fresh: Iterable[Heard]) -> None:
        left_out = [(heard.line, column, value) for heard in fresh for column, value in heard.left_out]
        self.outcome.values_left_out += len(left_out)
        self.outcome.first_left_out += left_out[: SHOWN - len(self.outcome.first_left_out)]

    def _refuse(self, row: Row, problem: Unusable | ForumError, refused: RefusedFile) -> None:
        self.outcome.refused += 1
        if len(self.outcome.first_refused) < SHOWN:
            self.outcome.first_refused.append((row.line, in_each_language(problem)))
        refused.add(row, str(problem))

    def _known(self, session: Session, identities: list[str]) -> set[str]:
        query = sa.select(ImportedRow.identity).where(
            ImportedRow.source_id == self.source_id, ImportedRow.identity.in_(identities)
        )
        return set(session.scalars(query))

    def _area(self, heard: Heard) -> Area:
        if self.plan.area_id:
            return self._areas[self.plan.area_id]
        if not heard.area:
            raise Unusable(lazy("The row names no area; name one for the whole file."))
        area = self._by_name.get(heard.area.casefold())
        if area is None:
            raise Unusable(lazy("There is no area “{name}” in this product.", name=heard.area[:60]))
        return area

    def _try(self, fresh: list[tuple[Row, Heard]], refused: RefusedFile) -> None:
        with reading() as session:
            for row, heard in fresh:
                try:
                    self._check(session, self._area(heard), heard)
                except (Unusable, ForumError) as problem:
                    self._refuse(row, problem, refused)
                else:
                    self.outcome.imported += 1

    def _write(self, fresh: list[tuple[Row, Heard]], refused: RefusedFile) -> None:
        with transaction() as session:
            for row, heard in fresh:
                try:
                    self._post(session, self._area(heard), heard)
                except (Unusable, ForumError) as problem:
                    self._refuse(row, problem, refused)
                else:
                    self.outcome.imported += 1
        self.left_out |= self.authors.left_out

    def _check(self, session: Session, area: Area, heard: Heard) -> None:
        """Raise `Invalid` for what the area does not take, and for text that is too dear to show."""
        check_taken(session, area, heard.kind)
        markup.render(heard.body)

    def _post(self, session: Session, area: Area, heard: Heard) -> None:
        self._check(session, area, heard)  # before anybody is made for a row that is refused
        post = posts.import_post(
            session,
            area=area,
            kind=heard.kind,
            title=heard.title,
            body=heard.body,
            language=heard.language,
            author_id=self.authors.find(session, heard),
            written_at=heard.written_at,
            source="import",
            severity=heard.severity if heard.kind is Kind.COMPLAINT else None,
        )
        session.add(
            ImportedRow(source_id=self.source_id, identity=heard.identity, post_id=post.id, import_id=self.import_id)
        )


def find_area(session: Session, product_slug: str, area_slug: str = "") -> tuple[Product, Area | None]:
    """The product, and the area if one is named. Raises `Invalid` naming what there is instead."""
    product = session.scalar(sa.select(Product).where(Product.slug == product_slug))
    if product is None:
        slugs = ", ".join(session.scalars(sa.select(Product.slug).order_by(Product.slug))) or "–"
        raise Invalid(_("There is no product “{slug}”; there are: {slugs}.", slug=product_slug, slugs=slugs))
    if not area_slug:
        return product, None
    areas = {area.slug: area for area in session.scalars(sa.select(Area).where(Area.product_id == product.id))}
    if area_slug not in areas:
        raise Invalid(_("There is no area “{slug}”; there are: {slugs}.", slug=area_slug, slugs=", ".join(areas)))
    return product, areas[area_slug]

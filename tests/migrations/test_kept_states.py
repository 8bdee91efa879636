"""What was kept of earlier states comes up to today's schema with its rows as they were, on both databases."""

import json
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from forum import models
from forum.backup import MANIFEST, restore_backup
from forum.core import rows, schema
from forum.core.database import Model, make_engine
from tests.migrations.keeping import IS_RELEASED, SCHEMA, kept_states, schema_of

# By table, columns whose values a later migration changes; a test of its own proves how.
CHANGED: dict[str, set[str]] = {}

assert models.ALL


@pytest.fixture(scope="module")
def is_of_this_schema(tmp_path_factory) -> bool:
    """Whether the newest state was kept with the schema that migrations make now."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('now')}/new.db")
    schema.upgrade(engine)
    with ZipFile(kept_states()[-1]) as archive:
        is_same = archive.read(SCHEMA).decode() == schema_of(engine)
    engine.dispose()
    return is_same


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long])])
def empty(request, tmp_path) -> Iterator[Engine]:
    """An engine over a database without tables."""
    url = f"sqlite:///{tmp_path}/new.db" if request.param == "sqlite" else request.getfixturevalue("bare_postgresql")
    engine = make_engine(url)
    yield engine
    engine.dispose()


def test_the_newest_state_that_was_kept_is_of_this_schema(is_of_this_schema):
    newest = kept_states()[-1].stem

    if IS_RELEASED:
        assert newest == f"kept-{schema.head()}", "There is a new migration: keep its state with `make kept-state`."
        assert is_of_this_schema, "A migration that was released has changed. Take that back, and write a new one."
    assert is_of_this_schema, f"The schema has changed since {newest} was kept: write it anew with `make kept-state`."


@pytest.mark.parametrize("path", kept_states(), ids=lambda path: path.stem)
def test_it_comes_up_to_date_with_its_rows(path, empty, tmp_path, is_of_this_schema):
    if not IS_RELEASED and not is_of_this_schema:
        pytest.skip("it has to be written anew, see above")
    with ZipFile(path) as archive:
        tables = json.loads(archive.read(MANIFEST))["tables"]
        kept = {name: list(map(json.loads, archive.read(f"rows/{name}.jsonl").splitlines())) for name in tables}

    restore_backup(empty, tmp_path, path)

    assert schema.is_current(empty)
    with empty.connect() as connection:
        there = {table.name: table for table in rows.tables_of(connection)}
        for name in tables.keys() & there.keys():
            before, now = tables[name]["columns"], [column.name for column in there[name].columns]
            both = sorted({*before} & {*now} - CHANGED.get(name, set()))
            found = list(rows.read_rows(connection, there[name]))
            assert picked(found, now, both) == picked(kept[name], before, both), name
    with Session(empty) as session:
        for mapper in Model.registry.mappers:
            session.scalars(sa.select(mapper.class_).limit(3)).all()


def picked(found: list[list[object]], names: list[str], wanted: list[str]) -> list[str]:
    """The values of the wanted columns, row by row, in an order of their own."""
    places = [names.index(name) for name in wanted]
    return sorted(json.dumps([row[place] for place in places]) for row in found)

"""Files of odd bytes: every line is brought in, here already or refused with a reason, and nothing breaks."""

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.core.errors import ForumError
from forum.listening.reading import guess_columns, open_rows
from forum.listening.services import Plan, import_file
from forum.segments import attributes
from tests.fuzz.odd_values import ODD_TEXTS

FILES = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
odd_bytes = st.sampled_from(
    [one if isinstance(one, bytes) else one.encode("utf-8", "surrogatepass") for one in ODD_TEXTS]
)
cells = st.one_of(
    st.binary(max_size=12),
    odd_bytes.map(lambda one: one[:300]),
    st.text(max_size=12).map(lambda t: t.encode("utf-8", "replace")),
)
marks = st.sampled_from([b",", b";", b"\t", b"|", b'"', b"\n", b"\r\n", b"\r", b'""', b"\0", b"\x1c"])
headers = st.sampled_from(
    [b"title,body,date,author\n", b"tekst;dato\n", b"\xef\xbb\xbfid\ttitle\n", b"a,a,a\n", b"=1,@x\n", b""]
)
tables = st.builds(lambda head, rest: head + b"".join(rest), headers, st.lists(st.one_of(cells, marks), max_size=40))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda deeper: st.one_of(st.lists(deeper, max_size=3), st.dictionaries(st.text(max_size=6), deeper, max_size=3)),
    max_leaves=8,
)
names = st.sampled_from(["title", "body", "id", "date", "author", "email", "kind", "area", "language", "severity", "x"])
things = st.dictionaries(names, values, max_size=6)
lines = st.lists(st.one_of(things.map(lambda one: json.dumps(one).encode()), cells), min_size=1, max_size=12).map(
    b"\n".join
)
whole = st.one_of(things, st.lists(things, max_size=6), values).map(lambda one: json.dumps(one).encode())


@pytest.fixture
def product(session, make):
    area = make.area("seats")
    session.commit()
    return area


def rows_of(path) -> int | None:
    """How many rows a file has; None for one that is refused as a whole, in words."""
    try:
        guess_columns(path)
        return sum(1 for _row in open_rows(path))
    except ForumError:
        return None


def check(path, content: bytes, area) -> None:
    """Look at a file and try to bring it in."""
    path.write_bytes(content)
    count = rows_of(path)
    plan = Plan(path=path, product_id=area.product_id, area_id=area.id, source_name="odd", is_trial=True)
    try:
        outcome = import_file(plan)
    except ForumError:
        return
    assert outcome.imported + outcome.already_here + outcome.refused == count


@FILES
@given(content=tables)
def test_every_row_of_an_odd_table_is_accounted_for(content, tmp_path, product):
    check(tmp_path / "odd.csv", content, product)


@FILES
@given(content=lines)
def test_every_line_of_odd_json_is_accounted_for(content, tmp_path, product):
    check(tmp_path / "odd.jsonl", content, product)


@FILES
@given(content=whole)
def test_every_thing_of_an_odd_list_is_accounted_for(content, tmp_path, product):
    check(tmp_path / "odd.json", content, product)


@FILES
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(gzip.compress),
        st.binary(max_size=60).map(lambda b: b"\x1f\x8b" + b),
    )
)
def test_bytes_of_any_kind_are_read_or_refused(content, tmp_path, product):
    check(tmp_path / "odd", content, product)


@FILES
@given(
    content=st.one_of(tables, st.lists(cells, max_size=12).map(lambda some: b"email,plan,company\n" + b"\n".join(some)))
)
def test_odd_tables_about_customers_are_looked_at_or_refused(content, tmp_path, session, product):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with suppress(ForumError):  # in words
        attributes.look(session, path)

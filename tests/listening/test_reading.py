"""Files are read row by row, in every format, with their line numbers."""

import gzip
import json
import os
from datetime import UTC, datetime

import pytest

from forum.core.errors import Invalid
from forum.listening.reading import Row, guess_columns, open_rows
from forum.listening.understanding import Understanding, Unusable, headline, moment
from forum.posts.status import Kind


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "Title,Text\nCold seat,Every morning\n"),
        ("a.csv", "\ufeffTitle;Text\r\nCold seat;Every morning\r\n"),
        ("a.tsv", "Title\tText\nCold seat\tEvery morning\n"),
        ("a.json", '[{"Title": "Cold seat", "Text": "Every morning"}]'),
        ("a.jsonl", '{"Title": "Cold seat", "Text": "Every morning"}\n\n'),
        ("a.jsonl.gz", gzip.compress(b'{"Title": "Cold seat", "Text": "Every morning"}\n', mtime=0)),
    ],
)
def test_the_same_row_is_read_from_every_format(tmp_path, name, content):
    path = write(tmp_path, name, content)
    columns, unknown, sample = guess_columns(path)

    assert (columns, unknown) == ({"title": "Title", "body": "Text"}, [])
    assert sample[0].values == {"Title": "Cold seat", "Text": "Every morning"}


def test_rows_keep_the_line_they_stand_on(tmp_path):
    path = write(tmp_path, "a.csv", 'title,body\none,"two\nlines"\n\nthree,four,five\n')

    assert [(row.line, bool(row.problem)) for row in open_rows(path)] == [(2, False), (5, True)]


def test_bad_json_lines_are_rows_with_a_problem(tmp_path):
    path = write(tmp_path, "a.jsonl", '{"body": "good"}\n{"body": \n[1]\n' + "[" * 5000 + "\n")

    assert [(row.line, row.problem != "") for row in open_rows(path)] == [(1, False), (2, True), (3, True), (4, True)]


def test_an_empty_or_damaged_file_is_refused_in_words(tmp_path):
    with pytest.raises(Invalid, match="empty"):
        list(open_rows(write(tmp_path, "a.csv", "")))
    with pytest.raises(Invalid, match="damaged"):
        list(open_rows(write(tmp_path, "a.csv.gz", gzip.compress(os.urandom(9999).hex().encode())[:-300])))


def test_columns_are_guessed_in_three_languages(tmp_path):
    path = write(tmp_path, "a.csv", "Overskrift,Besked,Dato,Kunde,Sprog,Vejr\na,b,2026-01-02,Kari,da,sol\n")

    assert guess_columns(path)[:2] == (
        {"title": "Overskrift", "body": "Besked", "author": "Kunde", "date": "Dato", "language": "Sprog"},
        ["Vejr"],
    )


def test_a_nameless_text_column_is_still_found(tmp_path):
    path = write(tmp_path, "a.csv", "q1,q2\n5,The seat is cold every morning\n")

    assert guess_columns(path)[0] == {"body": "q2"}


def test_titles_come_from_the_first_words_and_long_ones_stay_whole_in_the_body():
    long = ("word " * 50).strip()
    assert headline("", "Short and clear") == ("Short and clear", "")
    title, body = headline("", long)
    assert title.endswith("word…")
    assert len(title) <= 140
    assert body == long
    assert headline(long, "more")[1] == f"{long}\n\nmore"
    with pytest.raises(Unusable, match="neither"):
        headline(" ", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-02-03", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2026-02-03T10:00:00+02:00", datetime(2026, 2, 3, 8, tzinfo=UTC)),
        ("2026-02-03T08:00:00Z", datetime(2026, 2, 3, 8, tzinfo=UTC)),
        ("3.2.2026 08.05", datetime(2026, 2, 3, 8, 5, tzinfo=UTC)),
        ("1770105600", datetime(2026, 2, 3, 8, tzinfo=UTC)),
        ("1770105600000", datetime(2026, 2, 3, 8, tzinfo=UTC)),
        ("Tue, 03 Feb 2026 08:00:00 +0000", datetime(2026, 2, 3, 8, tzinfo=UTC)),
        ("", None),
    ],
)
def test_dates_are_understood_in_the_ways_they_come(text, found):
    assert moment(text) == found


@pytest.mark.parametrize("text", ["03/04/2026", "yesterday", "2999-01-01", "1850-01-01", "31.2.2026"])
def test_a_date_that_is_not_sure_is_refused(text):
    with pytest.raises(Unusable):
        moment(text)


def test_rows_without_a_kind_are_complaints_and_equal_rows_have_ordinals():
    understanding = Understanding({"body": "text"})
    first, second = (understanding.read(Row(n, {"text": "cold"})) for n in (1, 2))

    assert first.kind is Kind.COMPLAINT
    assert first.identity[:-1] == second.identity[:-1]
    assert (first.identity[-1], second.identity[-1]) == ("1", "2")


def test_json_values_of_every_kind_become_text(tmp_path):
    path = write(tmp_path, "a.jsonl", json.dumps({"id": 7, "body": "x", "tags": ["a"], "none": None}))

    assert next(iter(open_rows(path))).values == {"id": "7", "body": "x", "tags": '["a"]', "none": ""}

"""Files are read row by row, in every format, with their line numbers."""

import codecs
import gzip
import json
import os
import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from forum.core.errors import Invalid
from forum.listening.reading import Row, guess_columns, open_rows, shape_of
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
    columns, unknown, sample = guess_columns(path)[:3]

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


def test_a_column_that_no_name_matches_is_not_guessed_from_its_place(tmp_path):
    path = write(tmp_path, "a.csv", "q1,q2\n5,The seat is cold every morning\n")

    assert guess_columns(path)[:2] == ({}, ["q1", "q2"])


@pytest.mark.parametrize(
    "content",
    [bytes(range(256)) * 50, b"\x01\x02\x03\x04\n" * 100, b"title,body\nCold,\x00\n", b"PK\x03\x04\x00\x00" * 20],
)
def test_what_is_no_text_is_refused_in_words(tmp_path, content):
    with pytest.raises(Invalid, match="not a text file"):
        list(open_rows(write(tmp_path, "a.csv", content)))


def test_a_file_that_only_says_that_it_is_gzipped_is_refused(tmp_path):
    with pytest.raises(Invalid, match="not gzipped"):
        list(open_rows(write(tmp_path, "a.csv.gz", "title\nCold\n")))


def test_no_more_is_unpacked_than_a_file_may_hold(tmp_path, monkeypatch):
    monkeypatch.setattr("forum.listening.files.MAX_BYTES", 100_000)  # as if that were two gigabytes
    path = write(tmp_path, "a.csv.gz", gzip.compress(b"title,body\n" + b"Cold,seat\n" * 1_000_000))
    assert path.stat().st_size < 100_000

    with pytest.raises(Invalid, match="larger than 2 GB unpacked"):
        list(open_rows(path))


def test_a_file_with_names_of_columns_alone_is_refused(tmp_path):
    for name, content in (("a.csv", "title,body\n"), ("a.json", "[]")):
        with pytest.raises(Invalid, match="no rows"):
            guess_columns(write(tmp_path, name, content))


@pytest.mark.parametrize(
    "whole",
    [
        {"posts": [{"body": "Cold"}, {"body": "Warm"}]},
        {"data": {"items": [{"body": "Cold"}, {"body": "Warm"}], "total": 2}, "errors": []},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_one_list_inside_an_object_is_read(tmp_path, whole, indent):
    path = write(tmp_path, "a.json", json.dumps(whole, indent=indent))

    assert [row.values for row in open_rows(path)] == [{"body": "Cold"}, {"body": "Warm"}]


DANISH = "Overskrift;Besked\r\nSædet er køligt;Hver morgen – året rundt\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (DANISH.encode("cp1252"), "Windows-1252"),
        (gzip.compress(DANISH.encode("cp1252"), mtime=0), "Windows-1252"),
        (DANISH.replace(";", "\t").encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + DANISH.encode("utf-16-be"), "UTF-16"),
        (DANISH.encode("utf-8-sig"), "UTF-8"),
        (DANISH.encode(), "UTF-8"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_was_saved_in(tmp_path, content, encoding):
    columns, _unknown, sample, *found = guess_columns(write(tmp_path, "a.csv", content))

    assert (columns, found) == ({"title": "Overskrift", "body": "Besked"}, [encoding, 0])
    assert sample[0].values == {"Overskrift": "Sædet er køligt", "Besked": "Hver morgen – året rundt"}


def test_a_letter_far_into_the_file_decides_too(tmp_path):
    content = b"body\n" + b"plain words\n" * 20_000 + "kølig\n".encode("cp1252")

    assert list(open_rows(write(tmp_path, "a.csv", content)))[-1].values == {"body": "kølig"}


def test_a_line_without_end_is_refused_and_never_held_whole(tmp_path):
    path = write(tmp_path, "a.csv", b"body,mood\nCold,x\n" + b"a" * 20_000_000 + b"\nWarm,y\n")
    tracemalloc.start()
    rows = list(open_rows(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [(row.line, row.values.get("body"), bool(row.problem)) for row in rows] == [
        (2, "Cold", False),
        (3, None, True),
        (4, "Warm", False),
    ]
    assert rows[1].original == ["a" * 200]
    assert peak < 8_000_000


def test_a_row_of_many_lines_has_an_end_too(tmp_path):
    path = write(tmp_path, "a.csv", 'body,mood\n"' + '","\n' * 100_000)

    assert next(iter(open_rows(path))).original[0].startswith('","')


def test_a_preview_reads_no_more_than_it_shows(tmp_path):
    path = write(tmp_path, "a.csv", "body\nkølig\n".encode() + b"plain\n" * 10_000 + b"\0")

    assert guess_columns(path, within=9).sample[0].values == {"body": "køl"}
    assert guess_columns(path, within=7)[3:] == ("UTF-8", 0)  # the letter is cut in two
    with pytest.raises(Invalid, match="not a text file"):
        guess_columns(path)


@pytest.mark.parametrize(
    "whole",
    ["[{}]", '{{"posts": [{}]}}', '{{"total": 1, "data": {{"items": [{}]}}}}'],
)
def test_a_preview_of_json_reads_no_more_than_it_shows(tmp_path, whole):
    rows = ", ".join(json.dumps({"body": f"Number {n}", "mood": "\ud800"}) for n in range(1000))
    path = write(tmp_path, "a.json", whole.format(rows + ", nonsense"))
    guess = guess_columns(path, within=2000)

    assert (guess.columns, guess.unknown) == ({"body": "body"}, ["mood"])
    assert [row.values for row in guess.sample] == [{"body": f"Number {n}", "mood": "?"} for n in range(10)]


def test_a_preview_of_json_lines_is_one_too(tmp_path):
    path = write(tmp_path, "a.jsonl", "".join(json.dumps({"body": f"Number {n}"}) + "\n" for n in range(1000)))

    assert [row.line for row in guess_columns(path, within=2000).sample] == list(range(1, 11))


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        ("id;body\n1;Cold, wet, and noisy, too\n2;a, b\n", ";"),
        ('id;body\n1;"a, b, c\nd, e"\n', ";"),
        ('"a;b";"c;d",id\n"x",1\n"y",2\n', ","),
        ("a|b\n1|2\n", "|"),
        ('body\n"one, two"\n', ","),
    ],
)
def test_what_stands_between_cells_is_what_the_lines_agree_on(tmp_path, content, mark):
    assert shape_of(write(tmp_path, "a.csv", content)).delimiter == mark


def test_a_space_after_each_mark_is_no_part_of_the_cells(tmp_path):
    path = write(tmp_path, "a.csv", 'title, body\n"Cold, wet", "Every, morning"\n')

    assert next(iter(open_rows(path))).values == {"title": "Cold, wet", "body": "Every, morning"}


@pytest.mark.parametrize("piece", ['"', '",', '"\n', ',"";', "a;b,", " \n", "';'"])
def test_no_sample_takes_long_to_be_understood(tmp_path, piece):
    path = write(tmp_path, "a.csv", ("a" + piece * 65_536)[:65_536])
    begun = time.perf_counter()
    shape_of(path)

    assert time.perf_counter() - begun < 1  # second


def test_a_few_damaged_signs_do_not_change_the_encoding(tmp_path):
    path = write(tmp_path, "a.csv", b"body\n" + "Fryser på beina\n".encode() * 5000 + b"caf\xe9\n")

    assert guess_columns(path)[3:] == ("UTF-8", 1)
    rows = list(open_rows(path))
    assert (rows[0].values, rows[-1].values) == ({"body": "Fryser på beina"}, {"body": "caf\ufffd"})


def test_as_many_damaged_signs_as_letters_are_another_encoding(tmp_path):
    path = write(tmp_path, "a.csv", b"body\n" + "på\n".encode() * 9 + b"caf\xe9\n")

    assert guess_columns(path)[3:] == ("Windows-1252", 0)


@pytest.mark.parametrize("shape", ["{}\n{{}}", "[{}]", '{{"posts": [{}]}}', '{{"posts": [{}], "total": 1}}'])
def test_half_a_sign_in_json_is_a_question_mark(tmp_path, shape):
    row = '{"body \\ud800": "cold \\udfff", "tags": ["\\uD83D"], "mood": "\\ud83d\\ude00"}'
    first = next(open_rows(write(tmp_path, "a.json", shape.format(row))))

    assert first.values == {"body ?": "cold ?", "tags": '["?"]', "mood": "😀"}
    assert first.original == {"body ?": "cold ?", "tags": ["?"], "mood": "😀"}


def test_what_is_written_in_no_known_encoding_is_refused(tmp_path):
    for content in (b"body\n\x81\x8d\n", codecs.BOM_UTF8 + "body\nkølig\n".encode("cp1252")):
        with pytest.raises(Invalid, match="not a text file"):
            list(open_rows(write(tmp_path, "a.csv", content)))


def test_an_object_with_several_lists_is_refused_naming_them(tmp_path):
    path = write(tmp_path, "a.json", json.dumps({"open": [{"body": "a"}], "more": {"closed": [{"body": "b"}]}}))

    with pytest.raises(Invalid, match=r"several lists: open, more\.closed"):
        list(open_rows(path))


def test_one_object_with_a_text_is_one_row_whatever_else_it_holds(tmp_path):
    path = write(tmp_path, "a.jsonl", json.dumps({"body": "Cold", "replies": [{"body": "b"}]}))

    assert [row.values["body"] for row in open_rows(path)] == ["Cold"]


@pytest.mark.parametrize("title", [{"en": "x"}, ["x"], 7, True])
def test_a_title_that_is_no_text_is_refused(tmp_path, title):
    row = next(iter(open_rows(write(tmp_path, "a.jsonl", json.dumps({"id": 1, "title": title, "tags": ["a"]})))))

    with pytest.raises(Unusable, match="“title” holds no text"):
        Understanding({"id": "id", "title": "title"}).read(row)


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

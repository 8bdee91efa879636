"""Keys sort by value and then by the newest row; a cursor that was tampered with starts the list over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.paging import moment_key, read_cursor, sort_key, write_cursor

values = st.integers(0, 2**32 - 1)
row_ids = st.integers(1, 2**31 - 1)
keys = st.integers(0, 2**63 - 1)


@given(st.lists(st.tuples(values, row_ids), unique=True))
def test_keys_are_unique_sort_like_their_parts_and_fit_a_big_integer(pairs):
    made = [sort_key(value, row_id) for value, row_id in pairs]

    assert len(set(made)) == len(pairs)
    assert [key for _pair, key in sorted(zip(pairs, made, strict=True))] == sorted(made)
    assert all(0 <= key < 2**63 for key in made)


def test_moments_sort_by_the_second_and_never_fall_below_the_beginning():
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert moment_key(moment, 9) < moment_key(moment, 10) < moment_key(moment + timedelta(seconds=1), 1)
    assert moment_key(datetime(1960, 1, 1, tzinfo=UTC), 5) == sort_key(0, 5)


@given(st.lists(keys, min_size=1, max_size=3))
def test_a_cursor_gives_back_its_keys_and_is_plain_in_an_address(many):
    word = write_cursor(*many)

    assert read_cursor(word, len(many)) == tuple(many)
    assert word.replace("-", "").replace("_", "").isalnum()
    assert read_cursor(word, len(many) + 1) is None


@given(st.text(max_size=200))
def test_no_word_from_outside_breaks_the_list(word):
    read = read_cursor(word, 1)

    assert read is None or 0 <= read[0] < 2**63


@pytest.mark.parametrize(
    "word", ["", "=", "MQ" * 90, write_cursor(-1), write_cursor(2**63), write_cursor(1, 2), "Â£", "x y", "٣"]
)
def test_a_cursor_that_was_tampered_with_is_none(word):
    assert read_cursor(word) is None

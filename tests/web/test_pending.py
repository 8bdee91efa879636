"""What somebody wanted before signing in travels as a signed word."""

from datetime import timedelta

import pytest
import time_machine

from forum.core.clock import utcnow
from forum.core.people import Reader
from forum.web import pending

KARI = Reader(id=7, display_name="Kari")


@pytest.fixture
def done(app):
    """What was done by the pending action of this test."""
    seen = []

    @pending.pending("test.do")
    def do(session, reader, **values):
        seen.append((reader.id, values))
        return "/there"

    with app.test_request_context():
        yield seen
    pending._doers.pop("test.do")


def test_a_word_is_done_for_whoever_signs_in(done):
    word = pending.write_pending("test.do", post_id=12, title="Blåbær & co")

    assert pending.do_pending(None, KARI, word) == "/there"
    assert done == [(7, {"post_id": 12, "title": "Blåbær & co"})]


@pytest.mark.parametrize(
    "spoil", [lambda word: word[:-1], lambda word: "x" + word, lambda word: "", lambda word: "æ.ø.å"]
)
def test_a_spoiled_word_does_nothing(done, spoil):
    word = spoil(pending.write_pending("test.do", post_id=12))

    assert pending.do_pending(None, KARI, word) == ""
    assert done == []


def test_a_word_lasts_two_days(done):
    word = pending.write_pending("test.do")
    with time_machine.travel(utcnow() + timedelta(hours=49)):
        assert pending.do_pending(None, KARI, word) == ""


def test_a_word_for_something_unknown_does_nothing(done):
    assert pending.do_pending(None, KARI, pending.write_pending("test.unknown")) == ""

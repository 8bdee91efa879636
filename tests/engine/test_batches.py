"""Reading many posts at once: the same vectors as one by one."""

import sys

import numpy as np

from forum.engine.batches import BatchReader
from forum.engine.spaces import read
from tests.engine import sentences

ODD = ["", "...", "Sete sete SETE", "qqqq zzzz xxxx", "Seats\nThe seat, the seat and the seat again", "12 345"]


def test_many_posts_are_read_like_one_at_a_time(model):
    texts, _, codes = sentences.three_languages()
    fitted = model.fitted()
    readings = [read(text, code) for text, code in zip(texts + ODD, codes + ["en"] * len(ODD), strict=True)]

    at_once = BatchReader(fitted.spaces).rows(readings)

    np.testing.assert_allclose(at_once, fitted.spaces.rows(readings), atol=1e-5)


def test_a_reader_keeps_no_more_words_than_it_may(model, monkeypatch):
    monkeypatch.setattr("forum.engine.batches.REMEMBERED", 3)
    spaces = model.fitted().spaces
    reader = BatchReader(spaces)
    readings = [read(text, "en") for text in sentences.posts()[0]]

    again = [reader.rows(readings[start : start + 7]) for start in range(0, len(readings), 7)]

    np.testing.assert_allclose(np.concatenate(again), spaces.rows(readings), atol=1e-5)


def test_placing_many_posts_gives_what_placing_each_gives(model, texts):
    many = (texts * 3)[:220]

    assert model.predict(many).tolist() == [int(model.predict([text])[0]) for text in many]


def test_a_wheel_with_other_files_counts_as_missing(tmp_path, monkeypatch):
    from forum.engine import wordvectors

    (tmp_path / "wordllama").mkdir()
    (tmp_path / "wordllama" / "__init__.py").write_text("")
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "wordllama", raising=False)

    assert wordvectors.find.__wrapped__() is None


def test_without_the_wheel_there_are_no_vectors(monkeypatch):
    from forum.engine import wordvectors

    monkeypatch.setattr(wordvectors, "find_spec", lambda name: None)

    assert wordvectors.find.__wrapped__() is None

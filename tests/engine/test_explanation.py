"""Why a post is in a theme."""

import pytest
from sklearn.exceptions import NotFittedError

from forum.engine import ThemeModel, explain_membership


def test_it_names_the_words_and_the_neighbours(model, texts):
    text = "Honestly, bluetooth disconnects from my phone in the middle of a call"
    reason = explain_membership(model, text)

    assert reason.theme == model.predict([text])[0] != -1
    assert 0 <= reason.threshold <= reason.score <= 1
    assert {"bluetooth", "disconnects"} & set(reason.words)
    assert set(reason.words) <= set(text.lower().replace(",", "").split())
    assert all(model.labels_[post] == reason.theme for post in reason.neighbours)


def test_an_unsorted_post_says_how_far_it_is(model):
    reason = explain_membership(model, "Quarterly invoices arrive addressed to an unknown recipient")
    assert reason.theme == -1
    assert reason.score < reason.threshold


def test_a_post_without_words_is_in_no_theme(model):
    reason = explain_membership(model, "!!!")
    assert (reason.theme, reason.words, reason.neighbours) == (-1, [], [])


def test_private_posts_are_no_neighbours(texts):
    model = ThemeModel().fit(texts, quotable=[place % 2 == 0 for place in range(len(texts))])
    reason = explain_membership(model, texts[1])
    assert reason.neighbours
    assert all(post % 2 == 0 for post in reason.neighbours)


def test_it_needs_a_fit_and_a_text(model):
    with pytest.raises(NotFittedError):
        explain_membership(ThemeModel(), "text")
    with pytest.raises(ValueError, match="string"):
        explain_membership(model, None)

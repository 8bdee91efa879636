"""Lineage: what became of each theme, in seven words."""

import pytest

from forum.engine import Change, match_lineage


def kinds(old, new):
    return {(change.kind, change.old_ids, change.new_ids) for change in match_lineage(old, new)}


def test_a_theme_with_the_same_posts_is_unchanged():
    assert match_lineage({1: {1, 2, 3}}, {9: [3, 2, 1]}) == [Change("unchanged", (1,), (9,), 3, 1.0)]


def test_growing_and_shrinking():
    old = {1: set(range(10)), 2: set(range(10, 30))}
    new = {1: set(range(10)) | set(range(100, 110)), 2: set(range(10, 20))}
    assert kinds(old, new) == {("grew", (1,), (1,)), ("shrank", (2,), (2,))}


def test_a_split_names_its_heir_first():
    old = {1: set(range(30))}
    new = {5: set(range(10)), 6: set(range(10, 30))}
    assert kinds(old, new) == {("split", (1,), (6, 5))}


def test_a_merger_names_the_larger_first():
    old = {1: set(range(10)), 2: set(range(10, 30))}
    new = {5: set(range(30))}
    (change,) = match_lineage(old, new)
    assert (change.kind, change.old_ids, change.new_ids) == ("merged", (2, 1), (5,))
    assert (change.shared, change.jaccard) == (30, 1.0)


def test_new_and_vanished():
    assert kinds({1: {1, 2}}, {2: {3, 4}}) == {("vanished", (1,), ()), ("new", (), (2,))}


def test_every_theme_is_in_exactly_one_change():
    old = {1: range(20), 2: range(20, 25), 3: range(25, 60), 4: range(60, 64)}
    new = {"a": [*range(12), *range(20, 24)], "b": range(12, 20), "c": range(25, 42), "d": range(42, 62), "e": [99]}
    changes = match_lineage(old, new)
    assert sorted(theme for change in changes for theme in change.old_ids) == [1, 2, 3, 4]
    assert sorted(theme for change in changes for theme in change.new_ids) == ["a", "b", "c", "d", "e"]


def test_an_empty_side():
    assert match_lineage({}, {}) == []
    assert kinds({}, {1: {1}}) == {("new", (), (1,))}


def test_fitted_models_can_be_compared(model):
    assert {change.kind for change in match_lineage(model, model)} == {"unchanged"}


def test_a_post_in_two_themes_is_refused():
    with pytest.raises(ValueError, match="post 2 is in theme"):
        match_lineage({1: {1, 2}, 3: {2}}, {})

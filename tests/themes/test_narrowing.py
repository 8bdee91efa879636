"""The desk's list narrowed by links, and what each notch of the slider would find before a run is asked for."""

import numpy as np
import pytest

from forum.engine import ThemeModel, match_lineage, notches
from forum.engine.grouping import group_finely
from forum.engine.notches import look_at_notches
from forum.themes import steering
from forum.themes.narrowing import narrow
from forum.themes.status import Solidity
from tests.engine import sentences


def test_a_theme_passes_when_every_filter_holds(make):
    posts = [make.post(f"Post {n}") for n in range(3)]
    solid = make.theme("Solid", posts[:2], solidity=Solidity.SOLID, languages={"en": 2}, recent=1, before_that=9)
    guess = make.theme("Guess", posts[2:], solidity=Solidity.GUESS, languages={"da": 1}, recent=1, before_that=1)
    both = [solid, guess]

    assert narrow(both, {}) == {solid.id, guess.id}
    assert narrow(both, {"sure": "solid", "language": "en"}) == {solid.id}
    assert narrow(both, {"sure": "solid", "language": "da"}) == set()
    assert narrow(both, {"moving": "fading"}) == {solid.id}
    assert narrow(both, {"named": "no"}) == set()


def test_filters_and_order_stay_in_each_other_s_addresses(visitor, make):
    for n in range(5):
        make.theme(f"Theme {n}", [make.post(f"Post {n}")], solidity=Solidity.SOLID if n else Solidity.GUESS)
    visitor.sign_in(make.manager()).open("/themes/review?order=pain&sure=guess")

    assert "Theme 0" in visitor.text
    assert "Theme 3" not in visitor.text
    assert "order=people&amp;sure=guess" in visitor.html
    assert "order=pain&amp;sure=guess&amp;moving=growing" in visitor.html


@pytest.fixture
def blocks():
    """Twelve tight groups of six in three loose ones."""
    from scipy import sparse

    from forum.engine.grouping import Linked

    group = np.repeat(np.arange(12), 6)
    near = (group[:, None] == group[None, :]).astype(float) + 0.12 * (group[:, None] // 4 == group[None, :] // 4)
    np.fill_diagonal(near, 0.0)
    rows = np.eye(12, dtype=np.float32)[group] + np.random.default_rng(0).normal(0, 0.02, (72, 12)).astype(np.float32)
    return Linked(sparse.csr_matrix(near), rows, np.full(72, "en"), np.ones(72))


def test_broader_notches_join_and_finer_ones_split(blocks):
    now = group_finely(blocks, 1.0, 2).labels
    broad, same, fine = look_at_notches(blocks, 1.0, 2, [0.2, 1.0, 5.0], now)

    assert same is now
    assert len(set(broad)) <= len(set(now)) <= len(set(fine))
    assert len(set(broad)) < len(set(fine))


def test_the_slider_says_by_name_what_would_split_or_join(visitor, session, make, propose):
    posts = [make.post(f"Post {n}") for n in range(8)]
    cold, loud = make.theme("Cold seats", posts[:4]), make.theme("Loud fan", posts[4:])
    run = propose({cold.id: posts[:4], loud.id: posts[4:]})
    told = {
        "-1": {"groups": 1, "split": [], "merged": [[[cold.id, loud.id], 8]]},
        "0": {"groups": 2, "split": [], "merged": []},
        "1": {"groups": 3, "split": [[cold.id, [[3, "back seat"], [1, ""]]]], "merged": []},
    }
    run.notes = run.notes | {"slider": told}
    run.posts = 8
    steering.rename(session, loud, {"en": "Noisy fan"}, by=make.as_reader(make.manager()))

    visitor.sign_in(make.manager()).open("/themes/review")

    assert (
        "1 theme, 2 would be joined with others. “Cold seats” + “Noisy fan” would be one, of 8 posts." in visitor.text
    )
    assert "2 themes, none would split or be joined." in visitor.text
    assert "3 themes, 1 would split. “Cold seats” would split: Back seat (3), 1." in visitor.text


@pytest.mark.long
def test_what_the_slider_tells_is_what_the_next_run_does():
    said = {"brake": ["squeals", "is hard", "pulls left"], "seat": ["is cold", "hurts", "creaks"], "radio": ["is dead"]}
    when = ["in the morning", "on long trips", "after the service", "at night", "in town", "since spring", "in rain"]
    texts = [f"The {part} {what} {then}" for part, whats in said.items() for what in whats for then in when]
    first = ThemeModel(random_state=0).fit(texts)
    now, told = first.look_at_notches([0.4, 1.0, 4.0])

    assert sorted(map(sorted, told[1].values())) == sorted(map(sorted, now.values()))
    for ratio, groups in zip((0.4, 4.0), (told[0], told[2]), strict=True):
        then = ThemeModel(random_state=0, resolution=ratio).fit(texts, previous=first)
        kinds = [sorted(one.kind for one in match_lineage(now, side)) for side in (groups, then)]
        assert kinds[0] == kinds[1]


def test_notches_of_very_many_posts_are_told_with_some_in_no_theme(monkeypatch):
    monkeypatch.setattr(notches, "MANY", 20)  # as if these were thousands
    texts, _written_for = sentences.posts()
    model = ThemeModel(random_state=0).fit(texts, ids=list(range(len(texts))))
    ids, labels = model._core
    labels = labels.copy()
    labels[:7] = -1
    model._core = (ids, labels)

    now, told = model.look_at_notches([0.5, 1.0, 2.0])

    assert sum(map(len, now.values())) == len(labels) - 7
    assert [len(one) > 0 for one in told] == [True, True, True]


def test_posts_of_no_group_are_counted_with_the_one_they_are_most_like():
    rows = np.eye(3)[[0, 0, 2, 2, 2, 0]]

    assert notches.filled(rows, np.array([4, 4, 7, 7, -1, -1])).tolist() == [0, 0, 1, 1, 1, 0]
    assert notches.filled(rows, np.full(6, -1)).tolist() == [0] * 6

"""Steering: what people decided is obeyed by every fit, or reported, and contradictions are refused."""

import numpy as np
import pytest

from forum.engine import Constraints, ThemeModel


@pytest.fixture(autouse=True)
def quickly(request):
    """Decisions are obeyed whatever the themes are; only the long test looks for them as carefully as a site does."""
    if not request.node.get_closest_marker("long"):
        request.getfixturevalue("quick")


@pytest.fixture(scope="module")
def homes(model):
    """Theme id of each post of the shared model, by position."""
    return dict(enumerate(model.labels_.tolist()))


def refit(texts, model, **decisions):
    return ThemeModel(random_state=1).fit(texts, constraints=Constraints(**decisions), previous=model)


def test_identities_continue_without_any_decision(texts, model):
    again = refit(texts, model)
    assert (again.labels_ == model.labels_).mean() >= 0.9
    assert {theme.id: theme.name for theme in again.themes_} == {theme.id: theme.name for theme in model.themes_}
    assert again.unmet_ == []


def test_a_pinned_post_is_in_its_theme(texts, model, homes):
    other = next(theme for theme in homes.values() if theme != homes[0])
    again = refit(texts, model, pins={0: other, 70: homes[0]})

    assert again.labels_[0] == other
    assert again.labels_[70] == homes[0]


def test_pinning_to_a_new_theme_makes_it(texts, model):
    again = refit(texts, model, pins={0: 900, 1: 900, 2: 900})

    assert again.labels_[:3].tolist() == [900, 900, 900]
    assert 900 in {theme.id for theme in again.themes_}
    third = ThemeModel(random_state=2).fit(
        texts, constraints=Constraints(pins={0: 900, 1: 900, 2: 900}), previous=again
    )
    assert 900 in {theme.id for theme in third.themes_}


def test_a_post_kept_out_is_elsewhere(texts, model, homes):
    again = refit(texts, model, keep_out={(post, homes[post]) for post in range(0, 60, 7)})

    assert all(again.labels_[post] != homes[post] for post in range(0, 60, 7))


def test_posts_kept_together_share_a_theme(texts, model):
    chain = {(0, 20), (20, 40), (40, 70)}
    labels = refit(texts, model, together=chain).labels_

    assert len({labels[post] for post in (0, 20, 40, 70)}) == 1


def test_posts_kept_apart_never_share_a_theme(texts, model):
    apart = {(first, second) for first in range(4) for second in range(first)}
    labels = refit(texts, model, apart=apart).labels_

    for first, second in apart:
        assert labels[first] != labels[second] or labels[first] == -1


def test_merged_themes_live_on_in_one(texts, model, homes):
    gone, heir = [theme.id for theme in model.themes_[:2]]
    again = refit(texts, model, merged={gone: heir})

    assert gone not in {theme.id for theme in again.themes_}
    old = np.isin(model.labels_, [gone, heir])
    assert (again.labels_[old] == heir).mean() >= 0.9


def test_a_chain_of_merges_is_followed(texts, model):
    first, second, third = [theme.id for theme in model.themes_[:3]]
    again = refit(texts, model, merged={first: second, second: third}, pins={0: first})

    assert again.labels_[0] == third
    assert not {first, second} & {theme.id for theme in again.themes_}


def test_a_dismissed_theme_catches_its_posts_unseen(texts, model):
    theme = model.themes_[0].id
    again = refit(texts, model, dismissed={theme})

    assert theme not in {shown.id for shown in again.themes_}
    assert (again.labels_[model.labels_ == theme] == -1).mean() >= 0.9
    assert again.coverage_ < 1
    caught = texts[int(np.flatnonzero(model.labels_ == theme)[0])]
    assert again.predict([caught]).tolist() == [-1]
    third = ThemeModel(random_state=2).fit(texts, constraints=Constraints(dismissed={theme}), previous=again)
    assert theme not in {shown.id for shown in third.themes_}


def test_ids_of_new_themes_were_never_used(texts, model):
    used = {theme.id for theme in model.themes_} | {77}
    again = refit(texts, model, pins={0: 77})
    more = ThemeModel(resolution=5.0).fit(texts, previous=again)

    fresh = {theme.id for theme in more.themes_} - used
    assert fresh
    assert min(fresh) > 77


def test_constraints_hold_for_posts_too_short_for_the_fit(texts, model, homes):
    short = [*texts, "bluetooth!", "phone"]
    last = len(texts)
    again = refit(short, model, pins={last: homes[0]}, keep_out={(last + 1, homes[60])})

    assert again.labels_[last] == homes[0]
    assert again.labels_[last + 1] != homes[60]


@pytest.mark.long
def test_random_decisions_are_all_obeyed(texts, model):
    rng = np.random.default_rng(3)
    themes = [theme.id for theme in model.themes_]
    for _ in range(4):
        posts = rng.permutation(len(texts)).tolist()
        pins = {post: int(rng.choice(themes)) for post in posts[:10]}
        keep_out = {(post, int(rng.choice(themes))) for post in posts[10:20]}
        together = set(zip(posts[20:30], posts[30:40], strict=True))
        apart = set(zip(posts[40:50], posts[50:60], strict=True))
        again = refit(texts, model, pins=pins, keep_out=keep_out, together=together, apart=apart)

        label = again.labels_.tolist()
        assert again.unmet_ == []
        assert all(label[post] == theme for post, theme in pins.items())
        assert all(label[post] != theme for post, theme in keep_out)
        assert all(label[first] == label[second] for first, second in together)
        assert all(label[first] != label[second] or label[first] == -1 for first, second in apart)


def test_decisions_about_absent_posts_are_reported(texts):
    decisions = Constraints(pins={"gone": 1}, together={(0, "away")}, dismissed={5})
    model = ThemeModel().fit(texts, constraints=decisions)

    assert {unmet.kind for unmet in model.unmet_} == {"pins", "together", "dismissed"}
    assert "'gone'" in str(next(unmet for unmet in model.unmet_ if unmet.kind == "pins"))


def test_a_later_merge_beats_an_earlier_keeping_out(texts, model, homes):
    gone, heir = [theme.id for theme in model.themes_[:2]]
    again = refit(texts, model, pins={0: heir}, keep_out={(0, gone)}, merged={gone: heir})

    assert again.labels_[0] == heir
    assert [unmet.kind for unmet in again.unmet_] == ["keep_out"]


def test_pins_hold_in_a_tiny_corpus():
    texts = ["The seat heating is slow", "The radio crackles badly", "My seat is cold in winter"]
    model = ThemeModel().fit(texts, constraints=Constraints(pins={0: 4, 2: 4}))

    assert model.too_few_
    assert model.labels_.tolist() == [4, -1, 4]
    assert [theme.id for theme in model.themes_] == [4]


@pytest.mark.parametrize(
    ("decisions", "both"),
    [
        ({"pins": {1: 2}, "keep_out": {(1, 2)}}, ["keep_out (1, 2)", "pins 1 to 2"]),
        ({"together": {(1, 2)}, "apart": {(2, 1)}}, ["apart (2, 1)", "together"]),
        ({"together": {(1, 2), (2, 3)}, "apart": {(1, 3)}}, ["apart (1, 3)", "together (1, 2), (2, 3)"]),
        ({"pins": {1: 5, 2: 6}, "together": {(1, 2)}}, ["pins 1 to 5", "pins 2 to 6", "together by (1, 2)"]),
        ({"pins": {1: 5, 2: 5}, "apart": {(1, 2)}}, ["apart (1, 2)", "pins 1 and 2 to 5"]),
        (
            {"pins": {1: 5}, "together": {(1, 2)}, "keep_out": {(2, 5)}},
            ["keep_out (2, 5)", "pins 1 to 5", "together (1, 2)"],
        ),
        ({"apart": {(1, 1)}}, ["apart (1, 1)", "one post"]),
        ({"merged": {1: 2, 2: 1}}, ["merged 2 into 1", "merged 1 into 2"]),
        ({"merged": {1: 1}}, ["merged 1 into 1"]),
    ],
)
def test_contradictions_are_refused_naming_both_sides(decisions, both):
    with pytest.raises(ValueError) as refusal:
        Constraints(**decisions)
    for side in both:
        assert side in str(refusal.value).replace("pins 2 to 6 contradicts pins 1 to 5", "pins 1 to 5 pins 2 to 6")


@pytest.mark.parametrize("theme", ["seats", 1.5, True, -1])
def test_theme_ids_are_whole_numbers(theme):
    with pytest.raises(ValueError, match="theme ids are whole numbers"):
        Constraints(pins={1: theme})

"""Questions that the engine asks people, and what becomes of the answers."""

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from forum.engine import Constraints, Question, ThemeModel, ask, carry_out
from tests.engine import sentences

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture(scope="module")
def crumbled(texts):
    """A model with about twice as many themes as the posts were written for."""
    return ThemeModel(n_themes=11, random_state=0).fit(texts)


@pytest.fixture(scope="module")
def broad(texts):
    """A model with half as many themes as the posts were written for."""
    return ThemeModel(n_themes=3, random_state=0).fit(texts)


def usual(posts, named):
    """What more than half of `posts` are about, or None."""
    (word, count), *_ = Counter(named[post] for post in posts).most_common()
    return word if 2 * count > len(posts) else None


def reply(question, named):
    """What somebody answers who knows what each post was written for and sees what is shown, no more."""
    left, right = usual(question.left, named), usual(question.right, named)
    if None in (left, right):
        return "unsure"
    return "yes" if (left == right) == (question.kind != "split") else "no"


def agreement(themes, named):
    return adjusted_mutual_info_score(named, themes.post_labels)


def first(model, kind):
    return next(question for question in ask(model) if question.kind == kind)


def test_answers_bring_the_themes_nearer_to_what_people_mean_and_hold_through_a_refit(crumbled, texts, named):
    themes, constraints, past = crumbled.fitted(), None, []
    before = agreement(themes, named)
    for _ in range(20):
        question = ask(themes, 1, past)[0]
        past.append((question, reply(question, named)))
        themes, constraints = carry_out(themes, *past[-1], constraints)
    again = ThemeModel(random_state=0).fit(texts, constraints=constraints, previous=themes)

    assert agreement(themes, named) >= before + 0.05
    assert agreement(again.fitted(), named) >= agreement(themes, named) - 0.02
    assert again.unmet_ == []


def test_questions_are_asked_once_most_telling_first_and_the_same_every_time(crumbled):
    questions = ask(crumbled, 12)
    rest = ask(crumbled, 40, [(question, "unsure") for question in questions[:4]])

    assert len(questions) == len({question.key for question in questions}) == 12
    assert questions == ask(crumbled, 12)
    assert {question.key for question in questions[:4]}.isdisjoint(question.key for question in rest)
    assert questions[0].worth == max(question.worth for question in questions)


def test_all_kinds_are_asked_where_themes_are_large_enough_to_part(broad):
    assert {question.kind for question in ask(broad, 200)} == {"merge", "split", "belongs"}


def test_a_language_is_no_part_of_a_theme_when_languages_are_known():
    texts, _named, languages = sentences.three_languages()
    model = ThemeModel(n_themes=2).fit(texts, languages=languages)
    parts = [question.posts for question in ask(model, 400, languages=languages) if question.kind == "split"]

    assert parts
    assert all(len({languages[post] for post in part}) > 1 for part in parts)
    with pytest.raises(ValueError, match="languages has 1 entries"):
        ask(model, languages=["en"])


def test_the_first_questions_are_about_different_themes(crumbled):
    spoken_of = [theme for question in ask(crumbled, 3) for theme in question.themes if theme != -1]

    assert len(spoken_of) == len(set(spoken_of))


def test_only_quotable_posts_are_shown(texts):
    quotable = [place % 3 > 0 for place in range(len(texts))]
    questions = ask(ThemeModel(n_themes=9).fit(texts, quotable=quotable))

    assert questions
    assert all(post % 3 > 0 for question in questions for post in (*question.left, *question.right))
    assert all(question.left and question.right for question in questions)


def test_a_yes_merges_two_themes_and_a_no_keeps_the_two_apart(crumbled, texts):
    question = first(crumbled, "merge")
    large, small = question.themes
    themes, constraints = carry_out(crumbled, question, "yes")
    again = ThemeModel(random_state=0).fit(texts, constraints=constraints, previous=themes)
    same, kept = carry_out(crumbled, question, "no")
    labels = ThemeModel().fit(texts, constraints=kept, previous=same).labels_

    assert constraints.merged == {small: large}
    assert themes.members_of(large) == crumbled.members_[large] | crumbled.members_[small]
    assert small not in {theme.id for theme in again.themes_}
    assert same is crumbled.fitted()
    assert labels[question.left[0]] != labels[question.right[0]]


def test_a_yes_makes_a_part_a_theme_of_its_own_and_a_no_ties_its_sides(broad, texts):
    question = first(broad, "split")
    (theme,), new = question.themes, broad.fitted().next_id
    themes, constraints = carry_out(broad, question, "yes")
    again = ThemeModel(random_state=0).fit(texts, constraints=constraints, previous=themes)
    _, tied = carry_out(broad, question, "no")

    assert themes.members_of(new) == set(question.posts)
    assert themes.members_of(theme) == broad.members_[theme] - set(question.posts)
    assert {constraints.pins[post] for post in question.left} == {new}
    assert {again.labels_[post] for post in question.left} == {new}
    assert {again.labels_[post] for post in question.right} == {theme}
    assert next(one.name for one in again.themes_ if one.id == new)
    assert tied.together == {(question.left[0], question.right[0])}


def test_a_yes_moves_a_post_and_a_no_keeps_it_out(crumbled, texts):
    question = first(crumbled, "belongs")
    (post,), (home, theme) = question.posts, question.themes
    themes, constraints = carry_out(crumbled, question, "yes")
    _, barred = carry_out(crumbled, question, "no")

    assert post in themes.members_of(theme)
    assert post not in themes.members_of(home)
    assert constraints == Constraints(pins={post: theme})
    assert barred == Constraints(keep_out={(post, theme)})
    assert ThemeModel().fit(texts, constraints=constraints, previous=themes).labels_[post] == theme


def test_what_is_not_sure_changes_nothing_but_what_is_asked(crumbled):
    question = first(crumbled, "merge")
    given = Constraints(pins={0: 1})
    themes, constraints = carry_out(crumbled, question, "unsure", given)
    later = next(one for one in ask(crumbled, 40) if one.kind == "merge" and one.key != question.key)
    doubted = Question("merge", (later.themes[0], 999), (), (), (), 0.0, 0.0)
    again = next(one for one in ask(crumbled, 40, [(doubted, "unsure")]) if one.key == later.key)

    assert (themes, constraints) == (crumbled.fitted(), given)
    assert again.likelihood < later.likelihood


def test_a_later_answer_takes_the_place_of_one_that_it_contradicts(broad):
    split = first(broad, "split")
    move = Question("belongs", (split.themes[0], 1), split.left[:1], split.right, split.left[:1], 0.5, 0.5)
    themes, tied = carry_out(broad, split, "no")
    themes, parted = carry_out(themes, split, "yes", tied)
    themes, moved = carry_out(themes, move, "yes", parted)
    _, barred = carry_out(themes, move, "no", moved)

    assert parted.together == frozenset()
    assert moved.pins[split.left[0]] == 1
    assert split.left[0] not in barred.pins
    assert barred.keep_out == {(split.left[0], 1)}


def test_strange_answers_are_refused(crumbled):
    question = ask(crumbled, 1)[0]
    with pytest.raises(ValueError, match="yes, no, unsure"):
        carry_out(crumbled, question, "maybe")
    with pytest.raises(ValueError, match="yes, no, unsure"):
        ask(crumbled, 1, [(question, "maybe")])
    with pytest.raises(ValueError, match="key of no question"):
        ask(crumbled, 1, [("nonsense:1", "yes")])


def test_a_model_without_themes_asks_nothing():
    assert ask(ThemeModel().fit(["The seat is hard", "A hard seat"])) == []


def test_themes_that_people_dismissed_are_not_asked_about(texts, crumbled):
    gone = crumbled.themes_[0].id
    model = ThemeModel().fit(texts, constraints=Constraints(dismissed={gone}), previous=crumbled)

    assert all(gone not in question.themes for question in ask(model))
    assert np.isin(model.fitted().hidden, [gone]).all()

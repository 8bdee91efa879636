"""Questions about themes on the desk: what is shown, what answers do, and that they can be taken back."""

import pytest
import sqlalchemy as sa

from forum.engine import Question
from forum.themes import answering, asking
from forum.themes.models import Steering, Theme
from forum.themes.rulings import read_rulings
from forum.themes.status import Answer, SteeringKind, ThemeState


@pytest.fixture
def posts(make):
    return [make.post(f"Cold seat number {n}", body="") for n in range(5)]


@pytest.fixture
def two(make, posts):
    """Two themes, of three and of two posts."""
    return make.theme("Seats", posts[:3]), make.theme("Chairs", posts[3:])


@pytest.fixture
def ask(monkeypatch):
    """Let the engine ask these questions; those that were answered are left out."""

    def let(*questions):
        def unanswered(_session, _product_id, answered):
            return [one for one in questions if one.key not in dict(answered)]

        monkeypatch.setattr(asking, "questions", unanswered)

    return let


def merge_of(one, other, posts):
    return Question("merge", (one.id, other.id), (posts[0].id, posts[1].id), (posts[3].id,), (), 0.5, 0.5)


def part_of(theme, posts):
    return Question("split", (theme.id,), (posts[0].id,), (posts[1].id,), (posts[0].id,), 0.5, 0.4)


def stray_in(home, theme, posts):
    return Question("belongs", (home, theme.id), (posts[0].id,), (posts[3].id,), (posts[0].id,), 0.5, 0.3)


def test_yes_to_a_merger_merges_and_can_be_taken_back(visitor, session, make, two, posts, ask):
    one, other = two
    ask(merge_of(one, other, posts), part_of(one, posts))
    visitor.sign_in(make.manager()).open("/themes/questions")
    assert "Do these two belong together?" in visitor.text
    assert posts[0].title in visitor.text

    visitor.send("Yes")

    assert (session.get_one(Theme, other.id).state, other.heir_id) == (ThemeState.MERGED, one.id)
    assert "Are these two different things?" in visitor.text
    assert "1 question answered so far." in visitor.text
    visitor.send("Undo", into="/undo")
    assert session.get_one(Theme, other.id).state is ThemeState.ACCEPTED
    assert "Do these two belong together?" in visitor.open("/themes/questions").text


def test_no_to_a_merger_is_obeyed_by_later_runs_and_listed(visitor, session, make, two, posts, ask):
    one, other = two
    ask(merge_of(one, other, posts))
    visitor.sign_in(make.manager()).open("/themes/questions").send("No")

    rulings = read_rulings(session, one.product_id).among({post.id for post in posts}, {one.id: 1, other.id: 1})
    assert rulings["apart"] == {(posts[0].id, posts[3].id)}
    assert "“Seats” and “Chairs” are different things." in visitor.open("/themes/steering").text
    visitor.send("Undo", into="/undo")
    assert read_rulings(session, one.product_id).apart == {}


def test_yes_to_a_part_makes_it_a_theme_and_no_keeps_the_theme_whole(session, two, posts, ask, manager):
    one, _other = two
    question = part_of(one, posts)
    ask(question)
    kept = answering.answer(session, one.product_id, question.key, Answer.NO, by=manager)
    together = read_rulings(session, one.product_id).together
    kept.undone_at = kept.said_at
    split = answering.answer(session, one.product_id, question.key, Answer.YES, by=manager)

    assert (kept.kind, split.kind) == (SteeringKind.TOGETHER, SteeringKind.SPLIT)
    assert together == {posts[0].id: posts[1].id}
    assert posts[0].theme_id == split.other_theme_id != one.id
    assert posts[1].theme_id == one.id


def test_a_post_is_moved_or_kept_out(session, two, posts, ask, manager):
    one, other = two
    question = stray_in(one.id, other, posts)
    ask(question)
    out = answering.answer(session, one.product_id, question.key, Answer.NO, by=manager)
    kept_out = read_rulings(session, one.product_id).keep_out
    out.undone_at = out.said_at
    moved = answering.answer(session, one.product_id, question.key, Answer.YES, by=manager)

    assert (out.kind, moved.kind) == (SteeringKind.KEEP_OUT, SteeringKind.PIN)
    assert kept_out == {(posts[0].id, other.id)}
    assert posts[0].theme_id == other.id


def test_what_nobody_is_sure_of_is_not_asked_again_and_changes_nothing(visitor, session, make, two, posts, ask):
    one, other = two
    ask(stray_in(one.id, other, posts))
    visitor.sign_in(make.manager()).open("/themes/questions").send("Not sure")

    assert "Not sure whether this belongs to “Chairs”:" in visitor.open("/themes/steering").text
    assert posts[0].theme_id == one.id
    row = session.scalars(sa.select(Steering)).one()
    assert answering.read_answered(session, one.product_id) == [(row.values["question"], "unsure")]
    assert read_rulings(session, one.product_id).among({posts[0].id}, {one.id: 1})["pins"] == {}


def test_a_question_that_is_gone_is_said_to_be(visitor, make, two, posts, ask):
    one, other = two
    ask(merge_of(one, other, posts))
    visitor.sign_in(make.manager()).open("/themes/questions")
    ask()

    visitor.send("Yes")

    assert "The themes have changed since this was asked." in visitor.text


def test_posts_that_not_everybody_may_read_are_not_shown(session, two, posts, ask, make):
    one, other = two
    ask(merge_of(one, other, posts), part_of(one, posts))
    posts[3].is_listed = False
    session.flush()

    assert answering.read_question(session, one.product_id).kind == "split"


def test_before_a_run_nothing_is_asked(visitor, make, posts):
    assert "Start one from the theme review" in visitor.sign_in(make.manager()).open("/themes/questions").text


def test_later_words_about_a_post_count_for_more_than_a_pair(session, two, posts, ask, manager):
    one, other = two
    merge, stray = merge_of(one, other, posts), stray_in(one.id, other, posts)
    ask(merge, stray)
    answering.answer(session, one.product_id, merge.key, Answer.NO, by=manager)
    answering.answer(session, one.product_id, stray.key, Answer.YES, by=manager)
    rulings = read_rulings(session, one.product_id).among({post.id for post in posts}, {one.id: 1, other.id: 1})

    assert rulings["pins"] == {posts[0].id: other.id}
    assert rulings["apart"] == set()

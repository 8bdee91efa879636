"""A company's own model: steps, weights, what trades places, and two items side by side."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from forum.backlog.issues import link_to, read_keys
from forum.backlog.modelling import set_weights, trades
from forum.backlog.models import DecisionEntry
from forum.backlog.services import Stale
from forum.backlog.status import DecisionKind, Source, Tracker
from forum.backlog.weighing import Criterion, weighted
from forum.core.errors import Invalid

REACH = Criterion("c1", {"en": "Reach"}, 3, Source.REACH)
FIT = Criterion("c2", {"en": "Fit"}, 1, Source.TEAM)
COST = Criterion("c3", {"en": "Cost"}, 2, Source.TEAM, is_less=True)


def item(reach: int = 0, **ratings: int) -> SimpleNamespace:
    """What the model looks at."""
    return SimpleNamespace(reach=reach, pain=0.0, votes=0, companies=0, ratings=ratings)


def test_a_score_is_the_weighed_mean_of_steps_and_unknown_while_one_is_missing():
    assert weighted([REACH, FIT, COST], item(120, c2=5, c3=2)) == (3 * 4 + 1 * 5 + 2 * 4) / 6
    assert weighted([REACH, FIT], item(120)) is None
    assert weighted([REACH, Criterion("c2", {"en": "Fit"}, 0, Source.TEAM)], item(120)) == 4
    assert weighted([], item()) is None


def test_other_weights_say_who_trades_places_before_anything_is_saved(session, planner, promote):
    many, dear = promote(title="Many"), promote(title="Dear")
    many.reach, dear.reach = 400, 3
    many.ratings, dear.ratings = {"c2": 1}, {"c2": 5}
    session.flush()
    by_reach, by_fit = [REACH, FIT], [REACH, Criterion("c2", {"en": "Fit"}, 9, Source.TEAM)]
    set_weights(session, many.product_id, by_reach, version=0, argument="", by=planner)

    found = trades(session, many.product_id, by_reach, by_fit)

    assert [(one.title["en"], one.before, one.after) for one in found.moved] == [("Dear", 2, 1), ("Many", 1, 2)]
    assert [(above["en"], below["en"]) for above, below in found.pairs] == [("Dear", "Many")]
    assert (many.weighted, dear.weighted) == (4.0, 2.0)


def test_changed_weights_are_in_the_book_and_the_second_of_two_is_asked_to_choose(session, planner, promote):
    product_id = promote().product_id
    set_weights(session, product_id, [REACH], version=0, argument="Reach first.", by=planner)

    with pytest.raises(Stale):
        set_weights(session, product_id, [FIT], version=0, argument="", by=planner)
    light = Criterion("c1", {"en": "Reach"}, 0, Source.REACH)
    with pytest.raises(Invalid):
        set_weights(session, product_id, [light], version=1, argument="", by=planner)

    entry = session.scalars(sa.select(DecisionEntry).where(DecisionEntry.kind == DecisionKind.WEIGHTS)).one()
    assert (entry.product_id, entry.item_id, entry.argument) == (product_id, None, "Reach first.")


def test_weights_are_set_on_their_page_and_an_item_is_rated_by_them(session, manager, visitor, promote):
    first, second = promote(title="One"), promote(title="Two")
    visitor.sign_in(manager).open("/backlog/weights/product-x", status=404)
    slug = visitor.open(f"/backlog/{first.id}").html.split("/backlog/weights/")[1].split('"')[0]
    visitor.open(f"/backlog/weights/{slug}")
    assert "Nothing is weighed yet." in visitor.text
    visitor.send("See what would trade places")
    assert session.scalar(sa.select(sa.func.count()).where(DecisionEntry.kind == DecisionKind.WEIGHTS)) == 0
    visitor.send("Weigh by these")

    visitor.open(f"/backlog/{first.id}/score").send("Save the score", effort_weeks="2", steps=["4", "3", "2"])
    assert "Value for us: nothing → 4" in visitor.text
    assert "(3 × 1 + 3 × 3 + 2 × 4 + 1 × 3 + 2 × 4) ÷ 11 = 2.82" in visitor.text
    assert "Return: unknown." in visitor.text

    visitor.open(f"/backlog/compare?above={second.id}&below={first.id}")
    assert "Why is “One” above “Two”?" in visitor.text
    assert "Because nobody has estimated the effort of “Two” yet, it has no score." in visitor.text


@pytest.mark.parametrize("word", ["CAB", "12 13 x", "#", "javascript:alert(1)", "https://company.example/other"])
def test_what_is_no_key_of_an_issue_is_refused(word):
    with pytest.raises(ValueError, match=r"."):
        read_keys(Tracker.JIRA, word)


def test_keys_of_every_tracker_lead_to_their_issues():
    assert read_keys(Tracker.LINEAR, "https://linear.app/company/issue/cab-7/warm-seats") == ["CAB-7"]
    assert read_keys(Tracker.GITLAB, "12, group/sub/project#3") == ["#12", "group/sub/project#3"]
    assert link_to(Tracker.LINEAR, "CAB-7", "https://linear.app/company/") == "https://linear.app/company/issue/CAB-7"
    assert link_to(Tracker.GITLAB, "g/p#3", "https://git.example/a/b") == "https://git.example/g/p/-/issues/3"
    assert link_to(Tracker.JIRA, "CAB-7", "") == ""

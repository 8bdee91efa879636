"""Promoting, deciding and reopening, and what it does to posts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.backlog import wording
from forum.backlog.models import BacklogItem, DecisionEntry, Evidence
from forum.backlog.schemas import Promotion, Reopening
from forum.backlog.services import (
    AlreadyPromoted,
    finish_item,
    move_item,
    promote_post,
    promote_themes,
    reopen_item,
)
from forum.backlog.status import MOVES, DecisionKind, ItemStatus
from forum.core.audit import AuditEntry
from forum.core.clock import today, utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.people import ANYBODY
from forum.posts import timeline
from forum.posts.models import Post
from forum.posts.status import Kind, Moderation, Severity, Status, Visibility
from forum.products.status import Openness
from forum.themes.status import Solidity, ThemeState
from tests.backlog.conftest import decision


def told(session, post, reader=ANYBODY):
    """The sentences of a post's timeline."""
    session.flush()
    return [entry.sentence for entry in timeline.entries(session, post.id, reader)]


def evidence_of(session, item):
    """The posts that speak for an item now."""
    return set(
        session.scalars(sa.select(Evidence.post_id).where(Evidence.item_id == item.id, Evidence.removed_at.is_(None)))
    )


def test_themes_become_one_item_with_all_their_posts(session, make, planner, promote):
    first, second = [make.post(), make.post(visibility=Visibility.PRIVATE)], [make.post()]
    voter = make.vote(first[0]).user_id

    item = promote(make.theme("Heating", first), make.theme("Cooling", second), title="An even climate")

    assert (item.title, item.status, item.owner_id) == (
        {"en": "An even climate"},
        ItemStatus.PROPOSED,
        planner.id,
    )
    assert evidence_of(session, item) == {post.id for post in first + second}
    # Two public authors and the voter; the author of the private post counts for the team alone.
    assert (item.posts, item.people, item.votes, item.reach) == (2, 3, 1, 4)
    assert voter not in {post.author_id for post in first + second}
    assert [entry.kind for entry in session.scalars(sa.select(DecisionEntry))] == [DecisionKind.PROMOTED]
    assert session.scalars(sa.select(AuditEntry.action)).all() == ["item.promoted"]
    assert told(session, first[0]) == ["The company took this up as “An even climate”."]
    assert first[0].status is Status.NEW  # a proposal promises nothing yet


def test_a_theme_is_promoted_only_once(session, make, planner, promote):
    theme = make.theme("Slow export", [make.post()])
    item = promote(theme, title="Faster export")

    with pytest.raises(AlreadyPromoted, match="“Faster export”") as refused:
        promote(theme, make.theme(), title="Export again")

    assert refused.value.item_id == item.id
    assert session.scalars(sa.select(BacklogItem.id)).all() == [item.id]


def test_a_post_is_promoted_by_itself_and_only_once(session, make, planner):
    post = make.post("The seat squeaks")
    promotion = Promotion(title_en="Silent seats", owner_id=planner.id, is_public=True)

    item = promote_post(session, post, promotion, by=planner)

    assert evidence_of(session, item) == {post.id}
    with pytest.raises(AlreadyPromoted, match="speaks for “Silent seats” already"):
        promote_post(session, post, promotion, by=planner)


def test_only_product_managers_promote(session, make):
    theme = make.theme("Slow export", [make.post()])
    moderator = make.as_reader(make.moderator())

    with pytest.raises(NotAllowed):
        promote_themes(session, [theme], Promotion(title_en="X", owner_id=moderator.id), by=moderator)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"title_en": ""}, "title_en"), ({"owner_id": 10**6}, "owner_id")],
)
def test_an_item_needs_a_title_and_an_owner_of_the_team(session, make, planner, wrong, field):
    theme = make.theme("Slow export", [make.post()])
    values = {"title_en": "Faster export", "owner_id": planner.id} | wrong

    with pytest.raises(Invalid) as refused:
        promote_themes(session, [theme], Promotion(**values), by=planner)

    assert list(refused.value.fields) == [field]


def test_what_comes_from_closed_areas_alone_stays_internal(session, make, planner, promote):
    gearbox = make.area("gearbox", Openness.CLOSED)
    theme = make.theme("Gearshift", [make.post(area=gearbox), make.post(area=gearbox)])

    with pytest.raises(Invalid, match="stays internal"):
        promote(theme, title="Smoother shifting")
    session.rollback()


def test_an_internal_item_is_invisible_on_its_posts(session, make, planner, promote):
    post = make.post()
    item = promote(make.theme("Gearshift", [post]), is_public=False)
    move_item(session, item, ItemStatus.PLANNED, decision("planned"), by=planner)

    assert post.status is Status.NEW
    assert told(session, post) == []
    assert told(session, post, planner) == [
        "The company took this up as “Warm seats”.",
        "Planned as “Warm seats”.",
    ]


def test_impact_and_confidence_are_proposed_from_the_evidence(session, make, promote):
    posts = [make.post(severity=Severity.UNSAFE), make.post(severity=Severity.IN_MY_WAY), make.post(kind=Kind.IDEA)]

    item = promote(
        make.theme("A", posts), make.theme("B", [], product_id=posts[0].product_id, solidity=Solidity.FORMING)
    )

    assert (item.impact, item.confidence, item.score) == (1.7, 0.8, 0.0)


def test_only_moves_of_the_table_are_made(session, planner, promote):
    for start in ItemStatus:
        for to in ItemStatus:
            item = promote()
            item.status = start
            session.flush()
            is_move = to in MOVES[start] and ItemStatus.LAUNCHED not in (start, to)
            if is_move:
                move_item(session, item, to, decision(to.value), by=planner)
                assert item.status is to
            else:
                with pytest.raises(Conflict):
                    move_item(session, item, to, decision(to.value), by=planner)


def test_a_move_tells_the_posts_and_writes_the_book(session, make, planner, promote):
    post = make.post()
    item = promote(make.theme("Seat heating", [post]))

    move_item(
        session,
        item,
        ItemStatus.PLANNED,
        decision("planned", target="2027 Q1", sentence_nb="Neste vinter.", argument="Cheap, and they are many."),
        by=planner,
    )

    assert post.status is Status.PLANNED
    entry = timeline.entries(session, post.id, ANYBODY)[-1]
    assert (entry.sentence, entry.why) == (
        "Planned for the first quarter of 2027 as “Warm seats”.",
        "It is planned.",
    )
    assert (entry.href, entry.actor_name) == (f"/roadmap/{item.id}", planner.display_name)
    book = session.scalars(sa.select(DecisionEntry).order_by(DecisionEntry.id.desc())).first()
    assert (book.before, book.after, book.public_sentence, book.argument) == (
        {"status": "proposed", "target": ""},
        {"status": "planned", "target": "2027 Q1"},
        {"en": "It is planned.", "nb": "Neste vinter."},
        "Cheap, and they are many.",
    )


def test_not_now_demands_a_reason_a_line_and_a_day_to_come(session, planner, promote):
    item = promote()

    with pytest.raises(Invalid) as refused:
        move_item(
            session,
            item,
            ItemStatus.NOT_NOW,
            decision("not now", reason=None, line_en="", revisit_on=today()),
            by=planner,
        )

    assert set(refused.value.fields) == {"reason", "line_en", "revisit_on"}
    assert item.status is ItemStatus.PROPOSED


def test_not_now_is_said_with_its_reason_and_its_day(session, make, planner, promote):
    post = make.post()
    item = promote(make.theme("Rear climate", [post]))
    day = today() + timedelta(days=120)

    move_item(session, item, ItemStatus.NOT_NOW, decision("not now", revisit_on=day, sentence_en=""), by=planner)

    entry = timeline.entries(session, post.id, ANYBODY)[-1]
    assert entry.sentence.startswith("Not now. Other things have to come first. It is looked at again on ")
    assert entry.why == "After the next model."
    assert (post.status, item.revisit_on) == (Status.NOT_NOW, day)

    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    assert (item.reason, item.reason_text, item.revisit_on) == (None, {}, None)


def test_a_public_item_needs_a_sentence_that_customers_read(session, planner, promote):
    item = promote()

    with pytest.raises(Invalid) as refused:
        move_item(session, item, ItemStatus.PLANNED, decision("planned", sentence_en=""), by=planner)

    assert list(refused.value.fields) == ["sentence_en"]


def test_a_stale_decision_is_a_conflict(session, planner, promote):
    item = promote()
    move_item(session, item, ItemStatus.IN_REVIEW, decision("in review", version=1), by=planner)

    with pytest.raises(Conflict, match="changed this item"):
        move_item(session, item, ItemStatus.PLANNED, decision("planned", version=1), by=planner)


def test_a_post_shows_the_most_advanced_of_its_public_items(session, make, planner, promote):
    post = make.post(answered_at=utcnow())
    theme = make.theme("Seats", [post])
    first = promote(theme)
    other = make.theme("Warmth", [])
    second = promote(other)
    session.add(Evidence(item_id=second.id, post_id=post.id, via_theme_id=other.id, added_at=utcnow()))
    move_item(session, first, ItemStatus.PLANNED, decision("planned"), by=planner)
    move_item(session, second, ItemStatus.NOT_NOW, decision("not now"), by=planner)
    assert post.status is Status.PLANNED

    move_item(session, first, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    move_item(session, second, ItemStatus.IN_REVIEW, decision("in review"), by=planner)
    assert post.status is Status.IN_REVIEW

    for item in (first, second):
        move_item(session, item, ItemStatus.PROPOSED, decision("proposed"), by=planner)
    assert post.status is Status.ANSWERED


def test_reopening_counts_and_goes_back_to_review(session, make, planner, promote):
    post = make.post()
    item = promote(make.theme("Seats", [post]))
    for to in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS):
        move_item(session, item, to, decision(to.value), by=planner)
    with pytest.raises(Conflict):
        reopen_item(session, item, Reopening(), by=planner)
    finish_item(session, item, {"en": "Here it is."}, by=planner)
    assert post.status is Status.LAUNCHED

    reopen_item(session, item, Reopening(sentence_en="Some seats stay cold.", argument="Eleven said no."), by=planner)

    assert (item.status, item.reopened, post.status) == (ItemStatus.IN_REVIEW, 1, Status.IN_REVIEW)
    assert told(session, post)[-1] == "“Warm seats” is looked at again: it is not solved for everybody."


def test_what_is_taken_out_of_sight_counts_no_more(session, make, promote):
    posts = [make.post(), make.post(moderation=Moderation.HIDDEN), make.post(moderation=Moderation.WAITING)]

    item = promote(make.theme("Seats", posts))

    assert (item.posts, item.people, item.reach) == (1, 1, 1)


def test_a_theme_that_is_gone_cannot_be_promoted(make, promote):
    with pytest.raises(Invalid):
        promote(make.theme("Old", [make.post()], state=ThemeState.VANISHED))


def test_every_status_has_its_words():
    for status in ItemStatus:
        for target in ("", "2027 Q1"):
            sentence = wording.standing_words("Warm seats", status, target, "cost", "2027-01-31")
            assert sentence.endswith(".")


def test_the_status_of_many_posts_is_set_in_few_statements(session, make, planner, promote, count_queries):
    few = promote(make.theme("Few", [make.post()]))
    many = promote(make.theme("Many", [make.post() for _ in range(12)]))

    with count_queries() as of_few:
        move_item(session, few, ItemStatus.PLANNED, decision("planned"), by=planner)
        session.flush()
    with count_queries() as of_many:
        move_item(session, many, ItemStatus.PLANNED, decision("planned"), by=planner)
        session.flush()

    assert len(of_many) == len(of_few)
    assert session.scalar(sa.select(sa.func.count()).where(Post.status == Status.PLANNED)) == 13

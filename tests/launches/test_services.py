"""Launching: one receipt each, in their own words; credit by consent; the answer counts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum.accounts.services import set_consent
from forum.accounts.status import AccountState, ConsentKind
from forum.backlog import evidence
from forum.backlog.schemas import Reopening
from forum.backlog.services import reopen_item
from forum.backlog.status import Behind, ItemStatus
from forum.core.audit import AuditEntry
from forum.core.clock import utcnow
from forum.core.errors import Conflict, Invalid, NotAllowed
from forum.core.people import ANYBODY
from forum.launches import queries
from forum.launches.models import Receipt, Verdict
from forum.launches.schemas import Launching
from forum.launches.services import agree_to_credit, answer_receipt, launch_item
from forum.launches.status import Answer
from forum.launches.verdicts import Verdicts
from forum.posts import timeline
from forum.posts.merging import merge
from forum.posts.models import Vote
from forum.posts.status import Status, Visibility


@pytest.fixture
def seats(make):
    """Kari wrote first, Lars later; Ola and Kari voted for Lars' post; Pia wrote in private."""
    kari, lars, ola, pia = (make.person(name) for name in ("Kari", "Lars", "Ola", "Pia"))
    first = make.post("Cold", body="Nice car. The seat stays cold.", author=kari, when=utcnow() - timedelta(days=9))
    second = make.post("Slow seat heating", body="", author=lars)
    private = make.post("Only for you", body="My seat burns.", author=pia, visibility=Visibility.PRIVATE)
    for voter in (ola, kari):
        make.vote(second, voter)
    theme = make.theme("Seat heating", [first, second, private], terms=["seat", "heating"])
    return theme, {"kari": kari, "lars": lars, "ola": ola, "pia": pia}, (first, second, private)


def receipts_of(session, launch):
    """The receipts of a launch by the person's name."""
    rows = session.scalars(sa.select(Receipt).where(Receipt.launch_id == launch.id))
    return {receipt.user_id: receipt for receipt in rows}


def test_everybody_behind_it_gets_exactly_one_receipt_in_their_own_words(session, seats, build, launch):
    theme, people, posts = seats

    done = launch(build(theme))

    by_person = receipts_of(session, done)
    shown = {
        name: (by_person[person.id].behind, by_person[person.id].sentence, by_person[person.id].post_id)
        for name, person in people.items()
    }
    assert shown == {
        "kari": (Behind.AUTHOR, "The seat stays cold.", posts[0].id),
        "lars": (Behind.AUTHOR, "Slow seat heating", posts[1].id),
        "ola": (Behind.VOTER, "Slow seat heating", posts[1].id),
        "pia": (Behind.AUTHOR, "My seat burns.", posts[2].id),
    }
    assert len(by_person) == 4
    assert done.people == 3  # Pia wrote in private and is counted nowhere
    assert {name: by_person[person.id].joined for name, person in people.items()} == {
        "kari": 2,
        "lars": 2,
        "ola": 2,
        "pia": 3,
    }
    assert [name for name, person in people.items() if by_person[person.id].is_first] == ["kari"]


def test_a_launch_is_told_on_every_post(session, seats, build, launch):
    theme, _people, posts = seats
    item = build(theme)

    done = launch(item, link="https://example.com/4.2")

    assert (item.status, item.launched_at is not None, item.public_sentence) == (
        ItemStatus.LAUNCHED,
        True,
        {"en": "Warm in four minutes"},
    )
    for post in posts:
        session.refresh(post)
        last = timeline.entries(session, post.id, ANYBODY)[-1]
        assert (post.status, last.sentence, last.href) == (
            Status.LAUNCHED,
            "Launched: “Warm in four minutes”.",
            f"/launches/{done.id}",
        )
    assert done.announcement_html["en"] == "<p>Both sides <strong>have</strong> a sensor.</p>\n"
    assert session.scalars(sa.select(AuditEntry.details).where(AuditEntry.action == "item.launch")).one() == {
        "launch": done.id,
        "receipts": 4,
    }


def test_only_an_item_in_progress_is_launched_and_only_by_planners(session, make, seats, promote, build, launch):
    theme, _people, _posts = seats
    with pytest.raises(Conflict, match="in progress"):
        launch(promote())
    item = build(theme)
    with pytest.raises(NotAllowed):
        launch_item(
            session,
            item,
            Launching(title_en="X", announcement_en="Y"),
            by=make.as_reader(make.moderator()),
        )
    launch(item)
    with pytest.raises(Conflict):
        launch(item)


@pytest.mark.parametrize("missing", ["title_en", "announcement_en"])
def test_a_launch_needs_a_title_and_an_announcement(session, build, launch, missing):
    item = build()
    with pytest.raises(Invalid) as refused:
        launch(item, **{missing: ""})

    assert list(refused.value.fields) == [missing]
    assert item.status is ItemStatus.IN_PROGRESS


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "ftp://x", "/\\evil", "https://a b"])
def test_a_link_leads_to_the_web_or_this_site(link):
    with pytest.raises(ValueError, match="address"):
        Launching(title_en="X", announcement_en="Y", link=link)


def test_an_internal_launch_is_told_to_nobody(session, seats, build, launch):
    theme, _people, posts = seats

    done = launch(build(theme, is_public=False))

    assert receipts_of(session, done) == {}
    session.refresh(posts[0])
    assert posts[0].status is Status.NEW
    assert timeline.entries(session, posts[0].id, ANYBODY) == []
    assert queries.find_launch(session, ANYBODY, done.id) is None


def test_people_are_named_with_their_consent_of_today_only(session, make, seats, build, launch):
    theme, people, _posts = seats
    for name in ("lars", "ola", "pia"):
        set_consent(session, people[name].id, ConsentKind.CREDIT, True)
    item = build(theme)
    assert [row.display_name for row in queries.willing(session, item.id, 10)] == ["Lars", "Ola"]

    done = launch(item, leave_out=[people["ola"].id])

    def named() -> list[str]:
        session.flush()
        return [row.display_name for row in queries.named_on(session, done.id, 10)]

    assert named() == ["Lars"]  # Ola was left out, Pia's post is private, Kari has not agreed
    kari = receipts_of(session, done)[people["kari"].id]
    agree_to_credit(session, kari, True, by=make.as_reader(people["kari"]))
    assert named() == ["Kari", "Lars"]
    set_consent(session, people["lars"].id, ConsentKind.CREDIT, False)
    assert named() == ["Kari"]
    assert [row.id for row in queries.credits_of(session, people["kari"].id, limit=5).rows] == [done.id]
    assert queries.credits_of(session, people["lars"].id, limit=5).rows == []


def test_an_answer_can_be_changed_and_only_its_owner_gives_it(session, make, seats, build, launch):
    theme, people, _posts = seats
    done = launch(build(theme))
    receipt = receipts_of(session, done)[people["kari"].id]
    kari = make.as_reader(people["kari"])

    answer_receipt(session, receipt, Answer.NO, "Still cold.", by=kari)
    answer_receipt(session, receipt, Answer.PARTLY, "Warmer.", by=kari)

    assert [(row.answer, row.words) for row in session.scalars(sa.select(Verdict))] == [(Answer.PARTLY, "Warmer.")]
    with pytest.raises(NotAllowed):
        answer_receipt(session, receipt, Answer.YES, "", by=make.as_reader(people["lars"]))


def test_the_solved_rate_counts_yes_of_those_who_answered(session, make, seats, build, launch):
    theme, people, _posts = seats
    done = launch(build(theme))
    for name, answer in (("kari", Answer.YES), ("lars", Answer.NO), ("ola", Answer.PARTLY)):
        receipt = receipts_of(session, done)[people[name].id]
        answer_receipt(session, receipt, answer, f"{name} says so.", by=make.as_reader(people[name]))

    verdicts = queries.verdicts_of(queries.find_launch(session, ANYBODY, done.id))
    objections = queries.launches_with_objections(session, done.item_id, 5)[0][1]

    assert (verdicts, verdicts.solved) == (Verdicts(yes=1, partly=1, no=1), 33)
    assert [one.words for one in objections] == ["lars says so.", "ola says so."]


def test_a_reopened_item_is_launched_again_with_new_receipts(session, seats, planner, build, launch):
    theme, _people, _posts = seats
    item = build(theme)
    first = launch(item)
    reopen_item(session, item, Reopening(sentence_en="Some stay cold."), by=planner)
    item.status = ItemStatus.IN_PROGRESS
    session.flush()

    second = launch(item, title_en="Now really")

    assert (len(receipts_of(session, first)), len(receipts_of(session, second)), item.reopened) == (4, 4, 1)


def test_erased_people_get_no_receipt(session, seats, build, launch):
    theme, people, _posts = seats
    people["ola"].state = AccountState.ERASED

    done = launch(build(theme))

    assert people["ola"].id not in receipts_of(session, done)


def test_launching_costs_the_same_for_few_and_for_many(session, make, build, launch, count_queries):
    few = build(make.theme("Few", [make.post()]))
    posts = [make.post() for _ in range(12)]
    for post in posts:
        make.vote(post)
    many = build(make.theme("Many", posts))
    session.flush()

    with count_queries() as of_few:
        launch(few)
        session.flush()
    with count_queries() as of_many:
        done = launch(many)
        session.flush()

    assert len(of_many) == len(of_few)
    assert len(receipts_of(session, done)) == 24


def test_a_launched_item_keeps_its_reach_and_score(session, seats, planner, build, launch):
    theme, _people, _posts = seats
    item = build(theme)
    item.effort_weeks = 2.0
    launch(item)
    assert (item.reach, item.people) == (4, 3)

    for vote in session.scalars(sa.select(Vote)):
        vote.cast_at = utcnow() - timedelta(days=200)
        vote.is_counted = False
    evidence.recount(session, [item.id])
    assert (item.reach, item.people, item.score > 0) == (4, 2, True)

    reopen_item(session, item, Reopening(sentence_en="Again."), by=planner)
    assert item.reach == 3


def test_authors_and_voters_of_merged_posts_get_one_receipt_and_their_credit(session, make, seats, build, launch):
    theme, people, (first, second, _private) = seats
    ann, bo, moderator = make.person("Ann"), make.person("Bo"), make.as_reader(make.moderator())
    late = make.post("My seat is like ice", body="", author=ann)
    for voter in (bo, people["ola"]):
        make.vote(late, voter)
    erased = make.post("Oh", author=(dora := make.person("Dora")))
    make.vote(erased, carl := make.person("Carl"))
    item = build(theme)
    merge(session, erased, late, by=moderator)
    merge(session, late, second, by=moderator)
    merge(session, second, first, by=moderator)
    make.erase(dora)
    for name in (ann, people["lars"], bo):
        set_consent(session, name.id, ConsentKind.CREDIT, True)

    done = launch(item)

    by_person = receipts_of(session, done)
    assert len(by_person) == 7
    assert (by_person[ann.id].behind, by_person[ann.id].sentence) == (Behind.AUTHOR, "My seat is like ice")
    assert (by_person[bo.id].behind, by_person[bo.id].post_id) == (Behind.VOTER, late.id)
    assert (by_person[carl.id].behind, by_person[carl.id].sentence) == (Behind.VOTER, "My seat is like ice")
    named = queries.named_on(session, done.id, 10)
    assert [row.display_name for row in named] == ["Lars", "Ann", "Bo"]
    assert {row.post_id for row in queries.quotes(session, done.id, 10)} == {first.id, second.id, late.id}
    session.expire_all()
    assert [post.status for post in (first, second, late)] == [Status.LAUNCHED, Status.LAUNCHED, Status.NEW]

"""From theme to receipt on PostgreSQL, and two managers at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum import receivers  # noqa: F401  # subscribed, as in the assembled application
from forum.accounts.models import User
from forum.accounts.services import set_consent
from forum.accounts.status import ConsentKind
from forum.backlog import book, evidence, modelling
from forum.backlog import queries as backlog
from forum.backlog.changing import change_item, remove_evidence, score_item
from forum.backlog.listing import Looking, Sort, items_beside, items_by_status, items_in_order
from forum.backlog.models import BacklogItem, Evidence, ItemTheme
from forum.backlog.revisiting import bring_back
from forum.backlog.schemas import ItemChanges, Promotion, Reopening, Scoring
from forum.backlog.services import move_item, promote_themes, reopen_item
from forum.backlog.status import ItemStatus
from forum.core import database
from forum.core.clock import utcnow
from forum.core.errors import Conflict
from forum.core.paging import write_cursor
from forum.core.people import ANYBODY, Role
from forum.launches import pilot_queries, pilots, queries
from forum.launches.measuring import measure
from forum.launches.models import Launch, PilotSeat, Receipt
from forum.launches.schemas import Launching, Piloting
from forum.launches.services import answer_receipt, launch_item
from forum.launches.status import Answer
from forum.posts.models import Post
from forum.products.status import Openness
from forum.themes.membership import seat
from forum.themes.models import Theme
from forum.themes.status import Placing
from tests.backlog.conftest import decision
from tests.make import Make

pytestmark = pytest.mark.postgresql


@pytest.fixture
def engine(postgresql: str) -> Iterator[Engine]:
    engine = database.make_engine(postgresql)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)


@pytest.fixture
def planner(make):
    return make.reader("Maria", Role.MANAGER)


def test_the_whole_way_works_there_as_well(session, make, planner):
    kari = make.person("Kari")
    posts = [make.post("Cold seat", author=kari), make.post()]
    make.vote(posts[0])
    set_consent(session, kari.id, ConsentKind.CREDIT, True)
    theme = make.theme("Seats", posts)
    item = promote_themes(
        session, [theme], Promotion(title_en="Warm seats", owner_id=planner.id, is_public=True), by=planner
    )
    score_item(session, item, Scoring(impact=2, confidence=0.8, effort_weeks=2), by=planner)
    for to in ("planned", "not now", "in review", "planned", "in progress"):
        move_item(session, item, ItemStatus(to), decision(to), by=planner)
    assert [row.display_name for row in queries.willing(session, item.id, 5)] == ["Kari"]
    launch = launch_item(session, item, Launching(title_en="Warm", announcement_en="At last."), by=planner)
    receipt = session.scalars(sa.select(Receipt).where(Receipt.user_id == kari.id)).one()
    reader = make.as_reader(kari)
    answer_receipt(session, receipt, Answer.NO, "Still cold.", by=reader)

    assert (item.people, item.reach, round(item.score, 9)) == (3, 3, 2.4)
    assert [len(items_by_status(session, Looking())[status]) for status in ItemStatus] == [0, 0, 0, 0, 1, 0]
    assert [len(rows) for rows in backlog.public_items(session, "").values()] == [0, 0, 0, 0, 1, 0]
    for sort, turned in product(set(Sort) - {Sort.SEGMENT}, (False, True)):  # that one wants a segment
        assert len(items_in_order(session, Looking(sort=sort, turned=turned, words="W"), "").rows) == 1
    assert bring_back(session) == []
    assert {one: len(rows) for one, rows in items_beside(session, item).items() if rows} == {}
    assert modelling.trades(session, item.product_id, [], []).items == 0
    assert len(book.book_page(session, ANYBODY, "").rows) == 7
    assert evidence.numbers(session, evidence.of_items(Evidence.item_id == item.id)).people == 3
    assert len(backlog.evidence_page(session, planner, item.id, theme_id=theme.id, is_out=False, after="").rows) == 2
    assert len(backlog.public_posts_page(session, item.id, "").rows) == 2
    assert len(backlog.items_of_post(session, ANYBODY, posts[0].id)) == 1
    assert len(queries.launches_page(session, ANYBODY, "", "").rows) == 1
    assert queries.verdicts_of(queries.find_launch(session, ANYBODY, launch.id)).solved == 0
    assert [row.display_name for row in queries.named_on(session, launch.id, 5)] == ["Kari"]
    assert len(queries.quotes(session, launch.id, 5)) == 2
    assert [one.words for one in queries.launches_with_objections(session, item.id, 5)[0][1]] == ["Still cold."]
    assert queries.receipt_in_full(session, reader, receipt.id).agrees is True
    assert queries.receipt_on_post(session, reader, posts[0].id).id == receipt.id
    assert len(queries.credits_of(session, kari.id, limit=5).rows) == 1
    assert queries.credits_of(session, kari.id, after=write_cursor(launch.id), limit=5).rows == []

    assert len(backlog.words_of_themes(session, [theme], 1, 5, with_closed=False)) == 2
    assert backlog.item_with_names(session, planner, item.id).left_out == 0
    assert queries.launch_of_theme(session, theme.id).id == launch.id
    closed = make.post("Gearbox", area=make.area("gearbox", Openness.CLOSED))
    seat(session, theme, {closed.id: 0.5}, Placing.WORDING)
    reopen_item(session, item, Reopening(sentence_en="Again.", argument="", version=item.version), by=planner)
    assert backlog.item_with_names(session, planner, item.id).left_out == 1
    changes = ItemChanges(title_en="Warm seats", owner_id=planner.id, is_public=False)
    change_item(session, item, changes, by=planner)
    remove_evidence(session, item, posts[1].id, by=planner)
    assert queries.find_launch(session, ANYBODY, launch.id) is None


@pytest.fixture
def building(session, make, planner) -> tuple[BacklogItem, list[Post]]:
    """An item that is being built, of a theme with three complaints by people who may be written to."""
    posts = [make.post(f"Cold {n}", when=utcnow() - timedelta(days=70 + n)) for n in range(3)]
    for post in posts:
        set_consent(session, post.author_id, ConsentKind.CONTACT, True)
    theme = make.theme("Seats")
    seat(session, theme, {post.id: 0.5 for post in posts}, Placing.FIT)
    item = promote_themes(
        session, [theme], Promotion(title_en="Warm seats", owner_id=planner.id, is_public=True), by=planner
    )
    for to in ("planned", "in progress"):
        move_item(session, item, ItemStatus(to), decision(to), by=planner)
    return item, posts


def test_effects_are_measured_there_as_well(session, planner, building):
    item, _posts = building
    launch = launch_item(session, item, Launching(title_en="Warm", announcement_en="At last."), by=planner)
    session.execute(sa.update(Launch).values(launched_at=utcnow() - timedelta(days=71, hours=12)))
    session.expire_all()

    effect = measure(session, launch.id).effect

    assert (sum(effect.before), effect.after) == (0, (2, *[0] * 9))  # a week before is not known
    assert len(queries.sentences_behind(session, item.id, 5)) == 3
    assert queries.receivers(session, item.id) == {"en": 3}
    assert queries.words_after(session, launch.id) == []


def test_the_last_seat_is_taken_once(engine, session, make, planner, building):
    item, posts = building
    invited = [row.id for row in pilot_queries.candidates(session, item.id, 5)]
    told = {"title_en": "Try it", "about_en": "Now."}
    pilot = pilots.open_pilot(session, item, Piloting(**told, seats=1, invite=invited), by=planner)
    readers = iter([make.as_reader(session.get_one(User, post.author_id)) for post in posts])
    session.commit()

    def take(own):
        pilots.take_seat(own, own.get_one(pilots.Pilot, pilot.id), by=next(readers))

    assert at_once(engine, take) == ["done", "done"]
    session.expire_all()
    states = sorted(session.scalars(sa.select(PilotSeat.state)), key=lambda state: state.value)
    assert [state.value for state in states] == ["invited", "taken", "waiting"]


def at_once(engine, act):
    """Do the same in two transactions at once and say how each ended."""
    gate = Barrier(2)

    def one(_n):
        with Session(engine, expire_on_commit=False) as own:
            gate.wait(10)
            try:
                act(own)
                own.commit()
            except (Conflict, IntegrityError) as problem:
                own.rollback()
                return type(problem).__name__
            return "done"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


def test_two_managers_cannot_promote_one_theme_at_once(engine, session, make, planner):
    theme_id = make.theme("Seats", [make.post()]).id
    session.commit()
    promotion = Promotion(title_en="Warm seats", owner_id=planner.id, is_public=True)

    ends = at_once(engine, lambda own: promote_themes(own, [own.get_one(Theme, theme_id)], promotion, by=planner))

    assert ends == ["AlreadyPromoted", "done"]
    assert session.scalar(sa.select(sa.func.count()).select_from(ItemTheme)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(BacklogItem)) == 1


def test_of_two_decisions_at_once_the_later_one_is_a_conflict(engine, session, make, planner):
    theme = make.theme("Seats", [make.post()])
    promotion = Promotion(title_en="Warm seats", owner_id=planner.id, is_public=True)
    item_id = promote_themes(session, [theme], promotion, by=planner).id
    session.commit()

    def decide(own):
        item = own.get_one(BacklogItem, item_id)
        move_item(own, item, ItemStatus.PLANNED, decision("planned", version=1), by=planner)

    assert at_once(engine, decide) == ["Stale", "done"]
    session.expire_all()
    assert session.get_one(BacklogItem, item_id).version == 2

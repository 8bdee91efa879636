"""On PostgreSQL: several items at once, what comes first, who may see an item, and what leaves as a file."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum import receivers  # noqa: F401  # subscribed, as in the assembled application
from forum.backlog import exporting
from forum.backlog.audiences import segments, set_audience
from forum.backlog.bulk import change_items, undo_batch
from forum.backlog.exporting import ItemFile
from forum.backlog.listing import blocking, items_beside
from forum.backlog.models import BacklogItem, DecisionEntry
from forum.backlog.needs import add_need
from forum.backlog.queries import shown_to
from forum.backlog.schemas import WISHES, AudienceChange, BulkChange
from forum.backlog.services import as_it_stands, move_item
from forum.backlog.status import ItemStatus
from forum.core import database
from forum.core.errors import Conflict
from forum.core.people import Role
from tests.backlog.conftest import decision
from tests.make import Make

pytestmark = pytest.mark.postgresql


@pytest.fixture
def session(postgresql: str) -> Iterator[Session]:
    engine = database.make_engine(postgresql)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)


@pytest.fixture
def manager(make):
    return make.person("Maria", Role.MANAGER)


def test_what_a_manager_does_with_several_items_works_there_as_well(session, make, planner, promote):
    items = [promote(title=title) for title in ("One", "Two", "Three")]
    move_item(session, items[0], ItemStatus.NOT_NOW, decision("not now", revisit_votes=9), by=planner)
    stood = [as_it_stands(item) for item in items]
    change = BulkChange(act="status", to="in review", sentence_en="We look.", item=[item.id for item in items])
    batch = change_items(session, change, by=planner).batch
    assert len(undo_batch(session, batch, by=planner).changed) == 3
    assert [as_it_stands(item) for item in items] == stood
    assert session.scalars(sa.select(DecisionEntry.stood).where(DecisionEntry.batch == batch)).first()

    add_need(session, items[1], items[2], by=planner)
    with pytest.raises(Conflict):
        add_need(session, items[2], items[1], by=planner)
    assert [row.id for row in blocking(items_beside(session, items[1]))] == [items[2].id]

    fleet, other = make.organisation("Fjordby Taxi"), make.organisation("Solbakken")
    fleet.attributes = {"plan": "Fleet", "cars": 40}
    session.flush()
    assert segments(session) == ["cars=40", "plan=Fleet"]
    for item, segment in zip(items, ("plan=Fleet", "cars=40"), strict=False):
        set_audience(session, item, AudienceChange(audience="segment", segment=segment), by=planner)
    told = AudienceChange(audience="organisation", organisation_id=other.id)
    set_audience(session, items[2], told, by=planner)
    seen = []
    for organisation in (fleet, other):
        reader = make.reader(organisation_id=organisation.id)
        found = session.scalars(sa.select(BacklogItem.id).where(shown_to(reader)).order_by(BacklogItem.id))
        seen.append(found.all())
    assert seen == [[items[0].id, items[1].id], [items[2].id]]

    for kind in ItemFile:
        written = b"".join(exporting.write_items(session, kind, [], "", by=planner, wishes=WISHES))
        assert b"One" in written or kind is ItemFile.GITHUB

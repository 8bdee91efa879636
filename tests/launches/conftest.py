"""An item that is ready to be launched, and people behind it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from forum.backlog.models import BacklogItem
from forum.backlog.services import move_item
from forum.backlog.status import ItemStatus
from forum.core.clock import utcnow
from forum.launches.models import Launch
from forum.launches.schemas import Launching
from forum.launches.services import launch_item
from tests.backlog.conftest import count_queries, decision, manager, planner, promote

__all__ = ["count_queries", "manager", "planner", "promote"]


@pytest.fixture
def seats(make):
    """Kari's complaint, with Ola's vote on it."""
    kari, ola = make.person("Kari"), make.person("Ola")
    post = make.post("Cold seat", body="The left seat stays cold.", author=kari, when=utcnow() - timedelta(days=30))
    make.vote(post, ola)
    return make.theme("Seat heating", [post]), kari, ola, post


@pytest.fixture
def build(session, planner, promote) -> Callable[..., BacklogItem]:
    """Promotes themes and takes the item as far as in progress."""

    def build(*themes, **values) -> BacklogItem:
        item = promote(*themes, **values)
        for to in (ItemStatus.PLANNED, ItemStatus.IN_PROGRESS):
            move_item(session, item, to, decision(to.value), by=planner)
        return item

    return build


@pytest.fixture
def launch(session, planner) -> Callable[..., Launch]:
    """Launches an item."""

    def launch(item: BacklogItem, **values) -> Launch:
        told = {"title_en": "Warm in four minutes", "announcement_en": "Both sides **have** a sensor."}
        return launch_item(session, item, Launching(**told | values), by=planner)

    return launch

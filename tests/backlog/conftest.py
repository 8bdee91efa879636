"""A product manager and items to plan with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from forum import receivers  # noqa: F401  # subscribed, as in the assembled application
from forum.accounts.models import User
from forum.backlog.models import BacklogItem
from forum.backlog.schemas import Decision, Promotion
from forum.backlog.services import promote_themes
from forum.core.clock import today
from forum.core.people import Reader


@pytest.fixture
def manager(make) -> User:
    """Maria, who plans."""
    return make.manager()


@pytest.fixture
def planner(make, manager) -> Reader:
    """Maria, as services take her."""
    return make.as_reader(manager)


@pytest.fixture
def promote(session, make, planner) -> Callable[..., BacklogItem]:
    """Promotes a new theme with some posts, or the themes given, as a public item."""

    def promote(*themes, title: str = "Warm seats", is_public: bool = True, **texts: str) -> BacklogItem:
        themes = themes or (make.theme("Seat heating", [make.post(), make.post()]),)
        promotion = Promotion(title_en=title, owner_id=planner.id, is_public=is_public, **texts)
        return promote_themes(session, themes, promotion, by=planner)

    return promote


def decision(to: str, **values) -> Decision:
    """A decision with what it needs."""
    needed = {"to": to, "sentence_en": f"It is {to}."}
    if to == "not now":
        needed |= {
            "reason": "timing",
            "line_en": "After the next model.",
            "revisit_on": today() + timedelta(days=90),
        }
    return Decision(**needed | values)


@pytest.fixture
def count_queries() -> Callable[[], AbstractContextManager[list[str]]]:
    """Collects the statements that are executed inside a `with` block."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)

    return count

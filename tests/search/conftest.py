"""The tests of search run in the same words on both databases; pages are visited on SQLite alone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from forum.core import database
from forum.posts.models import Post
from forum.search.services import index_post
from tests.make import Make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask a test's questions of each database, unless it visits pages or works as the site does."""
    asked = set(metafunc.fixturenames)
    if "session" in asked and asked.isdisjoint({"visitor", "app"}):
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
        metafunc.parametrize("session", both, indirect=True)


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session of the test's own, on SQLite or PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        with database.new_session(reading=True) as session:
            yield session
        return
    engine = database.make_engine(request.getfixturevalue("postgresql"))
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def said(session: Session, make: Make) -> Callable[..., Post]:
    """Makes a post that stands in the index if it may."""

    def say(title: str, body: str = "", **values: Any) -> Post:
        post = make.post(title, body=body, **values)
        index_post(session, post.id)
        return post

    return say

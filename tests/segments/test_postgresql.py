"""Segments on PostgreSQL: a file looked at and brought in, and people told apart, as on SQLite."""

import pytest

from forum.core.people import Role
from forum.segments import files, queries, services
from forum.segments.conditions import Condition
from forum.segments.status import How
from forum.themes.counting import people_of
from forum.themes.loudness import read_loudness
from tests.make import Make


@pytest.fixture
def session(postgresql_session):
    """The test's session, on PostgreSQL."""
    return postgresql_session


@pytest.mark.postgresql
@pytest.mark.timeout(300)
def test_a_file_comes_in_and_people_are_told_apart(session) -> None:
    make = Make(session)
    manager = make.reader("Mia", Role.MANAGER)
    kari, ola = make.person(email="kari@example.com"), make.person(email="ola@example.com")
    theme = make.theme("", [make.post(author=kari), make.post(author=ola)])
    for text in (
        "email,company\nkari@example.com,Fjord Rail\nola@example.com,Fjord Rail\n",
        "company,plan,revenue\nfjord rail,Fleet,1 200 000\n",
    ):
        path = files.new_path()
        path.write_text(text)
        files.bring_in(session, files.keep_file(session, path, "known.csv", by=manager), by=manager)
    plan = [Condition("plan", How.IS, "fleet")]
    segment = services.save_segment(session, None, "Fleets", plan, 2.5, version=0, by=manager)
    services.save_segment(session, segment, "Fleet", plan, 3, version=1, by=manager)

    people = people_of([theme.id])

    share = queries.Share(2, 1, 1_200_000.0)
    assert queries.shares(session, people) == {theme.id: {segment.id: share}}
    assert queries.whole(session, people) == {theme.id: share}
    assert queries.extra_weight(session, people) == {theme.id: 4.0}
    assert [(one.name, one.people, one.companies) for one in queries.read_segments(session)] == [("Fleet", 2, 1)]
    found = read_loudness(session, theme.id, 2)
    assert (found.people, found.weeks, found.companies, found.alone, found.left_out) == (2, 1, 1, 0, 0)

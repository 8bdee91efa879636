"""Several moderators and reporters at the same moment, on SQLite and on a real PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from forum.core.audit import AuditEntry
from forum.core.database import make_engine
from forum.core.errors import Conflict
from forum.core.paging import write_cursor
from forum.core.people import ANYBODY, Role
from forum.moderation import log, queries, services
from forum.moderation.log import Filters
from forum.moderation.models import Case, Report
from forum.moderation.public_log import public_lines
from forum.moderation.schemas import Reporting
from forum.moderation.status import CaseKind, Decision, Reason, ReportReason
from forum.posts.models import Post
from forum.posts.queries import find_post
from forum.posts.status import Moderation
from tests.make import Make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def sessions(request, empty_database, tmp_path) -> Iterator[sessionmaker[Session]]:
    """Sessions of a new database."""
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copyfile(empty_database, tmp_path / 'new.db')}"
    else:
        url = request.getfixturevalue("postgresql")
    engine = make_engine(url)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each returned, or the conflict it ended in."""
    barrier = Barrier(len(acts))

    def start(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except Conflict as problem:
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(start, acts))


def test_of_several_decisions_one_counts(sessions):
    with sessions.begin() as session:
        make = Make(session)
        readers = [make.reader(f"Moderator {n}", Role.MODERATOR) for n in range(4)]
        author = make.person(approved_posts=0)
        post = make.post(author=author, moderation=Moderation.WAITING, published_at=None)
        case_id = services.open_case(session, CaseKind.FIRST_POST, post.id).id

    def decide(by):
        def act() -> str:
            with sessions.begin() as session:
                services.approve(session, session.get_one(Case, case_id), by=by)
            return "done"

        return act

    answers = at_once(*map(decide, readers))

    assert answers.count("done") == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    with sessions() as session:
        assert session.scalars(sa.select(AuditEntry.action)).all() == ["post.open"]


def test_reports_at_the_same_moment_gather_in_one_case(sessions):
    with sessions.begin() as session:
        make = Make(session)
        readers = [make.reader() for _n in range(4)]
        post_id = make.post().id

    def report(by):
        def act() -> str:
            with sessions.begin() as session:
                post = session.scalars(find_post(by, post_id)).one()
                services.report(session, post, Reporting(reason=ReportReason.SPAM), by=by)
            return "done"

        return act

    answers = at_once(*map(report, readers))

    assert answers == ["done"] * 4
    with sessions() as session:
        assert session.scalars(sa.select(sa.func.count()).select_from(Case)).one() == 1
        assert session.scalars(sa.select(sa.func.count()).select_from(Report)).one() == 4


def test_every_list_reads_the_same_in_both_databases(sessions):
    with sessions.begin() as session:
        make = Make(session)
        kari = make.reader("Kari", Role.MODERATOR)
        removed, comment = make.post("Removed"), make.comment(make.post("Commented"))
        services.moderate(session, removed, Decision.REMOVED, by=kari, reason=Reason.SPAM)
        about = Reporting(reason=ReportReason.RUDE, text="Look.")
        post = session.get_one(Post, comment.post_id)
        case = services.report(session, post, about, comment=comment, by=make.reader("Rita"))

    with sessions() as session:
        (row,) = queries.waiting(session, kari).rows
        assert (row.title, row.comment_id) == ("Commented", comment.id)
        assert queries.waiting(session, kari, after=write_cursor(case.id)).rows == []
        assert queries.counts(session) == queries.Counts(1, 0, {CaseKind.REPORT: 1}, {})
        assert queries.case_in_full(session, kari, case.id).comment_html == "<p>Same here.</p>\n"
        assert [line.text for line in queries.reports(session, case.id)] == ["Look."]
        assert queries.history(session, removed.author_id) == queries.History(0, 0, 1, 0)
        assert queries.handled_today(session) == 1
        assert [line.title for line in log.lines(session, kari, Filters(post_id=removed.id)).rows] == ["Removed"]
        assert [line.what for line in public_lines(session, ANYBODY).rows] == ["A post was removed"]
        assert public_lines(session, ANYBODY, "MTAwMCwxLDE").rows == []

"""The process that fits themes is killed half-way: the last themes stay, and the job goes on or ends honestly."""

import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.accounts.sessions import open_sign_in
from forum.core.jobs import Job, JobState
from forum.core.people import Reader
from forum.products.models import Product
from forum.themes.accepting import accept_all
from forum.themes.jobs import start_run
from forum.themes.models import Theme, ThemeMember, ThemeRun
from forum.themes.status import RunState
from tests.engine import sentences
from tests.faults.besieging import WEB, WORKER, Besieged
from tests.faults.person import SOON, Person
from tests.make import Make

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children of another process are listed on Linux")
STARTED = 30.0  # seconds that a fit may take to begin


@pytest.fixture
def site(empty_database, tmp_path) -> Iterator[Besieged]:
    """A site with the themes of a first run, and a product manager."""
    made = Besieged(empty_database, tmp_path / "site")
    with made.session() as session:
        make = Make(session)
        for text in sentences.posts()[0]:
            make.post(text[:140], body="")
        manager = make.manager()
        made.manager, made.cookies = make.as_reader(manager), [f"cabin_sign_in={open_sign_in(session, manager.id)}"]
        session.commit()
    made.start(WEB, WORKER)
    yield made
    made.stop()


def begin(site: Besieged, by: Reader) -> tuple[int, int]:
    """Start a run; the ids of the run and of its job."""
    with site.session() as session:
        run = start_run(session, session.scalars(sa.select(Product)).one(), by=by)
        session.commit()
        return run.id, run.job_id or 0


def ended(job_id: int, *states: JobState):
    """Whether a job is in one of these states."""
    return lambda session: session.get_one(Job, job_id).state in states


def kill_fit(site: Besieged, job_id: int, attempt: int, share: float) -> None:
    """Kill the process of an attempt once it has come so far, a share of all work in [0, 1]."""
    site.wait_for(lambda session: _is_at(session.get_one(Job, job_id), attempt, 100 * share), within=STARTED)
    (process,) = (one for one in children(site.process(WORKER)) if f"--job\0{job_id}\0" in command_of(one))
    os.kill(process, signal.SIGKILL)


def _is_at(row: Job, attempt: int, percent: float) -> bool:
    assert row.state in (JobState.QUEUED, JobState.RUNNING), f"{row.state} at {row.percent} %: {row.error}"
    return row.attempts == attempt and row.percent >= percent


def children(process: int) -> list[int]:
    """The ids of the processes that a process has started."""
    return [
        int(one) for task in Path(f"/proc/{process}/task").iterdir() for one in (task / "children").read_text().split()
    ]


def command_of(process: int) -> str:
    """How a process was started, its words parted by NUL."""
    return Path(f"/proc/{process}/cmdline").read_text()


def standing(session: Session) -> tuple[list[tuple[int, str]], set[tuple[int, int]]]:
    """The themes and who is in them."""
    themes = [(theme.id, theme.state.value) for theme in session.scalars(sa.select(Theme).order_by(Theme.id))]
    return themes, {(row.post_id, row.theme_id) for row in session.scalars(sa.select(ThemeMember))}


def test_a_fit_that_is_killed_goes_on_and_one_that_always_is_ends_honestly(site, record_property):
    chance = random.Random(3)
    person = Person(site, site.cookies[0])
    first, job_id = begin(site, site.manager)
    site.wait_for(ended(job_id, JobState.DONE))
    with site.session() as session:
        accept_all(session, session.get_one(ThemeRun, first), by=site.manager)
        session.commit()
        before = standing(session)
    assert len(before[0]) > 3
    site.wait_for(lambda session: not session.scalar(sa.select(Job.id).where(Job.state == JobState.RUNNING)))

    run_id, job_id = begin(site, site.manager)
    for attempt in (1, 2):
        kill_fit(site, job_id, attempt, chance.uniform(0.02, 0.35))
        assert person.reads("/themes", f"/themes/runs/{run_id}", "/themes/review") < SOON
        with site.session() as session:
            assert standing(session) == before
    site.wait_for(ended(job_id, JobState.DONE))
    with site.session() as session:
        assert session.get_one(ThemeRun, run_id).state in (RunState.PROPOSED, RunState.DECIDED)
        assert session.get_one(Job, job_id).attempts == 3
        assert standing(session) == before

    run_id, job_id = begin(site, site.manager)
    for attempt in (1, 2, 3):
        kill_fit(site, job_id, attempt, chance.uniform(0.02, 0.35))
    site.wait_for(ended(job_id, JobState.FAILED))
    status, page, _headers = person.ask("GET", f"/themes/runs/{run_id}")
    assert status == 200
    assert "The run has failed. The themes are as they were" in page
    assert "Its process was ended from outside again and again" in page
    with site.session() as session:
        assert standing(session) == before

    _run_id, job_id = begin(site, site.manager)  # nothing is in its way
    site.wait_for(ended(job_id, JobState.DONE))
    left = [path.name for path in (site.folder / "models").iterdir() if path.suffix == ".draft"]
    assert left == []
    assert site.is_whole()
    record_property(
        "figure", f"5 fits killed, {len(before[0])} themes as they were, slowest page {person.slowest:.2f} s"
    )

"""Starting, cancelling and losing runs; the command; placing without the engine."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from config import HOME
from forum.core import jobs
from forum.core.clock import utcnow
from forum.core.database import new_session, transaction
from forum.core.errors import Conflict, NotAllowed
from forum.core.jobs import Job, JobState
from forum.posts.events import PostPublished, VoteChanged
from forum.products.models import Product
from forum.themes import (
    receivers,  # noqa: F401  # subscribes to posts' events
    training,
)
from forum.themes.corpus import Standing, read_corpus
from forum.themes.jobs import cancel_run, place_posts, recount_themes, start_run
from forum.themes.models import RunLine, RunMember, Theme, ThemeRun
from forum.themes.rulings import Rulings
from forum.themes.run_views import FINER
from forum.themes.status import Method, RunState
from tests.engine import sentences


@pytest.fixture
def product(session, make):
    make.post()
    return session.scalars(sa.select(Product)).one()


def test_one_run_of_a_product_at_a_time(session, make, product, manager):
    run = start_run(session, product, by=manager)

    with pytest.raises(Conflict, match="under way"):
        start_run(session, product, by=manager)
    with pytest.raises(NotAllowed):
        start_run(session, product, by=make.reader())
    assert session.get_one(Job, run.job_id).arguments == {"run_id": run.id}


def test_a_cancelled_run_makes_way_for_the_next(session, product, manager):
    run = start_run(session, product, by=manager)
    cancel_run(session, run, by=manager)

    assert (run.state, run.active_key) == (RunState.CANCELLED, None)
    assert start_run(session, product, by=manager).state is RunState.FITTING
    with pytest.raises(Conflict):
        cancel_run(session, run, by=manager)


def test_a_run_whose_process_ended_without_a_word_makes_way_too(session, product, manager):
    run = start_run(session, product, by=manager)
    row = session.get_one(Job, run.job_id)
    row.state, row.error = JobState.FAILED, "given up"

    start_run(session, product, by=manager)

    assert (run.state, run.error) == (RunState.FAILED, "given up")


def test_cancelling_a_running_run_stops_it_at_its_next_step(session, product, manager, monkeypatch):
    run = start_run(session, product, by=manager)
    session.commit()
    job = jobs.claim(run.job_id)

    def fit(*_args, progress, **_kwargs):
        with transaction() as other:
            jobs.cancel(other, other.get_one(Job, job.id))
        progress("grouping", 0.5)

    monkeypatch.setattr("forum.themes.training.fit", fit)
    jobs.run_here(job.id, job.attempts)
    session.expire_all()

    assert (session.get_one(Job, job.id).state, run.state) == (JobState.CANCELLED, RunState.CANCELLED)


def test_a_run_that_breaks_says_so_and_leaves_everything(session, make, product, manager, monkeypatch):
    theme = make.theme("Cold", [make.post()])
    run = start_run(session, product, by=manager)
    session.commit()
    job = jobs.claim(run.job_id)
    monkeypatch.setattr("forum.themes.training.fit", lambda *_args, **_kwargs: 1 / 0)

    jobs.run_here(job.id, job.attempts)
    session.expire_all()

    assert (run.state, run.active_key, theme.posts) == (RunState.FAILED, None, 1)
    assert "ZeroDivisionError" in run.error


def test_new_posts_and_votes_plan_light_work_once(session, make):
    from forum.core.events import publish

    post, other = make.post(), make.post()
    make.theme("Cold", [other])
    for _ in range(3):
        publish(session, PostPublished(post.id))
        publish(session, VoteChanged(other.id, other.author_id, other.product_id, other.theme_id))
    publish(session, VoteChanged(post.id, post.author_id, post.product_id, post.theme_id))
    session.commit()
    publish(session, PostPublished(post.id))

    names = session.scalars(sa.select(Job.name).order_by(Job.name)).all()

    assert names == [place_posts.job_name, recount_themes.job_name]


def test_counting_plans_itself_for_the_next_day(session, make, product):
    theme = make.theme("Cold", [make.post()])
    theme.posts = 99
    session.commit()

    recount_themes(product_id=product.id)
    recount_themes(product_id=product.id)
    session.expire_all()

    assert theme.posts == 1
    planned = session.scalars(sa.select(Job.run_at)).all()
    assert len(planned) == 1
    assert planned[0] > utcnow() + timedelta(hours=23)


def test_without_a_model_nothing_is_placed(make, session, product):
    session.commit()

    assert place_posts(product_id=product.id) == {"placed": 0}


def test_the_command_ends_with_the_number_of_themes(app, session, make):
    for text in sentences.posts()[0]:
        make.post(text[:140], body="")
    product = session.scalars(sa.select(Product)).one()
    product.slug, product.name = "car", {"en": "Car"}
    session.commit()

    answer = app.test_cli_runner().invoke(args=["themes", "run", "car"])

    run = session.scalars(sa.select(ThemeRun)).one()
    lines = answer.output.strip().splitlines()
    assert (answer.exit_code, lines[-1]) == (0, f"{run.themes} themes in Car."), answer.output
    steps = [line.split(":")[0] for line in lines if " of 7: " in line]  # a quick step may pass between two looks
    assert steps == sorted(steps)
    assert "7 of 7" in steps or "6 of 7" in steps
    assert (run.state, run.started_by_id) == (RunState.PROPOSED, None)
    assert session.scalars(sa.select(Theme)).all() == []


def test_the_command_says_when_there_is_no_such_product(app):
    answer = app.test_cli_runner().invoke(args=["themes", "run", "boat"])

    assert answer.exit_code == 1
    assert "no product “boat”" in answer.output


@pytest.mark.parametrize("resolution", ["0", "-5", "1e9", "nan", "0.19", "5.1"])
def test_the_command_refuses_a_resolution_that_means_nothing(app, session, make, propose, resolution):
    waiting = propose({-1: [make.post() for _ in range(3)]})
    session.get_one(Product, waiting.product_id).slug = "car"
    session.commit()

    answer = app.test_cli_runner().invoke(args=["themes", "run", "car", "--resolution", resolution])

    assert answer.exit_code == 1
    assert "a number from 0.2 (few, broad) to 5 (many, fine)" in answer.output
    session.expire_all()
    assert session.scalars(sa.select(ThemeRun.state)).all() == [RunState.PROPOSED]


@pytest.mark.long
def test_a_killed_worker_harms_nothing_and_the_run_finishes_later(session, make, manager):
    """kill -9 in the middle of a run, for real: another worker takes the job up again."""
    for text in (text for copy in range(4) for text in sentences.posts()[0]):
        make.post(text[:140], body="", author_id=None)
    theme = make.theme("Standing", [make.post(f"Stands here {n}") for n in range(3)])
    run = start_run(session, session.get_one(Product, theme.product_id), by=manager)
    session.commit()
    worker = _start_worker()
    _wait(lambda: _step(run.job_id) in ("describing", "linking", "grouping", "naming", "checking"))
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    session.expire_all()
    assert (run.state, theme.posts, session.scalars(sa.select(RunLine)).all()) == (RunState.FITTING, 3, [])
    with transaction() as other:  # as if the silence had lasted long enough
        other.get_one(Job, run.job_id).heartbeat_at = utcnow() - timedelta(minutes=5)

    second = _start_worker()
    try:
        _wait(lambda: _state(run.id) is not RunState.FITTING)
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait()
    session.rollback()  # a new look at the database

    assert (run.state, session.get_one(Job, run.job_id).attempts) == (RunState.PROPOSED, 2), run.error
    assert session.scalars(sa.select(sa.func.count()).select_from(RunMember)).one() == run.posts
    assert theme.posts == 3


def _start_worker():
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=HOME,
        start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
    )


def _step(job_id):
    with new_session(reading=True) as session:
        return session.get_one(Job, job_id).step


def _state(run_id):
    with new_session(reading=True) as session:
        return session.get_one(ThemeRun, run_id).state


def _wait(until, seconds=60):
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def test_a_run_by_another_method_says_so_and_is_what_the_next_is_asked_for(visitor, session, make, product):
    visitor.sign_in(make.manager()).open("/themes/review")
    visitor.send("Start a run", finer=1, method="nmf")
    run = session.scalars(sa.select(ThemeRun)).one()
    assert (run.method, run.resolution) == (Method.NMF, FINER)

    run.state, run.posts, run.active_key, run.finished_at = RunState.DECIDED, 40, None, utcnow()
    visitor.open("/themes/review")

    assert "asked for finer themes" in visitor.text
    assert "by NMF, a topic model" in visitor.text
    assert 'max="2" step="1" value="1"' in visitor.html
    assert '<option value="nmf" selected>' in visitor.html


def test_a_method_reaches_the_engine(session, make, product, monkeypatch):
    asked = []
    monkeypatch.setattr("forum.engine.ThemeModel.fit", lambda model, *_a, **_k: asked.append(model.method))
    monkeypatch.setattr(training, "_read_model", lambda *_a: "found")
    monkeypatch.setattr(training, "replace", lambda found, **_more: found)

    found = training.fit(read_corpus(session, product.id), Standing({}, {}, {}, set(), 1), Rulings(), method=Method.LDA)

    assert (found, asked) == ("found", ["lda"])

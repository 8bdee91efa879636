"""Background work of themes: a run of the engine, placing new posts, counting afresh."""

import contextlib
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.accounts.rules import may_plan
from forum.core import jobs
from forum.core.audit import record
from forum.core.clock import utcnow
from forum.core.database import Json, reading, transaction
from forum.core.errors import Conflict, Invalid, require
from forum.core.jobs import Job, JobCancelled, JobState, Progress, enqueue, job
from forum.core.languages import _
from forum.core.people import Reader
from forum.posts.models import Post
from forum.posts.status import Moderation
from forum.products.models import Product
from forum.themes import mapping, proposals, training
from forum.themes.corpus import read_corpus, read_standing, text_of
from forum.themes.counting import read_numbers, recount, standing_ids, write_numbers
from forum.themes.membership import seat
from forum.themes.models import RunMember, Theme, ThemeMember, ThemeRun
from forum.themes.rulings import read_rulings
from forum.themes.status import Method, Placing, RunState, ThemeState
from forum.themes.watching import look_for_rises

# The steps of a run in their order; pages translate them. All but the first and last are the engine's.
STEPS = ("reading", "describing", "linking", "grouping", "naming", "checking", "writing")
BROADEST, FINEST = 0.2, 5.0  # resolutions between which themes mean something
_PATIENCE = 0.4  # seconds between two signs of progress within a step
_MODELS_KEPT = 3
DAY = 86_400  # seconds
SETTLED = 20  # seconds; decisions about themes come one after the other


def start_run(
    session: Session, product: Product, *, by: Reader, resolution: float = 1.0, method: Method = Method.GRAPH
) -> ThemeRun:
    """Start a run of the engine over `product`: queue its job in this transaction.

    `resolution` above 1 looks for finer themes, below 1 for broader ones; another `method` is there to compare.
    Raises `NotAllowed` unless `by` plans the backlog, `Invalid` for a resolution out of bounds, and `Conflict`
    while another run of the product is under way.
    """
    require(may_plan(by), _("Only product managers start a run."))
    if not BROADEST <= resolution <= FINEST:  # nor a number at all
        raise Invalid(_("How fine the themes are is a number from 0.2 (few, broad) to 5 (many, fine); 1 is usual."))
    return begin_run(session, product.id, by_id=by.id, resolution=resolution, method=method)


def begin_run(session: Session, product_id: int, *, by_id: int | None, resolution: float, method: Method) -> ThemeRun:
    """Queue a run for a person or, without one, for the schedule. Raises `Conflict` while another is under way."""
    _release_dead(session, product_id)
    run = ThemeRun(
        product_id=product_id,
        active_key=product_id,  # unique: it decides when two people press at once
        started_by_id=by_id,
        started_at=utcnow(),
        state=RunState.FITTING,
        resolution=resolution,
        method=method,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        raise Conflict(_("A run of this product is under way already. Wait for it, or cancel it.")) from None
    run.job_id = enqueue(session, run_themes, by=by_id, run_id=run.id).id
    record(session, "theme.run", by=by_id, subject="theme_run", subject_id=run.id)
    return run


def cancel_run(session: Session, run: ThemeRun, *, by: Reader) -> None:
    """Stop a run at its next step; the standing themes stay as they are. Raises `Conflict` when it has ended."""
    require(may_plan(by), _("Only product managers cancel a run."))
    row = session.get(Job, run.job_id) if run.job_id else None
    if run.state is not RunState.FITTING or row is None:
        raise Conflict(_("This run has ended already."))
    jobs.cancel(session, row)
    record(session, "theme.cancel_run", by=by.id, subject="theme_run", subject_id=run.id)
    if row.state is not JobState.RUNNING:
        _end(run, RunState.CANCELLED)


def _release_dead(session: Session, product_id: int) -> None:
    """Let go of a run whose job has ended without it: its process ran out of time or memory, say."""
    run = session.scalars(sa.select(ThemeRun).where(ThemeRun.active_key == product_id)).one_or_none()
    if run is None:
        return
    row = session.get(Job, run.job_id) if run.job_id else None
    if row is None or row.state not in (JobState.QUEUED, JobState.RUNNING):
        was_cancelled = row is not None and row.state is JobState.CANCELLED
        _end(run, RunState.CANCELLED if was_cancelled else RunState.FAILED, row.error if row else "")
        session.flush()


def _end(run: ThemeRun, state: RunState, error: str = "") -> None:
    run.state = state
    run.active_key = None
    run.finished_at = utcnow()
    run.error = error[:2000]


@job("themes.run", timeout=3600, heavy=True)
def run_themes(*, run_id: int, progress: Progress) -> Json | None:
    """Fit the themes of one product afresh: read, compute outside any transaction, write, publish.

    Killed at any moment it leaves the standing themes as they are; another attempt replaces what it wrote.
    """
    with transaction() as session:
        run = session.get_one(ThemeRun, run_id)
        if run.state is not RunState.FITTING:  # published by an attempt that died before it could say so
            return None
    try:
        return _run(run, progress)
    except JobCancelled:
        with transaction() as session:
            _end_if_mine(session, run_id, progress, RunState.CANCELLED)
        raise
    except Exception as error:
        with transaction() as session:
            _end_if_mine(session, run_id, progress, RunState.FAILED, f"{type(error).__name__}: {error}")
        raise


def _run(run: ThemeRun, progress: Progress) -> Json:
    progress.step(STEPS[0], 0, len(STEPS))
    with reading() as session:
        corpus = read_corpus(session, run.product_id)
        standing = read_standing(session, run.product_id, corpus.ids)
        rulings = read_rulings(session, run.product_id)
        memory = proposals.read_memory(session, run.product_id)
    listener = _Listener(progress)
    proposal = training.fit(corpus, standing, rulings, resolution=run.resolution, method=run.method, progress=listener)
    proposals.respect(proposal.places, standing, memory)
    lines = [] if proposal.is_too_few else proposals.lines_of(proposal, standing, memory)
    progress.step(STEPS[-1], len(STEPS) - 1, len(STEPS))
    file = training.models_folder() / f"run-{run.id}-{progress.attempt}.npz"
    proposal.save(file)
    proposals.write(run.id, proposal, progress)
    with transaction() as session:
        progress.fence(session)
        run = session.get_one(ThemeRun, run.id)
        name = file.name if file.exists() else ""
        proposals.publish_proposal(session, run, proposal, lines, model_file=name)
        plan(session, watch_themes, run.product_id, delay=0)
        plan(session, lay_out_themes, run.product_id, delay=0)
    _tidy_models(file.parent)
    return {"run_id": run.id, "themes": len(proposal.groups), "posts": len(proposal.places)}


class _Listener:
    """Passes on what the engine says, without writing to the database at every breath of it."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.step = ""
        self.began = 0.0
        self.said_at = 0.0

    def __call__(self, step: str, share: float) -> None:
        now = time.monotonic()
        if step != self.step:
            self.step, self.began = step, share
        elif now - self.said_at < _PATIENCE:
            return
        self.said_at = now
        # The engine tells the share of all work; of a step we know where it began, not where it ends.
        within = (share - self.began) / max(1.0 - self.began, 1e-6)
        self.progress.step(step, STEPS.index(step) if step in STEPS else 0, len(STEPS), within)


def _end_if_mine(session: Session, run_id: int, progress: Progress, state: RunState, error: str = "") -> None:
    """Mark the run as ended, unless a newer attempt has taken it over."""
    row = session.get(Job, progress.job_id)
    run = session.get_one(ThemeRun, run_id)
    if row is not None and row.attempts == progress.attempt and run.state is RunState.FITTING:
        _end(run, state, error)


def _tidy_models(folder: Path) -> None:
    """Remove model files but the newest few, and what a killed process left half-written.

    A run that is being published has its own name.
    """
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("run-*.npz"), key=lambda path: path.stat().st_mtime)
        for path in files[:-_MODELS_KEPT]:
            path.unlink(missing_ok=True)
        for draft in folder.glob("*.draft"):
            if time.time() - draft.stat().st_mtime > DAY:
                draft.unlink(missing_ok=True)


@job("themes.place", timeout=300, heavy=True)
def place_posts(*, product_id: int) -> Json:
    """Put posts that came since the last run into the accepted themes that their wording fits.

    A job in a process of its own: loading a model costs tens of megabytes, which neither the web process
    nor the resting worker should carry. Posts that arrive while one is queued are placed together.
    """
    with reading() as session:
        posts = session.execute(_unplaced(product_id)).all()
        model = training.standing_model(session, product_id) if posts else None
    if model is None:
        return {"placed": 0}
    found: dict[int, dict[int, float]] = {}
    for post in posts:
        place = model.place(text_of(post.title, post.body), post.language)
        if place is not None:
            found.setdefault(place[0], {})[post.id] = place[1]
    placed = _seat_found(product_id, found)
    return {"placed": placed, "warnings": look_for_rises(product_id, found)} if placed else {"placed": 0}


def _unplaced(product_id: int) -> sa.Select[int, str, str, str]:
    """Posts without a theme that no run has read yet: open ones, private ones too."""
    was_read = sa.exists().where(RunMember.post_id == Post.id, RunMember.run_id == _last_run(product_id))
    has_theme = sa.exists().where(ThemeMember.post_id == Post.id)
    return (
        sa.select(Post.id, Post.title, Post.body, Post.language)
        .where(Post.product_id == product_id, Post.moderation == Moderation.OPEN, ~has_theme, ~was_read)
        .order_by(Post.id)
        .limit(5000)
    )


def _last_run(product_id: int) -> Any:
    done = (RunState.PROPOSED, RunState.DECIDED, RunState.REPLACED)
    last = sa.select(sa.func.max(ThemeRun.id)).where(ThemeRun.product_id == product_id, ThemeRun.state.in_(done))
    return last.scalar_subquery()


def _seat_found(product_id: int, found: dict[int, dict[int, float]]) -> int:
    """Write placings in one short transaction, to the themes and posts that are still as they were."""
    placed = 0
    with transaction() as session:
        for theme_id, posts in found.items():
            theme = session.get(Theme, theme_id)
            if theme is None or theme.state not in (ThemeState.ACCEPTED, ThemeState.DISMISSED):
                continue
            taken = set(session.scalars(sa.select(ThemeMember.post_id).where(ThemeMember.post_id.in_(list(posts)))))
            seat(session, theme, {post: near for post, near in posts.items() if post not in taken}, Placing.WORDING)
            placed += len(posts) - len(taken)
        if found:
            _recount(session, product_id, list(found))
            plan(session, watch_themes, product_id, delay=DAY)
            plan(session, lay_out_themes, product_id, delay=SETTLED)
    return placed


@job("themes.recount", timeout=600)
def recount_themes(*, product_id: int) -> None:
    """Count the numbers of a product's themes afresh, now and once a day: what is recent changes by itself."""
    with reading() as session:
        numbers = read_numbers(session, standing_ids(session, product_id))  # seconds per million votes
    with transaction() as session:
        write_numbers(session, numbers)
        plan(session, recount_themes, product_id, delay=DAY)


@job("themes.watch", timeout=300, heavy=True)
def watch_themes(*, product_id: int) -> Json:
    """Look for rises in a product's themes, now and once a day: also what ends, ends by itself.

    In a process of its own, because weighing loads libraries that the resting worker does without.
    """
    raised = look_for_rises(product_id)
    with transaction() as session:
        plan(session, watch_themes, product_id, delay=DAY)
    return {"warnings": raised}


@job("themes.lay_out", timeout=900, heavy=True)
def lay_out_themes(*, product_id: int) -> Json:
    """Work out where the posts of a product lie on its map, after its themes have changed."""
    return {"posts": mapping.draw(product_id)}


def count(session: Session, product_id: int, theme_ids: Collection[int]) -> None:
    """Count some themes afresh whose posts have changed; look for rises and draw the map in the background.

    Where counting people and breadth takes long, a job does it.
    """
    _recount(session, product_id, theme_ids)
    plan(session, watch_themes, product_id, delay=SETTLED)
    plan(session, lay_out_themes, product_id, delay=SETTLED)


def _recount(session: Session, product_id: int, theme_ids: Collection[int]) -> None:
    if recount(session, theme_ids):
        plan(session, recount_themes, product_id, delay=0)


_jobs = cast(sa.Table, Job.__table__)
_QUEUED = sa.select(_jobs.c.arguments, _jobs.c.run_at).where(
    _jobs.c.name == sa.bindparam("name"), _jobs.c.state == JobState.QUEUED
)


def plan(session: Session, what: Callable[..., Any], product_id: int, *, delay: float, **more: int) -> None:
    """Queue a job over a product within `delay` seconds, unless one is queued for then already.

    `more` is what the job takes beside the product.
    """
    until = utcnow().timestamp() + delay
    session.flush()
    queued = session.connection().execute(_QUEUED, {"name": what.job_name})  # type: ignore[attr-defined]
    if not any(row.arguments.get("product_id") == product_id and row.run_at.timestamp() <= until for row in queued):
        enqueue(session, what, delay=delay, product_id=product_id, **more)


def claim_here(run: ThemeRun) -> Job | None:
    """Take a run's job for this process, or None when a worker was faster."""
    return jobs.claim(run.job_id) if run.job_id else None


def watch(job_id: int, *, every: float = 0.25) -> Iterator[Job]:
    """The job's row again and again until it has ended, for a command that shows how far it is. In seconds."""
    while True:
        with reading() as session:
            row = session.get_one(Job, job_id)
        yield row
        if row.state not in (JobState.QUEUED, JobState.RUNNING):
            return
        time.sleep(every)

"""The command `flask --app wsgi themes`."""

import math
import threading
from typing import TextIO

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from config import settings
from forum.core import jobs
from forum.core.database import reading, transaction
from forum.core.errors import ForumError, Invalid
from forum.core.jobs import Job, JobState
from forum.core.languages import pick
from forum.core.people import Reader, Role
from forum.products.models import Product
from forum.products.queries import find_product
from forum.themes import wording
from forum.themes.jobs import STEPS, claim_here, start_run, watch
from forum.themes.models import ThemeRun
from forum.themes.status import Method

themes = AppGroup("themes", help="Themes: runs of the engine, and how it reads words.")

_SITE = Reader(display_name="command line", roles=frozenset({Role.ADMIN}))
_WORDS = {
    "reading": "reading posts",
    "describing": "describing them",
    "linking": "linking those that are alike",
    "grouping": "grouping posts",
    "naming": "naming groups",
    "checking": "checking how solid they are",
    "writing": "writing the diff",
}


@themes.command("run")
@click.argument("product")
@click.option("--resolution", default=1.0, show_default=True, help="0.2 to 5: above 1 finer themes, below broader.")
@click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    default=Method.GRAPH.value,
    show_default=True,
    help="How posts are grouped: by their neighbours, or by scikit-learn's topic models, to compare.",
)
def run(product: str, resolution: float, method: str) -> None:
    """Fit the themes of PRODUCT (the short name in its address) afresh.

    Ends in a diff on /themes/review that a product manager accepts or declines; the standing themes stay as
    they are until then. A running worker may take the work over; Ctrl-C cancels it.
    """
    run_id, name = _start(product, resolution, Method(method))
    with reading() as session:
        started = session.get_one(ThemeRun, run_id)
    job = claim_here(started)
    if job is not None:
        threading.Thread(target=jobs.run_here, args=(job.id, job.attempts), daemon=True).start()
    try:
        last = _show(started.job_id or 0)
    except KeyboardInterrupt:
        with transaction() as session:
            jobs.cancel(session, session.get_one(Job, started.job_id))
        raise click.ClickException("Cancelled. The standing themes are as they were.") from None
    if last.state is not JobState.DONE:
        raise click.ClickException(last.error or "The run was cancelled. The standing themes are as they were.")
    _tell(run_id, name)


@themes.command("words")
@click.argument("product")
@click.option("--own-names", type=click.File(), help="A file with one word on each line: they say nothing.")
@click.option("--equal-words", type=click.File(), help="A file with one group on each line: seat = sete = sæde.")
def words(product: str, own_names: TextIO | None, equal_words: TextIO | None) -> None:
    """Show how the engine reads posts about PRODUCT, or say it anew.

    Either file takes the place of that list; - stands for what is piped in. It counts from the next run.
    """
    if own_names or equal_words:
        _set_words(product, own_names.read() if own_names else None, equal_words.read() if equal_words else None)
    with reading() as session:
        row = _find(session, product)
        names, groups = row.own_names, wording.write_groups(row.equal_words).splitlines()
    for title, lines in (("Words that say nothing:", names), ("Words that are one:", groups)):
        click.echo("\n".join([title, *(f"  {line}" for line in lines or ["none"])]))
    click.echo(f"{len(names)} words say nothing in {product}, and {len(groups)} groups are one.")


def _set_words(slug: str, own_names: str | None, equal_words: str | None) -> None:
    with transaction() as session:
        product = _find(session, slug)
        names = product.own_names if own_names is None else wording.read_names(own_names)
        groups = product.equal_words if equal_words is None else wording.read_groups(equal_words)
        try:
            wording.set_words(session, product, names, groups, by=_SITE, version=product.words_version)
        except Invalid as problem:
            raise click.ClickException(" ".join(problem.fields.values())) from None
        except ForumError as problem:
            raise click.ClickException(problem.message) from None


def _find(session: Session, slug: str) -> Product:
    product = session.scalars(find_product(slug)).one_or_none()
    if product is None:
        raise click.ClickException(f"There is no product “{slug}”. Its short name stands in its address.")
    return product


def _start(slug: str, resolution: float, method: Method) -> tuple[int, str]:
    with transaction() as session:
        product = _find(session, slug)
        try:
            run = start_run(session, product, by=_SITE, resolution=resolution, method=method)
        except ForumError as problem:
            raise click.ClickException(problem.message) from None
        session.info.pop("queued_jobs", None)  # this process takes it; a worker's sweep would find it otherwise
        return run.id, pick(product.name, "en")


def _show(job_id: int) -> Job:
    """Show how far the job is until it has ended: a bar, or plain lines where nobody looks at a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        return _print_steps(job_id)
    columns = (TextColumn("{task.description:<34}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("waiting for a worker", total=100)
        for row in watch(job_id):
            bar.update(task, completed=row.percent, description=_words(row))
    return row


def _print_steps(job_id: int) -> Job:
    said = ""
    for row in watch(job_id):
        if row.step and row.step != said:
            said = row.step
            click.echo(f"{STEPS.index(row.step) + 1} of {len(STEPS)}: {_words(row)}")
    return row


def _words(row: Job) -> str:
    return _WORDS.get(row.step, "waiting for a worker")


def _tell(run_id: int, name: str) -> None:
    with reading() as session:
        run = session.get_one(ThemeRun, run_id)
    if run.notes.get("too_few"):
        click.echo(f"{run.posts:,} posts are too few for themes; from about 30 on they begin to mean something.")
    else:
        click.echo(f"{run.posts:,} posts read, {math.floor(100 * run.coverage)}% of them in a theme.")
        click.echo(f"Accept or decline what would change on {settings().site_url}/themes/runs/{run_id}")
    click.echo(f"{run.themes} {'theme' if run.themes == 1 else 'themes'} in {name}.")

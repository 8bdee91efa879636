"""The command line: `flask --app wsgi …`. Each command explains itself and ends with one plain sentence."""

import click
from flask import Flask
from flask.cli import AppGroup

from forum.accounts.commands import users
from forum.core.database import engine, transaction
from forum.core.languages import set_language
from forum.demo.commands import demo
from forum.doctor import doctor
from forum.listening.commands import listen
from forum.products.commands import areas, products
from forum.safekeeping import backup, plan_nightly, restore
from forum.search import jobs as search_jobs
from forum.search.commands import search
from forum.segments.commands import segments
from forum.serving import serve
from forum.themes.commands import themes

database = AppGroup("db", help="The database and its schema.")


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest schema; nothing is lost."""
    from forum.core import schema

    schema.upgrade(engine())
    click.echo("The database has the newest schema.")


@click.command("worker")
@click.option("--job", type=int, hidden=True, help="Run one claimed job and end.")
@click.option("--attempt", type=int, default=1, hidden=True)
def worker(job: int | None, attempt: int) -> None:
    """Run background jobs until stopped; `serve` starts one by itself."""
    from forum.core import worker as work

    if job is not None:
        work.run_one(job, attempt)
        return
    with transaction() as session:
        search_jobs.plan(session)
        plan_nightly(session)
    work.work()
    click.echo("The worker has stopped.")


def init_commands(app: Flask) -> None:
    """Give the flask command everything an operator needs."""
    set_language("en")
    looking_after = (backup, restore, doctor)
    desks = (users, products, areas, listen, search, segments, themes, demo)
    for command in (serve, database, worker, *desks, *looking_after):
        app.cli.add_command(command)

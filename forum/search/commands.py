"""The command `flask --app wsgi search`."""

import click
from flask.cli import AppGroup

from forum.core.database import reading
from forum.core.languages import number
from forum.search.similar import write_index

search = AppGroup("search", help="Search: what similar posts are found by.")


@search.command("rebuild")
def rebuild() -> None:
    """Write the index of similar posts anew.

    The worker does so by itself when posts have come, changed or gone. Until it is there, and where it is damaged,
    similar posts are found by the full-text search alone.
    """
    with reading() as session:
        count = write_index(session)
    click.echo(f"{number(count)} posts can be compared.")

"""The command `flask --app wsgi segments`."""

import shutil
from pathlib import Path

import click
from flask.cli import AppGroup

from forum.accounts.rules import THE_SITE
from forum.core.database import reading, transaction
from forum.core.errors import Invalid
from forum.core.languages import _, ngettext, number, speaking
from forum.segments import attributes, files, jobs, queries
from forum.segments.status import About
from forum.segments.wording import odd_words

segments = AppGroup("segments", help="What is known of people and companies, and who is in which segment.")


class _Quiet:
    """A command has no page that shows how far it is."""

    def step(self, _name: str, _done: int, _of: int, _share: float = 0.0) -> None:
        """Say nothing."""


@segments.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trial", is_flag=True, help="Say what the file would change, and write nothing.")
def import_(file: Path, trial: bool) -> None:
    """Bring in what FILE, a CSV, knows of people (column email) or companies (column company).

    Further columns become attributes: plan, revenue, since, and whatever else there is. An empty cell changes
    nothing, a single hyphen takes a value away.
    """
    with speaking(""):
        try:
            with reading() as session:
                found = attributes.look(session, file)
        except Invalid as problem:
            raise click.ClickException(problem.message) from problem
        for line, why, value in found.odd[: attributes.SHOWN]:
            click.echo(_("line {n}: {reason}", n=line, reason=f"{odd_words(why.value)} {value}".strip()))
        if not trial:
            _bring(file)
        click.echo(_summary(found, trial))


def _bring(file: Path) -> None:
    """Do as the page does with a copy of the file, which goes afterwards."""
    path = files.new_path()
    shutil.copyfile(file, path)
    path.chmod(0o600)
    with transaction() as session:
        kept = files.keep_file(session, path, file.name, by=THE_SITE, waits=True)
        files.note(session, kept, by=THE_SITE)
        file_id = kept.id
    jobs.bring(file_id=file_id, progress=_Quiet())


def _summary(found: attributes.Found, trial: bool) -> str:
    rest = {
        "same": number(found.unchanged),
        "unmatched": number(len(found.unmatched)),
        "odd": number(len(found.odd)),
    }
    n = len(found.changes)
    if found.about is About.PEOPLE:
        words = (
            ngettext("{n} person would change", "{n} people would change", n)
            if trial
            else ngettext("{n} person changed", "{n} people changed", n)
        )
    else:
        words = (
            ngettext("{n} company would change", "{n} companies would change", n)
            if trial
            else ngettext("{n} company changed", "{n} companies changed", n)
        )
    return words + _("; {same} as before, {unmatched} without an account, {odd} odd.", **rest)


@segments.command("list")
def list_() -> None:
    """List the segments: name, people, companies, weight, conditions; tabs between the columns."""
    with reading() as session, speaking(""):
        found = queries.read_segments(session)
        for one in found:
            click.echo(f"{one.name}\t{one.people}\t{one.companies}\t{one.weight:g}\t{one.sentence}")
    click.echo(ngettext("{n} segment.", "{n} segments.", len(found)))

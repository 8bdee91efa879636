"""The command `flask --app wsgi listen`."""

import shlex
from pathlib import Path

import click
from flask.cli import AppGroup

from config import settings
from forum.accounts.rules import THE_SITE
from forum.core.database import reading
from forum.core.errors import Invalid, NotFound
from forum.core.languages import _, ngettext, number, pick, speaking
from forum.listening.files import UTF_8
from forum.listening.models import MAX_NAME
from forum.listening.reading import open_rows
from forum.listening.refusals import source_name_of
from forum.listening.services import NoText, Outcome, Plan, find_area, import_file
from forum.listening.undoing import balance, take_back
from forum.posts.status import Kind

listen = AppGroup("listen", help="Hear what customers say elsewhere.")


@listen.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--product", required=True, help="Short name of the product the posts are about.")
@click.option("--area", default="", help="Short name of the area they belong to; beats the file's own.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), help="What all of them are; else by the file."
)
@click.option("--language", default="", help="Language of all of them, such as nb; else by the file, or guessed.")
@click.option("--source", "source_name", default="", help="Name of the source; the file's own by default.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Say which column holds a field.")
@click.option("--trial", is_flag=True, help="Read and check everything, write nothing.")
def import_(
    file: Path,
    product: str,
    area: str,
    kind: str | None,
    language: str,
    source_name: str,
    columns: tuple[str, ...],
    trial: bool,
) -> None:
    """Import posts from FILE: CSV, JSON or JSON lines, also gzipped.

    Columns are understood by their names (id, title, body, kind, area, author, email, date, language,
    severity), or named with --column body=Text; other columns are left out. Rows that cannot be used
    are left out into a file of the same columns, with their line numbers and reasons: correct it and
    import it, those two are overlooked. A second import of the same file adds nothing.
    """
    try:
        named = dict(column.split("=", 1) for column in columns)
    except ValueError as error:
        raise click.BadParameter("write FIELD=COLUMN, such as body=Text", param_hint="--column") from error
    with speaking(""):  # the site's language: nobody is signed in at a terminal
        try:
            with reading() as session:
                found, place = find_area(session, product, area)
            plan = Plan(
                path=file,
                product_id=found.id,
                source_name=source_name[:MAX_NAME] or source_name_of(file.name),
                area_id=place.id if place else None,
                kind=Kind(kind) if kind else None,
                language=language,
                columns=named,
                is_trial=trial,
            )
            outcome = _with_bar(plan)
        except NoText as problem:
            hint = _("Say which one holds the text, for example: --column body={column}", column=_quoted(problem))
            raise click.ClickException(f"{problem.message} {hint}") from problem
        except Invalid as problem:
            raise click.ClickException(problem.message) from problem
        _tell(outcome, trial)


@listen.command("undo")
@click.argument("import_id", type=int, metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def undo(import_id: int, yes: bool) -> None:
    """Take the import with this ID back: its posts are removed, and its rows can be imported again.

    The ID stands in the address of the import's page, and in what `listen import` says. Posts that
    people voted for or commented on, that speak for something on the backlog, or that a moderator has dealt
    with stay.
    """
    with speaking(""):
        with reading() as session:
            free, held = balance(session, import_id)
        click.echo(_stays(ngettext("{n} post would be removed.", "{n} posts would be removed.", free), held))
        if free and not yes:
            click.confirm(_("Take the import back?"), abort=True)
        try:
            done = take_back(import_id, by=THE_SITE)
        except NotFound as problem:
            raise click.ClickException(problem.message) from problem
        click.echo(_stays(ngettext("{n} post was removed.", "{n} posts were removed.", done.free), done.held))


def _stays(gone: str, held: int) -> str:
    return f"{gone} {ngettext('{n} post stays.', '{n} posts stay.', held)}" if held else gone


def _quoted(problem: NoText) -> str:
    """The first column as a shell takes it."""
    return shlex.quote(problem.available[0] if problem.available else "Text")


def _with_bar(plan: Plan) -> Outcome:
    """Import with a bar on a terminal, and with plain lines elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    total = sum(1 for _row in open_rows(plan.path))
    console = Console(stderr=True)
    if not console.is_terminal:
        return import_file(plan, notice=lambda rows: click.echo(_rows(rows, total), err=True))
    bar = Progress(
        TextColumn(_("Importing")),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("import", total=total)
        return import_file(plan, notice=lambda rows: bar.update(task, completed=rows))


def _rows(read: int, total: int) -> str:
    return _("{n} of {total} rows", n=number(read), total=number(total))


def _tell(outcome: Outcome, trial: bool) -> None:
    if outcome.encoding != UTF_8:
        click.echo(_("Read as {encoding}.", encoding=outcome.encoding))
    if n := outcome.unread:
        click.echo(ngettext("{n} sign could not be read.", "{n} signs could not be read.", n))
    understood = ", ".join(f"{field}={column}" for field, column in outcome.columns.items())
    click.echo(_("Understood: {columns}.", columns=understood))
    if outcome.unknown_columns:
        click.echo(_("Columns left out: {names}.", names=", ".join(outcome.unknown_columns)))
    if outcome.values_left_out:
        words = ngettext("{n} value was left out:", "{n} values were left out:", outcome.values_left_out)
        click.echo(words)
    for line, column, value in outcome.first_left_out:
        click.echo("  " + _("line {n}: “{value}” in {column}", n=line, value=value, column=column))
    for line, reason in outcome.first_refused:
        click.echo("  " + _("line {n}: {reason}", n=line, reason=pick(reason)))
    if outcome.refused_file:
        click.echo(_("The refused rows are in {file}.", file=settings().data_dir / outcome.refused_file))
    if names := outcome.names_left_out:
        words = _(
            "Names left out because they pass for the team's or are no names: {names}", names=", ".join(names[:50])
        )
        click.echo(words)
    if outcome.imported and outcome.import_id:
        click.echo(_("This can be taken back: flask --app wsgi listen undo {id}", id=outcome.import_id))
    click.echo(_summary(outcome, trial))


def _summary(outcome: Outcome, trial: bool) -> str:
    rest = {"already": number(outcome.already_here), "refused": number(outcome.refused)}
    if trial:
        return ngettext(
            "{n} post would be imported, {already} already here, {refused} refused.",
            "{n} posts would be imported, {already} already here, {refused} refused.",
            outcome.imported,
            **rest,
        )
    return ngettext(
        "{n} post imported, {already} already here, {refused} refused.",
        "{n} posts imported, {already} already here, {refused} refused.",
        outcome.imported,
        **rest,
    )

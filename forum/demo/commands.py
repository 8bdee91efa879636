"""The command `flask --app wsgi demo`."""

from typing import TYPE_CHECKING

import click

from forum.core.database import reading, transaction
from forum.core.languages import number

if TYPE_CHECKING:
    from forum.demo.standing import Outlook

# What the demo needs is imported when it is asked for: the site starts without it.


@click.command("demo")
@click.option("--posts", type=click.IntRange(1, 2_000_000), help="Plant so many posts, made of the demo's sentences.")
@click.option("--remove", "removing", is_flag=True, help="Remove all demo content; what others brought in stays.")
@click.option("--yes", "is_sure", is_flag=True, help="Remove without asking.")
def demo(posts: int | None, removing: bool, is_sure: bool) -> None:
    """Plant the demo: a car, sixty people and a year of what they said, clearly marked.

    With --posts N the site is filled with that many posts, and comments and votes to match, for
    measuring speed.
    """
    if removing:
        _remove(is_sure=is_sure)
    elif posts:
        _plant_mass(posts)
    else:
        _plant()


def _remove(*, is_sure: bool) -> None:
    from forum.demo import trying
    from forum.demo.removing import remove
    from forum.demo.standing import count_admins, look_ahead

    with reading() as session:
        _tell(look_ahead(session))
    if not is_sure:
        click.confirm("Remove the demo?", abort=True)
    with transaction() as session:
        count = remove(session)
        admins = count_admins(session)
    trying.forget()
    click.echo(f"{number(count)} demo posts removed, with everything that hung on them alone.")
    if not admins:
        click.echo("Nobody administers the site now. Make somebody an admin:")
        click.echo("  flask --app wsgi users add EMAIL --name NAME --role admin")


def _tell(outlook: "Outlook") -> None:
    """Say in numbers what goes and what stays."""
    click.echo("This goes:")
    for line in outlook.going or ["nothing"]:
        click.echo(f"  {line}")
    click.echo("This stays:")
    for line in outlook.staying or ["nothing: there is no other post"]:
        click.echo(f"  {line}")


def _plant() -> None:
    from forum.demo.planting import is_planted, plant

    with reading() as session:
        there = is_planted(session)
    if there:
        raise click.ClickException("The demo is planted already; --remove takes it away.")
    with transaction() as session:
        count = plant(session)
    click.echo(f"{number(count)} demo posts planted in Car.")


def _plant_mass(posts: int) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from forum.demo.mass import plant_mass

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Planting", total=posts)
        plant_mass(posts, lambda done: bar.update(task, completed=done))
    click.echo(f"{number(posts)} demo posts planted.")

"""The command `flask --app wsgi demo`."""

import click


@click.command("demo")
def demo() -> None:
    """Plant the demo content, or remove it."""
    click.echo("Nothing was planted.")

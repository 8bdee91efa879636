"""The commands `flask --app wsgi products` and `flask --app wsgi areas`."""

from collections.abc import Callable
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from config import settings
from forum.accounts.commands import changing
from forum.accounts.rules import THE_SITE
from forum.core.database import Words, reading
from forum.core.languages import LANGUAGES, ngettext, pick
from forum.products import queries, services
from forum.products.arranging import propose_slug
from forum.products.models import Area, Product
from forum.products.status import Openness

products = AppGroup("products", help="What the company talks about with its customers.")
areas = AppGroup("areas", help="The parts of a product, each with what is open there.")

_OPENNESS = click.Choice([openness.value for openness in Openness])


def _in_languages(what: str) -> Callable[[Any], Any]:
    """Options that give the decorated command a name in each language."""

    def decorate(command: Any) -> Any:
        for code, language in reversed(LANGUAGES.items()):
            command = click.option(f"--{code}", default="", help=f"{what} in {language}.")(command)
        return command

    return decorate


def _words(text: str, in_languages: dict[str, str]) -> Words:
    """`text` in the site's main language, beside what was given by language."""
    return {settings().main_language: text} | {code: words for code, words in in_languages.items() if words}


def _find_product(session: Session, slug: str) -> Product:
    product = session.scalar(queries.find_product(slug))
    if product is None:
        raise click.ClickException(f"There is no product “{slug}”. See: flask --app wsgi products list")
    return product


def _find_area(session: Session, product: Product, slug: str) -> Area:
    area = session.scalar(sa.select(Area).where(Area.product_id == product.id, Area.slug == slug))
    if area is None:
        raise click.ClickException(f"There is no area “{slug}”. See: flask --app wsgi areas list {product.slug}")
    return area


@products.command("add")
@click.argument("name")
@click.option("--slug", default="", help="Short name for addresses and commands; else made of the name.")
@_in_languages("The name")
def add_product(name: str, slug: str, **in_languages: str) -> None:
    """Add a product called NAME in the site's main language."""
    words = _words(name, in_languages)
    with changing() as session:
        product = services.make_product(session, slug or propose_slug(words), words, by=THE_SITE)
        slug, called = product.slug, pick(product.name)
    click.echo(f"Add its areas next: flask --app wsgi areas add {slug} NAME --openness co-create --why SENTENCE")
    click.echo(f"{called} is a product now, with the short name {slug}.")


@products.command("list")
def list_products() -> None:
    """List products: short name and name, a tab between them."""
    with reading() as session:
        rows = queries.products(session)
    for product in rows:
        click.echo(f"{product.slug}\t{pick(product.name)}")
    click.echo(ngettext("{n} product.", "{n} products.", len(rows)))


@areas.command("add")
@click.argument("product")
@click.argument("name")
@click.option("--slug", default="", help="Short name for addresses and commands; else made of the name.")
@click.option("--below", default="", help="Short name of the area it is a part of; else it stands at the top.")
@click.option("--openness", type=_OPENNESS, help="What is open there; else as the area above.")
@click.option("--why", default="", help="The public sentence why, in the site's main language.")
@_in_languages("The name")
def add_area(
    product: str, name: str, slug: str, below: str, openness: str | None, why: str, **in_languages: str
) -> None:
    """Add an area called NAME in the site's main language to PRODUCT, which is given by its short name.

    An area at the top says how open it is (--openness) and why (--why); one below another need not.
    """
    words = _words(name, in_languages)
    with changing() as session:
        found = _find_product(session, product)
        area = services.make_area(
            session,
            found,
            slug or propose_slug(words),
            words,
            by=THE_SITE,
            parent=_find_area(session, found, below) if below else None,
            openness=Openness(openness) if openness else None,
            why=_words(why, {}),
        )
        said = f"{pick(area.name)} is an area of {pick(found.name)} now, {area.openness.value}, short name {area.slug}."
    click.echo(said)


@areas.command("list")
@click.argument("product")
def list_areas(product: str) -> None:
    """List the areas of PRODUCT: short name, openness and name, tabs between them."""
    with reading() as session:
        rows = queries.tree(session, _find_product(session, product).id)
    for row in rows:
        click.echo(f"{row.slug}\t{row.openness.value}\t{row.label}")
    click.echo(ngettext("{n} area.", "{n} areas.", len(rows)))

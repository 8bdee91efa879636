"""The areas of all products as the choices of a form."""

from sqlalchemy.orm import Session

from forum.core.languages import _, pick
from forum.products.queries import AreaRow, forest, products
from forum.products.status import Openness

Choices = list[tuple[list[tuple[int, str]], str]]


def area_choices(session: Session) -> Choices:
    """Areas grouped under those at the top, as (choices, group); what takes no ideas says so."""
    trees = forest(session)
    all_products = products(session)
    groups: Choices = []
    for product in all_products:
        for row in trees.get(product.id, ()):
            if row.depth == 0:
                top = pick(row.name)
                groups.append(([], f"{pick(product.name)} › {top}" if len(all_products) > 1 else top))
            groups[-1][0].append((row.id, _choice(row)))
    return groups


def _choice(row: AreaRow) -> str:
    """An area's name below its top, and what it does not take."""
    name = " › ".join(pick(part) for part in row.path[1:]) or pick(row.name)
    if row.openness is Openness.CLOSED:
        return _("{area} (complaints only, closed for ideas)", area=name)
    if row.openness is Openness.LISTENING:
        return _("{area} (complaints only, we listen)", area=name)
    return name

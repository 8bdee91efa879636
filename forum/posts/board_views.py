"""The front page: what customers have said, in six orders."""

from collections.abc import Mapping

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from forum.accounts import rules as accounts
from forum.core.languages import current_language, pick
from forum.core.people import Reader, anybody
from forum.posts import pinned
from forum.posts.board import read_board
from forum.posts.cards import AreaLine, read_areas
from forum.posts.views import bp
from forum.posts.wishes import Links, read_wish
from forum.products.posting_rules import in_force
from forum.web.pages import page
from forum.web.panels import draw, kept
from forum.web.permissions import allowed, me
from forum.web.session import db

KEPT = 60  # seconds
PINS_KEPT = 30  # seconds; the board is read far more often than something is pinned


@bp.get("/")
@allowed(anybody)
def board() -> ResponseReturnValue:
    """Show what customers have said, in the order and with the filters of the address."""
    reader = me()
    wish = read_wish(request.args, reader)
    areas = read_areas(db)
    names = {area.id: pick(area.name) for area in areas.values()}
    found = read_board(db, wish, reader, areas, names, request.args.get("after", ""))
    top = pinned.on_top(kept(PINS_KEPT, lambda: pinned.read_pins(db), "pinned"), wish, areas) if found.is_first else []
    links = Links(url_for("posts.board"), wish)
    return page(
        "posts/board.html",
        rows=[row for row in found.rows if row.id not in top],
        top=pinned.read_cards(db, top, reader, areas, names) if top else [],
        wish=wish,
        is_first=found.is_first,
        posts_address=url_for("posts.new").removesuffix("new"),
        first=links.to(),
        after=links.to("after", found.after) if found.after else "",
        choices=_choices(links, areas, names, reader),
        chosen=links.chosen(areas, names),
        rules=in_force(db, wish.area) if wish.area in areas else None,
        may_administer=accounts.may_administer(reader),
    )


def _choices(links: Links, areas: Mapping[int, AreaLine], names: Mapping[int, str], reader: Reader) -> Markup:
    """The orders and filters to choose from; where nothing is chosen yet, they are the same for everybody."""

    def make() -> Markup:
        filters = links.filters(areas, names, signed_in=reader.is_authenticated)
        return draw("posts/_choices.html", orders=links.orders(), filters=filters)

    if links.wish.has_filters:
        return make()
    key = (current_language(), reader.is_authenticated, links.wish.order, *names.items())
    return kept(KEPT, make, "choices", *key)

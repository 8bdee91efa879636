"""The front page: what customers have said, in six orders."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts import rules as accounts
from forum.core.languages import LANGUAGES, _, pick
from forum.core.people import anybody
from forum.posts.board import AreaLine, Wish, read_areas, read_board, read_wish
from forum.posts.status import Kind, Order, Status
from forum.posts.views import bp
from forum.web.pages import page
from forum.web.permissions import allowed, me
from forum.web.session import db


@bp.get("/")
@allowed(anybody)
def board() -> ResponseReturnValue:
    """Show what customers have said, in the order and with the filters of the address."""
    reader = me()
    wish = read_wish(request.args, reader)
    areas = read_areas(db)
    names = {area.id: pick(area.name) for area in areas.values()}
    found = read_board(db, wish, reader, areas, names, request.args.get("after", ""))
    here = _Addresses(url_for("posts.board"))
    return page(
        "posts/board.html",
        rows=found.rows,
        wish=wish,
        is_first=found.is_first,
        posts_address=url_for("posts.new").removesuffix("new"),
        first=here.of(wish),
        after=here.of(wish, after=found.after) if found.after else "",
        orders=_orders(wish, here),
        filters=_filters(wish, here, areas, names),
        chosen=_chosen(wish, here, areas, names),
        all_posts=here.of(Wish(order=wish.order)),
        may_administer=accounts.may_administer(reader),
    )


class _Addresses:
    """Addresses of the board; its own is looked up once."""

    def __init__(self, board: str) -> None:
        self.board = board

    def of(self, wish: Wish, **more: str) -> str:
        words = wish.words() | more
        return f"{self.board}?{urlencode(words)}" if words else self.board


Link = tuple[str, str, bool]  # words, address, whether it is the chosen one


def _orders(wish: Wish, here: _Addresses) -> list[Link]:
    words = {
        Order.MIX: _("Fair mix"),
        Order.WANTED: _("Most wanted"),
        Order.RISING: _("Rising"),
        Order.NEWEST: _("Newest"),
        Order.ANSWERED: _("Recently answered"),
        Order.UNANSWERED: _("No answer yet"),
    }
    return [(words[order], here.of(replace(wish, order=order)), order is wish.order) for order in Order]


def _kinds() -> dict[Kind, str]:
    return {Kind.COMPLAINT: _("Complaints"), Kind.IDEA: _("Ideas")}


def _statuses() -> dict[Status, str]:
    return {
        Status.NEW: _("New"),
        Status.ANSWERED: _("Answered"),
        Status.IN_REVIEW: _("In review"),
        Status.PLANNED: _("Planned"),
        Status.IN_PROGRESS: _("In progress"),
        Status.LAUNCHED: _("Launched"),
        Status.NOT_NOW: _("Not now"),
    }


def _filters(
    wish: Wish, here: _Addresses, areas: dict[int, AreaLine], names: dict[int, str]
) -> list[tuple[str, list[Link]]]:
    """The groups of filters, each with its links; choosing one that is on takes it off."""

    def link(word: str, name: str, value: Any) -> Link:
        chosen = getattr(wish, name) == value
        return word, here.of(wish.without(name) if chosen else replace(wish, **{name: value})), chosen

    groups = [
        (_("Kind"), [link(word, "kind", kind) for kind, word in _kinds().items()]),
        (_("Status"), [link(word, "status", status) for status, word in _statuses().items()]),
        (_("Part"), [link(names[area.id], "area", area.id) for area in areas.values() if _is_shown(area, wish)]),
        (_("Language"), [link(word, "language", code) for code, word in LANGUAGES.items()]),
    ]
    products = {area.product: pick(area.product_name) for area in areas.values()}
    if len(products) > 1:
        groups.insert(2, (_("Product"), [link(word, "product", slug) for slug, word in products.items()]))
    if me().is_authenticated:
        groups.append((_("By"), [link(_("Mine"), "mine", True)]))
    return groups


def _is_shown(area: AreaLine, wish: Wish) -> bool:
    return not wish.product or area.product == wish.product


def _chosen(wish: Wish, here: _Addresses, areas: dict[int, AreaLine], names: dict[int, str]) -> list[Link]:
    """The filters that are on, each with the address that drops it."""
    products = {area.product: pick(area.product_name) for area in areas.values()}
    words = {
        "kind": _kinds().get(wish.kind) if wish.kind else "",
        "status": _statuses().get(wish.status) if wish.status else "",
        "product": products.get(wish.product, wish.product),
        "area": names.get(wish.area, _("An area that is gone")) if wish.area else "",
        "language": LANGUAGES.get(wish.language, wish.language),
        "mine": _("Mine") if wish.mine else "",
    }
    return [(word, here.of(wish.without(name)), True) for name, word in words.items() if word]

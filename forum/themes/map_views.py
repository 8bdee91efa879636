"""The map of themes: posts as points to choose, to gather and to steer; the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import _, ngettext
from forum.posts.models import Post
from forum.posts.queries import visible_to
from forum.products.models import Product
from forum.products.queries import products as read_products
from forum.themes import desk, labelling, map_detail_views, mapping, picking, queries
from forum.themes.labels import label_of
from forum.themes.models import Steering, Theme, ThemeMember
from forum.themes.schemas import Picking
from forum.themes.status import Order
from forum.themes.trends import direction
from forum.themes.views import bp, home, product_links, with_cursor
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db

SERIES = 8  # themes with a colour and a shape of their own
DRAWN = 2_000  # posts, up to which the page brings them along; a script draws more on a canvas
NEAREST = 3  # themes said to lie beside one
UNSORTED = "none"  # in an address, in place of a theme


@dataclass(frozen=True, slots=True)
class Entry:
    """A theme in the list beside the map."""

    theme: Theme
    label: str
    series: int  # from 1; above SERIES without a colour of its own

    @property
    def id(self) -> int:
        return self.theme.id

    @property
    def posts(self) -> int:
        """Its public open posts."""
        return self.theme.posts

    @property
    def terms(self) -> list[str]:
        """What it is about, strongest first."""
        return self.theme.terms

    @property
    def moving(self) -> str:
        """Whether it is new, growing, fading or steady."""
        return direction(self.theme.posts, self.theme.recent, self.theme.before_that).value


@bp.get("/themes/map")
@allowed(may_plan)
def theme_map() -> ResponseReturnValue:
    """Show the posts of a product as points on a map, or as a table, with what was chosen there."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    if product is None:
        raise NotFound(_("There is no product yet."))
    return _show(product, Form(Picking))


def _show(product: Product, form: Form[Picking]) -> ResponseReturnValue:
    """The map with what is chosen in the address; `form` says what is wrong with the posts that were to be steered."""
    entries = _entries(product.id)
    known = mapping.read_places(mapping.file_of(product.id))
    words = request.args.get("q", "")[:200].strip()
    found = desk.read_with_words(db, product.id, me(), words, picking.MOST) if words else []
    picked = _picked(product.id, [*request.args.getlist("posts"), *form.raw.get("posts", []), *map(str, found)])
    chosen = next((one for one in entries if str(one.id) == request.args.get("theme")), None)
    values: dict[str, Any] = {
        "product": product,
        "entries": entries,
        "by_id": {one.id: one for one in entries},
        "chosen": chosen,
        "is_unsorted": request.args.get("theme") == UNSORTED,
        "picked": picked,
        "words": words,
        "most": picking.MOST,
        "about": None if chosen is None or picked else map_detail_views.about(chosen.theme),
        "beside": _beside(known, chosen, entries),
        "form": form,
        "asked": request.args.get("product"),
        "as_table": request.args.get("as") == "table",
    }
    if is_fragment():
        response = make_response(page("themes/_map_detail.html", form.status, **values))
        response.headers["Vary"] = "X-Fragment, Cookie"
        return response
    values |= _table(values) if values["as_table"] else _drawing(product, known, entries)
    products = product_links(read_products(db), product, "themes.theme_map", **_view(values))
    return page("themes/map.html", form.status, products=products, tabs_of_views=_views(values), **values)


def _view(values: dict[str, Any]) -> dict[str, Any]:
    return {"as": "table"} if values["as_table"] else {}


def _views(values: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The ways to look at a product's themes."""
    here: dict[str, Any] = {"product": values["asked"], "theme": request.args.get("theme")}
    as_table: dict[str, Any] = here | {"as": "table"}
    return [
        (_("List"), url_for("themes.review", product=values["asked"]), False),
        (_("Map"), url_for("themes.theme_map", **here), not values["as_table"]),
        (_("Table"), url_for("themes.theme_map", **as_table), values["as_table"]),
    ]


def _entries(product_id: int) -> list[Entry]:
    """The accepted themes of a product, the largest first; the first few have colours."""
    themes = [theme for theme, _warning in desk.read_themes(db, product_id, Order.POSTS)[0]]
    return [Entry(theme, label_of(theme), place + 1) for place, theme in enumerate(themes)]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The islands of a product's map without their posts, as a small drawing beside the list of themes."""

    known: mapping.Places
    islands: list[tuple[int, str, int, mapping.Island]]  # theme, name, series, where it lies


@bp.app_template_global()
def sketch_of(product_id: int, themes: Sequence[tuple[Any, ...]]) -> Sketch | None:
    """A sketch of the map with these themes, rows that begin with theme and name; None while there is no map."""
    known = mapping.read_places(mapping.file_of(product_id))
    if known is None:
        return None
    largest = sorted(themes, key=lambda row: (-row[0].posts, row[0].id))  # as in `desk.read_themes`
    islands = [
        (theme.id, label, place + 1, known.islands[theme.id])
        for place, (theme, label, *_rest) in enumerate(largest)
        if theme.id in known.islands
    ]
    return Sketch(known, islands) if islands else None


def _beside(known: mapping.Places | None, chosen: Entry | None, entries: Sequence[Entry]) -> list[Entry]:
    """The themes whose islands lie nearest to the chosen one."""
    if known is None or chosen is None:
        return []
    by_id = {one.id: one for one in entries}
    return [by_id[one] for one in known.nearest(chosen.id, NEAREST + 2) if one in by_id][:NEAREST]


def _picked(product_id: int, numbers: Sequence[str]) -> Sequence[Any]:
    """The posts that were picked and that everybody may read, with the theme that each is in."""
    ids = [int(one) for one in numbers if one.isascii() and one.isdigit() and len(one) < 18][: picking.MOST]
    if not ids:
        return []
    return db.execute(
        sa.select(Post.id, Post.title, Post.language, Post.excerpt, Post.theme_id, ThemeMember.placing)
        .outerjoin(ThemeMember, ThemeMember.post_id == Post.id)
        .where(Post.id.in_(ids), Post.product_id == product_id, Post.is_listed, visible_to(me()))
        .order_by(Post.theme_id, Post.id)
    ).all()


def _drawing(product: Product, known: mapping.Places | None, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the page draws itself: every island with its name, and the points while they are few."""
    if known is None:
        return {"known": None}
    few = len(known.post_ids) <= DRAWN
    points = mapping.read_points(db, known, product.id, me()).by_theme() if few else {}
    labels = labelling.place([(one.id, one.label, known.islands[one.id]) for one in entries if one.id in known.islands])
    return {
        "known": known,
        "few": few,
        "points": points,
        "labels": labels,
        "at_sea": mapping.AT_SEA,
        "count": len(known.post_ids),
        "points_address": url_for("themes.map_points", product=request.args.get("product")),
    }


def _table(values: dict[str, Any]) -> dict[str, Any]:
    """What the table shows: each theme with those beside it, and the posts of the chosen one to tick."""
    product, chosen, asked = values["product"], values["chosen"], values["asked"]
    known = mapping.read_places(mapping.file_of(product.id))
    rows = [(one, _beside(known, one, values["entries"])) for one in values["entries"]]
    if chosen is None and not values["is_unsorted"]:
        return {"rows": rows, "members": [], "after": "", "first": ""}
    if chosen is not None:
        found = queries.read_members(db, chosen.id, me(), request.args.get("after", ""))
    else:
        query = desk.unsorted_posts(db, product.id, me(), "")
        found = queries.page_of(db, query, request.args.get("after", ""))
    here = {"product": asked, "as": "table", "theme": request.args.get("theme")}
    return {
        "rows": rows,
        "members": found.rows,
        "after": with_cursor("themes.theme_map", found.after, **here),
        "first": "" if found.is_first else url_for("themes.theme_map", **here),
    }


@bp.get("/themes/map/points")
@allowed(may_plan)
def map_points() -> ResponseReturnValue:
    """Send the points of the map as whole numbers, for the script that draws them."""
    product = queries.choose_product(read_products(db), request.args.get("product", ""))
    known = mapping.read_places(mapping.file_of(product.id)) if product else None
    if product is None or known is None:
        raise NotFound(_("There is no map yet. It is drawn in the background after the next run."))
    return dict(mapping.as_sent(known, mapping.read_points(db, known, product.id, me())))


@bp.post("/themes/map")
@allowed(may_plan)
def steer_picked() -> ResponseReturnValue:
    """Move, pin or keep out the posts that were picked on the map, then show it as it was."""
    product = queries.choose_product(read_products(db), request.args.get("product", ""))
    if product is None:
        raise NotFound(_("There is no product yet."))
    form = Form(Picking)
    said = _steer(product.id, form)
    if not said:
        return _show(product, form)
    undo = url_for("themes.undo", steering_id=said[0].id, together=1, back="map")
    flash(_said_words(form.value, len(said)), undo=undo)
    here = {name: request.args.get(name) for name in ("as", "theme", "after") if request.args.get(name)}
    return redirect(home("themes.theme_map", product.id, **here), 303)


def _steer(product_id: int, form: Form[Picking]) -> list[Steering]:
    """Steer the posts that the form names; nothing done when it says what is wrong."""
    if not form.submitted():
        return []
    wish = form.value
    if not wish.posts:
        form.errors["posts"] = _("Tick the posts first.")
    elif wish.how == "move" and wish.theme is None:
        form.errors["theme"] = _("Choose the theme that they shall go to.")
    if form.errors:
        return []
    try:
        if wish.how == "pin":
            return picking.pin_picked(db, product_id, wish.posts, by=me())
        if wish.how == "keep_out":
            return picking.keep_picked_out(db, product_id, wish.posts, by=me())
        into = find_or_404(db, queries.find_theme(me(), wish.theme or 0))
        return picking.move_picked(db, product_id, wish.posts, into, by=me())
    except (Conflict, Invalid) as problem:
        form.refuse(problem)
        return []


def _said_words(wish: Picking, n: int) -> str:
    """What was done, in a sentence; what later runs make of it."""
    if wish.how == "pin":
        words = ngettext("{n} post is pinned where it is.", "{n} posts are pinned where they are.", n)
    elif wish.how == "keep_out":
        words = ngettext("{n} post is kept out of its theme.", "{n} posts are kept out of their themes.", n)
    else:
        label = label_of(db.get_one(Theme, wish.theme))
        words = ngettext("{n} post is in “{theme}” now.", "{n} posts are in “{theme}” now.", n, theme=label)
    return words + " " + _("Later runs keep it so.")

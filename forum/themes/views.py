"""The pages of themes: the public list, one theme, and why a post is in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from forum.accounts.rules import is_team, may_plan
from forum.core.errors import NotFound
from forum.core.languages import _, current_language, day_words, mark, ngettext, number, pick
from forum.core.people import anybody
from forum.products.queries import products as read_products
from forum.themes import desk, queries
from forum.themes.labels import label_of
from forum.themes.models import EarlyWarning, Theme
from forum.themes.schemas import Moving, PostChoice
from forum.themes.status import ThemeState
from forum.themes.trends import direction
from forum.web.forms import Form
from forum.web.navigation import menu
from forum.web.pages import page
from forum.web.panels import kept
from forum.web.permissions import allowed, me
from forum.web.session import db

bp = Blueprint("themes", __name__)
KEPT = 10  # seconds

menu("themes.index", mark("Themes"), rule=anybody, group="public", order=30)
WARNINGS = "early warnings"  # under which their number is kept


def warnings_due() -> dict[int, int]:
    """How many early warnings wait for somebody to see them, by product; kept for seconds, for every page's menu."""
    try:
        return kept(KEPT, lambda: desk.count_warnings(db), WARNINGS)
    except DBAPIError:  # the menu also stands on the page that says the database is away
        return {}


menu(
    "themes.review",
    mark("Theme review"),
    rule=may_plan,
    group="team",
    order=30,
    count=lambda: sum(warnings_due().values()),
)


@bp.get("/themes")
@allowed(anybody)
def index() -> ResponseReturnValue:
    """Show what customers talk about: accepted themes with three quotations each."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    found = queries.read_cards(db, product.id, request.args.get("after", "")) if product else None
    return page(
        "themes/index.html",
        products=product_links(products, product, "themes.index"),
        cards=found.rows if found else [],
        after=with_cursor("themes.index", found.after, product=request.args.get("product")) if found else "",
        first=url_for("themes.index") if found and not found.is_first else "",
        may_plan=may_plan(me()),
        asked=request.args.get("product"),
    )


@bp.get("/themes/<int:theme_id>")
@allowed(anybody)
def show(theme_id: int) -> ResponseReturnValue:
    """Show a theme with quotations, trend, areas and posts; product managers steer it from here."""
    rows = db.execute(desk.find_with_warnings(me(), theme_id, queries.monday(queries.last_weeks().start))).all()
    if not rows:
        raise NotFound(_gone(db.get(Theme, theme_id)))
    theme = rows[0][0]
    if theme.state is ThemeState.MERGED:
        return redirect(url_for("themes.show", theme_id=heir_or_404(theme).id), 302)  # a merger can be undone
    return show_theme(theme, warnings=[row[1] for row in rows if row[1]], follows=rows[0][2])


def _gone(theme: Theme | None) -> str:
    """What became of a theme that the reader may not see."""
    if theme is not None and theme.state is ThemeState.DISMISSED:
        return _("The team has set this theme aside. What people wrote in it stands on the board as before.")
    if theme is not None and theme.state is ThemeState.VANISHED:
        return _(
            "This theme has ended: its posts are in other themes now, or in none. They stand on the board as before."
        )
    return _("There is no such theme. Look at the list of themes.")


def show_theme(
    theme: Theme,
    pinning: Form[PostChoice] | None = None,
    moving: Form[Moving] | None = None,
    warnings: Sequence[EarlyWarning] = (),
    follows: bool | None = None,
) -> ResponseReturnValue:
    """The page of a theme, with what is wrong with the posts to be pinned or moved; `warnings` are for the team.

    `follows` says whether the reader follows it, where that is known.
    """
    reader, steers = me(), may_plan(me()) and theme.state is ThemeState.ACCEPTED
    pinning, moving = pinning or Form(PostChoice), moving or Form(Moving)
    warnings = warnings if is_team(reader) else ()
    marks = warning_views.marks(warnings)
    exemplars = [*theme.exemplar_ids, theme.odd_one_id] if steers and theme.odd_one_id else theme.exemplar_ids
    quotes = queries.read_quotes(db, [(theme.id, exemplars)])[theme.id] if exemplars else []
    shape = queries.read_shape(db, theme.id)
    order = "least" if steers and request.args.get("order") == "least" else None
    read = queries.read_least_typical if order else queries.read_members
    found = read(db, theme.id, reader, request.args.get("after", ""))
    here: dict[str, Any] = {"theme_id": theme.id, "order": order}
    return page(
        "themes/show.html",
        status=max(pinning.status, moving.status),
        theme=theme,
        pinning=pinning,
        moving=moving,
        ticked=[str(one) for one in moving.raw.get("posts", [])],
        orders=[
            (_("Newest"), url_for("themes.show", theme_id=theme.id), not order),
            (_("Least typical"), url_for("themes.show", theme_id=theme.id, order="least"), bool(order)),
        ],
        others=names_beside(theme) if steers else [],
        request_path=url_for("themes.show", **here, after=request.args.get("after")),  # also where pinning has failed
        move_address=url_for("themes.move", **here, after=request.args.get("after")),
        label=label_of(theme),
        direction=direction(theme.posts, theme.recent, theme.before_that).value,
        quotes=[quote for quote in quotes if quote.post_id in theme.exemplar_ids],
        odd_one=next((quote for quote in quotes if quote.post_id not in theme.exemplar_ids), None),
        warning=_last_warning(theme, warnings, found.rows if found.is_first and not order else []),
        marks=marks,
        trend=[(day_words(monday.date()), count) for monday, count in shape.weeks],
        trend_sentence=_trend_sentence([count for _monday, count in shape.weeks], shape.undated, bool(marks)),
        areas=[(pick(name), count) for name, count in shape.areas],
        members=found.rows,
        after=with_cursor("themes.show", found.after, **here),
        first="" if found.is_first else url_for("themes.show", **here),
        steers=steers,
        follows=follows,
        said=desk.read_said(db, theme.product_id, theme_id=theme.id) if steers else [],
    )


def _last_warning(
    theme: Theme, warnings: Sequence[EarlyWarning], newest: Sequence[Any]
) -> "warning_views.Shown | None":
    """The theme's newest warning while the rise lasts, or until somebody has seen it."""
    last = warnings[0] if warnings else None
    if last is None or not (last.ended_at is None or desk.is_due(last)):
        return None
    return warning_views.shown(theme, last, newest[: queries.QUOTES])


def _trend_sentence(weeks: list[int], undated: int, is_marked: bool) -> str:
    sentences = [sentence_of_weeks(weeks)]
    if is_marked:
        sentences.append(_("A triangle marks the week in which a rise was noticed."))
    if undated:
        sentences.append(
            ngettext(
                "{n} post came without a date and is left out.",
                "{n} posts came without a date and are left out.",
                undated,
            )
        )
    return " ".join(sentences)


def sentence_of_weeks(weeks: list[int]) -> str:
    """How many posts came in twelve weeks, in a sentence."""
    total, top = sum(weeks), max(weeks, default=0)
    if not total:
        return _("No posts in the last twelve weeks.")
    return ngettext(
        "{n} post in twelve weeks: at most {top} in one week, {last} so far this week.",
        "{n} posts in twelve weeks: at most {top} in one week, {last} so far this week.",
        total,
        top=number(top),
        last=number(weeks[-1]),
    )


def names_beside(theme: Theme) -> list[tuple[int, str]]:
    """The other standing themes of a product with what they are called; kept for seconds, to choose from."""
    found = kept(KEPT, lambda: desk.read_names(db, theme.product_id), "names", theme.product_id, current_language())
    return [(theme_id, label) for theme_id, label in found if theme_id != theme.id]


@bp.app_template_global()
def home(endpoint: str, product_id: int, **values: Any) -> str:
    """The address of a page that shows one product's themes, so that who leaves a theme stays with its product."""
    slugs = kept(KEPT, lambda: {product.id: product.slug for product in read_products(db)}, "slugs of products")
    return url_for(endpoint, product=slugs.get(product_id) if len(slugs) > 1 else None, **values)


def heir_or_404(theme: Theme) -> Theme:
    """The theme that a merged one lives on in. Raises `NotFound` when the reader may not see it."""
    heir = queries.last_heir(db, theme)
    if heir is None:
        raise NotFound(_("This theme is not there any more."))
    return heir


def product_links(
    products: Any, chosen: Any, endpoint: str, *, counts: Mapping[int, int] | None = None, **values: Any
) -> list[tuple[Any, ...]]:
    """Links to the same page for each product, for `tabs`, with what waits there; none where there is only one."""
    if len(products) < 2:
        return []
    waiting = counts or {}
    return [
        (
            *(pick(product.name), url_for(endpoint, product=product.slug, **values), product is chosen),
            *([waiting[product.id]] if product.id in waiting else []),
        )
        for product in products
    ]


def with_cursor(endpoint: str, after: str, **values: Any) -> str:
    """The address of a list's next page, or nothing on the last one."""
    return url_for(endpoint, **values, after=after) if after else ""


# Pages that belong together have files of their own; importing them is what adds them to the blueprint.
from forum.themes import (  # noqa: E402
    export_views,  # noqa: F401
    feed_views,  # noqa: F401
    map_detail_views,  # noqa: F401
    map_views,  # noqa: F401
    misplacing_views,  # noqa: F401
    panels,  # noqa: F401
    question_views,  # noqa: F401
    run_views,  # noqa: F401
    schedule_views,  # noqa: F401
    segment_views,  # noqa: F401
    steering_views,  # noqa: F401
    warning_views,
    why_views,  # noqa: F401
)

"""The theme desk: runs, their diffs, the unsorted heap, versions."""

from collections.abc import Sequence
from math import log
from typing import Any

import sqlalchemy as sa
from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.core.errors import Conflict, NotFound
from forum.core.languages import _, language_word, ngettext, pick
from forum.products.models import Product
from forum.products.queries import find_product
from forum.products.queries import products as read_products
from forum.themes import (
    accepting,
    asking,
    desk,
    diffs,
    narrowing,
    previewing,
    queries,
    reopening,
    segment_views,
    services,
    versions,
    warning_views,
)
from forum.themes.corpus import text_of
from forum.themes.jobs import STEPS, cancel_run, start_run
from forum.themes.labels import label_of
from forum.themes.models import RunLine, ThemeRun, ThemeVersion
from forum.themes.schemas import RunWish
from forum.themes.status import LineDecision, Method, Order, RunState
from forum.themes.training import FINER
from forum.themes.trends import direction
from forum.themes.views import bp, home, product_links, warnings_due, with_cursor
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, is_fragment, page
from forum.web.permissions import allowed, me
from forum.web.session import db

_QUIET = [0] * queries.WEEKS


@bp.get("/themes/review")
@allowed(may_plan)
def review() -> ResponseReturnValue:
    """Show the desk: how far themes cover what was said, which ones move, what waits for a decision."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    if product is None:
        return page("themes/review.html", product=None, products=[])
    runs = diffs.read_runs(db, product.id)
    last = next((run for run in runs if run.posts and run.finished_at), None)
    order, groups = _order(), desk.read_groups(db, last.id) if last else {}
    weeks = desk.read_lines_of_weeks(db, product.id)
    themes, dismissed = desk.read_themes(db, product.id, order)
    every = [theme for theme, _warning in themes]
    on = narrowing.asked(request.args)
    shown = narrowing.narrow(every, on)
    columns = segment_views.columns_of(
        product.id, [theme.id for theme in every], request.args.get("segment", ""), order
    )
    themes = segment_views.in_order(themes, columns, order, lambda row: row[0])
    return page(
        "themes/review.html",
        columns=columns,
        product=product,
        products=product_links(products, product, "themes.review", counts=warnings_due()),
        warnings=warning_views.due(themes),
        figures=desk.read_figures(db, product.id, last.started_at if last else None),
        themes=[
            (theme, label_of(theme), _direction(theme), weeks.get(theme.id, [0] * queries.WEEKS), warning)
            for theme, warning in themes
            if theme.id in shown
        ],
        count=len(themes),
        filters=narrowing.filters_of(every, on, language_word, _kept_segment) if themes else [],
        segments=segment_views.filter_of(columns, _here, on),
        all_themes=_here(),
        dismissed=[(theme, label_of(theme)) for theme in dismissed],
        order=order.value,
        orders=_orders(product, order, columns),
        runs=runs,
        running=next((run for run in runs if run.real_state is RunState.FITTING), None),
        proposed=next((run for run in runs if run.real_state is RunState.PROPOSED), None),
        last=last,
        pairs=_pairs(last),
        too_few=desk.TOO_FEW,
        provisional=desk.PROVISIONAL,
        asked=request.args.get("product"),
        outcome=_outcome,
        notches=previewing.notches_of(last, groups),
        **_usual(runs),
    )


def _usual(runs: Sequence[diffs.RunRow]) -> dict[str, Any]:
    """What the next run is asked for unless somebody says otherwise: what the last one was whose lines were decided.

    At another fineness, or by another method, it would propose to undo what people accepted.
    """
    last = next((run for run in runs if run.real_state is RunState.DECIDED and run.posts), None)
    notch = round(log(last.resolution, FINER)) if last else 0
    return {"finer": min(max(notch, -2), 2), "method": (last.method if last else Method.GRAPH).value}


def _here(**filters: Any) -> str:
    """The address of the desk with other filters, in the same order."""
    return url_for("themes.review", product=request.args.get("product"), order=request.args.get("order"), **filters)


def _kept_segment(**filters: Any) -> str:
    """The same, with the segment that is chosen."""
    return _here(segment=request.args.get("segment"), **filters)


def _outcome(run: diffs.RunRow) -> str:
    """How a run ended, in a few words."""
    words = {
        RunState.FITTING: _("under way"),
        RunState.PROPOSED: _("waits for a decision"),
        RunState.DECIDED: _("decided"),
        RunState.REPLACED: _("replaced by a newer one"),
        RunState.FAILED: _("failed"),
        RunState.CANCELLED: _("cancelled"),
    }
    return words[run.real_state]


def _product() -> Product | None:
    return queries.choose_product(read_products(db), request.args.get("product", ""))


def _order() -> Order:
    try:
        return Order(request.args.get("order", ""))
    except ValueError:
        return Order.GROWTH


def _orders(product: Product, chosen: Order, columns: segment_views.Columns) -> list[tuple[str, str, bool]]:
    words = {
        Order.GROWTH: _("Growth"),
        Order.PEOPLE: _("People"),
        Order.BREADTH: _("Breadth"),
        Order.POSTS: _("Posts"),
        Order.PAIN: _("Pain"),
    }
    if columns.chosen:
        words[Order.SEGMENT] = columns.chosen.name
    if columns.weighs:
        words[Order.WEIGHTED] = _("Weighted people")
    slug = request.args.get("product")
    on: dict[str, Any] = {**narrowing.asked(request.args), "segment": request.args.get("segment")}
    return [
        (word, url_for("themes.review", order=order.value, product=slug, **on), order is chosen)
        for order, word in words.items()
    ]


def _direction(theme: Any) -> str:
    return direction(theme.posts, theme.recent, theme.before_that).value


def _pairs(run: diffs.RunRow | None) -> list[tuple[queries.Quote, queries.Quote, int]]:
    """The look-alikes that the last run over a tiny corpus found, with their likeness in percent."""
    pairs = run.notes.get("pairs", []) if run else []
    quotes = desk.read_posts(db, [post for pair in pairs for post in pair[:2]]) if pairs else {}
    return [
        (quotes[first], quotes[second], round(100 * likeness))
        for first, second, likeness in pairs
        if first in quotes and second in quotes
    ]


@bp.get("/themes/review/unsorted")
@allowed(may_plan)
def unsorted() -> ResponseReturnValue:
    """Show the posts in no theme, to search and to put somewhere by hand."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    if product is None:
        raise NotFound(_("There is no product yet."))
    words = request.args.get("q", "")[:200].strip()
    query = desk.unsorted_posts(db, product.id, me(), words)
    found = queries.page_of(db, query, request.args.get("after", ""))
    here: dict[str, Any] = {"product": request.args.get("product"), "q": words or None}
    texts = [text_of(row.title, row.excerpt) for row in found.rows]
    likeliest = asking.likeliest(db, product.id, texts, [row.language for row in found.rows])
    return page(
        "themes/unsorted.html",
        products=product_links(products, product, "themes.unsorted"),
        words=words,
        posts=list(zip(found.rows, likeliest, strict=True)),
        themes=[(theme.id, label_of(theme)) for theme, _warning in desk.read_themes(db, product.id, Order.POSTS)[0]],
        after=with_cursor("themes.unsorted", found.after, **here),
        first="" if found.is_first else url_for("themes.unsorted", **here),
        asked=request.args.get("product"),
        back=url_for("themes.unsorted", after=request.args.get("after"), **here),
    )


@bp.post("/themes/runs")
@allowed(may_plan)
def start() -> ResponseReturnValue:
    """Start a run and go to where its progress is shown."""
    form = Form(RunWish)
    if not form.submitted():
        raise NotFound(_("There is no such product."))
    product = find_or_404(db, find_product(form.value.product))
    run = start_run(db, product, by=me(), resolution=FINER**form.value.finer, method=form.value.method)
    return go("themes.run", run_id=run.id)


@bp.get("/themes/runs/<int:run_id>")
@allowed(may_plan)
def run(run_id: int) -> ResponseReturnValue:
    """Show how far a run is; once it has ended, its diff."""
    row = diffs.read_run(db, run_id)
    if row is None:
        raise NotFound(_("There is no such run."))
    if is_fragment() or row.real_state is RunState.FITTING:
        template = "themes/_progress.html" if is_fragment() else "themes/running.html"
        response = make_response(page(template, run=row, steps=_steps(row), lines=_summary(row)))
        response.headers["Vary"] = "X-Fragment, Cookie"
        return response
    lines = diffs.read_lines(db, run_id)
    products = read_products(db)
    return page(
        "themes/run.html",
        run=row,
        product=next(pick(one.name) for one in products if one.id == row.product_id) if len(products) > 1 else "",
        lines=[line for line in lines if not line.is_automatic],
        settled=[line for line in lines if line.is_automatic],
        summary=diffs.summary_of(lines),
        open_count=sum(line.is_open for line in lines),
        is_open=row.state is RunState.PROPOSED,
        unmet=desk.read_unmet(db, row.notes.get("unmet", [])),
        pairs=_pairs(row),
    )


def _summary(row: diffs.RunRow) -> str:
    return diffs.summary_of(diffs.read_lines(db, row.id)) if row.real_state is not RunState.FITTING else ""


def _steps(row: diffs.RunRow) -> list[tuple[str, str]]:
    """The steps of a run in words, each done, under way or to come."""
    words = {
        "reading": _("Reading posts"),
        "describing": _("Describing them"),
        "linking": _("Linking those that are alike"),
        "grouping": _("Grouping posts"),
        "naming": _("Naming the groups"),
        "checking": _("Checking how solid they are"),
        "writing": _("Writing down what would change"),
    }
    now = STEPS.index(row.step) if row.step in STEPS else -1
    states = ["done" if place < now else "now" if place == now else "" for place in range(len(STEPS))]
    if row.real_state is not RunState.FITTING:
        states = ["done" if state == "done" or row.real_state in _ENDED_WELL else "" for state in states]
    return [(words[step], state) for step, state in zip(STEPS, states, strict=True)]


_ENDED_WELL = (RunState.PROPOSED, RunState.DECIDED, RunState.REPLACED)


@bp.post("/themes/runs/<int:run_id>/cancel")
@allowed(may_plan)
def cancel(run_id: int) -> ResponseReturnValue:
    """Stop a run; the standing themes stay as they are."""
    cancel_run(db, find_or_404(db, sa.select(ThemeRun).where(ThemeRun.id == run_id)), by=me())
    flash(_("The run stops at its next step. The themes are as they were."))
    return go("themes.run", run_id=run_id)


@bp.post("/themes/runs/<int:run_id>/lines/<int:line_id>")
@allowed(may_plan)
def decide(run_id: int, line_id: int) -> ResponseReturnValue:
    """Accept or decline one line of a diff."""
    line = find_or_404(db, sa.select(RunLine).where(RunLine.id == line_id, RunLine.run_id == run_id))
    if request.form.get("decision") == "accept":
        services.accept_line(db, line, by=me())
    else:
        services.decline_line(db, line, by=me())
    said = _decided_words(line.decision)
    if not is_fragment():
        flash(said)
        return go("themes.run", run_id=run_id, _anchor=f"line-{line_id}")
    left = services.open_lines(db, run_id)
    if not left:  # nothing to replace the line with: the script reloads the page
        flash(said)
        return ""
    shown = diffs.read_lines(db, run_id, line_id=line_id)[0]
    return page("themes/_line_answer.html", line=shown, run_id=run_id, is_open=True, said=said, open_count=len(left))


@bp.post("/themes/runs/<int:run_id>/lines/<int:line_id>/reopen")
@allowed(may_plan)
def reopen(run_id: int, line_id: int) -> ResponseReturnValue:
    """Undo what was decided about one line, or say what builds on it by now."""
    line = find_or_404(db, sa.select(RunLine).where(RunLine.id == line_id, RunLine.run_id == run_id))
    try:
        reopening.reopen_line(db, line, by=me())
    except Conflict as problem:
        db.rollback()
        flash(problem.message, problem=True)
    else:
        flash(_("Undone. Everything is as it was before, and the line can be decided again."))
    return go("themes.run", run_id=run_id, _anchor=f"line-{line_id}")


def _decided_words(decision: LineDecision) -> str:
    return {
        LineDecision.ACCEPTED: _("Accepted. The themes are as this line says."),
        LineDecision.DECLINED: _("Declined. Everything stays as it was, and the next run will not ask this again."),
        LineDecision.MOOT: _("This line no longer applies: its themes have changed meanwhile. Nothing was done."),
        LineDecision.OPEN: "",
    }[decision]


@bp.post("/themes/runs/<int:run_id>/accept")
@allowed(may_plan)
def accept_all(run_id: int) -> ResponseReturnValue:
    """Accept every line of a diff that is still open."""
    row = find_or_404(db, sa.select(ThemeRun).where(ThemeRun.id == run_id))
    if accepting.takes_long(db, row):
        accepting.accept_later(db, row, by=me())
        flash(
            _("So many posts take a moment: the lines are accepted one after the other. Reload to see how far it is.")
        )
        return go("themes.run", run_id=run_id)
    done = accepting.accept_all(db, row, by=me())
    n, moot = done[LineDecision.ACCEPTED], done[LineDecision.MOOT]
    words = ngettext("{n} line accepted.", "{n} lines accepted.", n)
    if moot:
        words += " " + ngettext("{n} no longer applied.", "{n} no longer applied.", moot)
    flash(words + " " + _("This state can be restored at any time under Versions."))
    return go("themes.run", run_id=run_id)


@bp.get("/themes/versions")
@allowed(may_plan)
def version_list() -> ResponseReturnValue:
    """Show the stored versions of a product's themes, each of which can be restored."""
    product = _product()
    return page(
        "themes/versions.html",
        products=product_links(read_products(db), product, "themes.version_list"),
        versions=desk.read_versions(db, product.id) if product else [],
        asked=request.args.get("product"),
    )


@bp.route("/themes/versions/<int:version_id>/restore", methods=["GET", "POST"])
@allowed(may_plan)
def restore(version_id: int) -> ResponseReturnValue:
    """Ask once more, then go back to a version."""
    version = find_or_404(db, sa.select(ThemeVersion).where(ThemeVersion.id == version_id))
    if request.method == "GET":
        return page("themes/restore.html", version=version)
    versions.restore(db, version, by=me())
    flash(_("The themes are as they were then. What people decided by hand still holds."))
    return redirect(home("themes.version_list", version.product_id), 303)

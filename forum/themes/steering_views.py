"""Pages on which product managers steer themes: name, pin, keep out, merge, split, dismiss, undo."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from forum.accounts.rules import may_plan
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.languages import LANGUAGES, _, ngettext
from forum.products.models import Product
from forum.products.queries import products as read_products
from forum.themes import asking, desk, misplacing, obeying, queries, steering, wording
from forum.themes.labels import first_upper, label_of
from forum.themes.models import Steering, Theme
from forum.themes.rules import may_choose_words
from forum.themes.schemas import Destination, Moving, Naming, PostChoice, Splitting, WordLists
from forum.themes.status import ThemeState
from forum.themes.views import bp, home, product_links, show_theme
from forum.web.forms import Form
from forum.web.pages import find_or_404, flash, go, go_back, page
from forum.web.permissions import allowed, me
from forum.web.session import db

QUOTED = 3  # posts of each part that is proposed


def standing(theme_id: int) -> Theme:
    """The accepted theme with this id. Raises `NotFound`, or `Conflict` when it stands no more."""
    theme = find_or_404(db, queries.find_theme(me(), theme_id))
    if theme.state is not ThemeState.ACCEPTED:
        raise Conflict(_("This theme does not stand any more. Go back to the list of themes."))
    return theme


def undo_address(theme: Theme) -> str:
    """Where the newest thing said about a theme is taken back."""
    wanted = sa.select(sa.func.max(Steering.id)).where(
        (Steering.theme_id == theme.id) | (Steering.other_theme_id == theme.id), Steering.undone_at.is_(None)
    )
    steering_id = db.scalar(wanted)
    return url_for("themes.undo", steering_id=steering_id) if steering_id else ""


@bp.route("/themes/<int:theme_id>/name", methods=["GET", "POST"])
@allowed(may_plan)
def rename(theme_id: int) -> ResponseReturnValue:
    """Name a theme and say a sentence about it, in up to three languages."""
    theme = standing(theme_id)
    typed = {f"name_{code}": theme.name.get(code, "") for code in LANGUAGES}
    typed |= {f"sentence_{code}": theme.sentence.get(code, "") for code in LANGUAGES}
    form = Form(Naming, **typed, seen=_called(theme))
    is_stale = False
    if form.submitted():
        try:
            db.refresh(theme, with_for_update=True)
            if form.value.seen != _called(theme):
                is_stale = True
                raise Invalid(_("Somebody else named this theme while you were writing. Both versions are here."))
            steering.rename(db, theme, form.value.name, by=me(), is_same_meant=form.value.same_name)
            if form.value.sentence != theme.sentence:
                steering.describe(db, theme, form.value.sentence, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            flash(_("The theme is called “{theme}” from now on; later runs keep the name.", theme=label_of(theme)))
            return go("themes.show", theme_id=theme.id)
    if is_stale:
        form.raw["seen"] = _called(theme)
    return page(
        "themes/rename.html",
        status=409 if is_stale else form.status,
        theme=theme,
        label=label_of(theme),
        form=form,
        languages=LANGUAGES,
        is_stale=is_stale,
    )


def _called(theme: Theme) -> str:
    """Name and sentence of a theme as one text, to tell whether somebody else has changed them."""
    return json.dumps([theme.name, theme.sentence], sort_keys=True, ensure_ascii=False)


def _is_done(steer: Callable[..., object], theme: Theme, form: Form[PostChoice]) -> bool:
    """Whether a post could be steered; otherwise the form says beside its field why not."""
    if not form.submitted():
        return False
    try:
        steer(db, theme, form.value.post, by=me())
    except (Conflict, NotFound) as problem:
        form.refuse(Invalid(fields={"post": problem.message}))
    return not form.errors


@bp.post("/themes/<int:theme_id>/pin")
@allowed(may_plan)
def pin(theme_id: int) -> ResponseReturnValue:
    """Put a post into a theme for good."""
    theme = standing(theme_id)
    form = Form(PostChoice)
    if not _is_done(steering.pin, theme, form):
        return show_theme(theme, form)
    flash(_("Pinned to “{theme}”. Every later run leaves it there.", theme=label_of(theme)), undo=undo_address(theme))
    return go_back("themes.show", theme_id=theme.id)


@bp.post("/themes/place")
@allowed(may_plan)
def place() -> ResponseReturnValue:
    """Put an unsorted post into the theme that was chosen for it."""
    form = Form(Destination)
    chosen = Form(PostChoice)
    if not form.submitted() or not chosen.submitted():
        flash(_("Choose a theme first."), problem=True)
        return go_back("themes.unsorted")
    theme = standing(form.value.into)
    if not _is_done(steering.pin, theme, chosen):
        flash(chosen.errors["post"], problem=True)
        return go_back("themes.unsorted")
    flash(_("Pinned to “{theme}”. Every later run leaves it there.", theme=label_of(theme)), undo=undo_address(theme))
    return go_back("themes.unsorted")


@bp.post("/themes/<int:theme_id>/keep-out")
@allowed(may_plan)
def keep_out(theme_id: int) -> ResponseReturnValue:
    """Take a post out of a theme for good."""
    theme = standing(theme_id)
    form = Form(PostChoice)
    if not _is_done(steering.keep_out, theme, form):
        return show_theme(theme, form)
    words = _("Kept out of “{theme}”. It is unsorted until a run finds it another place.", theme=label_of(theme))
    flash(words, undo=undo_address(theme))
    return go_back("themes.show", theme_id=theme.id)


@bp.post("/themes/<int:theme_id>/move")
@allowed(may_plan)
def move(theme_id: int) -> ResponseReturnValue:
    """Put the ticked posts of a theme into another one, or keep them out of it."""
    theme = standing(theme_id)
    form = Form(Moving)
    said = _move(theme, form)
    if not said:
        return show_theme(theme, moving=form)
    n, label = len(said), label_of(theme)
    if form.value.how == "keep_out":
        words = ngettext("{n} post is kept out of “{theme}”.", "{n} posts are kept out of “{theme}”.", n, theme=label)
    else:
        label = label_of(db.get_one(Theme, form.value.theme))
        words = ngettext("{n} post is in “{theme}” now.", "{n} posts are in “{theme}” now.", n, theme=label)
    flash(words + " " + _("Later runs keep it so."), undo=url_for("themes.undo", steering_id=said[0].id, together=1))
    return go("themes.show", theme_id=theme.id, order=request.args.get("order"), after=request.args.get("after"))


def _move(theme: Theme, form: Form[Moving]) -> list[Steering]:
    """Steer the posts that the form names; nothing done when it says what is wrong."""
    if not form.submitted():
        return []
    if not form.value.posts:
        form.errors["posts"] = _("Tick the posts first.")
    if form.value.how == "move" and form.value.theme is None:
        form.errors["theme"] = _("Choose the theme that they shall go to.")
    if form.errors:
        return []
    try:
        if form.value.how == "keep_out":
            return steering.keep_posts_out(db, theme, form.value.posts, by=me())
        return steering.move_posts(db, theme, form.value.posts, standing(form.value.theme or 0), by=me())
    except (Conflict, Invalid, NotFound) as problem:
        form.refuse(problem)
        return []


@bp.route("/themes/<int:theme_id>/merge", methods=["GET", "POST"])
@allowed(may_plan)
def merge(theme_id: int) -> ResponseReturnValue:
    """Choose the theme to merge into, show what would become of both, then merge."""
    theme = standing(theme_id)
    form = Form(Destination)
    if form.submitted():
        heir = standing(form.value.into)
        steering.merge_themes(db, theme, heir, by=me())
        words = _("“{theme}” lives on in “{into}”.", theme=label_of(theme), into=label_of(heir))
        flash(words, undo=undo_address(theme))
        return go("themes.show", theme_id=heir.id)
    chosen = request.args.get("into", "")
    into = standing(int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else None
    return page(
        "themes/merge.html",
        theme=theme,
        label=label_of(theme),
        into=into,
        into_label=label_of(into) if into else "",
        people=desk.count_people(db, [theme.id, into.id]) if into else 0,
        choices=[(other, label_of(other)) for other in desk.read_neighbours(db, theme)] if not into else [],
        form=form,
    )


@bp.route("/themes/<int:theme_id>/split", methods=["GET", "POST"])
@allowed(may_plan)
def split(theme_id: int) -> ResponseReturnValue:
    """Propose two halves by wording or several sub-themes, or let posts be chosen; then split some off."""
    theme = standing(theme_id)
    form = Form(Splitting)
    way = "hand" if form.raw.get("posts") else request.args.get("by", "halves")
    parts = _PARTS[way](db, theme) if way in _PARTS else []
    if form.submitted():
        try:
            posts = form.value.posts or _posts_of(parts, form.value.part)
            said = asking.words_of_part(db, theme, posts)
            new = steering.split_theme(db, theme, posts, name=form.value.name, words=said, by=me())
        except Invalid as problem:
            form.refuse(problem)
        else:
            words = _("“{new}” is a theme of its own now.", new=label_of(new))
            flash(words, undo=undo_address(new))
            return go("themes.show", theme_id=new.id)
    by_hand = not parts and way != "parts"
    words = request.args.get("q", "")[:200].strip()
    return page(
        "themes/split.html",
        theme=theme,
        label=label_of(theme),
        form=form,
        languages=LANGUAGES,
        parts=shown_parts(parts),
        way="hand" if by_hand else way,
        taken=request.args.get("part", "", str),
        words=words,
        posts=desk.read_to_choose(db, theme.id, me(), words) if by_hand else [],
        chosen=[str(one) for one in form.raw.get("posts", [])],
    )


_PARTS = {"halves": asking.halves, "parts": asking.sub_themes}


def _posts_of(parts: Sequence[asking.Part], first: int) -> list[int]:
    """The posts of one of the parts that the page showed; the same again, as long as the theme is."""
    part = asking.part_of(parts, first)
    if part is None:
        raise Invalid(fields={"posts": _("Choose some of the posts: at least one goes, and at least one stays.")})
    return part.posts


def shown_parts(parts: Sequence[asking.Part]) -> list[dict[str, Any]]:
    """Parts of a theme as pages show them: what each says most, how large it is, and quotations that may be read."""
    quotes = desk.read_posts(db, [post for part in parts for post in part.posts[:QUOTED]])
    return [
        {
            "size": len(part.posts),
            "title": first_upper(part.words[0]) if part.words else "",
            "further": part.words[1:],
            "first": part.posts[0],
            "quotes": [quotes[post] for post in part.posts[:QUOTED] if post in quotes],
        }
        for part in parts
    ]


@bp.route("/themes/<int:theme_id>/dismiss", methods=["GET", "POST"])
@allowed(may_plan)
def dismiss(theme_id: int) -> ResponseReturnValue:
    """Ask once more, then put a theme out of sight."""
    theme = standing(theme_id)
    if request.method == "GET":
        return page("themes/dismiss.html", theme=theme, label=label_of(theme))
    steering.dismiss(db, theme, by=me())
    words = _("“{theme}” is dismissed: it goes on catching its posts, which count as unsorted.", theme=label_of(theme))
    flash(words, undo=undo_address(theme))
    return redirect(home("themes.review", theme.product_id), 303)


@bp.post("/themes/steering/<int:steering_id>/undo")
@allowed(may_plan)
def undo(steering_id: int) -> ResponseReturnValue:
    """Take back what somebody told the engine."""
    said = find_or_404(db, sa.select(Steering).where(Steering.id == steering_id))
    take_back = steering.undo_together if request.args.get("together") else steering.undo
    take_back(db, said, by=me())
    flash(_("Taken back. Later runs decide afresh."))
    theme = db.get_one(Theme, (said.values.get("theme") if request.args.get("together") else 0) or said.theme_id)
    if request.args.get("back") == "map":
        return redirect(home("themes.theme_map", theme.product_id), 303)
    if theme.state is ThemeState.ACCEPTED:
        return go_back("themes.show", theme_id=theme.id)
    return redirect(home("themes.steering_list", theme.product_id), 303)


@bp.get("/themes/steering")
@allowed(may_plan)
def steering_list() -> ResponseReturnValue:
    """Show everything that people told the engine: what holds, with a way to take it back, and what was taken back."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    run_id, obeyed = obeying.read_obedience(db, product.id) if product else (None, {})
    said = desk.read_said(db, product.id, with_undone=True) if product else []
    return page(
        "themes/steering.html",
        products=product_links(products, product, "themes.steering_list"),
        said=[one for one in said if not one.undone_at],
        undone=[one for one in said if one.undone_at],
        waiting=[(one, label_of(one)) for one in misplacing.read_waiting(db, product.id, me())] if product else [],
        themes=desk.read_names(db, product.id) if product else [],
        obeyed={steering_id: one.value for steering_id, one in obeyed.items()},
        violated=sum(one is obeying.Obedience.VIOLATED for one in obeyed.values()),
        run_id=run_id,
        asked=request.args.get("product"),
    )


@bp.route("/themes/review/words", methods=["GET", "POST"])
@allowed(may_choose_words)
def choose_words() -> ResponseReturnValue:
    """Say which words say nothing about a product's themes, and which words are one."""
    products = read_products(db)
    product = queries.choose_product(products, request.args.get("product", ""))
    if product is None:
        raise NotFound(_("There is no product yet."))
    form = Form(WordLists, **_words_of(product))
    standing = None
    if form.submitted():
        names, groups = wording.read_names(form.value.own_names), wording.read_groups(form.value.equal_words)
        try:
            wording.set_words(db, product, names, groups, by=me(), version=form.value.version)
            flash(_("Saved. It counts from the next run."))
            return go("themes.review", product=request.args.get("product"))
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            form.errors[""] = problem.message
            form.raw["version"] = product.words_version
            standing = _words_of(product)
    return page(
        "themes/words.html",
        409 if standing else form.status,
        form=form,
        product=product,
        products=product_links(products, product, "themes.choose_words"),
        standing=standing,
        asked=request.args.get("product"),
    )


def _words_of(product: Product) -> dict[str, str | int]:
    """The lists of a product as a person writes them."""
    return {
        "own_names": "\n".join(product.own_names),
        "equal_words": wording.write_groups(product.equal_words),
        "version": product.words_version,
    }
